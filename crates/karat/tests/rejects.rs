//! Rejected rows that come back: exported, mended, replayed, dismissed, overtaken; and that the
//! books balance over all of it.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/project.rs"]
mod project;

use project::Project;
use rust_xlsxwriter::Workbook;

const SCHEMA: &str = "create table public.d (id int primary key, name text not null, pay numeric);";

/// A project that merges files into the table of `SCHEMA`.
fn merging(more: &str) -> Project {
    let dataset = format!("files = \"data/*.csv\"\nkey = [\"id\"]\n{more}");
    Project::new(&[("datasets/d.toml", &dataset), ("schema/d.sql", SCHEMA)])
}

fn load(project: &Project, file: &str, text: impl AsRef<[u8]>) -> String {
    project.write(file, text);
    let said = project.ends(0, &["run"]);
    balance(project);
    said
}

fn read(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.path(path)).unwrap()
}

fn rows(project: &Project) -> String {
    project.db.sql("select id, name, pay, karat_load, karat_row from public.d order by id")
}

/// The rejects: place, rule, state, where the row went.
fn rejects(project: &Project) -> String {
    project.db.sql(
        "select concat_ws(' ', concat(load, ':', line), rule, state,
                          concat(replayed_by, ':', replayed_line), superseded_by)
         from karat.reject order by load, line",
    )
}

/// Exports to mend.csv, mends and replays it.
fn mend(project: &Project, code: i32, arguments: &[&str], changes: &[(&str, &str)]) -> String {
    let file = project.path("mend.csv");
    drop(std::fs::remove_file(&file));
    project.ends(0, &[&["rejects", "export", "mend.csv"], arguments].concat());
    let exported = read(project, "mend.csv");
    let mended = changes.iter().fold(exported, |text, (from, to)| {
        assert!(text.contains(from), "no {from} in {text}");
        text.replace(from, to)
    });
    project.write("mend.csv", mended);
    replay(project, code, &[])
}

fn replay(project: &Project, code: i32, options: &[&str]) -> String {
    let said = project.ends(code, &[&["rejects", "replay", "mend.csv"], options].concat());
    balance(project);
    said
}

/// Every load's books hold as many rejects as there are, and each is in a state that says where
/// its row is: a row that was loaded or rejected again is one of the load that it names.
fn balance(project: &Project) {
    let unbalanced = project.db.sql(
        "select l.id from karat.load l
         where l.rejected <> (select count(*) from karat.reject r where r.load = l.id)
            or l.read <> l.inserted + l.updated + l.unchanged + l.duplicate + l.rejected",
    );
    assert_eq!(unbalanced, "", "loads whose books do not balance");
    let astray = project.db.sql(
        "select r.load, r.line, r.state from karat.reject r
         where case r.state
             when 'open' then r.replayed_by is not null or r.superseded_by is not null
             when 'dismissed' then r.reason is null
             when 'superseded' then r.superseded_by is null
             else r.replayed_by is null
                  or exists (select 1 from karat.reject n
                             where n.load = r.replayed_by and n.line = r.replayed_line)
                     <> (r.state = 'repeated')
         end",
    );
    assert_eq!(astray, "", "rejects whose state is not true");
    let kept = project.db.sql(
        "select count(*) from karat.load l where replay and rejected
        > (select count(*) from karat.reject r where r.load = l.id and r.first_load is not null)",
    );
    assert_eq!(kept, "0", "replays with rejects of unknown origin");
}

#[test]
fn an_export_has_places_and_columns_and_what_cannot_be_cut_as_it_stood() {
    let project = merging("delimiter = \";\"\nheader = 2\n");
    let file = "\"March\"\nid;name;pay\n1;\"Ann; \"\"A\"\"\";x,y\n2;\"two\nlines\";-\n\
                3;Cid\n4;\"Dan;1\n5;Eve;5\n";
    load(&project, "data/d.csv", file);
    let said = project.ends(0, &["rejects", "export", "mend.csv"]);
    assert!(said.contains("wrote 4 rows of d to mend.csv"), "{said}");
    assert!(said.contains("note: 2 of them could not be cut"), "{said}");
    assert_eq!(
        read(&project, "mend.csv"),
        "karat_load,karat_line,karat_column,karat_rule,karat_message,id,name,pay,karat_raw\n\
         1,3,pay,type.numeric,is not a decimal number,1,\"Ann; \"\"A\"\"\",\"x,y\",\n\
         1,4,pay,type.numeric,is not a decimal number,2,\"two\nlines\",-,\n\
         1,6,,width,has 2 fields where the header has 3,,,,3;Cid\n\
         1,7,,quote,opens a quote on line 7 that never closes,,,,\"4;\"\"Dan;1\"\n"
    );
}

#[test]
fn mended_rows_are_loaded_once_and_lead_back_to_where_they_stood() {
    let project = merging("");
    load(&project, "data/d.csv", "id,name,pay\n1,Ann,x\n2,Bob,2\n3,,3\n4,Dan\n");
    let changes =
        [("1,Ann,x", "1,Ann,1.5"), ("3,,3", "3,Cid,3"), (",,,\"4,Dan\"", ",,,\"4,Dan,4\"")];
    let said = mend(&project, 0, &[], &changes);
    assert!(said.contains("load 2: 3 rows of d: 3 new"), "{said}");
    assert_eq!(rows(&project), "1|Ann|1.5|2|2\n2|Bob|2|1|3\n3|Cid|3|2|3\n4|Dan|4|2|4");
    assert_eq!(
        rejects(&project),
        "1:2 type.numeric replayed 2:2\n1:4 required replayed 2:3\n1:5 width replayed 2:4"
    );
    assert_eq!(
        project.db.sql("select origin, replay, rejected from karat.load where id = 2"),
        "mend.csv|t|0"
    );
    // From the record's own load and row back to the first file.
    let said = project.ends(0, &["rejects", "show", "2", "2"]);
    assert!(said.contains("load 1  d data/d.csv:2  byte 12"), "{said}");
    assert!(said.contains("type.numeric  pay is not a decimal number"), "{said}");
    assert!(said.contains("loaded as row 2 of load 2"), "{said}");
    let before = project.db.sql("select md5(string_agg(t::text, '' order by id)) from public.d t");
    let said = replay(&project, 0, &[]);
    assert!(said.contains("nothing to do: all 3 rows were replayed or dismissed before"), "{said}");
    let after = project.db.sql("select md5(string_agg(t::text, '' order by id)) from public.d t");
    assert_eq!(
        (before, project.db.sql("select count(*) from karat.load")),
        (after, "2".to_owned())
    );
    assert!(project.ends(0, &["rejects", "list"]).contains("no rejected rows"));
    let all = project.ends(0, &["rejects", "list", "--all"]);
    assert!(all.contains("3 rejected rows") && all.contains("(replayed)"), "{all}");
    assert!(project.ends(0, &["run"]).contains("nothing to do"));
    let kept = project.db.sql("select sha256 from karat.load where id = 2");
    assert!(project.path(".karat/files").join(&kept[..2]).join(&kept).exists());
}

#[test]
fn what_still_fails_is_rejected_anew_and_linked_until_it_fits() {
    let project = merging("");
    load(&project, "data/d.csv", "id,name,pay\n1,Ann,x\n2,Bob,y\n3,Cid\n");
    let said = mend(&project, 0, &[], &[("1,Ann,x", "1,Ann,1"), ("2,Bob,y", "2,Bob,z")]);
    assert!(said.contains("load 2: 3 rows of d: 1 new, 2 rejected again"), "{said}");
    assert!(said.contains("pay is not a decimal number (1 row, first at line 3)"), "{said}");
    let first = read(&project, "mend.csv");
    let once = "1:2 type.numeric replayed 2:2\n1:3 type.numeric repeated 2:3\n\
                1:4 width repeated 2:4\n2:3 type.numeric open :\n2:4 width open :";
    assert_eq!(rejects(&project), once);
    // The same file again: one row is settled, the others fail as before, and nothing is kept.
    let said = replay(&project, 0, &[]);
    assert!(said.contains("nothing was loaded: no row fits that did not before"), "{said}");
    assert_eq!(rejects(&project), once);
    assert_eq!(project.db.sql("select count(*) from pg_class where relname ~ '^stage_'"), "0");
    // The first export, mended further, is as good as one of the later rejects.
    project.write("mend.csv", first.replace("2,Bob,z", "2,Bob,2"));
    replay(&project, 0, &[]);
    assert_eq!(rows(&project), "1|Ann|1|2|2\n2|Bob|2|3|3");
    let said = mend(&project, 0, &[], &[("\"3,Cid\"", "\"3,Cid,3\"")]);
    assert!(said.contains("load 4: 1 rows of d: 1 new"), "{said}");
    assert_eq!(rows(&project), "1|Ann|1|2|2\n2|Bob|2|3|3\n3|Cid|3|4|2");
    let said = project.ends(0, &["rejects", "show", "4", "2"]);
    for line in [
        "load 1  d data/d.csv:4",
        "rejected again as row 4 of load 2",
        "load 2  d mend.csv:4",
        "rejected again as row 4 of load 3",
        "loaded as row 2 of load 4",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn a_mended_row_does_not_overwrite_what_a_later_load_brought() {
    let project = merging("");
    load(&project, "data/1.csv", "id,name,pay\n1,Ann,x\n2,Bob,y\n");
    load(&project, "data/2.csv", "id,name,pay\n1,Anna,2\n");
    let said = mend(&project, 0, &[], &[("Ann,x", "Ann,1"), ("Bob,y", "Bob,2")]);
    assert!(said.contains("1 new, 1 rejected again"), "{said}");
    assert!(said.contains("id a later load has brought this record with other values"), "{said}");
    assert_eq!(rows(&project), "1|Anna|2|2|2\n2|Bob|2|3|3");
    assert_eq!(
        rejects(&project),
        "1:2 type.numeric repeated 3:2\n1:3 type.numeric replayed 3:3\n3:2 replay.newer open :"
    );
    assert!(replay(&project, 0, &[]).contains("nothing was loaded"));
    replay(&project, 0, &["--overwrite"]);
    assert_eq!(rows(&project), "1|Ann|1|4|2\n2|Bob|2|3|3");
    assert!(rejects(&project).contains("3:2 replay.newer replayed 4:2"));
}

#[test]
fn of_two_mended_rows_of_one_record_the_one_that_came_later_wins_in_any_order() {
    for later_first in [true, false] {
        let project = merging("");
        load(&project, "data/1.csv", "id,name,pay\n1,Ann,x\n");
        load(&project, "data/2.csv", "id,name,pay\n1,Anna,y\n");
        let turns =
            [(&["--load", "2"], ("Anna,y", "Anna,2")), (&["--load", "1"], ("Ann,x", "Ann,1"))];
        let order = if later_first { [0, 1] } else { [1, 0] };
        for turn in order {
            mend(&project, 0, turns[turn].0, &[turns[turn].1]);
        }
        let name = project.db.sql("select name, pay from public.d");
        assert_eq!(name, "Anna|2", "later first: {later_first}");
        let open = if later_first { "1" } else { "0" };
        assert_eq!(project.db.sql("select count(*) from karat.reject where state = 'open'"), open);
    }
}

#[test]
fn a_snapshot_is_added_to_and_the_next_one_overtakes_what_was_left() {
    let dataset = "files = \"d.csv\"\nkey = [\"id\"]\nmode = \"snapshot\"\n";
    let project = Project::new(&[("datasets/d.toml", dataset), ("schema/d.sql", SCHEMA)]);
    load(&project, "d.csv", "id,name,pay\n1,Ann,1\n2,Bob,y\n3,Cid,z\n");
    let said = mend(&project, 0, &[], &[("Bob,y", "Bob,2")]);
    assert!(said.contains("1 new, 1 rejected again"), "{said}");
    assert_eq!(rows(&project), "1|Ann|1|1|2\n2|Bob|2|2|2");
    load(&project, "d.csv", "id,name,pay\n1,Ann,1\n4,Dan,4\n");
    assert_eq!(rows(&project), "1|Ann|1|1|2\n4|Dan|4|3|3");
    assert_eq!(
        rejects(&project),
        "1:3 type.numeric replayed 2:2\n1:4 type.numeric repeated 2:3\n\
         2:3 type.numeric superseded : 3"
    );
    let mended = read(&project, "mend.csv").replace("Cid,z", "Cid,3");
    project.write("mend.csv", mended);
    let said = replay(&project, 0, &[]);
    assert!(said.contains("is older than load 3, which read all records"), "{said}");
    assert_eq!(project.db.sql("select count(*) from public.d"), "2");
    replay(&project, 0, &["--overwrite"]);
    assert_eq!(project.db.sql("select id, pay from public.d order by id"), "1|1\n3|3\n4|4");
}

#[test]
fn a_file_that_is_loaded_anew_settles_its_rejects() {
    let project = merging("");
    load(&project, "data/d.csv", "id,name,pay\n1,Ann,n/a\n2,Bob,two\n");
    project.write("datasets/d.toml", "files = \"data/*.csv\"\nkey = [\"id\"]\nnull = [\"n/a\"]\n");
    project.ends(0, &["run"]);
    balance(&project);
    assert_eq!(
        rejects(&project),
        "1:2 type.numeric superseded : 2\n1:3 type.numeric repeated 2:3\n2:3 type.numeric open :"
    );
    let said = project.ends(0, &["rejects", "show", "1", "2"]);
    assert!(said.contains("read anew by load 2"), "{said}");
}

#[test]
fn a_dismissed_row_is_settled_with_its_reason() {
    let project = merging("");
    load(&project, "data/d.csv", "id,name,pay\n1,Ann,x\n2,Bob,y\n3,Cid,z\n");
    project.ends(0, &["rejects", "export", "mend.csv"]);
    let said = project.ends(0, &["rejects", "dismiss", "1", "2", "3", "--reason", "a test"]);
    assert!(said.contains("dismissed 2 rejected rows of load 1"), "{said}");
    assert!(
        project
            .ends(2, &["rejects", "dismiss", "1", "2", "--reason", "x"])
            .contains("no such open")
    );
    assert!(
        project.ends(0, &["rejects", "show", "1", "2"]).contains("dismissed by unknown: a test")
    );
    assert!(project.ends(0, &["rejects", "list"]).contains("1 rejected rows"));
    project.write("mend.csv", read(&project, "mend.csv").replace(",Cid,z", ",Cid,3"));
    let said = replay(&project, 0, &[]);
    assert!(said.contains("1 new, 2 settled before"), "{said}");
    assert_eq!(
        project
            .db
            .sql("select concat_ws('/', read, inserted, duplicate) from karat.load where id = 2"),
        "3/1/2"
    );
    project.ends(2, &["rejects", "dismiss", "1", "--reason", "all that is left"]);
}

#[test]
fn rows_that_lacked_something_fit_unchanged_once_it_is_there() {
    let schema = "create table public.team (id int primary key);
        create table public.d (id int primary key, team int references public.team);";
    let dataset = "files = \"d.csv\"\nkey = [\"id\"]\n";
    let project = Project::new(&[("datasets/d.toml", dataset), ("schema/d.sql", schema)]);
    load(&project, "d.csv", "id,team\n1,7\n2,8\n");
    project.ends(0, &["rejects", "export", "mend.csv"]);
    assert!(replay(&project, 0, &[]).contains("nothing was loaded"));
    project.db.sql("insert into public.team values (7)");
    let said = replay(&project, 0, &[]);
    assert!(said.contains("1 new, 1 rejected again"), "{said}");
    assert_eq!(project.db.sql("select id, team from public.d"), "1|7");
}

#[test]
fn an_export_is_of_one_dataset_and_one_header() {
    let project = merging("");
    project.write(
        "datasets/e.toml",
        "files = \"e.csv\"\nkey = [\"id\"]\ncolumns.id.type = \"integer\"\n",
    );
    project.write("e.csv", "id\nx\n");
    load(&project, "data/1.csv", "id,name,pay\n1,Ann,x\n");
    load(&project, "data/2.csv", "id,name\n2,\n");
    let export = |code, more: &[&str]| {
        project.ends(code, &[&["rejects", "export", "mend.csv"], more].concat())
    };
    assert!(export(2, &[]).contains("--dataset with d or e"));
    let said = export(2, &["--dataset", "d"]);
    assert!(
        said.contains("have different headers") && said.contains("--load 3 or --load 1"),
        "{said}"
    );
    assert!(export(2, &["--rule", "nothing"]).contains("no such row is an open reject"));
    export(0, &["--dataset", "d", "--rule", "required"]);
    assert!(
        read(&project, "mend.csv")
            .contains("\n3,2,name,required,\"has no value, but needs one\",2,,\n")
    );
    assert!(export(2, &["--load", "2"]).contains("mend.csv exists already"));
    let said = project.ends(2, &["rejects", "export", "data/mend.csv", "--load", "1"]);
    assert!(said.contains("karat run would load data/mend.csv as data of d"), "{said}");
    let said = project.ends(0, &["rejects", "summary"]);
    for line in ["e        id      type.integer     1", "load 3  data/2.csv:2"] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn a_file_that_is_no_mended_export_is_refused_with_its_line() {
    let project = merging("");
    load(&project, "data/d.csv", "id,name,pay\n1,Ann,x\n2,Bob,y\n");
    project.ends(0, &["rejects", "export", "mend.csv"]);
    let good = read(&project, "mend.csv");
    for (text, what) in [
        ("id,name,pay\n1,Ann,1\n".to_owned(), "this is no export of rejects"),
        (good.replace("\n1,2,", "\n,,"), "mend.csv:2"),
        (good.replace("\n1,2,", "\n1,9,"), "no row was rejected at line 9 of load 1"),
        (good.replace("\n1,2,", "\n1,3,"), "the row is the same rejected row as line 2"),
        (good.replace(",pay,", ",salary,"), "the column \"pay\" of the rejected rows is missing"),
        (good.replace("1,Ann", "1"), "the row has 8 fields where the header has 9"),
        (good.split_inclusive('\n').take(1).collect(), "the file has no rows"),
    ] {
        project.write("mend.csv", &text);
        let said = replay(&project, 2, &[]);
        assert!(said.contains(what), "{what}: {said}");
    }
    assert_eq!(project.db.sql("select count(*) from karat.load"), "1");
}

#[test]
fn signs_for_bytes_that_were_no_text_are_not_loaded() {
    let project = merging("");
    load(
        &project,
        "data/d.csv",
        b"id,name,pay\n1,Zo\xeb,1\n2,B\0b,2\n3,Zo\xc3\xab \xc3\x9cnal,3\n",
    );
    let said = mend(&project, 0, &[], &[("Zo\u{fffd}", "Zoë")]);
    assert!(said.contains("1 new, 1 rejected again"), "{said}");
    assert!(rejects(&project).ends_with("2:3 replay.sign open :"), "{}", rejects(&project));
    mend(&project, 0, &[], &[("B\u{2400}b", "Bob")]);
    assert_eq!(project.db.sql("select name from public.d order by id"), "Zoë\nBob\nZoë Ünal");
}

#[test]
fn records_of_json_lines_come_back_by_their_columns_or_as_they_stood() {
    let dataset = "files = \"d.jsonl\"\nkey = [\"id\"]\ncolumns.name.header = \"who.name\"\n";
    let project = Project::new(&[("datasets/d.toml", dataset), ("schema/d.sql", SCHEMA)]);
    let lines = "{\"id\": 1, \"who\": {\"name\": \"Ann, \\\"A\\\"\"}, \"pay\": \"x\"}\n{\"id\": 2, \"pay\": \n\
                 {\"pay\": 3, \"who\": {\"name\": \"Cid\"}, \"id\": 3}\n";
    load(&project, "d.jsonl", lines);
    let changes = [
        ("\"Ann, \"\"A\"\"\",x,", "\"Ann, \"\"A\"\"\",1,"),
        ("\"\"pay\"\":\"", "\"\"who.name\"\": \"\"Bob\"\"}\""),
    ];
    mend(&project, 0, &[], &changes);
    assert_eq!(rows(&project), "1|Ann, \"A\"|1|2|2\n2|Bob||2|3\n3|Cid|3|1|3");
}

#[test]
fn rows_of_a_workbook_come_back_in_a_workbook() {
    let dataset = "files = \"d.xlsx\"\nkey = [\"id\"]\n";
    let project = Project::new(&[("datasets/d.toml", dataset), ("schema/d.sql", SCHEMA)]);
    let book = |path: &str, rows: &[Vec<String>]| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (at, row) in rows.iter().enumerate() {
            for (column, text) in row.iter().enumerate() {
                sheet.write(at as u32, column as u16, text.as_str()).unwrap();
            }
        }
        book.save(project.path(path)).unwrap();
    };
    let cut = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    book("d.xlsx", &["id,name,pay", "1,Ann", "2,,2", "007,Bond,x"].map(cut));
    project.ends(0, &["run"]);
    balance(&project);
    project.ends(0, &["rejects", "export", "mend.csv"]);
    let exported = read(&project, "mend.csv").replace("\"has no value, but needs one\"", "missing");
    let mended = exported.replace("2,,2,", "2,Bob,2,").replace("Bond,x", "Bond,7");
    book("mend.xlsx", &mended.lines().map(cut).collect::<Vec<_>>());
    let said = project.ends(0, &["rejects", "replay", "mend.xlsx"]);
    assert!(said.contains("load 2: 2 rows of d: 2 new"), "{said}");
    balance(&project);
    assert_eq!(rows(&project), "1|Ann||1|2\n2|Bob|2|2|2\n7|Bond|7|2|3");
}

#[test]
fn a_mended_file_of_another_program_is_read_as_it_is_written() {
    let project = merging("");
    load(&project, "data/d.csv", "id,name,pay\n1,Ann,x\n");
    project.ends(0, &["rejects", "export", "mend.csv"]);
    let windows = read(&project, "mend.csv").replace("Ann,x", "Zo\u{eb}, A,1").replace(',', ";");
    let windows = windows.replace("Zo\u{eb}; A", "Zo\u{eb}, A").replace('\n', "\r\n");
    project.write("mend.csv", windows.chars().map(|c| c as u8).collect::<Vec<u8>>());
    replay(&project, 0, &[]);
    assert_eq!(rows(&project), "1|Zo\u{eb}, A|1|2|2");
}

#[test]
fn rows_of_an_appended_file_come_back_once() {
    let dataset = "files = \"d.csv\"\nmode = \"append\"\n";
    let schema = "create table public.d (id int, name text);";
    let project = Project::new(&[("datasets/d.toml", dataset), ("schema/d.sql", schema)]);
    load(&project, "d.csv", "id,name\n1,Ann\nx,Bob\n");
    mend(&project, 0, &[], &[("x,Bob", "1,Ann")]);
    replay(&project, 0, &[]);
    assert_eq!(project.db.sql("select id, name, karat_load from public.d"), "1|Ann|1\n1|Ann|2");
}

#[test]
fn a_dataset_that_is_made_from_another_follows_its_mended_rows() {
    let child = "from = \"d\"\neach = \"children\"\nkey = [\"parent\", \"n\"]\n[columns]\n\
                 parent = { parent = \"id\" }\nn = { position = true }\n\
                 age = { path = \"age\", type = \"integer\" }\n";
    let project = Project::new(&[
        ("datasets/d.toml", "files = \"d.csv\"\nkey = [\"id\"]\n"),
        ("datasets/child.toml", child),
        ("schema/d.sql", "create table public.d (id int primary key, children jsonb);"),
    ]);
    load(&project, "d.csv", "id,children\n1,\"[{\"\"age\"\": \"\"x\"\"}]\"\n2,[\n");
    let said = project.ends(2, &["rejects", "export", "mend.csv", "--dataset", "child"]);
    assert!(said.contains("child is made from dataset d, not from files"), "{said}");
    let said = mend(&project, 0, &["--dataset", "d"], &[("2,[,", "2,\"[{\"\"age\"\": 3}]\",")]);
    assert!(said.contains("load child: 2 rows read: 1 new, 1 rejected"), "{said}");
    assert_eq!(project.db.sql("select parent, age from public.child"), "2|3");
    // All elements were read again, and what did not fit is open once.
    assert_eq!(
        project.db.sql(
            "select l.id, r.state from karat.reject r join karat.load l on l.id = r.load
             where l.dataset = 'child' order by 1"
        ),
        "2|superseded\n4|open"
    );
}

#[test]
fn a_protected_environment_is_not_changed_by_mistake() {
    let project = merging("");
    project.write("karat.toml", "name = \"t\"\n[environments.prod]\nprotected = true\n");
    load(&project, "data/d.csv", "id,name,pay\n1,Ann,x\n");
    project.ends(0, &["rejects", "export", "mend.csv"]);
    let said = project.ends(2, &["rejects", "replay", "mend.csv", "--env", "prod"]);
    assert!(said.contains("environment prod is protected"), "{said}");
    replay(&project, 0, &["--env", "prod", "--yes"]);
}
