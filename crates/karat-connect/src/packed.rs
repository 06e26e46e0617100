//! Files as they came: plain, gzip, zstd, or one member of a zip archive, told apart by their
//! first bytes and not by their names. Expanding is streamed and limited.

mod guard;
mod zip;
pub(crate) mod zstd;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::fs::FileExt;

use flate2::bufread::DeflateDecoder;
use flate2::read::MultiGzDecoder;
use karat_record::{Kind, Place, Problem, Result};

use guard::Guard;
use zip::Member;

/// How much a packed file may expand to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Expanded bytes for each packed byte; small files may always expand to `FREE` bytes.
    pub times: u64,
    /// Expanded bytes altogether.
    pub bytes: u64,
}

/// What no file expands to by mistake, and what every file may expand to.
const FREE: u64 = 16 * 1024 * 1024;

impl Default for Limits {
    /// Text rarely shrinks to a fiftieth; deflate cannot do more than a thousandth.
    fn default() -> Limits {
        Limits { times: 250, bytes: 256 * 1024 * 1024 * 1024 }
    }
}

impl Limits {
    /// The most bytes that `packed` bytes may expand to.
    fn of(&self, packed: u64) -> u64 {
        packed.saturating_mul(self.times).max(FREE).min(self.bytes)
    }
}

/// How the bytes of a file are packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packing {
    form: Form,
    /// The most bytes that may come out.
    most: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Gzip,
    Zstd,
    Zip(Member),
}

impl Packing {
    /// Looks at the first bytes of `file`, and for a zip archive at its directory; `member` is
    /// the one to read where it has several.
    ///
    /// # Errors
    /// An archive that is damaged, encrypted, or holds no single member to read.
    pub fn find(file: &File, name: &str, member: Option<&str>, limits: &Limits) -> Result<Packing> {
        let mut magic = [0; 4];
        let read = file.read_at(&mut magic, 0).map_err(|e| unreadable(name, &e))?;
        let size = file.metadata().map_err(|e| unreadable(name, &e))?.len();
        let (form, packed) = match &magic[..read] {
            [0x1f, 0x8b, ..] => (Form::Gzip, size),
            // A frame, or one of the frames that hold no data and may come first.
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => (Form::Zstd, size),
            [b'P', b'K', 3 | 5, 4 | 6] => {
                let member = zip::member(file, name, member)?;
                // The directory was read through the same file, which then begins anew.
                let mut file = file;
                file.rewind().map_err(|e| unreadable(name, &e))?;
                let packed = member.packed;
                (Form::Zip(member), packed)
            }
            _ => (Form::Plain, size),
        };
        if let (Some(member), false) = (member, matches!(form, Form::Zip(_))) {
            let what = format!("there is no member {member:?}: this is no zip archive");
            let hint = "leave out member in the dataset's file";
            return Err(Problem::new(Kind::Input, what).at(Place::file(name)).hint(hint));
        }
        Ok(Packing { most: if form == Form::Plain { u64::MAX } else { limits.of(packed) }, form })
    }

    /// What a person calls it; `None` for a plain file.
    pub fn name(&self) -> Option<String> {
        match &self.form {
            Form::Plain => None,
            Form::Gzip => Some("gzip".to_owned()),
            Form::Zstd => Some("zstd".to_owned()),
            Form::Zip(member) => Some(format!("zip, member {:?}", member.name)),
        }
    }

    /// The name of the member of a zip archive.
    pub(crate) fn member(&self) -> Option<&str> {
        match &self.form {
            Form::Zip(member) => Some(&member.name),
            _ => None,
        }
    }

    /// The expanded bytes of a file whose packed ones `bytes` reads from the beginning. Problems
    /// come out as the source of an `io::Error`; `unreadable` finds them there.
    pub fn unpack<'r, R: Read + 'r>(&self, bytes: R) -> Box<dyn Read + 'r> {
        match &self.form {
            Form::Plain => Box::new(bytes),
            Form::Gzip => Box::new(Guard::new(MultiGzDecoder::new(bytes), "gzip", self.most, None)),
            Form::Zstd => Box::new(Guard::new(zstd::Frames::new(bytes), "zstd", self.most, None)),
            Form::Zip(member) => {
                let packed = zip::Part::new(bytes, member.start, member.packed);
                let crc = Some(member.crc);
                if member.deflated {
                    let plain = DeflateDecoder::new(io::BufReader::new(packed));
                    Box::new(Guard::new(plain, "zip", self.most, crc))
                } else {
                    Box::new(Guard::new(packed, "zip", self.most, crc))
                }
            }
        }
    }
}

/// The problem that an error of reading stands for.
pub fn unreadable(name: &str, error: &io::Error) -> Problem {
    match error.get_ref().and_then(|source| source.downcast_ref::<Problem>()) {
        Some(problem) if problem.place.is_none() => problem.clone().at(Place::file(name)),
        Some(problem) => problem.clone(),
        None => Problem::new(Kind::Input, format!("cannot read {name}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn expand(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let packing = Packing::find(&file, "t", None, limits)?;
        let mut text = Vec::new();
        let read = packing.unpack(bytes).read_to_end(&mut text);
        read.map_err(|e| unreadable("t", &e))?;
        Ok(text)
    }

    #[test]
    fn members_and_frames_follow_one_another() {
        let standard = Limits::default();
        let twice = [gzip(b"a,b\n"), gzip(b"1,2\n")].concat();
        assert_eq!(expand(&twice, &standard).unwrap(), b"a,b\n1,2\n");
        let skipped = b"\x50\x2a\x4d\x18\x03\x00\x00\x00xyz".to_vec();
        let frames = [skipped.clone(), zstd(b"a,b\n"), skipped, zstd(b"1,2\n")].concat();
        assert_eq!(expand(&frames, &standard).unwrap(), b"a,b\n1,2\n");
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_said_so() {
        let text = "a,b\n".repeat(9999);
        for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
            let cut = expand(&packed[..packed.len() - 9], &Limits::default()).unwrap_err();
            assert!(cut.what.contains("cut off"), "{cut}");
            let mut spoilt = packed.clone();
            let last = spoilt.len() - 6;
            spoilt[last] ^= 0x55;
            assert!(expand(&spoilt, &Limits::default()).is_err());
        }
    }

    #[test]
    fn a_bomb_is_refused_with_the_setting_that_allows_it() {
        let packed = gzip(&vec![b'a'; 20 << 20]);
        let times = expand(&packed, &Limits::default()).unwrap_err();
        assert!(times.hint.unwrap().contains("expand_times"));
        let bytes = expand(&packed, &Limits { times: 2000, bytes: 1 << 20 }).unwrap_err();
        assert!(bytes.hint.unwrap().contains("expand_bytes"));
        let allowed = Limits { times: 2000, bytes: 1 << 30 };
        assert_eq!(expand(&packed, &allowed).unwrap().len(), 20 << 20);
    }
}
