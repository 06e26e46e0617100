//! Files that come in parts: what came of one is kept for a day, so that who brings it can go on after
//! the connection broke.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use karat_connect::vault::hex;
use karat_record::{Kind, Problem, Result};
use serde::{Deserialize, Serialize};

use crate::account::salt;
use crate::project::Project;
use crate::upload::Incoming;

/// How long a file is kept of which nothing more comes.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Files that may be on their way at once.
const MOST: usize = 64;

/// What is known of a file before it comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// As it is called where it comes from.
    pub name: String,
    pub bytes: u64,
    /// The account that brings it; nobody else can.
    pub account: i64,
}

/// A file of which a part has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    pub id: String,
    pub about: About,
    /// Bytes that have come.
    pub come: u64,
    path: PathBuf,
}

/// A file that goes on. Nobody else can go on with it meanwhile.
#[derive(Debug)]
pub struct Going {
    partial: Partial,
    file: File,
}

fn folder(project: &Project) -> PathBuf {
    project.root.join(".karat/partial")
}

/// Begins a file.
///
/// # Errors
/// Too many that were begun, or a folder that cannot be written.
pub fn begin(project: &Project, about: About) -> Result<Partial> {
    let folder = folder(project);
    fs::create_dir_all(&folder).map_err(|e| Problem::io("make", &folder, &e))?;
    if sweep(&folder) >= MOST {
        let what = format!("{MOST} files are on their way already");
        return Err(Problem::new(Kind::Busy, what).hint("bring those to an end first"));
    }
    let id = hex(&salt()?[..16]);
    let path = folder.join(&id);
    let text =
        serde_json::to_string(&about).map_err(|e| Problem::new(Kind::Internal, e.to_string()))?;
    let written =
        fs::write(path.with_extension("json"), text).and_then(|()| File::create_new(&path));
    written.map_err(|e| Problem::io("write", &path, &e))?;
    Ok(Partial { id, about, come: 0, path })
}

/// A file that an account brings; none where it was never begun, has come whole, or was given up.
///
/// # Errors
/// When it cannot be read.
pub fn find(project: &Project, id: &str, account: i64) -> Result<Option<Partial>> {
    if id.len() != 32 || !id.bytes().all(|c| c.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let path = folder(project).join(id);
    let read = fs::read(path.with_extension("json")).and_then(|text| Ok((text, path.metadata()?)));
    let (text, found) = match read {
        Ok(read) => read,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Problem::io("read", &path, &error)),
    };
    let about: Option<About> = serde_json::from_slice(&text).ok();
    let about = about.filter(|about| about.account == account);
    Ok(about.map(|about| Partial { id: id.to_owned(), about, come: found.len(), path }))
}

impl Partial {
    /// Goes on where the file ends by now.
    ///
    /// # Errors
    /// `Kind::Busy` where somebody else goes on with it, or it ends elsewhere.
    pub fn go_on(mut self, from: u64) -> Result<Going> {
        let cannot = |e: &io::Error| Problem::io("write", &self.path, e);
        let file = OpenOptions::new().append(true).open(&self.path).map_err(|e| cannot(&e))?;
        if file.try_lock().is_err() {
            let problem = Problem::new(Kind::Busy, "more of this file is just coming");
            return Err(problem.hint("ask in a moment how far it is"));
        }
        self.come = file.metadata().map_err(|e| cannot(&e))?.len();
        if self.come != from {
            let what = format!("{} bytes of the file have come, and not {from}", self.come);
            return Err(Problem::new(Kind::Busy, what).hint("go on from there"));
        }
        Ok(Going { partial: self, file })
    }

    /// Gives the file up.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn give_up(&self) -> Result<()> {
        let removed = fs::remove_file(self.path.with_extension("json"));
        removed
            .and_then(|()| fs::remove_file(&self.path))
            .map_err(|e| Problem::io("remove", &self.path, &e))
    }
}

impl Going {
    /// Bytes that are still to come.
    pub fn left(&self) -> u64 {
        self.partial.about.bytes.saturating_sub(self.partial.come)
    }

    /// What has come is on the disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn rest(self) -> Result<Partial> {
        self.file.sync_data().map_err(|e| Problem::io("write", &self.partial.path, &e))?;
        Ok(self.partial)
    }
}

/// Takes the next bytes; none beyond those that were said to come.
impl Write for Going {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.left() {
            return Err(io::Error::other("more bytes came than were said to come"));
        }
        let taken = self.file.write(bytes)?;
        self.partial.come += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file that has come whole, to be kept; none where bytes are missing.
///
/// # Errors
/// When it cannot be read.
pub fn whole(partial: &Partial) -> Result<Option<Incoming>> {
    if partial.come != partial.about.bytes {
        return Ok(None);
    }
    let incoming = Incoming::whole(partial.path.clone())?;
    drop(fs::remove_file(partial.path.with_extension("json")));
    Ok(Some(incoming))
}

/// Removes files of which nothing has come for long; how many there are besides.
fn sweep(folder: &Path) -> usize {
    let mut left = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            continue;
        }
        let changed = entry.metadata().and_then(|found| found.modified());
        let age = changed.ok().and_then(|at| SystemTime::now().duration_since(at).ok());
        if age.is_some_and(|age| age > KEPT) {
            drop(fs::remove_file(path.with_extension("json")));
            drop(fs::remove_file(path));
        } else {
            left += 1;
        }
    }
    left
}
