//! Files whose columns or values are not those of their table, under every contract.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "load_support/mod.rs"]
mod load_support;

use std::process::Stdio;
use std::thread::scope;

use karat_testdb::TestDb;
use load_support::Project;

const KEY: &str = "key = [\"id\"]\n";
const TYPED: &str = "[columns]\nid = { type = \"integer\" }\npay = { type = \"integer\" }\n\
                     born = { type = \"date\" }\n";

fn under(contract: &str) -> String {
    format!("{KEY}[contract]\n{contract}\n")
}

fn columns(db: &TestDb) -> String {
    db.sql(
        "select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
         from pg_attribute where attrelid = 'public.d'::regclass and attnum > 0
         and not attisdropped and attname not like 'karat%'",
    )
}

fn changes(db: &TestDb) -> String {
    db.sql(
        "select concat_ws(' ', load, \"table\", \"column\", change, before, '->', after)
         from karat.schema_change order by id",
    )
}

#[test]
fn a_new_column_is_refused_unless_the_contract_says_otherwise() {
    for dataset in [KEY.to_owned(), under("new_columns = \"freeze\"")] {
        let project = Project::of(&dataset, "");
        project.load("id,name\n1,Ann\n");
        let said = project.refuses("id,name,pay\n1,Ann,5\n");
        assert!(said.contains("table public.d has no column \"pay\""), "{said}");
        assert_eq!(columns(&project.db), "id text, name text");
    }
}

#[test]
fn evolve_adds_a_column_and_puts_it_on_record() {
    let dataset = format!(
        "{}[columns]\npay = {{ type = \"numeric\" }}\n",
        under("new_columns = \"evolve\"\nmissing_columns = \"null\"")
    );
    let project =
        Project::of(&dataset.replace("[columns]\npay = { type = \"numeric\" }\n", ""), "");
    project.load("id,name\n1,Ann\n2,Bob\n");
    project.write("datasets/d.toml", &format!("files = \"d.csv\"\n{dataset}"));
    let said = project.takes("id,name,pay,City of birth\n1,Ann,5.5,Rome\n2,Bob,,\n");
    assert!(said.contains("column \"pay\" was added as numeric"), "{said}");
    assert_eq!(columns(&project.db), "id text, name text, pay numeric, city_of_birth text");
    assert_eq!(
        project.db.sql("select * from public.d order by 1"),
        "1|Ann|2|2|5.5|Rome\n2|Bob|1|3||"
    );
    assert_eq!(
        changes(&project.db),
        "public.d create_table -> id text, name text\n\
         2 public.d pay add_column -> numeric\n2 public.d city_of_birth add_column -> text"
    );
    let report = project.folder.path().join("logs/deployment_report.json");
    let report = std::fs::read_to_string(report).unwrap();
    let change = "\"change\": \"add_column\"";
    assert!(report.contains(change) && report.contains("\"table\": \"public.d\""), "{report}");
    assert_eq!(project.load("id,name,pay,City of birth\n3,Cid,1,Oslo\n"), "1/1/0/0/0/0/0");
    assert_eq!(project.db.sql("select count(*) from karat.schema_change"), "3");
}

#[test]
fn evolve_adds_columns_to_empty_tables_and_to_histories() {
    let dataset = format!("mode = \"history\"\n{}", under("new_columns = \"evolve\""));
    let project = Project::of(&dataset, "");
    project.load("id,name\n");
    project.load("id,name,pay\n1,Ann,5\n");
    assert_eq!(project.load("id,name,pay,at\n1,Ann,5,here\n"), "1/0/1/0/0/0/0");
    assert_eq!(
        project.db.sql("select id, pay, at, karat_to is null from public.d order by karat_from"),
        "1|5||f\n1|5|here|t"
    );
    let direct = Project::of(&under("new_columns = \"evolve\""), "");
    direct.load("id\n");
    assert_eq!(direct.load("id,pay\n1,5\n"), "1/1/0/0/0/0/0");
    assert_eq!(columns(&direct.db), "id text, pay text");
}

#[test]
fn a_declared_table_is_not_changed() {
    let schema = "create table public.d (id int primary key, pay int);";
    let dataset = under("new_columns = \"evolve\"\ntypes = \"evolve\"");
    let project = Project::of(&dataset, schema);
    let said = project.refuses("id,pay,city\n1,5,Rome\n");
    assert!(said.contains("alter table public.d add column city text"), "{said}");
    let said = project.takes("id,pay\n1,5.5\n2,6\n");
    let ddl = "alter table public.d alter column pay type numeric using pay::numeric";
    assert!(said.contains(ddl), "{said}");
    assert_eq!(columns(&project.db), "id integer, pay integer");
    assert_eq!(project.db.sql("select id from public.d"), "2");
    assert_eq!(project.db.sql("select rule from karat.reject"), "type.integer");
    assert_eq!(changes(&project.db), "");
    // The same for one that somebody made by other means.
    let other = Project::of(&under("new_columns = \"evolve\""), "");
    other.db.sql("create table public.d (id text primary key)");
    assert!(other.refuses("id,city\n1,Rome\n").contains("only tables that Karat made"));
}

#[test]
fn quarantine_rejects_rows_that_have_a_value_in_a_new_column() {
    let schema = "create table public.d (id int primary key, pay int);";
    for schema in [schema, ""] {
        let dataset = format!("null = [\"-\"]\n{}", under("new_columns = \"quarantine\""));
        let project = Project::of(&dataset, schema);
        project.load("id,pay\n1,5\n");
        let next = "id,New one,pay\n1, ,6\n2,-,7\n3,x,8\n4,,9\n";
        assert_eq!(project.load(next), "4/2/1/0/0/1/0");
        assert_eq!(
            project.db.sql("select line, \"column\", rule, raw from karat.reject"),
            "4|New one|contract.column|3,x,8"
        );
        assert_eq!(project.db.sql("select id, pay from public.d order by 1"), "1|6\n2|7\n4|9");
    }
}

#[test]
fn ignore_loads_without_a_new_column_and_says_so() {
    let project = Project::of(&under("new_columns = \"ignore\""), "");
    project.load("id,pay\n1,5\n");
    let said = project.takes("id,pay,city\n1,6,Rome\n");
    assert!(said.contains("column \"city\" is not loaded: public.d does not have it"), "{said}");
    assert_eq!(project.db.sql("select id, pay from public.d"), "1|6");
    // What the dataset declares is wanted, whatever it does with the rest.
    let declared =
        format!("{}[columns.town]\nheader = \"city\"\n", under("new_columns = \"ignore\""));
    project.write("datasets/d.toml", &format!("files = \"d.csv\"\n{declared}"));
    let said = project.refuses("id,pay,city\n1,7,Rome\n");
    assert!(said.contains("table public.d has no column \"town\""), "{said}");
}

#[test]
fn a_missing_column_is_null_where_it_may_be() {
    let schema = "create table public.d (id int primary key, pay int, name text not null);";
    let columns = "[columns]\npay = { header = \"Pay\" }\nname = { header = \"Name\" }\n";
    let project = Project::of(&format!("{KEY}{columns}"), schema);
    project.load("id,Pay,Name\n1,5,Ann\n");
    assert!(project.refuses("id,Name\n1,Ann\n").contains("the file has no column \"Pay\""));
    let dataset = format!("{}{columns}", under("missing_columns = \"null\""));
    project.write("datasets/d.toml", &format!("files = \"d.csv\"\n{dataset}"));
    let said = project.takes("id,Name\n1,Ann\n2,Bob\n");
    assert!(said.contains("the file has no column \"Pay\": \"pay\" is null in its rows"), "{said}");
    assert_eq!(project.db.sql("select * from public.d order by 1"), "1||Ann|2|2\n2||Bob|2|3");
    let said = project.refuses("id,Pay\n1,5\n");
    assert!(said.contains("no column \"Name\", and \"name\" of public.d takes no null"), "{said}");
    let required = dataset.replace("\"Pay\" }", "\"Pay\", required = true }");
    project.write("datasets/d.toml", &format!("files = \"d.csv\"\n{required}"));
    assert!(project.refuses("id,Name\n1,Ann\n").contains("the file has no column \"Pay\""));
    let key = format!("{dataset}[columns.id]\nheader = \"No\"\n");
    project.write("datasets/d.toml", &format!("files = \"d.csv\"\n{key}"));
    assert!(project.refuses("Pay,Name\n1,Ann\n").contains("the file has no column \"No\""));
}

#[test]
fn types_widen_to_the_narrowest_that_holds_everything() {
    let project = Project::of(&format!("{}{TYPED}", under("types = \"evolve\"")), "");
    // Into an empty table the rows go straight; the second attempt too.
    let first = "id,pay,born\n1,5,2000-01-02\n2,5.5,2000-01-02 03:04\n";
    let said = project.takes(first);
    assert!(said.contains("column \"pay\" was widened from bigint to numeric"), "{said}");
    assert!(said.contains("\"born\" was widened from date to timestamp with time zone"), "{said}");
    assert_eq!(
        project.db.sql("select id, pay, born from public.d order by 1"),
        "1|5|2000-01-02 00:00:00+00\n2|5.5|2000-01-02 03:04:00+00"
    );
    // Into a full one by the stage; a key may widen too.
    assert_eq!(project.load("id,pay,born\n1,5,2000-01-02\nB,many,soon\n"), "2/1/1/0/0/0/0");
    assert_eq!(columns(&project.db), "id text, pay text, born text");
    assert_eq!(project.db.sql("select id, pay from public.d order by 1"), "1|5\n2|5.5\nB|many");
    // What was widened stays so.
    assert_eq!(project.load("id,pay,born\n3,7,2001-01-01\n"), "1/1/0/0/0/0/0");
    assert_eq!(
        changes(&project.db),
        "public.d create_table -> id bigint, pay bigint, born date\n\
         1 public.d pay widen_column bigint -> numeric\n\
         1 public.d born widen_column date -> timestamp with time zone\n\
         2 public.d id widen_column bigint -> text\n\
         2 public.d pay widen_column numeric -> text\n\
         2 public.d born widen_column timestamp with time zone -> text"
    );
}

#[test]
fn types_stay_where_that_is_the_contract_or_where_it_would_help_no_row() {
    let frozen = Project::of(&format!("{KEY}{TYPED}"), "");
    assert_eq!(frozen.load("id,pay,born\n1,x,\n"), "1/0/0/0/0/1/0");
    assert_eq!(columns(&frozen.db), "id bigint, pay bigint, born date");
    let evolving = TYPED.replace("pay = {", "pay = { required = true,");
    let project = Project::of(&format!("{}{evolving}", under("types = \"evolve\"")), "");
    assert_eq!(project.load("id,pay,born\n1,,soon\n2,5,\n"), "2/1/0/0/0/1/0");
    assert_eq!(columns(&project.db), "id bigint, pay bigint, born date");
}

#[test]
fn a_new_column_comes_with_the_type_that_its_values_need() {
    let contract =
        under("new_columns = \"evolve\"\ntypes = \"evolve\"\nmissing_columns = \"null\"");
    let project = Project::of(&contract, "");
    project.load("id\n1\n");
    let dataset = format!("{contract}[columns]\npay = {{ type = \"integer\" }}\n");
    project.write("datasets/d.toml", &format!("files = \"d.csv\"\n{dataset}"));
    assert_eq!(project.load("id,pay\n1,5\n2,5.5\n"), "2/1/1/0/0/0/0");
    assert_eq!(columns(&project.db), "id text, pay numeric");
    assert!(changes(&project.db).ends_with("2 public.d pay add_column -> numeric"));
}

#[test]
fn derived_datasets_obey_their_contract() {
    let each = |more: &str| {
        format!(
            "from = \"d\"\neach = \"tags\"\nkey = [\"id\", \"n\"]\n[contract]\n\
             new_columns = \"evolve\"\ntypes = \"evolve\"\n[columns]\nid = {{ parent = \"id\" }}\n\
             n = {{ position = true }}\nsize = {{ path = \"size\", type = \"integer\" }}\n{more}"
        )
    };
    let project = Project::of(KEY, "");
    project.write("datasets/tag.toml", &each(""));
    project.takes("id,tags\n1,\"[{\"\"size\"\": 1}]\"\n");
    project.write("datasets/tag.toml", &each("name = { path = \"name\" }\n"));
    let said = project.takes("id,tags\n1,\"[{\"\"size\"\": 1.5, \"\"name\"\": \"\"a\"\"}]\"\n");
    assert!(said.contains("column \"size\" was widened from bigint to numeric"), "{said}");
    assert_eq!(project.db.sql("select id, n, size, name from public.tag"), "1|1|1.5|a");
}

#[test]
fn a_load_that_fails_changes_no_column() {
    let dataset = under("new_columns = \"evolve\"\ntypes = \"evolve\"\n[rejects]\nmost = 0");
    let project = Project::of(&format!("{dataset}{TYPED}"), "");
    project.load("id,pay,born\n1,5,\n");
    let said = project.refuses("id,pay,born,city\n1,5.5,,Rome\n1,6,,Oslo\n");
    assert!(said.contains("1 of 2 rows did not fit"), "{said}");
    assert_eq!(columns(&project.db), "id bigint, pay bigint, born date");
    assert_eq!(project.db.sql("select count(*) from karat.schema_change"), "1");
    assert_eq!(project.load("id,pay,born,city\n1,5.5,,Rome\n"), "1/0/1/0/0/0/0");
    assert_eq!(columns(&project.db), "id bigint, pay numeric, born date, city text");
}

#[test]
fn a_load_that_is_killed_after_it_changed_the_table_has_not() {
    let contract = under("new_columns = \"evolve\"\ntypes = \"evolve\"");
    let project = Project::of(&format!("{contract}{TYPED}"), "");
    project.load("id,pay,born\n1,5,\n");
    project.write("d.csv", "id,pay,born,city\n1,5.5,,Rome\n");
    // The books come last in the transaction; they have to wait for this.
    let hold = "begin; lock table karat.load in exclusive mode;
        do $$ begin for i in 1..3000 loop
            exit when exists (select from pg_class where relname = 'go_on');
            perform pg_sleep(0.02); end loop; end $$; commit";
    scope(|threads| {
        threads.spawn(|| project.db.sql(hold));
        let held = |granted: bool| {
            format!(
                "select exists (select 1 from pg_locks where relation = 'karat.load'::regclass and
                 mode in ('ExclusiveLock', 'RowExclusiveLock') and granted = {granted})"
            )
        };
        project.db.eventually(&held(true), "t");
        let mut command = project.command();
        let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        project.db.eventually(&held(false), "t");
        run.kill().unwrap();
        run.wait().unwrap();
        project.db.sql("create table public.go_on ()");
    });
    let gone = "select not exists (select 1 from pg_stat_activity where application_name = 'karat'
                                   and datname = current_database())";
    project.db.eventually(gone, "t");
    assert_eq!(columns(&project.db), "id bigint, pay bigint, born date");
    assert_eq!(project.db.sql("select count(*) from karat.schema_change"), "1");
    let said = project.run(0);
    assert!(said.contains("column \"city\" was added as text"), "{said}");
    assert_eq!(columns(&project.db), "id bigint, pay numeric, born date, city text");
    assert_eq!(project.db.sql("select id, pay, city from public.d"), "1|5.5|Rome");
}

#[test]
fn a_contract_that_nobody_can_keep_is_refused_with_its_line() {
    for (line, what) in [
        ("new_columns = \"evolv\"", "did you mean evolve?"),
        ("missing_columns = \"evolve\"", "missing_columns cannot be \"evolve\""),
        ("types = \"quarantine\"", "types cannot be \"quarantine\""),
        ("columns = \"freeze\"", "unknown key contract.columns"),
    ] {
        let said = Project::of(&under(line), "").refuses("id\n1\n");
        assert!(said.contains(what) && said.contains("datasets/d.toml:4"), "{what}: {said}");
    }
}
