//! JSON documents and JSON Lines.

use karat_connect::json::{self, Layout, Limits};

use crate::archive::{gzip, zip, zstd};
use crate::{Settings, check};

fn at(records: &str) -> Settings {
    let records = Some(records.to_owned());
    Settings {
        json: json::Settings { records, ..json::Settings::default() },
        ..Settings::default()
    }
}

fn limited(limits: Limits, layout: Layout) -> Settings {
    let json = json::Settings { limits, layout, ..json::Settings::default() };
    Settings { json, ..Settings::default() }
}

#[test]
fn an_array_of_objects() {
    check!(*br#"[{"id": 1, "name": "Ann"}, {"name": null, "city": "Ayr \u00e9\ud83d\ude00"}]"#);
}

#[test]
fn objects_and_arrays_in_records() {
    check!(*br#"[{"a": {"b": 1, "c": {"d": [1, {"e": 2}]}}, "f": [], "g": {}}]"#);
}

#[test]
fn numbers_to_the_letter() {
    check!(*br#"[{"n": 12345678901234567890123.450}, {"n": 1e400}, {"n": -0.0}, {"n": 01}]"#);
}

#[test]
fn an_array_in_a_document() {
    let text =
        br#"{"meta": {"pages": [{"n": 1}]}, "items": [{"id": 1}, {"id": 2}], "next": [1, 2]}"#;
    check!(*text);
    check!(*text, at("meta.pages"));
    check!(*text, at("meta.nothing"));
    check!(*text, at("next"));
    check!(*text, at("meta"));
}

#[test]
fn several_arrays_in_a_document() {
    check!(*br#"{"people": [{"id": 1}], "places": [{"id": 2}], "deep": {"er": [{"id": 3}]}}"#);
    check!(*br#"{"data": {"items": [{"id": 1}]}}"#);
}

#[test]
fn elements_that_are_no_objects() {
    check!(*br#"[{"id": 1}, 2, "three", [4], null, {"id": 5}]"#);
}

#[test]
fn an_element_that_is_broken() {
    check!(*br#"[{"id": 1}, {"id": 02}, {"id" 3}, {"id": 4}]"#);
}

#[test]
fn names_that_stand_twice() {
    check!(*br#"[{"a": 1, "a": 2}, {"a": {"b": 1, "b": 2}}, {"a.b": 1, "a": {"b": 2}}, {"a": 3}]"#);
}

#[test]
fn documents_that_are_cut_off() {
    check!(*br#"[{"id": 1}, {"id": 2"#);
    check!(*br#"{"items": [{"id": 1}], "#, at("items"));
    check!(*br#"[{"id": 1}] [{"id": 2}]"#);
    check!(*br#"[{"id": 1} {"id": 2}]"#);
}

#[test]
fn deep_nesting() {
    let deep = |depth: usize| format!("{{\"a\": {}1{}}}", "[".repeat(depth), "]".repeat(depth));
    let text = format!("[{}, {}, {{\"a\": 1}}]", deep(100), deep(500));
    check!(text.as_bytes());
    check!(format!("[{}]", deep(100_000)).as_bytes());
    let objects = format!("{}1{}", "{\"a\":".repeat(12), "}".repeat(12));
    check!(format!("[{objects}]").as_bytes());
}

#[test]
fn empty_documents() {
    check!(*b"[]");
    check!(*b"  \n ");
    check!(*b"[{}]");
    check!(*b"{}");
}

#[test]
fn a_scalar_at_the_top() {
    check!(*b"42");
    check!(*b"\"text\"");
}

#[test]
fn lines() {
    check!(
        *b"\xef\xbb\xbf{\"id\": 1}\r\n\r\n{\"id\": 2, \"more\": true}\r\n{\"id\": 3}{\"id\": 4}\n"
    );
}

#[test]
fn lines_that_are_broken() {
    check!(*b"{\"id\": 1}\n{\"id\": \n{\"id\": 3}\n{\"id\" 4}\n{\"id\": 5} rest\n7\n{\"id\": \"\xff\"}\n{\"id\": 8}\n{\"id\": 9");
    check!(*b"{\"id\": \"1}\n{\"id\": 2}\n");
}

#[test]
fn objects_over_several_lines() {
    check!(*b"{\n  \"id\": 1,\n  \"tags\": [\n    {\"t\": 1}\n  ]\n}\n{\n  \"id\": 2\n}\n");
}

#[test]
fn records_that_are_too_long() {
    let text = format!("{{\"id\": 1}}\n{{\"id\": \"{}\"}}\n{{\"id\": 3}}\n", "x".repeat(200));
    let limits = Limits { record: 100, ..Limits::default() };
    check!(text.as_bytes(), limited(limits.clone(), Layout::Lines));
    let text = format!("[{}]", text.trim().replace('\n', ","));
    check!(text.as_bytes(), limited(limits, Layout::Document));
}

#[test]
fn too_many_columns() {
    let limits = Limits { columns: 2, ..Limits::default() };
    check!(*br#"[{"a": 1, "b": 2}, {"c": 3}]"#, limited(limits, Layout::Any));
}

#[test]
fn packed_documents_and_lines() {
    let document = br#"{"items": [{"id": 1}, {"id": 2, "name": "Zo\u00eb"}]}"#;
    let lines = b"{\"id\": 1}\n{\"id\": \n{\"id\": 3}\n";
    check!(gzip(document));
    check!(zstd(lines));
    check!([gzip(lines), gzip(b"{\"id\": 4}\n")].concat());
    let archive = zip(8, &[("a.json", document), ("b.jsonl", lines)]);
    check!(archive);
    let json = json::Settings { member: Some("b.jsonl".to_owned()), ..json::Settings::default() };
    check!(archive, Settings { json, ..Settings::default() });
}

#[test]
fn packed_json_that_is_cut_off_damaged_or_a_bomb() {
    let many = format!("[{}{{\"id\": 0}}]", "{\"id\": 123456789}, ".repeat(9_999));
    let mut packed = gzip(many.as_bytes());
    packed.truncate(packed.len() - 50);
    check!(packed);
    let mut packed = zstd(many.as_bytes());
    let last = packed.len() - 6;
    packed[last] ^= 0x55;
    check!(packed);
    check!(gzip(format!("[{{\"id\": \"{}\"}}]", "x".repeat(20 << 20)).as_bytes()));
}
