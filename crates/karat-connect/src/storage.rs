//! Where the files are kept that runs produce: each once, under the SHA-256 of its bytes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use karat_record::{Kind, Problem, Result};

use crate::vault::{begin, hash_file};

/// A place for files.
#[derive(Clone, Debug)]
pub struct Storage {
    folder: PathBuf,
}

/// What a kept file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// In hex.
    pub sha256: String,
    pub bytes: u64,
}

/// A file that is being written. Nobody sees it before it is kept; dropped, it is gone.
#[derive(Debug)]
pub struct Draft {
    file: File,
    path: PathBuf,
}

impl Storage {
    /// A folder of this machine; it is made when the first file comes.
    pub fn local(folder: PathBuf) -> Storage {
        Storage { folder }
    }

    /// Begins a file.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn draft(&self) -> Result<Draft> {
        let (file, path) = begin(&self.folder)?;
        Ok(Draft { file, path })
    }

    /// Keeps a file: whole and on the disk, or not at all.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep(&self, draft: Draft) -> Result<Content> {
        draft.file.sync_all().map_err(|e| Problem::io("write", &draft.path, &e))?;
        let (sha256, bytes) = hash_file(&draft.path)?;
        let place = self.path(&sha256);
        settle(&draft.path, &place).map_err(|e| Problem::io("write", &place, &e))?;
        Ok(Content { sha256, bytes })
    }

    /// Opens a kept file.
    ///
    /// # Errors
    /// That it is not there.
    pub fn open(&self, sha256: &str) -> Result<File> {
        let path = self.path(sha256);
        File::open(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                let what = format!("the file {} is not in storage", path.display());
                Problem::new(Kind::Input, what).hint("karat outputs build makes it again")
            }
            _ => Problem::io("read", &path, &e),
        })
    }

    /// All contents that are kept, in no order. Drafts are none.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<Content>> {
        let mut found = Vec::new();
        if !self.folder.is_dir() {
            return Ok(found);
        }
        let entries = |folder: &Path| {
            let read = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
            read.map_err(|e| Problem::io("read", folder, &e))
        };
        for part in entries(&self.folder)?.iter().filter(|part| part.path().is_dir()) {
            for file in entries(&part.path())? {
                let size = file.metadata().map_err(|e| Problem::io("read", &file.path(), &e))?;
                let sha256 = file.file_name().to_string_lossy().into_owned();
                let is_one = sha256.len() == 64 && self.path(&sha256) == file.path();
                found.extend(is_one.then_some(Content { sha256, bytes: size.len() }));
            }
        }
        Ok(found)
    }

    /// Removes a kept file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn remove(&self, sha256: &str) -> Result<()> {
        let path = self.path(sha256);
        fs::remove_file(&path).map_err(|e| Problem::io("remove", &path, &e))
    }

    /// Where the file of that hash is kept.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(&sha256[..2]).join(sha256)
    }
}

/// Moves a file, and waits until its name is on the disk too. Bytes that are there already stay, as
/// long as they are as many: else somebody has shortened them, and they are replaced.
fn settle(from: &Path, to: &Path) -> io::Result<()> {
    let is_same = fs::metadata(to)
        .is_ok_and(|there| fs::metadata(from).is_ok_and(|new| new.len() == there.len()));
    if is_same && hash_file(to).is_ok_and(|(sha256, _)| to.ends_with(sha256)) {
        return fs::remove_file(from);
    }
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder)?;
    fs::rename(from, to)?;
    File::open(folder)?.sync_all()?;
    folder.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

impl Draft {
    /// Where it lies as long as it is one.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // One that was kept has another name by now.
        drop(fs::remove_file(&self.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_once_and_a_draft_that_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::local(folder.path().join("outputs"));
        let write = |text: &str| {
            let mut draft = storage.draft().unwrap();
            draft.write_all(text.as_bytes()).unwrap();
            draft
        };
        let first = storage.keep(write("abc")).unwrap();
        assert_eq!((&first.sha256[..8], first.bytes), ("ba7816bf", 3));
        assert_eq!(storage.keep(write("abc")).unwrap(), first);
        drop(write("nothing"));
        assert_eq!(fs::read(storage.path(&first.sha256)).unwrap(), b"abc");
        assert_eq!(fs::read_dir(folder.path().join("outputs")).unwrap().count(), 1);
        assert!(storage.open(&"0".repeat(64)).is_err());
        assert_eq!(storage.list().unwrap(), std::slice::from_ref(&first));
        storage.remove(&first.sha256).unwrap();
        assert_eq!(storage.list().unwrap(), []);
    }

    #[test]
    fn a_kept_file_that_was_spoilt_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::local(folder.path().to_owned());
        let write = || {
            let mut draft = storage.draft().unwrap();
            draft.write_all(b"abc").unwrap();
            storage.keep(draft).unwrap()
        };
        let kept = write();
        for spoilt in ["ab", "abd"] {
            fs::write(storage.path(&kept.sha256), spoilt).unwrap();
            write();
            assert_eq!(fs::read(storage.path(&kept.sha256)).unwrap(), b"abc");
        }
    }
}
