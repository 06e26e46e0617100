//! The files of the corpus.

use encoding_rs::{SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};
use karat_connect::csv::{Header, Repair, Settings};
use karat_connect::encoding::Encoding;
use karat_connect::packed::Limits;

use crate::archive::{gzip, zip, zstd};

/// One file and how it is declared.
pub struct File {
    pub name: &'static str,
    pub about: &'static str,
    pub settings: fn(&mut Settings),
    pub bytes: fn() -> Vec<u8>,
}

macro_rules! file {
    ($name:literal, $about:literal, $bytes:expr) => {
        file!($name, $about, $bytes, |_| {})
    };
    ($name:literal, $about:literal, $bytes:expr, $settings:expr) => {
        File { name: $name, about: $about, settings: $settings, bytes: || $bytes.into() }
    };
}

const PEOPLE: &str = "id,name,city\n1,Zoë,Köln\n2,José,León\n3,Ann,Ulm\n";

const GERMAN: &str = "id;name;city\n1;Müller;Köln\n2;Groß;Düsseldorf\n3;Jäger;Böblingen\n";

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// `PEOPLE` with many rows.
fn many(rows: usize) -> Vec<u8> {
    let mut text = "id,name,city\n".to_owned();
    for id in 0..rows {
        text += &format!("{id},name {id},city {}\n", id % 7);
    }
    text.into_bytes()
}

/// 40 MB that can be packed into a thousandth.
fn dull() -> Vec<u8> {
    let row = format!("1,{}\n", "x".repeat(99_997));
    format!("id,note\n{}", row.repeat(400)).into_bytes()
}

/// A header and one row whose second field is so large.
fn huge(bytes: usize, closed: bool) -> Vec<u8> {
    let mut text = b"id,note\n0,small\n1,\"".to_vec();
    text.resize(text.len() + bytes, b'x');
    text.extend_from_slice(if closed { b"\"\n2,small\n" } else { b"\n2,small\n" });
    text
}

fn without_end(mut bytes: Vec<u8>, gone: usize) -> Vec<u8> {
    bytes.truncate(bytes.len() - gone);
    bytes
}

fn spoilt(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    bytes
}

fn wide(columns: usize) -> String {
    let row = |prefix: &str| (0..columns).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>();
    [row("c").join(","), row("").join(","), row("x").join(",")].join("\n")
}

fn encoding(settings: &mut Settings, name: &str) {
    settings.encoding = Encoding::named(name);
}

fn repair(settings: &mut Settings) {
    settings.repair = Repair { control: true, mojibake: true };
}

pub const ALL: &[File] = &[
    file!("plain", "UTF-8 with commas", PEOPLE),
    file!("bom_utf8", "a byte order mark of UTF-8", format!("\u{feff}{PEOPLE}")),
    file!("utf16le_bom", "UTF-16, low byte first, with mark", {
        utf16(&format!("\u{feff}{PEOPLE}"), u16::to_le_bytes)
    }),
    file!("utf16be_bom", "UTF-16, high byte first, with mark", {
        utf16(&format!("\u{feff}{PEOPLE}"), u16::to_be_bytes)
    }),
    file!("utf16le_no_bom", "UTF-16 without mark", utf16(PEOPLE, u16::to_le_bytes)),
    file!("utf16_half", "UTF-16 that ends within a sign", {
        without_end(utf16(&format!("\u{feff}{PEOPLE}"), u16::to_le_bytes), 3)
    }),
    file!("windows_1252", "German from Excel", WINDOWS_1252.encode(GERMAN).0),
    file!(
        "windows_1251",
        "declared as what it is",
        { WINDOWS_1251.encode("id,имя\n1,Иван\n2,Анна\n").0 },
        |s| encoding(s, "windows-1251")
    ),
    file!(
        "shift_jis_with_errors",
        "one sign that is none",
        { [SHIFT_JIS.encode("id,名\n1,花子\n").0.as_ref(), b"2,\x85\xff\n3,ok\n"].concat() },
        |s| encoding(s, "shift_jis")
    ),
    file!("utf8_few_bad_lines", "one line of another encoding", {
        [PEOPLE.as_bytes(), b"4,Ren\xe9,Paris\n5,Eve,Rome\n"].concat()
    }),
    file!(
        "mojibake",
        "UTF-8 taken for Windows-1252, repaired",
        { "id,straÃŸe\n1,MÃ¼hlweg\n2,donâ€™t\n3,Müller\n" },
        repair
    ),
    file!("mojibake_left", "the same without being asked", "id,name\n1,MÃ¼ller\n"),
    file!("nul", "a byte that PostgreSQL text cannot hold", "id,name\n1,a\0b\n2,c\n"),
    file!(
        "control_repaired",
        "control characters, taken out",
        { "id,name\n1,a\0b\n2,\"c\u{1b}[0m\td\r\ne\"\n3,f\n" },
        repair
    ),
    file!("empty", "no bytes", ""),
    file!("bom_only", "a mark and nothing else", "\u{feff}"),
    file!("blank_lines_only", "line ends and nothing else", "\n\r\n\n"),
    file!("header_only", "no rows", "id,name\n"),
    file!("header_without_end", "no rows and no line end", "id,name"),
    file!("duplicate_headers", "refused", "id,name,name\n1,a,b\n"),
    file!("duplicate_headers_numbered", "numbered", "id,name,name\n1,a,b\n", |s| {
        s.number_duplicates = true;
    }),
    file!("nameless_empty", "a column without name and values", "id,,name\n1,,a\n2,,b\n"),
    file!("nameless_filled", "a column without name, but values", "id,,name\n1,,a\n2,x,b\n"),
    file!("nameless_filled_late", "a value behind the sample's rows", {
        let mut text = "id,,name\n".to_owned() + &"1,,a\n".repeat(150);
        text += "151,x,b\n";
        text
    }),
    file!("ragged_rows", "more and fewer fields", "a,b,c\n1,2,3\n1,2\n1,2,3,4\n\n1\n4,5,6\n"),
    file!("delimiter_in_text", "a name with a comma, without quotes", {
        "id,name\n1,\"Smith, Ann\"\n2,Jones, Bob\n3,Eve\n"
    }),
    file!("ten_thousand_columns", "wide", wide(10_000)),
    file!("mixed_line_ends", "LF, CR LF and CR", "a,b\r\n1,2\n3,4\r5,6\r\n\r\n7,8\n\n9,10"),
    file!("cr_only", "lines of an old Mac", "a,b\r1,2\r\r\"3\r4\",5\r6,7\r"),
    file!("quoted_line_ends", "lines inside fields", {
        "id,note\r\n1,\"a\r\nb\"\r\n2,\"c\n\nd\"\r\n3,e\r\n"
    }),
    file!("quotes", "doubled, empty, and followed by text", {
        "id,note\n1,\"say \"\"hi\"\"\"\n2,\"\"\n3,\"Big\" Joe\n4,5\" pipe\n5,\"\"\"\"\n"
    }),
    file!("single_quotes", "fields in single quotes", {
        "id,note\n'1','a, b'\n'2','it''s'\n'3','c'\n"
    }),
    file!("apostrophes", "no quotes at all", "id,name\n1,'t Hooft\n2,O'Brien\n3,rock 'n' roll\n"),
    file!("unclosed_quote_at_end", "the last field opens a quote", "id,name\n1,a\n2,\"b\n"),
    file!("quote_swallows_file", "a stray quote, and 2,000 good rows after it", {
        let mut text = b"id,name,city\n0,\"Ann,Ulm\n".to_vec();
        text.extend_from_slice(&many(2_000)[b"id,name,city\n".len()..]);
        text
    }),
    file!("quote_pair_swallows_rows", "two stray quotes, rows between them", {
        "id,name\n1,a\n2,\"b\n3,c\n4,d\n5,\"e\n6,f\n"
    }),
    file!(
        "quotes_declared_none",
        "the same, where quotes mean nothing",
        { "id,name\n1,a\n2,\"b\n3,c\n4,d\n5,\"e\n6,f\n" },
        |s| s.quote = Some(None)
    ),
    file!("huge_field", "20 MB in one field", huge(20_000_000, true)),
    file!("huge_row", "a row beyond the limit", {
        let mut text = b"id,note\n1,a\n2,".to_vec();
        text.resize(70 << 20, b'x');
        text
    }),
    file!("huge_open_quote", "a quote that swallows more than the limit", huge(70 << 20, false)),
    file!("gzip", "packed", gzip(&many(5_000))),
    file!("gzip_members", "two members, as concatenated logs have", {
        [gzip(PEOPLE.as_bytes()), gzip(b"4,Eve,Rome\n")].concat()
    }),
    file!("gzip_truncated", "cut off", without_end(gzip(&many(20_000)), 5_000)),
    file!("gzip_damaged", "a byte flipped", spoilt(gzip(&many(20_000)))),
    file!("gzip_bomb", "expands a thousand times", gzip(&dull())),
    file!("gzip_bomb_allowed", "the same, allowed", { gzip(&dull()) }, |s| s.limits =
        Limits { times: 2_000, bytes: 1 << 30 }),
    file!("gzip_utf16", "packed and encoded", {
        gzip(&utf16(&format!("\u{feff}{PEOPLE}"), u16::to_le_bytes))
    }),
    file!("zstd", "packed", zstd(&many(5_000))),
    file!("zstd_frames", "two frames", [zstd(PEOPLE.as_bytes()), zstd(b"4,Eve,Rome\n")].concat()),
    file!("zstd_truncated", "cut off", without_end(zstd(&many(20_000)), 5_000)),
    file!("zip", "one member, and a folder", {
        zip(8, &[("data/", b""), ("data/people.csv", &many(5_000)), ("__MACOSX/x", b"?")])
    }),
    file!("zip_stored", "not deflated", zip(0, &[("people.csv", PEOPLE.as_bytes())])),
    file!(
        "zip_two_members",
        "none is named",
        zip(8, &[("a.csv", b"a\n1\n"), ("b.csv", b"b\n2\n")])
    ),
    file!(
        "zip_named_member",
        "one is named",
        { zip(8, &[("a.csv", b"a,c\n1,2\n"), ("b.csv", b"b,c\n2,3\n")]) },
        |s| s.member = Some("b.csv".to_owned())
    ),
    file!(
        "zip_no_such_member",
        "one is named that is not there",
        { zip(8, &[("a.csv", b"a\n1\n"), ("b.csv", b"b\n2\n")]) },
        |s| s.member = Some("c.csv".to_owned())
    ),
    file!("zip_damaged", "a byte of the text flipped", {
        let mut bytes = zip(0, &[("people.csv", PEOPLE.as_bytes())]);
        bytes[60] ^= 1;
        bytes
    }),
    file!("zip_truncated", "without its directory", {
        without_end(zip(8, &[("people.csv", &many(5_000))]), 100)
    }),
    file!("zip_bomb", "expands a thousand times", zip(8, &[("a.csv", &dull())])),
    file!("member_of_no_zip", "a member of a plain file", PEOPLE, |s| {
        s.member = Some("people.csv".to_owned());
    }),
    file!("trailing_delimiters", "on every line", "a;b;\n1;2;\n3;4;\n"),
    file!("trailing_in_rows", "not in the header", "a,b\n1,2,\n3,4,\n5,6,7\n"),
    file!(
        "trailing_many",
        "columns of a sheet that are empty",
        "a,b,,,\n1,2,,,\n3,4,,,x\n5,6,,,\n"
    ),
    file!("preamble", "a title above the header", {
        "Report of March\n\nprinted by Ann, Bob\nid,name,city\n1,a,b\n2,c,d\n"
    }),
    file!(
        "preamble_declared",
        "header = 4",
        { "Report of \"March\n\nprinted by Ann, Bob\nid,name,city\n1,a,b\n2,c,d\n" },
        |s| s.header = Header::Line(4)
    ),
    file!("header_beyond_end", "header = 9", PEOPLE, |s| s.header = Header::Line(9)),
    file!("no_header_numbered", "header = false", "1,a\n2,b\n", |s| {
        s.header = Header::None(Vec::new());
    }),
    file!("no_header_named", "header = false with columns", "1,a\n2,b\n3,c,d\n", |s| {
        s.header = Header::None(vec!["id".to_owned(), "name".to_owned()]);
    }),
    file!("tabs", "fields separated by tabs", "id\tname\n1\tSmith, Ann\n2\tJones, Bob\n"),
    file!("pipes", "fields separated by bars", "id|name\n1|Smith, Ann\n2|b\n"),
    file!("decimal_commas", "a comma in every row", "id;price\n1;2,50\n2;3,75\n"),
    file!("blanks_behind_commas", "kept in the fields", "id, name\n1, Ann\n2, Bob\n"),
];
