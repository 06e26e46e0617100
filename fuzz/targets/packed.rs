//! Packed files: gzip, zstd, and members of zip archives.
#![no_main]

use karat_connect::source::Settings;
use karat_fuzz::{declared, plant, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant("packed"), |input: &[u8]| {
    let ([how], bytes) = declared(input);
    let mut settings = Settings::default();
    settings.text.member = (how & 1 != 0).then(|| "a.csv".to_owned());
    read("input", bytes, &settings);
});
