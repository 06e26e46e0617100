//! The vault: every loaded file is kept once, under the SHA-256 of its bytes.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use karat_record::{Problem, Result};
use sha2::{Digest, Sha256};

use crate::bucket::Bucket;
use crate::shelf::{Shelf, is_as_long};
use crate::storage::Content;

/// Files by hash: a folder of this machine, and a bucket that machines share.
#[derive(Clone, Debug)]
pub struct Vault {
    shelf: Shelf,
}

/// Name of a copy that is not whole yet, followed by the process that makes it and a number.
const INCOMING: &str = ".incoming-";

/// The number of the next copy.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Bytes that are read at once.
const BUFFER: usize = 256 * 1024;

/// Reads a file while it is hashed and, where a vault is given, copied into it.
pub struct Intake {
    file: File,
    incoming: Incoming,
}

/// Bytes that come piece by piece, hashed and, where a vault is given, kept in it once they are
/// whole. Those that never become whole leave nothing.
#[derive(Default)]
pub struct Incoming {
    hash: Sha256,
    bytes: u64,
    copy: Option<(File, PathBuf)>,
}

impl Vault {
    /// The vault in `folder`; it is made when the first file comes.
    pub fn new(folder: PathBuf) -> Vault {
        Vault { shelf: Shelf::new(folder) }
    }

    /// The same as the cache of a bucket, where there is one.
    pub fn shared(self, bucket: Option<&Bucket>) -> Vault {
        Vault { shelf: self.shelf.shared(bucket, "files") }
    }

    /// Where its files lie on this machine.
    pub fn folder(&self) -> &Path {
        &self.shelf.folder
    }

    /// Begins to read `file`; its bytes go into the vault as they are read.
    pub fn intake(&self, file: File) -> Result<Intake> {
        Ok(Intake { file, incoming: self.incoming()? })
    }

    /// Begins to keep bytes that come piece by piece.
    pub fn incoming(&self) -> Result<Incoming> {
        begin(&self.shelf.folder).map(Incoming::into_file)
    }

    /// Keeps a file.
    pub fn keep(&self, path: &Path) -> Result<()> {
        let mut intake = self.intake(crate::csv::open(path)?)?;
        io::copy(&mut intake, &mut io::sink()).map_err(|e| Problem::io("read", path, &e))?;
        intake.finish(Some(self)).map(drop)
    }

    /// Where the file of that hash lies on this machine, if it is here.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.shelf.path(sha256)
    }

    /// Where the file of that hash lies on this machine, brought here from the bucket if need be.
    ///
    /// # Errors
    /// That it is nowhere, or spoilt.
    pub fn fetch(&self, sha256: &str) -> Result<PathBuf> {
        self.shelf.fetch(sha256)
    }
}

/// Begins a file in a folder of files by hash, which is made where it is not there. Whoever gives the
/// file up removes it; where nobody can, a later process does.
pub(crate) fn begin(folder: &Path) -> Result<(File, PathBuf)> {
    fs::create_dir_all(folder).map_err(|e| Problem::io("make", folder, &e))?;
    sweep(folder);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{INCOMING}{}-{number}", std::process::id()));
        match File::create_new(&path) {
            Ok(file) => return Ok((file, path)),
            // A process that had the same number left it, or has it on another machine.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Problem::io("write", &path, &error)),
        }
    }
}

/// Removes files of a folder that processes began which are no more. What cannot be told is left.
fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(INCOMING).and_then(|id| id.split('-').next());
        let process = process.map(|id| Path::new("/proc").join(id));
        if process.is_some_and(|process| Path::new("/proc/self").exists() && !process.exists()) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

impl Intake {
    /// Reads and hashes, and keeps nothing.
    pub fn hashing(file: File) -> Intake {
        Intake { file, incoming: Incoming::default() }
    }

    /// Reads so many bytes, or to the end, without handing them out.
    ///
    /// # Errors
    /// When they cannot be read, or the copy cannot be written.
    pub fn pass_over(&mut self, bytes: u64) -> io::Result<()> {
        let mut buffer = vec![0; BUFFER];
        let mut left = bytes;
        while left > 0 {
            let most = left.min(BUFFER as u64) as usize;
            match self.read(&mut buffer[..most]) {
                Ok(0) => return Ok(()),
                Ok(read) => left -= read as u64,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The number of bytes read so far and their SHA-256 in hex.
    pub fn so_far(&self) -> (u64, String) {
        (self.incoming.bytes, hex(&self.incoming.hash.clone().finalize()))
    }

    /// The SHA-256 in hex and the number of bytes, after everything was read; the copy takes its
    /// place in the vault.
    pub fn finish(self, vault: Option<&Vault>) -> Result<(String, u64)> {
        self.incoming.finish(vault)
    }
}

impl Incoming {
    /// A file that came elsewhere, whole: it is read once, and moved and not copied.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn whole(path: PathBuf) -> Result<Incoming> {
        let cannot = |e| Problem::io("read", &path, &e);
        let mut file = File::open(&path).map_err(cannot)?;
        let mut incoming = Incoming::default();
        io::copy(&mut file, &mut incoming).map_err(cannot)?;
        incoming.copy = Some((file, path));
        Ok(incoming)
    }

    /// How many bytes have come.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The SHA-256 in hex and the number of bytes, after the last one came; the copy takes its
    /// place in the vault.
    pub fn finish(self, vault: Option<&Vault>) -> Result<(String, u64)> {
        let Some(vault) = vault else { return self.settle(|_, _| Ok(())) };
        let is_copy = self.copy.is_some();
        let (sha256, bytes) = self.settle(|sha256, path| {
            let place = vault.path(sha256);
            keep(path, &place).map_err(|e| Problem::io("write", &place, &e))
        })?;
        let content = Content { sha256, bytes };
        if is_copy {
            vault.shelf.share(&content)?;
        }
        Ok((content.sha256, content.bytes))
    }

    /// Bytes that are written to a file which was begun for them.
    pub(crate) fn into_file(begun: (File, PathBuf)) -> Incoming {
        Incoming { hash: Sha256::new(), bytes: 0, copy: Some(begun) }
    }

    /// Hands what was written to `place`, with its hash, and removes what is still there behind it.
    pub(crate) fn settle(
        mut self,
        place: impl FnOnce(&str, &Path) -> Result<()>,
    ) -> Result<(String, u64)> {
        let sha256 = hex(&std::mem::take(&mut self.hash).finalize());
        if let Some((_, path)) = &self.copy {
            place(&sha256, path)?;
        }
        Ok((sha256, self.bytes))
    }
}

/// Moves a file. Bytes that are there already stay, unless they are not as many.
fn keep(from: &Path, to: &Path) -> io::Result<()> {
    if is_as_long(from, to) {
        return fs::remove_file(from);
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(from, to)
}

/// Takes the next bytes.
impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = match &mut self.copy {
            Some((copy, _)) => copy.write(bytes)?,
            None => bytes.len(),
        };
        self.hash.update(&bytes[..taken]);
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.copy.as_mut().map_or(Ok(()), |(copy, _)| copy.flush())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Some((_, path)) = self.copy.take() {
            // A failure here leaves a file that a later process removes.
            drop(fs::remove_file(path));
        }
    }
}

impl Read for Intake {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.incoming.write_all(&buffer[..read])?;
        Ok(read)
    }
}

/// The SHA-256 of a file in hex, and its size.
pub fn hash_file(path: &Path) -> Result<(String, u64)> {
    let mut intake = Intake::hashing(crate::csv::open(path)?);
    intake.pass_over(u64::MAX).map_err(|e| Problem::io("read", path, &e))?;
    intake.finish(None)
}

/// The SHA-256 of a text in hex.
pub fn hash_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// The SHA-256 of bytes.
pub fn hash_bytes(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Bytes in hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_once_under_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.csv");
        fs::write(&source, "abc").unwrap();
        let vault = Vault::new(folder.path().join("files"));
        for _ in 0..2 {
            let mut intake = vault.intake(File::open(&source).unwrap()).unwrap();
            io::copy(&mut intake, &mut io::sink()).unwrap();
            let (sha256, bytes) = intake.finish(Some(&vault)).unwrap();
            assert_eq!((&sha256[..8], bytes), ("ba7816bf", 3));
            assert_eq!(fs::read(vault.path(&sha256)).unwrap(), b"abc");
            // Cut short, it is replaced when the same bytes come again.
            fs::write(vault.path(&sha256), "ab").unwrap();
        }
        assert_eq!(fs::read_dir(folder.path().join("files")).unwrap().count(), 1);
    }

    #[test]
    fn what_is_read_so_far_has_the_hash_of_a_file_that_ends_there() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.csv");
        fs::write(&source, "abcdef").unwrap();
        let mut intake = Intake::hashing(File::open(&source).unwrap());
        intake.pass_over(3).unwrap();
        assert_eq!(intake.so_far(), (3, hash_text("abc")));
        intake.pass_over(u64::MAX).unwrap();
        assert_eq!(intake.so_far(), (6, hash_text("abcdef")));
    }

    #[test]
    fn an_intake_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.csv");
        fs::write(&source, "abc").unwrap();
        let vault = Vault::new(folder.path().join("files"));
        drop(vault.intake(File::open(&source).unwrap()).unwrap());
        assert_eq!(fs::read_dir(folder.path().join("files")).unwrap().count(), 0);
    }
}
