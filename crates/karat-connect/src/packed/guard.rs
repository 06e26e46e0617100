//! Expanded bytes under guard: no more than allowed, and damage told in our words.

use std::error::Error;
use std::io::{self, Read};

use flate2::Crc;
use karat_record::{Kind, Problem};

/// Hands on what a decoder reads.
pub struct Guard<R> {
    decoder: R,
    form: &'static str,
    left: u64,
    most: u64,
    /// The checksum so far, and what it has to be in the end.
    crc: Option<(Crc, u32)>,
}

impl<R: Read> Guard<R> {
    /// `crc` is the CRC-32 of all bytes, where the decoder does not look at it itself.
    pub fn new(decoder: R, form: &'static str, most: u64, crc: Option<u32>) -> Guard<R> {
        Guard { decoder, form, left: most, most, crc: crc.map(|crc| (Crc::new(), crc)) }
    }

    fn damaged(&self, error: &io::Error) -> io::Error {
        let form = self.form;
        let what = if cut_off(error) {
            format!("its {form} data ends too early: the file was cut off")
        } else {
            format!("its {form} data is damaged")
        };
        problem(Problem::new(Kind::Input, what).hint("copy the file again from where it came from"))
    }

    fn too_large(&self) -> io::Error {
        let what = format!("the file expands to more than {} bytes", self.most);
        problem(Problem::new(Kind::Input, what).hint(
            "if it is meant to be that large, allow it in the dataset's file: expand_times (bytes \
             for each packed byte) or expand_bytes (altogether)",
        ))
    }
}

/// A problem on its way through `Read`.
fn problem(problem: Problem) -> io::Error {
    io::Error::other(problem)
}

/// Whether the end of the bytes is the cause, however deep.
fn cut_off(error: &io::Error) -> bool {
    let ended = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>();
        if inner.is_some_and(ended) {
            return true;
        }
        cause = match inner.and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.decoder.read(buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(self.damaged(&error)),
        };
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| self.too_large())?;
        if let Some((crc, expected)) = &mut self.crc {
            crc.update(&buffer[..read]);
            if read == 0 && !buffer.is_empty() && crc.sum() != *expected {
                return Err(self.damaged(&io::ErrorKind::InvalidData.into()));
            }
        }
        Ok(read)
    }
}
