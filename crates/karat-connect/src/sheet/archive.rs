//! The parts of a zipped workbook, read only after its directory was judged.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use flate2::Crc;
use flate2::read::DeflateDecoder;
use karat_record::{Problem, Result};
use zip::{CompressionMethod, ZipArchive};

use crate::sheet::{Limits, problem};

const AGAIN: &str = "open it in the program that wrote it, save it again, and load that";

/// A zip file whose directory keeps within the limits.
pub(super) struct Archive {
    file: Arc<File>,
    name: String,
    parts: HashMap<String, Entry>,
}

#[derive(Clone)]
struct Entry {
    /// Where its packed bytes begin.
    start: u64,
    packed: u64,
    size: u64,
    crc: u32,
    deflated: bool,
}

impl Archive {
    /// Reads the directory of a zip file.
    ///
    /// # Errors
    /// That it is no zip file, is cut off, encrypted, packed in a way no workbook is, or would
    /// expand beyond the limits.
    pub(super) fn open(path: &Path, name: &str, limits: &Limits) -> Result<Archive> {
        let file = crate::csv::open(path)?;
        let mut zip = ZipArchive::new(BufReader::new(&file)).map_err(|_| {
            problem(name, "the file is cut off or damaged: its zip directory cannot be read")
                .hint(AGAIN)
        })?;
        if zip.len() > limits.parts {
            let what = format!("the file has {} parts; {} are allowed", zip.len(), limits.parts);
            return Err(problem(name, what).hint("this is no workbook of a usual program"));
        }
        let mut parts = HashMap::new();
        let mut expanded: u64 = 0;
        for at in 0..zip.len() {
            let directory = || damaged(name, "its zip directory");
            let part = zip.by_index_raw(at).map_err(|_| directory())?;
            let part_name = part.name().map_err(|_| directory())?.into_owned();
            if part.is_dir() {
                continue;
            }
            if part.encrypted() {
                let what = "the file is protected with a password";
                return Err(problem(name, what).hint("save it without the password"));
            }
            let entry = Entry {
                start: part.data_start().ok_or_else(directory)?,
                packed: part.compressed_size(),
                size: part.size(),
                crc: part.crc32(),
                deflated: part.compression() == CompressionMethod::Deflated,
            };
            if !entry.deflated && part.compression() != CompressionMethod::Stored {
                let what = format!("its part {part_name:?} is packed in an unusual way");
                return Err(problem(name, what).hint(AGAIN));
            }
            expanded = expanded.saturating_add(entry.size);
            entry.check(name, &part_name, expanded, limits)?;
            parts.insert(part_name.to_lowercase(), entry);
        }
        drop(zip);
        Ok(Archive { file: Arc::new(file), name: name.to_owned(), parts })
    }

    /// The file as messages call it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Unpacked bytes of a part; `None` when there is none of that name.
    pub(super) fn size(&self, part: &str) -> Option<u64> {
        self.parts.get(&part.to_lowercase()).map(|entry| entry.size)
    }

    /// Opens a part; `None` when there is none of that name.
    pub(super) fn part(&self, part: &str) -> Option<Part> {
        let entry = self.parts.get(&part.to_lowercase())?.clone();
        let bytes = Packed { file: Arc::clone(&self.file), at: entry.start, left: entry.packed };
        let source = if entry.deflated {
            Source::Deflated(Box::new(DeflateDecoder::new(bytes)))
        } else {
            Source::Stored(bytes)
        };
        Some(Part(BufReader::with_capacity(64 * 1024, Checked::new(source, entry)), u64::MAX))
    }
}

impl Entry {
    fn check(&self, name: &str, part: &str, expanded: u64, limits: &Limits) -> Result<()> {
        let hint = "split the file, or export it as delimited text";
        if expanded > limits.expanded {
            let what = format!("the file would expand to more than {} bytes", limits.expanded);
            return Err(problem(name, what).hint(hint));
        }
        let ratio = self.size / self.packed.max(1);
        if self.size > limits.small && ratio > limits.ratio {
            let what = format!("its part {part:?} would expand {ratio} times");
            return Err(problem(name, what).hint("this is how zip bombs are made"));
        }
        Ok(())
    }
}

pub(super) fn damaged(name: &str, part: &str) -> Problem {
    problem(name, format!("the file is damaged in {part}")).hint(AGAIN)
}

/// The unpacked bytes of a part.
pub(super) struct Part(BufReader<Checked>, u64);

impl Part {
    /// Lets at most so many bytes be taken until the next call.
    pub(super) fn allow(&mut self, bytes: u64) {
        self.1 = bytes;
    }

    /// How much of it is read, 0 to 1.
    pub(super) fn progress(&self) -> f64 {
        let checked = self.0.get_ref();
        (checked.read as f64 / checked.entry.size.max(1) as f64).min(1.0)
    }
}

impl Read for Part {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl BufRead for Part {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.1 == 0 {
            return Err(wrong("one value of it is too long"));
        }
        let room = usize::try_from(self.1).unwrap_or(usize::MAX);
        let bytes = self.0.fill_buf()?;
        Ok(&bytes[..bytes.len().min(room)])
    }

    fn consume(&mut self, bytes: usize) {
        self.1 = self.1.saturating_sub(bytes as u64);
        self.0.consume(bytes);
    }
}

enum Source {
    Stored(Packed),
    Deflated(Box<DeflateDecoder<Packed>>),
}

struct Packed {
    file: Arc<File>,
    at: u64,
    left: u64,
}

impl Read for Packed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = into.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.file.read_at(&mut into[..room], self.at)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Refuses a part that is longer or other than the directory says.
struct Checked {
    source: Source,
    entry: Entry,
    crc: Crc,
    read: u64,
}

impl Checked {
    fn new(source: Source, entry: Entry) -> Checked {
        Checked { source, entry, crc: Crc::new(), read: 0 }
    }
}

impl Read for Checked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.source {
            Source::Stored(bytes) => bytes.read(into)?,
            Source::Deflated(bytes) => bytes.read(into)?,
        };
        self.read += read as u64;
        self.crc.update(&into[..read]);
        if self.read > self.entry.size {
            return Err(wrong("it is longer than the directory says"));
        }
        let ended = read == 0 && !into.is_empty();
        if ended && (self.read != self.entry.size || self.crc.sum() != self.entry.crc) {
            return Err(wrong("it is not what the directory says"));
        }
        Ok(read)
    }
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
