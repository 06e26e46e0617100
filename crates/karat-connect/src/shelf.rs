//! A folder of files by the SHA-256 of their bytes, and the bucket whose cache it is, where there is
//! one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use karat_record::{Kind, Problem, Result};

use crate::bucket::{Bucket, Objects};
use crate::storage::Content;
use crate::vault::{Incoming, begin, hash_file};

#[derive(Clone, Debug)]
pub struct Shelf {
    pub folder: PathBuf,
    objects: Option<Objects>,
}

impl Shelf {
    pub fn new(folder: PathBuf) -> Shelf {
        Shelf { folder, objects: None }
    }

    /// The same as the cache of a bucket's objects of one sort.
    pub fn shared(self, bucket: Option<&Bucket>, sort: &'static str) -> Shelf {
        Shelf { objects: bucket.map(|bucket| bucket.objects(sort)), ..self }
    }

    pub fn objects(&self) -> Option<&Objects> {
        self.objects.as_ref()
    }

    /// Where the file of that hash lies, if it is here.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(&sha256[..2]).join(sha256)
    }

    /// The file of that hash, brought here where it is elsewhere.
    ///
    /// # Errors
    /// That it is nowhere, or not what was kept under that name.
    pub fn fetch(&self, sha256: &str) -> Result<PathBuf> {
        let path = self.path(sha256);
        if path.is_file() {
            return Ok(path);
        }
        let Some(objects) = &self.objects else { return Err(missing(&path, None)) };
        let start = || begin(&self.folder).map(Incoming::into_file);
        let incoming = objects.get(sha256, start)?;
        let incoming = incoming.ok_or_else(|| missing(&path, Some(objects.shown(sha256))))?;
        let (found, _) = incoming.settle(|found, draft| match found == sha256 {
            true => settle(draft, &path).map_err(|e| Problem::io("write", &path, &e)),
            false => Ok(()),
        })?;
        if found == sha256 {
            return Ok(path);
        }
        let what =
            format!("{} is not what was put there: its SHA-256 is another", objects.shown(sha256));
        let hint = "remove it there, and make the file again or hand it in again";
        Err(Problem::new(Kind::Data, what).hint(hint))
    }

    /// Whether the file is kept as it was: here, and in the bucket where there is one.
    ///
    /// # Errors
    /// When the bucket does not say.
    pub fn has(&self, content: &Content) -> Result<bool> {
        let path = self.path(&content.sha256);
        let is_here = path.is_file();
        let is_whole = || hash_file(&path).is_ok_and(|(sha256, _)| sha256 == content.sha256);
        match &self.objects {
            None => Ok(is_here && is_whole()),
            Some(objects) => Ok((!is_here || is_whole()) && objects.has(content)?),
        }
    }

    /// Puts a file that is here into the bucket, where there is one.
    ///
    /// # Errors
    /// When the bucket does not take it.
    pub fn share(&self, content: &Content) -> Result<()> {
        match &self.objects {
            Some(objects) => objects.put(&self.path(&content.sha256), content),
            None => Ok(()),
        }
    }
}

fn missing(path: &Path, object: Option<String>) -> Problem {
    let nor = object.map_or_else(String::new, |object| format!(", nor is {object}"));
    Problem::new(Kind::Input, format!("the file {} is not in storage{nor}", path.display()))
}

/// Whether both files are there and have as many bytes.
pub(crate) fn is_as_long(one: &Path, other: &Path) -> bool {
    let bytes = |path: &Path| fs::metadata(path).map(|found| found.len());
    bytes(one).is_ok_and(|long| bytes(other).is_ok_and(|also| also == long))
}

/// Moves a file, and waits until its name is on the disk too. Bytes that are there already stay, as
/// long as they are as many: else somebody has shortened them, and they are replaced.
pub fn settle(from: &Path, to: &Path) -> std::io::Result<()> {
    if is_as_long(from, to) && hash_file(to).is_ok_and(|(sha256, _)| to.ends_with(sha256)) {
        return fs::remove_file(from);
    }
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder)?;
    fs::rename(from, to)?;
    File::open(folder)?.sync_all()?;
    folder.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}
