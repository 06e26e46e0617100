//! Which user the server runs as. PostgreSQL refuses to run as root, so root needs another one.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use karat_record::{Kind, Problem, Result};

use super::system::{self, Account};

/// The user that owns the data and runs the server.
pub(super) struct Runner {
    pub uid: u32,
    gid: u32,
    name: Option<String>,
    /// We are root and become this user for every PostgreSQL program.
    pub switched: bool,
}

impl Runner {
    /// The user for this data folder, or for a new one in this project.
    ///
    /// # Errors
    /// `Kind::Permission` when the data belongs to somebody we cannot become.
    pub fn choose(project: &Path, data: &Path) -> Result<Runner> {
        let me = system::euid();
        let owner = fs::metadata(data).ok().map(|data| (data.uid(), data.gid()));
        match owner {
            Some((0, _)) if me == 0 => Err(Problem::new(
                Kind::Permission,
                format!("the data in {} belongs to root, whom PostgreSQL refuses", data.display()),
            )
            .hint("give the folder to another user with chown -R, or set DATABASE_URL")),
            Some((uid, gid)) if me == 0 => Ok(Runner::root_becomes(uid, gid)),
            Some((uid, _)) if uid != me => Err(foreign(data, uid, me)),
            None if me == 0 => newcomer(project),
            _ => Ok(Runner::myself(me, project)),
        }
    }

    fn myself(uid: u32, project: &Path) -> Runner {
        match system::account(uid) {
            Some(a) => Runner { uid, gid: a.gid, name: Some(a.name), switched: false },
            None => Runner { uid, gid: own_gid(project), name: None, switched: false },
        }
    }

    fn root_becomes(uid: u32, gid: u32) -> Runner {
        match system::account(uid) {
            Some(a) => Runner { uid, gid: a.gid, name: Some(a.name), switched: true },
            None => Runner { uid, gid, name: None, switched: true },
        }
    }

    /// A command that runs as this user, without anything of our own surroundings that
    /// PostgreSQL would heed.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        // The user may be unable to enter the folder we stand in (/root).
        command.current_dir("/").env("LC_ALL", "C").env("TZ", "UTC").stdin(Stdio::null());
        if self.switched {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// The same for initdb, which wants a name for whoever runs it.
    pub fn named_command(&self, program: &Path) -> Command {
        let mut command = self.command(program);
        if self.name.is_none() && !self.switched {
            system::as_nobody(&mut command, self.uid, self.gid);
        }
        command
    }

    /// Whether the user has an account.
    pub fn has_account(&self) -> bool {
        self.name.is_some()
    }

    /// Whether the user can enter a folder. Only the kernel knows: root's own rights say yes to
    /// everything.
    pub fn can_enter(&self, folder: &Path) -> bool {
        !self.switched || self.shell(r#"cd "$1""#, folder, folder)
    }

    /// Whether two paths are one folder in the eyes of this user.
    #[cfg(target_os = "linux")]
    pub fn sees_one_folder(&self, one: &Path, other: &Path) -> bool {
        self.shell(r#"[ "$1" -ef "$2" ]"#, one, other)
    }

    fn shell(&self, script: &str, first: &Path, second: &Path) -> bool {
        let mut shell = self.command(Path::new("/bin/sh"));
        shell.args(["-c", script, "sh"]).arg(first).arg(second);
        shell.stdout(Stdio::null()).stderr(Stdio::null());
        shell.status().is_ok_and(|status| status.success())
    }

    /// Hands a file or folder that we made to the user.
    pub fn own(&self, path: &Path) -> io::Result<()> {
        if self.switched { lchown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// The user in words: `postgres (uid 101)`.
    pub fn shown(&self) -> String {
        shown(self.uid)
    }
}

fn own_gid(project: &Path) -> u32 {
    // A process without an account: only the number it really runs with maps into a namespace.
    fs::metadata("/proc/self").or_else(|_| fs::metadata(project)).map_or(0, |m| m.gid())
}

fn shown(uid: u32) -> String {
    match system::account(uid) {
        Some(account) => format!("{} (uid {uid})", account.name),
        None => format!("uid {uid}"),
    }
}

fn foreign(data: &Path, owner: u32, me: u32) -> Problem {
    let (owner, me) = (shown(owner), shown(me));
    Problem::new(
        Kind::Permission,
        format!("the data in {} belongs to {owner}, and Karat runs as {me}", data.display()),
    )
    .hint("run Karat as the user who made it (root if that was root), or set DATABASE_URL")
}

/// The user for new data when we are root.
fn newcomer(project: &Path) -> Result<Runner> {
    let owner = || system::account(fs::metadata(project).ok()?.uid());
    let chosen = [sudo_user(), owner()]
        .into_iter()
        .chain([c"postgres", c"nobody"].map(system::account_named))
        .flatten()
        .find(|account| account.uid != 0);
    match chosen {
        Some(a) => Ok(Runner { uid: a.uid, gid: a.gid, name: Some(a.name), switched: true }),
        None => Err(Problem::new(
            Kind::Permission,
            "PostgreSQL does not run as root, and there is no other user to run it",
        )
        .hint("add one with useradd --system postgres, or set DATABASE_URL")),
    }
}

fn sudo_user() -> Option<Account> {
    let number = |name| env::var(name).ok()?.parse::<u32>().ok();
    let account = system::account(number("SUDO_UID")?)?;
    let gid = number("SUDO_GID").unwrap_or(account.gid);
    Some(Account { gid, ..account })
}
