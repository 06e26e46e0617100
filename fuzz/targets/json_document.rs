//! JSON documents with an array of records.
#![no_main]

use karat_connect::source::Settings;
use karat_fuzz::{declared, plant, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant("json_document"), |input: &[u8]| {
    let ([how], text) = declared(input);
    let records = [None, None, Some("items"), Some("data.items")][usize::from(how & 3)];
    let settings = Settings { records: records.map(str::to_owned), ..Settings::default() };
    read("input.json", text, &settings);
});
