//! Edges outside memory: an anonymous temporary file, gone with the process.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use karat_resolve::linkage::cluster::Spill;

pub struct Scratch(File);

impl Scratch {
    pub fn new() -> io::Result<Scratch> {
        tempfile::tempfile().map(Scratch)
    }
}

impl Spill for Scratch {
    type Error = io::Error;

    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, at)
    }

    fn read(&mut self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(bytes, at)
    }
}
