//! Pages and footers that claim what they do not have: refused before anybody takes memory for it.

use parquet::basic::{Compression, GzipLevel};
use parquet::data_type::ByteArrayType;
use parquet::file::properties::WriterProperties;

use super::{column, scratch, words, write};
use crate::parquet::{File, Rows};
use crate::rows::RowReader;

const PLAIN: u64 = 0;
const DELTA_LENGTHS: u64 = 6;
const DELTA_TEXTS: u64 = 7;

/// More than any memory has room for.
const MANY: u64 = 0x7fff_ffff;

/// A number as Thrift writes it.
fn number(number: u64) -> Vec<u8> {
    let (mut left, mut bytes) = (number << 1, Vec::new());
    while left > 0x7f {
        bytes.push(left as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
    bytes
}

/// The header of a page of that type, in which the struct of `field` has these numbers.
fn header(kind: u64, sizes: [u64; 2], field: u8, inner: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in [kind, sizes[0], sizes[1]] {
        bytes.push(0x15);
        bytes.extend(number(value));
    }
    bytes.push((field - 3) << 4 | 12);
    for value in inner {
        bytes.push(0x15);
        bytes.extend(number(*value));
    }
    bytes.extend([0, 0]);
    bytes
}

fn dictionary(size: u64, unpacked: u64, values: u64) -> Vec<u8> {
    header(2, [unpacked, size], 7, &[values, PLAIN])
}

fn data(size: u64, values: u64, encoding: u64) -> Vec<u8> {
    // Levels are encoded in runs.
    header(0, [size, size], 5, &[values, encoding, 3, 3])
}

/// A file of a column of 400 bytes and more, of which the one page is this header and this content,
/// and zeros up to its end. `page` gets the size that it has to claim.
fn with_page(schema: &str, how: Compression, page: impl Fn(u64) -> (Vec<u8>, Vec<u8>)) -> Vec<u8> {
    let path = scratch();
    let properties = WriterProperties::builder().set_dictionary_enabled(false).set_compression(how);
    let texts: Vec<String> = (0..100_u64).map(|at| (at * at * at * 7919).to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let repeated = if schema.contains("repeated") { vec![0; 100] } else { Vec::new() };
    let defined = vec![1; repeated.len()];
    write(
        path.path(),
        schema,
        properties,
        &[&|group| column::<ByteArrayType>(group, &words(&texts), &defined, &repeated)],
    );
    let file = File::open(path.path()).unwrap();
    let (from, length) = file.metadata.row_groups()[0].column(0).byte_range();
    let (from, length) = (from as usize, length as usize);
    // The size of the page changes that of its header.
    let fits = |size: &usize| page(*size as u64).0.len() + size == length;
    let size = (1..length).find(fits).unwrap();
    let (header, mut content) = page(size as u64);
    content.resize(size, 0);
    let mut bytes = std::fs::read(path.path()).unwrap();
    bytes[from..from + length].copy_from_slice(&[header, content].concat());
    bytes
}

fn refusal(bytes: &[u8]) -> String {
    let path = scratch();
    std::fs::write(path.path(), bytes).unwrap();
    let mut rows = Rows::open(path.path()).unwrap();
    loop {
        match rows.next_row() {
            Ok(Some(_)) => {}
            Ok(None) => return String::new(),
            Err(problem) => return problem.to_string(),
        }
    }
}

const ONE: &str = "message m { required binary a (STRING); }";
const AS_IT_IS: Compression = Compression::UNCOMPRESSED;

#[test]
fn a_dictionary_of_more_values_than_memory_has_room_for_is_refused() {
    let file = with_page(ONE, AS_IT_IS, |size| (dictionary(size, size, MANY), Vec::new()));
    let refusal = refusal(&file);
    assert!(refusal.contains("its pages would take more than 67108864 bytes"), "{refusal}");
    assert!(refusal.contains("hint: export it again with smaller row groups"), "{refusal}");
}

#[test]
fn a_list_of_more_values_than_memory_has_room_for_is_refused() {
    let list = "message m { repeated binary a (STRING); }";
    let file = with_page(list, AS_IT_IS, |size| (data(size, MANY, PLAIN), Vec::new()));
    assert!(refusal(&file).contains("its pages would take more than"), "{}", refusal(&file));
}

#[test]
fn lengths_of_more_texts_than_a_page_has_are_refused() {
    let lengths = |count: u64| [&[128, 1, 4][..], &number(count)[..], &[0]].concat();
    for (encoding, content) in [
        (DELTA_LENGTHS, lengths(MANY)),
        (DELTA_TEXTS, lengths(MANY)),
        (DELTA_TEXTS, [lengths(0), lengths(MANY)].concat()),
    ] {
        let file = with_page(ONE, AS_IT_IS, |size| (data(size, 100, encoding), content.clone()));
        assert!(refusal(&file).contains("other values than its header"), "{}", refusal(&file));
    }
}

#[test]
fn a_page_that_unpacks_to_another_size_is_refused() {
    let gzip = Compression::GZIP(GzipLevel::default());
    let file = with_page(ONE, gzip, |size| (dictionary(size, MANY, 1), Vec::new()));
    assert!(refusal(&file).contains("its pages would take more than"), "{}", refusal(&file));
    // What it unpacks to is far more than the header says.
    let bomb = |size: u64| (dictionary(size, 100, 1), deflated(&vec![b'x'; 150_000]));
    let file = with_page(ONE, gzip, bomb);
    assert!(refusal(&file).contains("another size than its header"), "{}", refusal(&file));
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}
