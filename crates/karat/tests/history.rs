//! Tables that keep every version of their rows.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "load_support/mod.rs"]
mod load_support;
#[path = "load_support/model.rs"]
mod model;
#[path = "agents_support/random.rs"]
mod random;

use std::collections::{BTreeMap, BTreeSet};

use load_support::Project;
use model::{Model, file};
use random::Random;

const HISTORY: &str = "key = [\"id\"]\nmode = \"history\"\n";
const COMPLETE: &str = "key = [\"id\"]\nmode = \"history\"\ncomplete = true\n";
const DECLARED: &str =
    "create table public.d (id int not null, name text, pay int check (pay > 0), email text,
     kind text default 'plain', remark text,
     karat_from timestamptz not null, karat_to timestamptz, primary key (id, karat_from));
     create unique index d_current on public.d (id) where karat_to is null;
     create unique index d_email on public.d (email) where karat_to is null;";

/// Each version with the numbers of the moments at which it began and ended, 0 for not yet.
fn versions(project: &Project, columns: &str) -> String {
    project.db.sql(&format!(
        "with moment as (select karat_from as at from public.d union select karat_to from public.d)
         select {columns}, (select count(*) from moment where at <= karat_from),
                (select count(*) from moment where at <= karat_to)
         from public.d order by id, karat_from"
    ))
}

#[test]
fn each_different_file_opens_versions_and_the_same_again_none() {
    let project = Project::of(HISTORY, "");
    let (a, b) = ("id,name\n1,Ann\n2,Bob\n", "id,name\n1,Bea\n2,Bob\n3,Cid\n");
    assert_eq!(project.load(a), "2/2/0/0/0/0/0");
    let before = project.db.sql("select xmin from public.d where id = '2'");
    assert_eq!(project.load(b), "3/1/1/1/0/0/0");
    assert_eq!(project.load(b), "3/1/1/1/0/0/0");
    assert_eq!(project.db.sql("select count(*) from karat.load"), "2", "nothing is loaded again");
    assert_eq!(project.load(a), "2/0/1/1/0/0/0");
    assert_eq!(
        versions(&project, "id, name, karat_load, karat_row"),
        "1|Ann|1|2|1|2\n1|Bea|2|2|2|3\n1|Ann|3|2|3|0\n2|Bob|1|3|1|0\n3|Cid|2|4|2|0"
    );
    let after = project.db.sql("select xmin from public.d where id = '2'");
    assert_eq!(before, after, "a row that did not change is not touched");
    let then = "select d.name from public.d, (select karat_from as at from public.d
                                              where name = 'Bea') bea
                where id = '1' and karat_from <= at and (karat_to is null or at < karat_to)";
    assert_eq!(project.db.sql(then), "Bea");
    assert_eq!(
        project.db.sql(
            "select indexdef from pg_indexes where tablename = 'd' and indexdef like '%WHERE%'"
        ),
        "CREATE UNIQUE INDEX d_id_idx ON public.d USING btree (id) WHERE (karat_to IS NULL)"
    );
}

#[test]
fn a_complete_file_closes_what_is_gone_but_not_what_is_spoilt_or_not_ours() {
    let project = Project::of(COMPLETE, DECLARED);
    assert_eq!(project.load("id,pay\n1,10\n2,20\n3,30\n"), "3/3/0/0/0/0/0");
    project.db.sql("insert into public.d (id, karat_from) values (9, '2020-01-01')");
    // 1 breaks a check, 2 is no number; both are still there. 3 is gone.
    assert_eq!(project.load("id,pay\n1,0\n2,many\n4,40\n"), "3/1/0/0/0/2/1");
    // What comes back has a version, but no current one.
    assert_eq!(project.load("id,pay\n1,10\n2,20\n3,30\n"), "3/0/1/2/0/0/1");
    assert_eq!(
        versions(&project, "id, pay"),
        "1|10|2|0\n2|20|2|0\n3|30|2|3\n3|30|4|0\n4|40|3|4\n9||1|0"
    );
    // Nobody knows which record the second row is.
    let said = project.takes("id,pay\n1,10\n?,20\n");
    assert!(said.contains("no row was removed, because 1 rejected rows do not show"), "{said}");
    assert_eq!(project.db.sql("select count(*) from public.d where karat_to is null"), "4");
}

#[test]
fn files_that_are_not_complete_close_only_what_they_change() {
    let project = Project::of(HISTORY, DECLARED);
    project.load("id,pay\n1,10\n2,20\n");
    assert_eq!(project.load("id,pay\n2,21\n2,21\n2,22\n3,30\n"), "4/1/1/0/1/1/0");
    assert_eq!(versions(&project, "id, pay"), "1|10|1|0\n2|20|1|2\n2|21|2|0\n3|30|2|0");
}

#[test]
fn a_new_version_keeps_what_no_file_says_and_gets_defaults_anew() {
    let project = Project::of(HISTORY, DECLARED);
    project.load("id,name\n1,Ann\n");
    project.db.sql("update public.d set remark = 'by hand', kind = 'special'");
    assert_eq!(project.load("id,name\n1,Bea\n2,Cid\n"), "2/1/1/0/0/0/0");
    assert_eq!(
        versions(&project, "id, name, remark, kind"),
        "1|Ann|by hand|special|1|2\n1|Bea|by hand|plain|2|0\n2|Cid||plain|2|0"
    );
}

#[test]
fn only_current_versions_have_to_be_unique() {
    let project = Project::of(HISTORY, DECLARED);
    project.load("id,email\n1,a@x.org\n2,b@x.org\n");
    // 1 gives its address up, 3 takes it; that of 2 is not free, and 5 repeats that of 3.
    let next = "id,email\n1,z@x.org\n3,a@x.org\n4,b@x.org\n5,a@x.org\n";
    assert_eq!(project.load(next), "4/1/1/0/0/2/0");
    assert_eq!(
        project.db.sql("select line, rule from karat.reject order by line"),
        "4|table.unique\n5|table.unique"
    );
    assert_eq!(
        versions(&project, "id, email"),
        "1|a@x.org|1|2\n1|z@x.org|2|0\n2|b@x.org|1|0\n3|a@x.org|2|0"
    );
}

#[test]
fn a_table_that_has_no_place_for_versions_is_refused_with_what_to_add() {
    let plain = "create table public.d (id int primary key, name text);";
    let project = Project::of(HISTORY, plain);
    let said = project.refuses("id,name\n1,Ann\n");
    let ddl = "alter table public.d add column karat_from timestamptz not null default now(), \
               add column karat_to timestamptz";
    assert!(said.contains("table public.d has no place for versions"), "{said}");
    assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(ddl), "{said}");
    let columns = "name text, karat_from timestamptz not null, karat_to timestamptz";
    let project = Project::of(HISTORY, &plain.replace("name text", columns));
    let said = project.refuses("id,name\n1,Ann\n");
    assert!(said.contains("table public.d takes each id only once"), "{said}");
    assert!(said.contains("create unique index on public.d (id) where karat_to is null"), "{said}");
}

#[test]
fn a_table_of_versions_is_not_merged_into() {
    let project = Project::of(HISTORY, "");
    project.load("id,name\n1,Ann\n");
    project.write("datasets/d.toml", "files = \"d.csv\"\nkey = [\"id\"]\n");
    let said = project.refuses("id,name\n1,Bea\n");
    assert!(said.contains("public.d keeps every version of a row"), "{said}");
    assert_eq!(project.db.sql("select name from public.d"), "Ann");
}

#[test]
fn a_history_is_declared_whole() {
    for (dataset, what) in [
        ("key = [\"id\"]\ncomplete = true\n", "only a history can be complete"),
        ("mode = \"history\"\n", "key is missing"),
        ("key = [\"id\"]\nmode = \"histry\"\n", "did you mean history?"),
    ] {
        let said = Project::of(dataset, "").refuses("id\n1\n");
        assert!(said.contains(what), "{what}: {said}");
    }
}

#[test]
fn moments_go_on_where_the_clock_was_set_back() {
    let project = Project::of(COMPLETE, DECLARED);
    project.load("id,pay\n1,10\n2,20\n");
    project.db.sql("update public.d set karat_from = '2990-01-01'");
    project.load("id,pay\n1,11\n");
    project.load("id,pay\n2,20\n1,11\n");
    assert_eq!(versions(&project, "id, pay"), "1|10|1|2\n1|11|2|0\n2|20|1|2\n2|20|3|0");
}

#[test]
fn types_that_only_the_server_reads_have_versions_too() {
    let schema = "create type public.mood as enum ('calm', 'glad');
        create table public.d (id int, mood public.mood, extra json,
            karat_from timestamptz not null, karat_to timestamptz);";
    let project = Project::of(HISTORY, schema);
    project.load("id,mood,extra\n1,glad,{}\n2,calm,{}\n");
    assert_eq!(project.load("id,mood,extra\n1,calm,{}\n2,calm,{}\n"), "2/0/1/1/0/0/0");
    assert_eq!(versions(&project, "id, mood"), "1|glad|1|2\n1|calm|2|0\n2|calm|1|0");
}

#[test]
fn what_is_made_from_versions_is_made_from_the_current_ones() {
    let project = Project::new(&[
        ("datasets/d.toml", &format!("files = \"d.csv\"\n{COMPLETE}")),
        (
            "datasets/tag.toml",
            "from = \"d\"\neach = \"tags\"\nkey = [\"id\", \"tag\"]\nmode = \"history\"\n[columns]\n\
             id = { parent = \"id\" }\ntag = { path = \"name\" }\n",
        ),
        (
            "entities/person.toml",
            "[[sources]]\ndataset = \"d\"\n[fields.name]\nfrom = \"name\"\n\
             [[tiers]]\nname = \"name\"\nscore = 90\nwhen = [{ same = \"name\" }]\n",
        ),
    ]);
    let row = |id: u8, name: &str, tag: &str| {
        format!("{id},{name},\"[{{\"\"name\"\": \"\"{tag}\"\"}}]\"\n")
    };
    let rows = |rows: &[String]| format!("id,name,tags\n{}", rows.concat());
    project.takes(&rows(&[row(1, "Ann", "a"), row(2, "Bob", "b")]));
    project.takes(&rows(&[row(1, "Bea", "c"), row(3, "Bea", "b")]));
    let records = "select key, count(*) over (partition by id) from karat.membership order by 1";
    assert_eq!(project.db.sql(records), "1|2\n3|2");
    let tags = "select id, tag, karat_to is null from public.tag order by 1, 2";
    assert_eq!(project.db.sql(tags), "1|a|f\n1|c|t\n2|b|f\n3|b|t");
}

const PROJECTS: u64 = 4;
/// Datasets of a project, each a history of its own.
const HISTORIES: usize = 50;
const ROUNDS: usize = 5;

fn dataset(at: usize, complete: bool) -> String {
    format!(
        "files = \"d{at}.csv\"\ntable = \"d{at}\"\nkey = [\"id\"]\nmode = \"history\"\n\
         complete = {complete}\n[columns]\nid = {{ type = \"integer\" }}\n\
         pay = {{ type = \"integer\" }}\n"
    )
}

/// Key, value and the numbers of the moments at which it began and ended.
fn rows_of(at: usize) -> String {
    format!(
        "select {at}, id, pay,
                (select count(*) from (select karat_from as m from d{at}
                                       union select karat_to from d{at}) x where m <= t.karat_from),
                (select count(*) from (select karat_from as m from d{at}
                                       union select karat_to from d{at}) x where m <= t.karat_to)
         from d{at} t"
    )
}

/// The lines of an answer by the number that begins each.
fn by_dataset(answer: &str) -> BTreeMap<usize, Vec<String>> {
    let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for line in answer.lines() {
        let (at, rest) = line.split_once('|').unwrap();
        found.entry(at.parse().unwrap()).or_default().push(rest.to_owned());
    }
    found
}

#[test]
fn every_history_is_as_the_model_says() {
    for seed in 1..=PROJECTS {
        let mut random = Random(seed);
        let project = Project::new(&[("karat.toml", "name = \"t\"\nconnections = 1\n")]);
        let mut models: Vec<Model> = Vec::new();
        for at in 0..HISTORIES {
            let complete = at % 2 == 0;
            project.write(&format!("datasets/d{at}.toml"), &dataset(at, complete));
            models.push(Model::new(complete));
            if at % 5 == 0 {
                let schema = format!(
                    "create table public.d{at} (id bigint not null, pay bigint,
                     karat_from timestamptz not null, karat_to timestamptz);"
                );
                project.write(&format!("schema/d{at}.sql"), &schema);
            }
        }
        let mut seen: Vec<Vec<String>> = vec![Vec::new(); HISTORIES];
        for _ in 0..ROUNDS {
            for (at, model) in models.iter_mut().enumerate() {
                // Now and then a file of before comes again.
                let again = !seen[at].is_empty() && random.below(4) == 0;
                let again = again.then(|| seen[at][random.below(seen[at].len())].clone());
                let file = again.unwrap_or_else(|| file(&mut random));
                project.write(&format!("d{at}.csv"), &file);
                model.load(&file);
                seen[at].push(file);
            }
            project.run(0);
        }
        let rows = (0..HISTORIES).map(rows_of).collect::<Vec<_>>().join(" union all ");
        let rows = by_dataset(&project.db.sql(&rows));
        let books = by_dataset(&project.db.sql(
            "select substr(dataset, 2), concat_ws('/', read, inserted, updated, unchanged,
                                                  duplicate, rejected, removed)
             from karat.load order by id",
        ));
        for (at, model) in models.iter().enumerate() {
            let what = format!("seed {seed}, history {at}: {:?}", seen[at]);
            let found: Vec<String> = rows.get(&at).cloned().unwrap_or_default();
            assert_eq!(found.len(), model.versions.len(), "{what}");
            assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), model.rows(), "{what}");
            assert_eq!(books.get(&at).cloned().unwrap_or_default(), model.books, "{what}");
        }
    }
}
