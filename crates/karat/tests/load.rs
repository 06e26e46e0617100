//! Loading CSV files of every kind that people send, and the books of each load.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/project.rs"]
mod project;

use std::io::Write;
use std::ops::Deref;

use flate2::Compression;
use flate2::write::GzEncoder;

/// A project with one dataset.
struct Project(project::Project);

impl Deref for Project {
    type Target = project::Project;

    fn deref(&self) -> &project::Project {
        &self.0
    }
}

impl Project {
    fn new(dataset: &str, schema: &str) -> Project {
        let project = project::Project::new(&[]);
        project.write("datasets/d.toml", format!("files = \"d.csv\"\n{dataset}"));
        if !schema.is_empty() {
            project.write("schema/d.sql", schema);
        }
        Project(project)
    }

    fn run(&self) -> (i32, String) {
        self.karat(&["run"])
    }

    /// Loads a file; the books of the last load as read/inserted/updated/unchanged/duplicate/
    /// rejected/removed.
    fn load(&self, csv: impl AsRef<[u8]>) -> String {
        self.write("d.csv", csv);
        self.ends(0, &["run"]);
        self.db.sql(
            "select concat_ws('/', read, inserted, updated, unchanged, duplicate, rejected, removed)
             from karat.load order by id desc limit 1",
        )
    }

    fn rejects(&self) -> String {
        self.db.sql(
            "select concat_ws(' ', line, byte, \"column\", rule, message, '<' || raw || '>')
             from karat.reject order by load desc, line",
        )
    }
}

const TYPED: &str =
    "create table public.d (id bigint primary key, name text not null, at timestamptz,
    amount numeric(5,2), small smallint, active boolean, tags text[], extra jsonb, born date,
    short varchar(3), code uuid);";

#[test]
fn a_file_without_declared_table_makes_one_from_its_header() {
    let project = Project::new("key = [\"id\"]\n", "");
    assert_eq!(project.load("\u{feff}id, Full Name\r\n1, Ann\r\n2,\r\n"), "2/2/0/0/0/0/0");
    assert_eq!(
        project.db.sql("select id, full_name, karat_row from public.d order by 1"),
        "1|Ann|2\n2||3"
    );
}

#[test]
fn every_type_arrives_as_psql_would_have_loaded_it() {
    let project = Project::new("key = [\"id\"]\nnull = [\"null\"]\n", TYPED);
    let csv = "code,short,born,extra,tags,active,small,amount,at,name,id\n\
        {01234567-89ab-cdef-0123-456789abcdef},abc,1999-12-31,\"{\"\"a\"\": [1, null]}\",\"[\"\"x\"\",\"\"y,z\"\"]\",yes,-32768,-999.99,2025-01-02 03:04:05.678+02,Ann,1\n\
        null,null,null,null,null,null,null,0.005,null,\"B \"\"b\"\"\",2\n\
        ,,0001-01-01,1,[],f,0,12,1900-02-28T00:00:00Z,ğ,9223372036854775807\n";
    assert_eq!(project.load(csv), "3/3/0/0/0/0/0");
    assert_eq!(
        project.db.sql("set timezone = 'UTC'; select id, name, at, amount, small, active, tags, extra, born, short, code from public.d order by id"),
        "1|Ann|2025-01-02 01:04:05.678+00|-999.99|-32768|t|{x,\"y,z\"}|{\"a\": [1, null]}|1999-12-31|abc|01234567-89ab-cdef-0123-456789abcdef\n\
         2|B \"b\"||0.01|||||||\n\
         9223372036854775807|ğ|1900-02-28 00:00:00+00|12.00|0|f|{}|1|0001-01-01||"
    );
}

#[test]
fn what_does_not_fit_is_kept_with_place_rule_and_raw_text() {
    let project = Project::new("key = [\"id\"]\n", TYPED);
    let csv = b"id,name,small,amount,short\n\
        x,Ann,,,\n\
        1,,,,\n\
        2,Bob,40000,,\n\
        3,Bob,,1000,\n\
        4,Bob,,,abcd\n\
        5,Bob,1\n\
        6,B\xffb,,,\n\
        7,Zo\xc3\xab \xc3\x9cnal,1,1.5,abc\n";
    assert_eq!(project.load(csv), "8/1/0/0/0/7/0");
    assert_eq!(
        project.rejects(),
        "2 27 id type.integer is not a whole number <x,Ann,,,>\n\
         3 36 name required has no value, but needs one <1,,,,>\n\
         4 42 small type.integer is out of range for a 16-bit whole number <2,Bob,40000,,>\n\
         5 56 amount type.numeric has more digits than numeric(5,2) holds <3,Bob,,1000,>\n\
         6 69 short length is longer than 3 characters <4,Bob,,,abcd>\n\
         7 82 width has 3 fields where the header has 5 <5,Bob,1>\n\
         8 90 name encoding is not UTF-8 text; encoding = \"...\" says what it is <6,B\u{fffd}b,,,>"
    );
    assert_eq!(project.db.sql("select id from public.d"), "7");
}

#[test]
fn a_key_that_comes_twice_is_a_duplicate_or_a_conflict_and_the_first_row_stays() {
    for schema in [TYPED, ""] {
        let project = Project::new("key = [\"id\"]\n", schema);
        let books = project.load("id,name\n1,Ann\n2,Bob\n1,Ann\n2,Ben\n1,Ann\n");
        assert_eq!(books, "5/2/0/0/2/1/0");
        assert_eq!(project.db.sql("select id, name from public.d order by 1"), "1|Ann\n2|Bob");
        let rejects = project.rejects();
        assert!(rejects.contains("key.conflict") && rejects.contains("<2,Ben>"), "{rejects}");
    }
}

#[test]
fn a_merge_says_what_became_of_each_row() {
    let project = Project::new("key = [\"id\"]\n", TYPED);
    assert_eq!(project.load("id,name\n1,Ann\n2,Bob\n3,Cid\n"), "3/3/0/0/0/0/0");
    let before = project.db.sql("select id, xmin from public.d where id in (1, 3) order by 1");
    assert_eq!(project.load("id,name\n1,Ann\n2,Bea\n4,Dan\n"), "3/1/1/1/0/0/0");
    let after = project.db.sql("select id, xmin from public.d where id in (1, 3) order by 1");
    assert_eq!(before, after, "rows that did not change are not touched");
    assert_eq!(
        project.db.sql("select id, name, karat_load, karat_row from public.d order by 1"),
        "1|Ann|1|2\n2|Bea|2|3\n3|Cid|1|4\n4|Dan|2|4"
    );
}

#[test]
fn a_snapshot_removes_what_is_gone_but_not_what_is_merely_spoilt_or_not_ours() {
    let project = Project::new("key = [\"id\"]\nmode = \"snapshot\"\n", TYPED);
    assert_eq!(project.load("id,name,small\n1,Ann,1\n2,Bob,2\n3,Cid,3\n"), "3/3/0/0/0/0/0");
    project.db.sql("insert into public.d (id, name) values (99, 'by hand')");
    assert_eq!(project.load("id,name,small\n1,Ann,1\n2,Bob,many\n"), "2/0/0/1/0/1/1");
    assert_eq!(project.db.sql("select id, small from public.d order by 1"), "1|1\n2|2\n99|");
}

#[test]
fn the_same_file_again_changes_nothing_and_an_older_one_is_a_new_state() {
    let project = Project::new("key = [\"id\"]\nmode = \"snapshot\"\n", TYPED);
    let (first, second) = ("id,name\n1,Ann\n", "id,name\n1,Bea\n");
    project.load(first);
    project.load(second);
    let loads = "select count(*) from karat.load";
    project.load(second);
    assert_eq!(project.db.sql(loads), "2");
    assert_eq!(project.load(first), "1/0/1/0/0/0/0");
    assert_eq!(project.db.sql("select name from public.d"), "Ann");
}

#[test]
fn appended_files_are_loaded_once_each() {
    let project = Project::new("mode = \"append\"\n", "create table public.d (id int, name text);");
    assert_eq!(project.load("id,name\n1,Ann\n1,Ann\n"), "2/2/0/0/0/0/0");
    project.load("id,name\n1,Ann\n1,Ann\n");
    assert_eq!(project.db.sql("select count(*) from public.d"), "2");
    assert_eq!(project.load("id,name\n2,Bob\n"), "1/1/0/0/0/0/0");
    assert_eq!(project.db.sql("select count(*) from public.d"), "3");
}

#[test]
fn types_that_only_the_server_reads_go_through_it() {
    let project = Project::new(
        "key = [\"id\"]\n",
        "create type public.mood as enum ('calm', 'glad');
         create table public.d (id int primary key, mood public.mood, net inet);",
    );
    assert_eq!(project.load("id,mood,net\n1,glad,10.0.0.1\n2,,\n"), "2/2/0/0/0/0/0");
    assert_eq!(project.db.sql("select mood, net from public.d order by id"), "glad|10.0.0.1\n|");
}

#[test]
fn loaded_bytes_are_kept_under_their_hash() {
    let project = Project::new("key = [\"id\"]\n", TYPED);
    project.load("id,name\n1,Ann\n");
    let hash = project.db.sql("select sha256 from karat.load");
    let kept = project.path(".karat/files").join(&hash[..2]).join(&hash);
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "id,name\n1,Ann\n");
}

#[test]
fn a_failed_load_leaves_the_table_as_it_was() {
    let project = Project::new(
        "key = [\"id\"]\n",
        // No check of what is loaded alone: only the server can say that it fails.
        "create table public.d (id int primary key, name text, kind text default 'x',
            check (name <> 'bad' or kind <> 'x'));",
    );
    project.load("id,name\n1,Ann\n");
    project.write("d.csv", "id,name\n1,Bea\n2,bad\n");
    let (code, said) = project.run();
    assert_eq!(code, 2, "{said}");
    assert_eq!(project.db.sql("select id, name from public.d"), "1|Ann");
    assert_eq!(project.db.sql("select count(*) from karat.load"), "1");
    project.load("id,name\n1,Bea\n2,good\n");
    assert_eq!(
        project.db.sql("select count(*) from pg_class where relname like 'stage%'"),
        "0",
        "stages of failed loads are swept"
    );
}

#[test]
fn rows_that_the_table_would_not_take_are_rejected_alone() {
    let schema = "create table public.team (id bigint primary key);
        insert into public.team values (1);
        create table public.d (
            id bigint primary key, team bigint references public.team, boss bigint references public.d,
            email text unique, pay numeric constraint pay_is_positive check (pay > 0));";
    let project = Project::new("key = [\"id\"]\n", schema);
    let first = "id,team,boss,email,pay\n1,1,,a@x.org,5\n2,7,1,b@x.org,5\n3,1,4,c@x.org,0\n\
                 4,1,1,d@x.org,\n5,1,9,e@x.org,1\n6,1,4,a@x.org,1\n7,,,,\n8,,,,\n";
    assert_eq!(project.load(first), "8/4/0/0/0/4/0");
    assert_eq!(
        project.rejects(),
        "3 38 team table.reference refers to a row that public.team does not have <2,7,1,b@x.org,5>\n\
         4 54 pay table.check breaks the check \"pay_is_positive\" of the table <3,1,4,c@x.org,0>\n\
         6 85 boss table.reference refers to a row that public.d does not have <5,1,9,e@x.org,1>\n\
         7 101 email table.unique another row has the same value <6,1,4,a@x.org,1>"
    );
    // An address that one record gives up is free for another; one that stays is not.
    let second = "id,team,boss,email,pay\n1,1,,z@x.org,5\n9,1,,a@x.org,5\n10,1,,d@x.org,5\n";
    assert_eq!(project.load(second), "3/1/1/0/0/1/0");
    assert_eq!(
        project.db.sql("select id, email from public.d where id in (1, 9, 10)"),
        "1|z@x.org\n9|a@x.org"
    );
}

#[test]
fn a_spoilt_row_of_a_snapshot_keeps_what_the_table_has() {
    let schema = "create table public.d (id bigint primary key, pay int check (pay > 0));";
    let project = Project::new("key = [\"id\"]\nmode = \"snapshot\"\n", schema);
    assert_eq!(project.load("id,pay\n1,5\n2,6\n"), "2/2/0/0/0/0/0");
    assert_eq!(project.load("id,pay\n1,0\n3,6\n"), "2/1/0/0/0/1/1");
    assert_eq!(project.db.sql("select id, pay from public.d order by 1"), "1|5\n3|6");
}

#[test]
fn a_file_with_more_rejects_than_allowed_is_not_loaded_at_all() {
    let schema = "create table public.d (id int primary key, pay int check (pay > 0));";
    let project = Project::new("key = [\"id\"]\n[rejects]\nmost = 1\nshare = 0.4\n", schema);
    assert_eq!(project.load("id,pay\n1,5\n2,0\n3,6\n"), "3/2/0/0/0/1/0");
    project.write("d.csv", "id,pay\n1,7\n2,0\n4,x\n5,y\n6,7\n");
    let (code, said) = project.run();
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("3 of 5 rows did not fit, more than datasets/d.toml allows (most = 1)"),
        "{said}"
    );
    assert!(said.contains("pay is not a whole number (2 rows, first at line 4)"), "{said}");
    assert_eq!(project.db.sql("select id, pay from public.d order by 1"), "1|5\n3|6");
    assert_eq!(project.db.sql("select count(*) from karat.load"), "1");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_packed_file_is_read_and_kept_as_it_came() {
    let project = Project::new("key = [\"id\"]\n", TYPED);
    let packed = gzip("id,name\n1,Ann\n2,\n1,Bea\n");
    assert_eq!(project.load(&packed), "3/1/0/0/0/2/0");
    assert_eq!(
        project.rejects(),
        "3 14 name required has no value, but needs one <2,>\n\
         4 17 id key.conflict an earlier row has the same key and other values <1,Bea>"
    );
    let hash = project.db.sql("select sha256 from karat.load");
    let kept = project.path(".karat/files").join(&hash[..2]).join(&hash);
    assert_eq!(std::fs::read(kept).unwrap(), packed);
    let (_, said) = project.run();
    assert!(said.contains("nothing to do"), "{said}");
}

#[test]
fn what_is_declared_of_a_file_is_obeyed_and_what_was_found_is_told() {
    let project = Project::new(
        "key = [\"id\"]\nheader = 3\nrepair = [\"control\", \"mojibake\"]\n\
         header_duplicates = \"number\"\nignore = [\"name_2\"]\n",
        TYPED,
    );
    project.write("d.csv", "\"March\n\nid;name;name\n1;Zo\u{c3}\u{ab}\0;x\n2;\u{c3}\u{ab};y\n");
    let (code, said) = project.run();
    assert_eq!(code, 0, "{said}");
    assert_eq!(project.db.sql("select id, name from public.d order by id"), "1|Zo\u{eb}\n2|\u{eb}");
    for note in [
        "fields are separated by ;",
        "control characters were taken out of 1 values",
        "mojibake was repaired in 2 values",
    ] {
        assert!(said.contains(note), "{note}: {said}");
    }
}

#[test]
fn files_without_a_header_are_loaded_by_number_or_by_given_names() {
    let named =
        Project::new("key = [\"id\"]\nheader = false\ncolumns = [\"id\", \"name\"]\n", TYPED);
    assert_eq!(named.load("1,Ann\n2,Bob\n"), "2/2/0/0/0/0/0");
    let numbered = Project::new(
        "key = [\"id\"]\nheader = false\nencoding = \"windows-1252\"\n[columns]\n\
         id = { header = \"col_2\" }\nname = { header = \"col_1\" }\n",
        TYPED,
    );
    assert_eq!(numbered.load(b"Zo\xeb,1\nBob,2\n"), "2/2/0/0/0/0/0");
    for project in [named, numbered] {
        assert_eq!(project.db.sql("select karat_row, id from public.d order by id"), "1|1\n2|2");
    }
}

#[test]
fn a_wrong_declaration_of_a_file_is_refused_with_its_line() {
    for (line, what) in [
        ("encoding = \"klingon\"", "there is no encoding \"klingon\""),
        ("repair = [\"controls\"]", "did you mean control?"),
        ("quote = \"x\"", "quote cannot be \"x\""),
        ("header = 0", "header cannot be 0"),
        ("header = \"no\"", "header must be a whole number, not a text"),
        ("delimiter = \";;\"", "delimiter must be one sign"),
        ("expand_times = 0", "expand_times cannot be 0"),
        ("header_duplicates = \"keep\"", "header_duplicates cannot be \"keep\""),
        ("columns = [\"a\"]", "header = false"),
    ] {
        let project = Project::new(&format!("key = [\"id\"]\n{line}\n"), TYPED);
        project.write("d.csv", "id,name\n1,Ann\n");
        let (code, said) = project.run();
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(what) && said.contains("datasets/d.toml:3"), "{line}: {said}");
    }
}
