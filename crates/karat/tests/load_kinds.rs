//! Loading files that are not delimited text: workbooks, JSON, JSON Lines.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

#[path = "support/project.rs"]
mod project;

use std::io::Write;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::data_type::{ByteArrayType, DataType, DoubleType, Int32Type};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

struct Project(project::Project);

impl Deref for Project {
    type Target = project::Project;

    fn deref(&self) -> &project::Project {
        &self.0
    }
}

impl Project {
    fn new(dataset: &str) -> Project {
        let schema =
            "create table public.d (id text primary key, name text, born date, pay numeric);";
        let files = [("datasets/d.toml", dataset), ("schema/d.sql", schema)];
        Project(project::Project::new(&files))
    }

    fn run(&self) -> (i32, String) {
        self.karat(&["run"])
    }

    fn table(&self) -> String {
        self.db.sql("select id, name, born, pay, karat_row from public.d order by id")
    }

    fn rejects(&self) -> String {
        self.db.sql(
            "select concat_ws(' ', line, \"column\", rule, message, '<' || raw || '>')
             from karat.reject order by load desc, line",
        )
    }

    /// Whether the vault keeps the file of the last load as it came.
    fn is_kept(&self, file: &str) -> bool {
        let hash = self.db.sql("select sha256 from karat.load order by id desc limit 1");
        let kept = self.path(".karat/files").join(&hash[..2]).join(&hash);
        std::fs::read(kept).unwrap() == std::fs::read(self.path(file)).unwrap()
    }
}

fn workbook(path: PathBuf) {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Notes").unwrap().write(0, 0, "made by hand").unwrap();
    let sheet = workbook.add_worksheet().set_name("People").unwrap();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    for (column, name) in ["id", "name", "born", "pay"].iter().enumerate() {
        sheet.write(0, column as u16, *name).unwrap();
    }
    sheet.write(1, 0, "007").unwrap().write(1, 1, "Ann").unwrap();
    let born = ExcelDateTime::from_ymd(1980, 2, 29).unwrap();
    sheet.write_with_format(1, 2, &born, &day).unwrap().write(1, 3, 12.5).unwrap();
    sheet.write(2, 0, 8).unwrap().write(2, 1, "Bea, the elder").unwrap();
    sheet.write(2, 3, "a lot").unwrap();
    sheet.write(4, 0, "9").unwrap();
    workbook.save(path).unwrap();
}

#[test]
fn a_sheet_of_a_workbook_is_loaded_and_its_rows_keep_their_numbers() {
    let project = Project::new(
        "files = \"d.xlsx\"\nkey = [\"id\"]\nmode = \"snapshot\"\nsheet = \"People\"\n",
    );
    workbook(project.path("d.xlsx"));
    let (code, said) = project.run();
    assert_eq!(code, 0, "{said}");
    assert_eq!(project.table(), "007|Ann|1980-02-29|12.5|2\n9||||5");
    assert_eq!(
        project.rejects(),
        "3 pay type.numeric is not a decimal number <8,\"Bea, the elder\",,a lot>"
    );
    assert!(project.is_kept("d.xlsx"));
    let (_, said) = project.run();
    assert!(said.contains("nothing to do"), "{said}");
}

#[test]
fn a_workbook_with_several_sheets_asks_which() {
    let project = Project::new("files = \"d.xlsx\"\nkey = [\"id\"]\n");
    workbook(project.path("d.xlsx"));
    let (code, said) = project.run();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("Notes") && said.contains("People") && said.contains("sheet"), "{said}");
}

#[test]
fn all_sheets_of_a_workbook_are_loaded_and_one_with_another_header_is_rejected() {
    let dataset = "files = \"d.xlsx\"\nkey = [\"id\"]\nmode = \"snapshot\"\nsheet = \"*\"\n";
    let project = Project::new(dataset);
    let mut book = Workbook::new();
    let sheets: [(&str, &[&[&str]]); 3] = [
        ("Notes", &[&["made by hand"]]),
        ("2023", &[&["id", "name", "pay"], &["1", "Ann", "12.5"], &["2", "Bea", "a lot"]]),
        ("2024", &[&["id", "name", "pay"], &["3", "Eve", "7"], &["", "Joe", "8"]]),
    ];
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (at, row) in rows.iter().enumerate() {
            sheet.write_row(at as u32, 0, row.iter().copied()).unwrap();
        }
    }
    book.save(project.path("d.xlsx")).unwrap();
    project.ends(0, &["run"]);
    assert_eq!(project.table(), "1|Ann||12.5|20000002\n3|Eve||7|30000002");
    assert_eq!(
        project.rejects(),
        "10000001 sheet.header sheet \"Notes\" is not read: its columns are not those of the \
         other sheets <made by hand>\n\
         20000003 pay type.numeric is not a decimal number <2,Bea,a lot>\n\
         30000003 id required has no value, but needs one <,Joe,8>"
    );
    let (_, listed) = project.karat(&["rejects", "list"]);
    assert!(listed.contains("d.xlsx [2023]:20000003"), "{listed}");
    let (_, shown) = project.karat(&["rejects", "show", "1", "10000001"]);
    assert!(shown.contains("d.xlsx [Notes]:10000001"), "{shown}");
}

#[test]
fn packed_json_is_read_as_json() {
    let lines = "{\"id\": \"1\", \"pay\": 1}\n{\"id\": \"2\", \"pay\": \n";
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(lines.as_bytes()).unwrap();
    let project = Project::new("files = \"d.jsonl.gz\"\nkey = [\"id\"]\n");
    std::fs::write(project.path("d.jsonl.gz"), packed.finish().unwrap()).unwrap();
    let (code, said) = project.run();
    assert_eq!(code, 0, "{said}");
    assert_eq!(project.table(), "1|||1|1");
    assert!(project.rejects().starts_with("2 json.syntax"), "{}", project.rejects());
    assert!(said.contains("expanded from gzip"), "{said}");
    assert!(project.is_kept("d.jsonl.gz"));
}

#[test]
fn records_of_a_json_document_are_loaded_whatever_their_fields() {
    let project = Project::new(
        "files = \"d.json\"\nkey = [\"id\"]\nrecords = \"data.people\"\nignore = [\"tags\"]\n\
         [columns.born]\nheader = \"dates.born\"\n",
    );
    let people = r#"{"data": {"people": [
        {"id": "1", "name": "Ann", "pay": 12.50, "tags": [1, 2]},
        {"id": "2", "dates": {"born": "1990-01-02"}},
        "no record",
        {"id": "1", "name": "Bea"}]}}"#;
    std::fs::write(project.path("d.json"), people).unwrap();
    project.ends(0, &["run"]);
    assert_eq!(project.table(), "1|Ann||12.50|1\n2||1990-01-02||2");
    let rejects = project.rejects();
    assert!(rejects.contains("json.object") && rejects.contains("key.conflict"), "{rejects}");
    assert!(project.is_kept("d.json"));
}

#[test]
fn a_broken_line_of_json_lines_is_rejected_alone() {
    let project = Project::new("files = \"d.jsonl\"\nkey = [\"id\"]\n");
    let lines =
        "{\"id\": \"1\", \"pay\": 1}\n{\"id\": \"2\", \"pay\": \n{\"id\": \"3\", \"pay\": 3}\n";
    std::fs::write(project.path("d.jsonl"), lines).unwrap();
    let (code, said) = project.run();
    assert_eq!(code, 0, "{said}");
    assert_eq!(project.table(), "1|||1|1\n3|||3|3");
    assert!(project.rejects().starts_with("2 json.syntax"), "{}", project.rejects());
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, std::fs::File>,
    values: &[T::T],
    defined: &[i16],
) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, Some(defined), None).unwrap();
    column.close().unwrap();
}

#[test]
fn rows_of_a_parquet_file_are_loaded() {
    let project = Project::new("files = \"d.parquet\"\nkey = [\"id\"]\n");
    let schema = "message d {
        optional binary id (STRING); optional binary name (STRING);
        optional int32 born (DATE); optional double pay;
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let file = std::fs::File::create(project.path("d.parquet")).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    column::<ByteArrayType>(&mut group, &["1".into(), "2".into()], &[1, 0, 1]);
    column::<ByteArrayType>(&mut group, &["Ann".into(), "Eve".into()], &[1, 1, 0]);
    column::<Int32Type>(&mut group, &[3711], &[1, 0, 0]);
    column::<DoubleType>(&mut group, &[12.5, 7.0], &[1, 0, 1]);
    group.close().unwrap();
    writer.close().unwrap();
    project.ends(0, &["run"]);
    assert_eq!(project.table(), "1|Ann|1980-02-29|12.5|1\n2|||7|3");
    assert_eq!(project.rejects(), "2 id required has no value, but needs one <,Eve>");
    assert!(project.is_kept("d.parquet"));
}
