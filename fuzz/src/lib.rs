//! What every fuzz target does with its input: makes it a file, and reads that as a load does,
//! within the memory that no file may need more of.

#[path = "../../crates/karat-connect/tests/delimited/archive.rs"]
mod archive;
#[path = "../../crates/karat-connect/tests/corpus/compound.rs"]
mod compound;
#[path = "../../crates/karat-connect/tests/delimited/memory.rs"]
mod memory;

pub mod book;
mod read;
mod seeds;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use karat_connect::source::Settings;

#[global_allocator]
static MEMORY: memory::Counting = memory::Counting;

/// What no file may need more of: bytes that are allocated at once.
const MOST_MEMORY: usize = 256 * 1024 * 1024;

/// Where the file lies that is read.
static FOLDER: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a folder for the input"));

/// Reads all rows of a file of that name with these bytes. That it is refused is well.
///
/// # Panics
/// When a reader does, or takes more memory than any file may.
pub fn read(name: &str, bytes: &[u8], settings: &Settings) {
    let path: PathBuf = FOLDER.path().join(name);
    std::fs::write(&path, bytes).expect("room for the input");
    let before = memory::restart();
    let refused = read::rows(&path, settings).err();
    let most = memory::most() - before;
    drop(refused);
    assert!(most <= MOST_MEMORY, "reading takes {most} bytes");
}

/// The first bytes of an input, which say how its file is declared, and the rest; zeros where
/// there are none.
pub fn declared<const N: usize>(input: &[u8]) -> ([u8; N], &[u8]) {
    let (head, rest) = input.split_at(input.len().min(N));
    let mut bytes = [0; N];
    bytes[..head.len()].copy_from_slice(head);
    (bytes, rest)
}

/// Writes the inputs that a target begins with into the folder that `KARAT_FUZZ_SEEDS` names.
pub fn plant(target: &str) {
    let Some(folder) = std::env::var_os("KARAT_FUZZ_SEEDS") else { return };
    for (at, seed) in seeds::of(target).iter().enumerate() {
        let path = Path::new(&folder).join(format!("seed_{at:03}"));
        std::fs::write(path, seed).expect("room for the seeds");
    }
}
