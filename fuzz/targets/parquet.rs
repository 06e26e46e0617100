//! Parquet files. The library panics at some damaged files, which the reader makes a refusal; a
//! panic that nobody catches still ends the process.
#![no_main]

use std::panic;

use karat_connect::source::Settings;
use karat_fuzz::{plant, read};
use libfuzzer_sys::fuzz_target;

fn begin() {
    plant("parquet");
    panic::set_hook(Box::new(|panic| {
        let is_ours = |place: &panic::Location<'_>| !place.file().contains("registry");
        if panic.location().is_none_or(is_ours) {
            eprintln!("{panic}");
        }
    }));
}

fuzz_target!(init: begin(), |input: &[u8]| {
    read("input.parquet", input, &Settings::default());
});
