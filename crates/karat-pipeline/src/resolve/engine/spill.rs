//! Candidate pairs outside memory: a file without a name, which is gone when it is closed or its
//! process ends, however that ends.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use karat_record::{Kind, Problem};
use karat_resolve::linkage::Refusal;
use karat_resolve::linkage::cluster;

/// The file of a run, made with the first write.
pub struct Spill {
    folder: PathBuf,
    file: Option<File>,
}

impl Spill {
    /// A file in `folder`, which is made where it is missing.
    pub fn new(folder: PathBuf) -> Spill {
        Spill { folder, file: None }
    }

    fn problem(&self, error: &io::Error) -> Problem {
        Problem::io("keep candidate pairs in", &self.folder, error)
            .hint("make room there, or allow more memory: [resources] memory in karat.toml")
    }

    fn opened(&mut self) -> io::Result<&File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                fs::create_dir_all(&self.folder)?;
                tempfile::tempfile_in(&self.folder)?
            }
        };
        Ok(self.file.insert(file))
    }
}

impl cluster::Spill for Spill {
    type Error = Failure;

    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.opened().and_then(|file| file.write_all_at(bytes, at));
        written.map_err(|error| Failure(self.problem(&error)))
    }

    fn read(&mut self, at: u64, bytes: &mut [u8]) -> Result<(), Failure> {
        let read = self.opened().and_then(|file| file.read_exact_at(bytes, at));
        read.map_err(|error| Failure(self.problem(&error)))
    }
}

/// Why scoring or clustering ended: the file, or the engine.
#[derive(Debug)]
pub struct Failure(pub Problem);

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure(Problem::new(Kind::Project, refusal.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use karat_resolve::linkage::cluster::Spill as _;

    use super::*;

    #[test]
    fn what_was_written_is_read_and_no_file_is_left_or_seen() {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(folder.path().join("new"));
        assert!(!folder.path().join("new").exists(), "nothing is made before it is needed");
        spill.write(5, b"later").unwrap();
        spill.write(0, b"first").unwrap();
        let mut bytes = [0; 10];
        spill.read(0, &mut bytes).unwrap();
        assert_eq!(&bytes, b"firstlater");
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 0);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named_with_a_hint() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let failure = Spill::new(file.path().to_owned()).write(0, b"x").unwrap_err();
        let said = failure.0.to_string();
        assert!(said.contains(&file.path().display().to_string()), "{said}");
        assert!(said.contains("[resources] memory"), "{said}");
    }
}
