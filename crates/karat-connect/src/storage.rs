//! Where the files are kept that runs produce: each once, under the SHA-256 of its bytes.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use karat_record::{Problem, Result};

use crate::bucket::Bucket;
use crate::shelf::{Shelf, settle};
use crate::vault::{begin, hash_file};

/// A place for files: a folder of this machine, and a bucket that machines share.
#[derive(Clone, Debug)]
pub struct Storage {
    shelf: Shelf,
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
        Storage { shelf: Shelf::new(folder) }
    }

    /// The same as the cache of a bucket, where there is one.
    pub fn shared(self, bucket: Option<&Bucket>) -> Storage {
        Storage { shelf: self.shelf.shared(bucket, "outputs") }
    }

    /// Begins a file.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn draft(&self) -> Result<Draft> {
        let (file, path) = begin(&self.shelf.folder)?;
        Ok(Draft { file, path })
    }

    /// Keeps a file: whole, on the disk and in the bucket, or not at all.
    ///
    /// # Errors
    /// When the disk or the bucket refuses.
    pub fn keep(&self, draft: Draft) -> Result<Content> {
        draft.file.sync_all().map_err(|e| Problem::io("write", &draft.path, &e))?;
        let (sha256, bytes) = hash_file(&draft.path)?;
        let place = self.shelf.path(&sha256);
        settle(&draft.path, &place).map_err(|e| Problem::io("write", &place, &e))?;
        let content = Content { sha256, bytes };
        self.shelf.share(&content)?;
        Ok(content)
    }

    /// Where a kept file lies on this machine, brought here from the bucket if need be.
    ///
    /// # Errors
    /// That it is nowhere, or spoilt.
    pub fn fetch(&self, sha256: &str) -> Result<PathBuf> {
        self.shelf.fetch(sha256).map_err(|problem| match problem.hint {
            Some(_) => problem,
            None => problem.hint("karat outputs build makes it again"),
        })
    }

    /// Opens a kept file.
    ///
    /// # Errors
    /// As [`Storage::fetch`].
    pub fn open(&self, sha256: &str) -> Result<File> {
        let path = self.fetch(sha256)?;
        File::open(&path).map_err(|e| Problem::io("read", &path, &e))
    }

    /// Whether a file is kept as it was made.
    ///
    /// # Errors
    /// When the bucket does not say.
    pub fn has(&self, content: &Content) -> Result<bool> {
        self.shelf.has(content)
    }

    /// The bucket's own link to a file, for `life`; `None` where there is no bucket, or no such file in
    /// it. A browser saves the file as `name`, which `header` says as `Content-Disposition` does.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn link(
        &self,
        content: &Content,
        named: (&str, &str),
        life: Duration,
    ) -> Result<Option<String>> {
        match self.shelf.objects() {
            Some(objects) if objects.holds(content).await? => {
                objects.link(&content.sha256, named, life).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// All contents that are kept, here or in the bucket, in no order. Drafts are none.
    ///
    /// # Errors
    /// When the folder or the bucket cannot be read.
    pub fn list(&self) -> Result<Vec<Content>> {
        let mut found = HashMap::new();
        for content in self.shelf.objects().map_or_else(|| Ok(Vec::new()), |it| it.list())? {
            found.insert(content.sha256, content.bytes);
        }
        if self.shelf.folder.is_dir() {
            found.extend(self.listed()?);
        }
        Ok(found.into_iter().map(|(sha256, bytes)| Content { sha256, bytes }).collect())
    }

    /// What the folder has, with sizes.
    fn listed(&self) -> Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        let entries = |folder: &Path| {
            let read = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
            read.map_err(|e| Problem::io("read", folder, &e))
        };
        for part in entries(&self.shelf.folder)?.iter().filter(|part| part.path().is_dir()) {
            for file in entries(&part.path())? {
                let size = file.metadata().map_err(|e| Problem::io("read", &file.path(), &e))?;
                let sha256 = file.file_name().to_string_lossy().into_owned();
                let is_one = sha256.len() == 64 && self.path(&sha256) == file.path();
                found.extend(is_one.then_some((sha256, size.len())));
            }
        }
        Ok(found)
    }

    /// Removes a kept file, here and in the bucket.
    ///
    /// # Errors
    /// When the disk or the bucket refuses.
    pub fn remove(&self, sha256: &str) -> Result<()> {
        if let Some(objects) = self.shelf.objects() {
            objects.remove(sha256)?;
        }
        let path = self.path(sha256);
        match fs::remove_file(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound && self.shelf.objects().is_some() => {
                Ok(())
            }
            removed => removed.map_err(|e| Problem::io("remove", &path, &e)),
        }
    }

    /// Where the file of that hash lies on this machine, if it is here.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.shelf.path(sha256)
    }
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
