//! Outputs: what their files hold in each format, what stays in force, and what is refused.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/project.rs"]
mod project;

use project::Project;

const DATASET: &str = "files = \"t.csv\"\nkey = [\"id\"]\n[columns]\nid = { type = \"integer\" }\n\
    amount = { type = \"numeric\" }\nday = { type = \"date\" }\nat = { type = \"timestamp\" }\n\
    ok = { type = \"boolean\" }\nname = {}\n";

const ROWS: &str = "id,name,amount,day,at,ok\n\
    2,=1+1,1234567890123456.5,2021-01-31,2021-01-31 12:00:00,true\n\
    1,\"a,\"\"b\"\"; =c\",-0.50,1999-12-31,2021-01-31 23:59:59.5,false\n\
    3,,,,,\n\
    4,-7,0,2021-02-28,,\n";

fn export(file: &str, more: &str) -> String {
    format!("kind = \"export\"\ndataset = \"t\"\norder = [\"id\"]\nfile = \"{file}\"\n{more}")
}

fn project(outputs: &[(&str, String)]) -> Project {
    let project = Project::new(&[("datasets/t.toml", DATASET), ("t.csv", ROWS)]);
    for (name, text) in outputs {
        project.write(&format!("outputs/{name}.toml"), text);
    }
    project
}

fn read(project: &Project, file: &str) -> String {
    project.ends(0, &["outputs", "get", file, "--to", "out"]);
    std::fs::read_to_string(project.path(&format!("out/{file}"))).unwrap()
}

#[test]
fn raw_csv_is_what_the_database_has_and_excel_gets_no_formula() {
    let columns = "columns = [\"name\", \"amount\", \"at\"]\n[headers]\nname = \"Name\"\n";
    let safe = format!("excel = true\n{columns}");
    let project =
        project(&[("raw", export("raw.csv", columns)), ("safe", export("safe.csv", &safe))]);
    project.ends(0, &["run"]);
    assert_eq!(
        read(&project, "raw.csv"),
        "Name,amount,at\n\"a,\"\"b\"\"; =c\",-0.50,2021-01-31 23:59:59.5+00\n\
         =1+1,1234567890123456.5,2021-01-31 12:00:00+00\n,,\n-7,0,\n"
    );
    assert_eq!(
        read(&project, "safe.csv"),
        "\u{feff}Name,amount,at\r\n\"a,\"\"b\"\"; =c\",-0.50,2021-01-31 23:59:59.5+00\r\n\
         '=1+1,1234567890123456.5,2021-01-31 12:00:00+00\r\n,,\r\n-7,0,\r\n"
    );
}

#[test]
fn workbooks_and_parquet_are_read_back_as_what_was_written() {
    let project =
        project(&[("book", export("book.xlsx", "")), ("lake", export("lake.parquet", ""))]);
    project.ends(0, &["run"]);
    // One amount has more digits than a cell keeps, and as many as a double does.
    let rows = "select string_agg(concat_ws('|', id, name, round(amount, 1), day, at, ok), ';' \
                order by id) from public.";
    let expected = project.db.sql(&format!("{rows}t"));
    for (name, file) in [("book", "book.xlsx"), ("lake", "lake.parquet")] {
        project.ends(0, &["outputs", "get", file, "--to", "in"]);
        let dataset = DATASET.replace("t.csv", &format!("in/{file}"));
        project.write(&format!("datasets/{name}.toml"), dataset);
        project.ends(0, &["load", &format!("in/{file}"), "--dataset", name]);
        let found = project.db.sql(&format!("{rows}{name}"));
        assert_eq!(found, expected, "{name}");
    }
    project.write("outputs/safe.toml", export("safe.xlsx", "excel = true\n"));
    let refused = project.ends(2, &["run"]);
    assert!(refused.contains("excel says how CSV is written"), "{refused}");
}

#[test]
fn the_same_rows_are_the_same_bytes_whatever_their_order() {
    let outputs = ["a.csv", "b.xlsx", "c.parquet"].map(|file| (&file[..1], export(file, "")));
    let one = project(&outputs);
    let other = project(&outputs);
    let mut lines: Vec<&str> = ROWS.lines().collect();
    lines[1..].reverse();
    other.write("t.csv", lines.join("\n") + "\n");
    let hashes = |project: &Project| {
        project.ends(0, &["run"]);
        project.db.sql(
            "select string_agg(sha256, ' ' order by name) from karat.output \
                        where kind = 'export'",
        )
    };
    assert_eq!(hashes(&one), hashes(&other));
}

#[test]
fn what_is_declared_no_more_is_in_force_no_more() {
    let project = project(&[("a", export("a.csv", "")), ("b", export("b.csv", ""))]);
    project.ends(0, &["run"]);
    project.write("t.csv", "id,name,amount,day,at,ok\n9,new,1,,,\n");
    std::fs::remove_file(project.path("outputs/b.toml")).unwrap();
    project.ends(0, &["run"]);
    let listed = project.ends(0, &["outputs", "list"]);
    assert!(listed.contains("a.csv") && !listed.contains("b.csv"), "{listed}");
    assert!(read(&project, "a.csv").contains("9,1,,,,new"));
    let runs =
        project.db.sql("select string_agg(name || run, ' ' order by run, name) from karat.output");
    assert_eq!(runs, "a.csv1 b.csv1 manifest.json1 a.csv2 manifest.json2");
    let earlier = project.ends(0, &["outputs", "list", "--run", "1"]);
    assert!(earlier.contains("b.csv"), "{earlier}");
    let refused = project.ends(2, &["outputs", "get", "b.csv"]);
    assert!(refused.contains("there is no output \"b.csv\""), "{refused}");
}

#[test]
fn pruning_leaves_what_is_in_force_and_what_is_on_record() {
    let project = project(&[("a", export("a.csv", "")), ("b", String::new())]);
    let b = "kind = \"export\"\ndataset = \"t\"\nrow_condition = \"id = 1\"\nfile = \"b.csv\"\n";
    project.write("outputs/b.toml", b);
    project.ends(0, &["run"]);
    for id in 5..8 {
        project.write("t.csv", format!("id,name,amount,day,at,ok\n{id},x,1,,,\n"));
        project
            .write("outputs/a.toml", export("a.csv", &format!("row_condition = \"id <= {id}\"\n")));
        project.ends(0, &["run"]);
    }
    let stray = project.path(&format!(".karat/outputs/aa/{}", "aa".repeat(32)));
    std::fs::create_dir_all(stray.parent().unwrap()).unwrap();
    std::fs::write(&stray, "left behind").unwrap();
    let before = project.db.sql("select count(*) from karat.output");
    let dry = project.ends(0, &["outputs", "prune", "--keep", "1", "--dry-run"]);
    assert!(dry.contains("would be removed") && stray.exists(), "{dry}");
    assert_eq!(project.db.sql("select count(*) from karat.output"), before);
    project.ends(0, &["outputs", "prune", "--keep", "1"]);
    assert!(!stray.exists());
    let left =
        project.db.sql("select string_agg(distinct name, ' ' order by name) from karat.output");
    assert_eq!(left, "a.csv b.csv manifest.json");
    assert_eq!(project.db.sql("select count(*) from karat.output where name = 'a.csv'"), "1");
    let kept = walk(&project.path(".karat/outputs"));
    assert_eq!(kept.to_string(), project.db.sql("select count(distinct sha256) from karat.output"));
    project.ends(0, &["outputs", "verify"]);
}

/// The number of files below a folder.
fn walk(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}

#[test]
fn groups_are_files_and_records_without_one_are_counted() {
    let pivot = "kind = \"pivot\"\ndataset = \"t\"\nrows = [\"day\"]\ncolumns = \"id\"\n\
                 value = \"amount\"\naggregate = \"sum\"\ngroup = \"name\"\nexcept = [\"-7\"]\n";
    let project = project(&[("p", pivot.to_owned())]);
    let told = project.ends(0, &["run"]);
    assert!(told.contains("1 records are left out: they have no name"), "{told}");
    let listed = project
        .db
        .sql("select string_agg(name, ' ' order by name) from karat.output where kind = 'pivot'");
    assert_eq!(listed, "p__1_1.csv p_a__b__ _c.csv");
}

/// What is wrong with a file in `outputs`, and what is said.
const REFUSED: &[(&str, &str)] = &[
    ("", "kind is missing"),
    ("kind = \"chart\"", "kind cannot be \"chart\""),
    ("kind = \"export\"\ndataset = \"t\"\nfilter = \"x\"", "unknown key filter"),
    ("kind = \"export\"\ndataset = \"u\"", "there is no dataset \"u\""),
    ("kind = \"export\"\ndataset = \"t\"\ntable = \"t\"", "exactly one of: dataset, table, entity"),
    ("kind = \"export\"\ndataset = \"t\"\nfile = \"../x.csv\"", "is a path"),
    ("kind = \"export\"\ndataset = \"t\"\nfile = \"x.doc\"", "an ending that says no format"),
    ("kind = \"export\"\ndataset = \"t\"\ncolumns = [\"nmae\"]", "has no column \"nmae\""),
    ("kind = \"export\"\ndataset = \"t\"\nrow_condition = \"no such\"", "syntax error"),
    ("kind = \"dashboard\"\nof = \"x\"", "there is no pivot \"x\""),
    ("kind = \"lineage\"", "of is missing"),
    ("kind = \"pivot\"\ndataset = \"t\"", "rows is missing"),
    (PIVOT, "aggregate is missing"),
];

const PIVOT: &str =
    "kind = \"pivot\"\ndataset = \"t\"\nrows = [\"day\"]\ncolumns = \"id\"\nvalue = \"name\"\n";

/// The same of a pivot of names by day.
const REFUSED_PIVOTS: &[(&str, &str)] = &[
    ("aggregate = \"average\"", "aggregate cannot be \"average\""),
    ("aggregate = \"mean\"", "there is no mean of column \"name\""),
    ("aggregate = \"first\"\nfile = \"{group}.csv\"", "there is no group"),
    ("aggregate = \"first\"\ngroup = \"id\"\nfile = \"x.csv\"", "cannot all be \"x.csv\""),
    ("aggregate = \"first\"\n[headers]\nid = \"x\"", "\"id\" makes no rows"),
    ("aggregate = \"first\"\n[template]\ncolumns = [\"a\"]", "map is missing"),
    (
        "aggregate = \"first\"\n[template]\ncolumns = [\"a\"]\nblank = [\"b\"]\nmap = { 1 = \"a\" }",
        "\"b\" is blank, and the template lacks it",
    ),
    (
        "aggregate = \"first\"\n[template]\ncolumns = [\"a\"]\nmap = { 1 = \"a\", 2 = \"a\" }",
        "two codes fill the column \"a\"",
    ),
    (
        "aggregate = \"first\"\n[template]\ncolumns = [\"a\", \"b\"]\nmap = { 1 = \"a\" }",
        "no code fills b",
    ),
    (
        "aggregate = \"first\"\n[template]\ncolumns = [\"day\"]\nmap = { 1 = \"day\", 2 = \"dya\" }",
        "\"2\" fills \"dya\", which the template lacks",
    ),
];

#[test]
fn what_cannot_be_made_is_refused_with_its_place_and_a_hint() {
    let project = project(&[]);
    project.ends(0, &["run"]);
    let refused = REFUSED.iter().map(|(text, said)| ((*text).to_owned(), said));
    let pivots = REFUSED_PIVOTS.iter().map(|(text, said)| (format!("{PIVOT}{text}"), said));
    for (text, said) in refused.chain(pivots) {
        project.write("outputs/x.toml", &text);
        let found = project.ends(2, &["run", "outputs"]);
        assert!(found.contains(said), "{text}\n{found}");
        assert!(found.contains("outputs/x.toml") && found.contains("hint: "), "{text}\n{found}");
    }
    let kept = project.db.sql("select count(*) from karat.output");
    assert_eq!(kept, "0", "nothing was put on record");
}
