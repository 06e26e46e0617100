//! Where the text of a JSON file comes from, as often as it is read: a file, plain or packed.

use std::io::Read;
use std::path::{Path, PathBuf};

use karat_record::Result;

use crate::packed::{Limits, Packing};

/// The text of a file from its beginning.
pub(super) type Bytes = Box<dyn Read>;

/// A file and how it is packed.
#[derive(Clone)]
pub(super) struct Origin {
    path: PathBuf,
    /// What messages call it.
    pub(super) name: String,
    packing: Packing,
}

impl Origin {
    /// Looks at how a file is packed.
    ///
    /// # Errors
    /// As `Packing::find`.
    pub(super) fn find(
        path: &Path,
        name: &str,
        member: Option<&str>,
        limits: &Limits,
    ) -> Result<Origin> {
        let packing = Packing::find(&crate::csv::open(path)?, name, member, limits)?;
        Ok(Origin { path: path.to_owned(), name: name.to_owned(), packing })
    }

    /// What it is packed with, for people; `None` for a plain file.
    pub(super) fn packed(&self) -> Option<String> {
        self.packing.name()
    }

    /// Reads the text from its beginning.
    ///
    /// # Errors
    /// When the file is no longer there.
    pub(super) fn open(&self) -> Result<Bytes> {
        Ok(self.packing.unpack(crate::csv::open(&self.path)?))
    }
}
