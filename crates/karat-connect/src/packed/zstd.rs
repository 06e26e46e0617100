//! The frames of a zstd file, one after another, each with its checksum compared.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Reads the content of all frames.
pub struct Frames<R> {
    bytes: BufReader<R>,
    decoder: FrameDecoder,
    inside: bool,
}

impl<R: Read> Frames<R> {
    pub fn new(bytes: R) -> Frames<R> {
        Frames { bytes: BufReader::new(bytes), decoder: FrameDecoder::new(), inside: false }
    }

    /// Enters the next frame; one without data is passed over.
    fn enter(&mut self) -> io::Result<()> {
        match self.decoder.init(&mut self.bytes) {
            Ok(()) => self.inside = true,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let length = u64::from(length);
                if io::copy(&mut self.bytes.by_ref().take(length), &mut io::sink())? < length {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(error) => return Err(io::Error::other(error)),
        }
        Ok(())
    }

    /// Leaves a frame that was read to its end.
    fn leave(&mut self) -> io::Result<()> {
        self.inside = false;
        let expected = self.decoder.get_checksum_from_data();
        if expected.is_some() && expected != self.decoder.get_calculated_checksum() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(())
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.inside {
                if self.bytes.fill_buf()?.is_empty() {
                    return Ok(0);
                }
                self.enter()?;
            } else if self.decoder.can_collect() > 0 || buffer.is_empty() {
                return self.decoder.read(buffer);
            } else if self.decoder.is_finished() {
                self.leave()?;
            } else {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.bytes, one).map_err(io::Error::other)?;
            }
        }
    }
}
