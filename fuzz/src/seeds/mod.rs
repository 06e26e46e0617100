//! The inputs that each target begins with: small files of every nastiness that the tests know.

#[expect(dead_code, reason = "a seed needs no settings and nothing said about it")]
#[path = "../../../crates/karat-connect/tests/delimited/files.rs"]
mod files;
#[path = "../../../crates/karat-connect/tests/corpus/zipped.rs"]
mod zipped;

mod books;
mod columns;
mod objects;

/// The largest seed: larger ones only slow the search down.
const LARGEST: usize = 16 * 1024;

/// # Panics
/// When there is no target of that name.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let mut all = match target {
        "delimited" => files(false),
        "packed" => files(true),
        "xlsx" => books::xlsx(),
        "xls" => books::xls(),
        "ods" => books::ods(),
        "json_document" => behind(&[0], objects::DOCUMENTS),
        "json_lines" => behind(&[], objects::LINES),
        "parquet" => columns::all(),
        _ => panic!("no target is named {target}"),
    };
    all.retain(|seed| seed.len() <= LARGEST);
    all
}

/// The corpus of delimited files, packed or not, behind bytes that declare nothing.
fn files(packed: bool) -> Vec<Vec<u8>> {
    let wanted = files::ALL.iter().filter(|file| {
        let is_packed = ["gzip", "zstd", "zip"].iter().any(|form| file.name.starts_with(form));
        let is_huge = file.name.starts_with("huge") || file.name.contains("bomb");
        is_packed == packed && !is_huge
    });
    let head: &[u8] = if packed { &[0] } else { &[0, 0] };
    wanted.map(|file| [head, &(file.bytes)()].concat()).collect()
}

fn behind(head: &[u8], texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| [head, text.as_bytes()].concat()).collect()
}
