//! Delimited text: dialect, encoding, header, repair and the cutting of rows.
#![no_main]

use karat_connect::csv::Header;
use karat_connect::encoding::Encoding;
use karat_connect::source::Settings;
use karat_fuzz::{declared, plant, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant("delimited"), |input: &[u8]| {
    let ([signs, bytes], text) = declared(input);
    let mut settings = Settings::default();
    let form = &mut settings.text;
    form.delimiter = [None, Some(b','), Some(b';'), Some(b'\t')][usize::from(signs & 3)];
    form.quote = [None, Some(None), Some(Some(b'\'')), Some(Some(b'"'))][usize::from(signs >> 2 & 3)];
    form.header = match signs >> 4 & 3 {
        0 | 1 => Header::First,
        2 => Header::Line(3),
        _ => Header::None(vec!["a".to_owned(), "b".to_owned()]),
    };
    form.number_duplicates = signs & 64 != 0;
    let encodings =
        ["", "", "utf-8", "windows-1252", "utf-16le", "shift_jis", "gb18030", "iso-2022-jp"];
    form.encoding = Encoding::named(encodings[usize::from(bytes & 7)]);
    form.repair.mojibake = bytes & 8 != 0;
    form.repair.control = bytes & 16 != 0;
    read("input.csv", text, &settings);
});
