//! Where everything of a project's server lies: `.karat/pg/`, or elsewhere with a `location` file
//! that says so.

use std::env;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

use karat_record::{Kind, Problem, Result};

use super::identity::Runner;
use super::system;

/// The paths of one project's server.
pub(super) struct Layout {
    /// The project folder, absolute and without links.
    pub project: PathBuf,
    /// `.karat/pg` of the project.
    home: PathBuf,
    /// The folder that holds `data` and `sock`: `home`, or somewhere else.
    place: PathBuf,
    /// The folder that holds the lock files, the same for every process of this project.
    pub locks: PathBuf,
}

impl Layout {
    /// The layout as it is now, without making anything.
    ///
    /// # Errors
    /// The project folder is missing, or its data is no longer where `location` says.
    pub fn find(project: &Path) -> Result<Layout> {
        let project =
            project.canonicalize().map_err(|e| Problem::io("open the project", project, &e))?;
        let home = project.join(".karat/pg");
        let place = located(&home)?.unwrap_or_else(|| home.clone());
        let locks = if system::is_network(&project) { moved(&project) } else { home.clone() };
        Ok(Layout { project, home, place, locks })
    }

    /// The layout with the folders that the locks need.
    ///
    /// # Errors
    /// `Kind::Permission` when the project cannot be written.
    pub fn prepare(project: &Path) -> Result<Layout> {
        let layout = Layout::find(project)?;
        folder(&layout.project.join(".karat"))?;
        folder(&layout.home)?;
        if layout.locks != layout.home {
            make_moved(&layout.locks)?;
        }
        Ok(layout)
    }

    /// The folder PostgreSQL keeps its data in.
    pub fn data(&self) -> PathBuf {
        self.place.join("data")
    }

    /// Whether `data` holds a cluster.
    pub fn has_data(&self) -> bool {
        self.data().join("PG_VERSION").exists()
    }

    /// The major version that made the data.
    pub fn major(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    /// A name for data in the making. The maker's process number keeps an initdb that outlived
    /// its killed maker out of its successor's folder.
    pub fn nursery(&self) -> PathBuf {
        self.place.join(format!("data.new-{}", std::process::id()))
    }

    /// What makers that were killed left behind.
    pub fn abandoned(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.place).into_iter().flatten().flatten();
        entries
            .filter(|e| e.file_name().as_bytes().starts_with(b"data.new"))
            .map(|e| e.path())
            .collect()
    }

    /// The server's log.
    pub fn log(&self) -> PathBuf {
        self.home.join("postgres.log")
    }

    /// Holds the version of the server that was started last.
    pub fn version(&self) -> PathBuf {
        self.locks.join("version")
    }

    /// Holds the name of a server that is to stay when its last user leaves.
    pub fn kept(&self) -> PathBuf {
        self.locks.join("kept")
    }

    /// Moves new data elsewhere where the project folder cannot hold it: the server's user cannot
    /// reach it (a project of /root), or it is on a network file system.
    ///
    /// # Errors
    /// No other place can be made.
    pub fn settle(&mut self, runner: &Runner) -> Result<()> {
        let odd = self.home.as_os_str().as_bytes().iter().any(|b| matches!(b, b'\n' | b'\r'));
        if self.place != self.home
            || !(odd || system::is_network(&self.home) || !runner.can_enter(&self.home))
        {
            return Ok(());
        }
        self.place = moved(&self.project);
        make_moved(&self.place)?;
        if system::is_network(&self.place) {
            let place = self.place.display();
            return Err(Problem::new(
                Kind::Connection,
                format!("the project and {place} are both on a network file system"),
            )
            .hint("set DATABASE_URL, or work in a folder on a local disk"));
        }
        Ok(())
    }

    /// Writes down where the data is, so that every later run finds the same.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn remember(&self) -> Result<()> {
        let path = self.home.join("location");
        if self.place == self.home || path.exists() {
            return Ok(());
        }
        let mut line = self.data().into_os_string().into_vec();
        line.push(b'\n');
        write_whole(&path, &line)
    }

    /// Where the socket is: beside the data, or in /tmp where that path will not do.
    pub fn socket(&self) -> PathBuf {
        let near = self.place.join("sock");
        // sun_path is 108 bytes with its NUL (104 on macOS), and the folders are a comma list.
        let room = if cfg!(target_os = "macos") { 103 } else { 107 };
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/._-".contains(b);
        let bytes = near.as_os_str().as_bytes();
        if bytes.len() + "/.s.PGSQL.5432".len() <= room && bytes.iter().all(plain) {
            return near;
        }
        PathBuf::from(format!("/tmp/karat-{}", hashed(&self.place)))
    }

    /// Makes the socket folder, for the server's user alone.
    ///
    /// # Errors
    /// `Kind::Permission` when somebody else made a folder of that name.
    pub fn make_socket(&self, runner: &Runner) -> Result<PathBuf> {
        let path = self.socket();
        let refused = |e| Problem::io("make", &path, &e).hint(WRITABLE);
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(e) if e.kind() != ErrorKind::AlreadyExists => return Err(refused(e)),
            Err(_) => refuse_squatter(&path, runner)?,
            Ok(()) => {}
        }
        fs::set_permissions(&path, Permissions::from_mode(0o700)).map_err(refused)?;
        runner.own(&path).map_err(refused)?;
        Ok(path)
    }
}

const WRITABLE: &str =
    "Karat keeps its local PostgreSQL there; make the folder writable, or set DATABASE_URL";

/// What the `location` file says, when there is one.
fn located(home: &Path) -> Result<Option<PathBuf>> {
    let file = home.join("location");
    let bytes = match fs::read(&file) {
        Ok(bytes) => bytes,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(Problem::io("read", &file, &e).hint(WRITABLE)),
    };
    let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let data = PathBuf::from(OsString::from_vec(text.to_vec()));
    match data.parent() {
        Some(place) if data.is_absolute() && data.ends_with("data") && data.is_dir() => {
            Ok(Some(place.to_owned()))
        }
        _ => Err(Problem::new(
            Kind::Connection,
            format!("{} says the data is in {}, but it is not", file.display(), data.display()),
        )
        .hint(format!("bring it back, or remove {} to begin empty", file.display()))),
    }
}

/// The place for data that cannot be in the project.
fn moved(project: &Path) -> PathBuf {
    let base = match (system::euid(), env::var_os("XDG_CACHE_HOME"), env::var_os("HOME")) {
        (0, _, _) => PathBuf::from("/var/lib/karat"),
        (_, Some(cache), _) if Path::new(&cache).is_absolute() => Path::new(&cache).join("karat"),
        (_, _, Some(home)) if cfg!(target_os = "macos") => {
            Path::new(&home).join("Library/Caches/karat")
        }
        (_, _, Some(home)) => Path::new(&home).join(".cache/karat"),
        (uid, _, None) => PathBuf::from(format!("/var/tmp/karat-{uid}")),
    };
    base.join(hashed(project))
}

fn make_moved(place: &Path) -> Result<()> {
    let base = place.parent().unwrap_or(place);
    if let Some(above) = base.parent() {
        fs::create_dir_all(above).map_err(|e| Problem::io("make", above, &e).hint(WRITABLE))?;
    }
    folder(base)?;
    folder(place)
}

/// Makes a folder that anybody may pass through, whatever the umask is.
fn folder(path: &Path) -> Result<()> {
    let refused = |e| Problem::io("make", path, &e).hint(WRITABLE);
    match fs::create_dir(path) {
        Ok(()) => {
            fs::set_permissions(path, Permissions::from_mode(0o755)).map_err(refused)?;
            give_to_owner_of_parent(path).map_err(refused)
        }
        Err(_) if path.is_dir() => open_for_passage(path).map_err(refused),
        Err(e) => Err(refused(e)),
    }
}

fn open_for_passage(path: &Path) -> std::io::Result<()> {
    let mode = fs::metadata(path)?.mode();
    if system::euid() != 0 || mode & 0o011 == 0o011 {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode & 0o7777 | 0o011))
}

/// What root makes in somebody's project is theirs, or they could not run Karat there later.
fn give_to_owner_of_parent(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(parent) if system::euid() == 0 => {
            let parent = fs::metadata(parent)?;
            lchown(path, Some(parent.uid()), Some(parent.gid()))
        }
        _ => Ok(()),
    }
}

/// Opens a file of ours for appending, making it when missing. Never through a link: root would
/// write wherever the project's owner points it.
pub(super) fn open_own(path: &Path, mode: u32) -> std::io::Result<File> {
    let made = !path.exists();
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(mode).custom_flags(libc::O_NOFOLLOW);
    let file = options.open(path)?;
    if made {
        file.set_permissions(Permissions::from_mode(mode))?;
        give_to_owner_of_parent(path)?;
    }
    Ok(file)
}

/// Writes a small file so that a reader sees all of it or nothing.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension(format!("new-{}", std::process::id()));
    let _ = fs::remove_file(&new);
    let written = open_own(&new, 0o644)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&new, path));
    written.map_err(|e| Problem::io("write", path, &e).hint(WRITABLE))
}

fn refuse_squatter(path: &Path, runner: &Runner) -> Result<()> {
    let found = fs::symlink_metadata(path).map_err(|e| Problem::io("look at", path, &e))?;
    let ours = found.uid() == runner.uid || (runner.switched && found.uid() == 0);
    if found.is_dir() && ours {
        return Ok(());
    }
    Err(Problem::new(
        Kind::Permission,
        format!("{} is needed for the server's socket, but is somebody else's", path.display()),
    )
    .hint("remove it, or set DATABASE_URL"))
}

/// FNV-1a of a path, in 16 hexadecimal digits: a short name that stays the same.
fn hashed(path: &Path) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", path.as_os_str().as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(place: &str) -> Layout {
        let place = PathBuf::from(place);
        Layout { project: place.clone(), home: place.clone(), locks: place.clone(), place }
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(hashed(Path::new("foobar")), "85944171f73967e8");
    }

    #[test]
    fn a_plain_short_path_keeps_its_socket_beside_the_data() {
        assert_eq!(layout("/srv/a/.karat/pg").socket(), Path::new("/srv/a/.karat/pg/sock"));
    }

    #[test]
    fn a_path_that_a_socket_cannot_have_goes_to_tmp() {
        for odd in ["/srv/a,b", "/srv/a b", "/srv/ä", "/srv/a'b", "/srv/a\"b", "/srv/a%b"] {
            assert!(layout(odd).socket().starts_with("/tmp"), "{odd}");
        }
        let longest = format!("/{}", "a".repeat(107 - "//sock/.s.PGSQL.5432".len()));
        if cfg!(target_os = "linux") {
            assert!(layout(&longest).socket().starts_with(&longest));
        }
        assert!(!layout(&format!("{longest}a")).socket().starts_with(&longest));
    }

    #[test]
    fn a_socket_folder_of_somebody_else_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let place = scratch.path().join("a, b");
        let layout = layout(place.to_str().unwrap());
        let runner = Runner::choose(scratch.path(), &place).unwrap();
        let squat = layout.socket();
        std::os::unix::fs::symlink("/nonexistent", &squat).unwrap();
        let refused = layout.make_socket(&runner);
        fs::remove_file(&squat).unwrap();
        assert_eq!(refused.unwrap_err().kind, Kind::Permission);
        if system::euid() == 0 {
            fs::create_dir(&squat).unwrap();
            lchown(&squat, Some(runner.uid + 1), None).unwrap();
            let refused = layout.make_socket(&runner);
            fs::remove_dir(&squat).unwrap();
            assert_eq!(refused.unwrap_err().kind, Kind::Permission);
        }
    }
}
