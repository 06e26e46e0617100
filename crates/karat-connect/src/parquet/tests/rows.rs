//! Rows of files that the library's own writer wrote, over the borders of batches and groups.

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;

use super::{column, words, write};
use crate::parquet::Rows;
use crate::rows::RowReader;

/// What is read of a file, a row a line; null is `-`.
fn shown(path: &std::path::Path) -> Vec<String> {
    let mut rows = Rows::open(path).unwrap();
    let width = rows.headers().len();
    let mut found = vec![rows.headers().join("|")];
    found.extend(rows.notes().iter().cloned());
    while let Some(row) = rows.next_row().unwrap() {
        if let Some(finding) = row.finding {
            found.push(format!("{}: {} {}", row.line, finding.rule, finding.message));
            continue;
        }
        let fields: Vec<&str> = (0..width).map(|at| row.field(at).unwrap_or("-")).collect();
        found.push(format!("{}: {}", row.line, fields.join("|")));
    }
    found
}

#[test]
fn rows_have_values_of_all_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let schema = "message m {
        required int64 at (TIMESTAMP(MILLIS, true));
        optional binary name (UTF8);
        optional group numbers (LIST) { repeated group list { optional int32 element; } }
        optional group words (LIST) { repeated group list { optional binary element (UTF8); } }
        required group home { optional double x; }
        repeated group deep { optional group a (LIST) { repeated group list { optional int32 e; } } }
    }";
    write(
        &path,
        schema,
        WriterProperties::builder(),
        &[&|group| {
            column::<Int64Type>(group, &[0, 1000], &[], &[]);
            column::<ByteArrayType>(group, &words(&["Ann"]), &[1, 0], &[]);
            column::<Int32Type>(group, &[1, 2], &[3, 3, 0], &[0, 1, 0]);
            column::<ByteArrayType>(group, &words(&["a \"b\""]), &[3, 2, 1], &[0, 1, 0]);
            column::<DoubleType>(group, &[0.5], &[0, 1], &[]);
            column::<Int32Type>(group, &[], &[0, 0], &[0, 0]);
        }],
    );
    let wanted = [
        "at|name|numbers|words|home.x",
        "column \"deep\" is nested deeper than a list and not read",
        r#"1: 1970-01-01T00:00:00Z|Ann|[1,2]|["a \"b\"",null]|-"#,
        "2: 1970-01-01T00:00:01Z|-|-|[]|0.5",
    ];
    assert_eq!(shown(&path), wanted);
}

#[test]
fn rows_go_on_over_batches_and_groups() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let schema = "message m { required int32 a; optional int32 b; }";
    let group = |from: i32, number: i32| {
        move |group: &mut super::Group<'_>| {
            let values: Vec<i32> = (from..from + number).collect();
            let even: Vec<i32> = values.iter().copied().filter(|value| value % 2 == 0).collect();
            let defined: Vec<i16> = values.iter().map(|value| i16::from(value % 2 == 0)).collect();
            column::<Int32Type>(group, &values, &[], &[]);
            column::<Int32Type>(group, &even, &defined, &[]);
        }
    };
    write(&path, schema, WriterProperties::builder(), &[&group(0, 2_500), &group(2_500, 3)]);
    let rows = shown(&path);
    assert_eq!(rows.len(), 2_504);
    for (at, row) in rows.iter().skip(1).enumerate() {
        let second = if at % 2 == 0 { at.to_string() } else { "-".to_owned() };
        assert_eq!(*row, format!("{}: {at}|{second}", at + 1));
    }
}

#[test]
fn a_value_that_is_no_text_is_a_finding_of_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    write(
        &path,
        "message m { required binary a (UTF8); }",
        WriterProperties::builder(),
        &[&|group| {
            let values = [ByteArray::from("x"), ByteArray::from(vec![0xff]), ByteArray::from("y")];
            column::<ByteArrayType>(group, &values, &[], &[]);
        }],
    );
    let wanted = ["a", "1: x", "2: parquet.value column \"a\" is not UTF-8 text", "3: y"];
    assert_eq!(shown(&path), wanted);
}
