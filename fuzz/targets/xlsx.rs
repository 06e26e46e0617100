//! XLSX workbooks.
#![no_main]

use karat_fuzz::book::{read_book, zipped};
use karat_fuzz::plant;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant("xlsx"), |input: &[u8]| read_book("input.xlsx", input, zipped));
