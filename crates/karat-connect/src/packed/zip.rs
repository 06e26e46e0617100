//! The one member of a zip archive that is to be read. Its place comes from the archive's
//! directory; its bytes are then read on the way through the whole file, which is hashed.

use std::fs::File;
use std::io::{self, Read};

use karat_record::{Kind, Place, Problem, Result};
use zip::{CompressionMethod, ZipArchive};

/// Where a member's packed bytes lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    pub start: u64,
    pub packed: u64,
    pub deflated: bool,
    pub crc: u32,
}

/// Finds the member of that name, or the only one.
///
/// # Errors
/// No such member, or several and none named; an archive that is damaged; a member that is
/// encrypted or packed in a rare way.
pub fn member(file: &File, archive: &str, wanted: Option<&str>) -> Result<Member> {
    let problem = |what: String| Problem::new(Kind::Input, what).at(Place::file(archive));
    let damaged = |_| {
        problem("its zip directory cannot be read: the file is damaged or was cut off".to_owned())
            .hint("copy the file again from where it came from")
    };
    let mut zip = ZipArchive::new(io::BufReader::new(file)).map_err(damaged)?;
    let mut names = Vec::new();
    for at in 0..zip.len() {
        let entry = zip.by_index_raw(at).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        // What macOS puts beside each file is not what anyone means.
        if !entry.is_dir() && !name.starts_with("__MACOSX/") {
            names.push((at, name));
        }
    }
    let listed = || names.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    let found = match wanted {
        Some(wanted) => names.iter().find(|(_, name)| name == wanted).ok_or_else(|| {
            problem(format!("the zip archive has no member {wanted:?}"))
                .hint(format!("it has: {}", listed()))
        })?,
        None => match names.as_slice() {
            [only] => only,
            [] => return Err(problem("the zip archive is empty".to_owned())),
            [(_, first), ..] => {
                return Err(problem(format!("the zip archive has {} members", names.len()))
                    .hint(format!("name one: member = {first:?}; it has: {}", listed())));
            }
        },
    };
    let entry = zip.by_index_raw(found.0).map_err(damaged)?;
    let method = entry.compression();
    let deflated = method == CompressionMethod::DEFLATE;
    if entry.encrypted() || !(deflated || method == CompressionMethod::STORE) {
        let how = if entry.encrypted() { "encrypted" } else { "packed in a way that is not read" };
        return Err(problem(format!("the member {:?} is {how}", found.1))
            .hint("unpack it, and pack it again with gzip or not at all"));
    }
    let start = entry.data_start().ok_or_else(|| problem("a zip member has no data".to_owned()))?;
    let (packed, crc) = (entry.compressed_size(), entry.crc32());
    Ok(Member { name: found.1.clone(), start, packed, deflated, crc })
}

/// A part of what `bytes` reads; what lies before is read and dropped.
pub struct Part<R> {
    bytes: io::Take<R>,
    before: u64,
    length: u64,
}

impl<R: Read> Part<R> {
    pub fn new(bytes: R, before: u64, length: u64) -> Part<R> {
        Part { bytes: bytes.take(before), before, length }
    }
}

impl<R: Read> Read for Part<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.before > 0 {
            if io::copy(&mut self.bytes, &mut io::sink())? < self.before {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.before = 0;
            self.bytes.set_limit(self.length);
        }
        self.bytes.read(buffer)
    }
}
