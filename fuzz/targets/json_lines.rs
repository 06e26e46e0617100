//! JSON Lines: the input comes behind a first line that is an object, so that nothing else is
//! taken for it.
#![no_main]

use karat_connect::source::Settings;
use karat_fuzz::{plant, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant("json_lines"), |input: &[u8]| {
    read("input.jsonl", &[b"{\"id\": 1}\n", input].concat(), &Settings::default());
});
