//! Packed files for the corpus.

use std::io::Write;

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::new(6));
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

pub fn zstd(text: &[u8]) -> Vec<u8> {
    compress_to_vec(text, CompressionLevel::Fastest)
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::new(6));
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

/// A zip archive of these members; `method` 8 deflates them, 0 stores them.
pub fn zip(method: u16, members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in members {
        let packed = if method == 8 { deflate(text) } else { text.to_vec() };
        let mut crc = Crc::new();
        crc.update(text);
        let mut entry = Vec::new();
        for number in [20, 0, method, 0, 0x21] {
            entry.extend_from_slice(&u16::to_le_bytes(number));
        }
        for number in [crc.sum(), packed.len() as u32, text.len() as u32] {
            entry.extend_from_slice(&number.to_le_bytes());
        }
        entry.extend_from_slice(&(name.len() as u16).to_le_bytes());
        entry.extend_from_slice(&[0; 2]);
        let offset = archive.len() as u32;
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&entry);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(b"PK\x03\x04");
        archive.extend_from_slice(&entry);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(&packed);
    }
    let (begin, size) = (archive.len() as u32, directory.len() as u32);
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        archive.extend_from_slice(&(members.len() as u16).to_le_bytes());
    }
    archive.extend_from_slice(&size.to_le_bytes());
    archive.extend_from_slice(&begin.to_le_bytes());
    archive.extend_from_slice(&[0; 2]);
    archive
}
