//! XLS workbooks: whole, or only the stream in which their records lie.
#![no_main]

use karat_fuzz::book::{read_book, stored};
use karat_fuzz::plant;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant("xls"), |input: &[u8]| read_book("input.xls", input, stored));
