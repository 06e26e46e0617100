//! The few calls into the operating system that the standard library does not offer.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// An entry of the user database.
pub(super) struct Account {
    pub uid: u32,
    pub gid: u32,
    pub name: String,
}

type Lookup<'a> =
    &'a dyn Fn(*mut libc::passwd, *mut libc::c_char, usize, *mut *mut libc::passwd) -> libc::c_int;

pub(super) fn euid() -> u32 {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// The account of a number, if it has one.
pub(super) fn account(uid: u32) -> Option<Account> {
    // SAFETY: `looked_up` passes a live entry, a buffer with its length, and a place for the answer.
    looked_up(&|entry, text, size, answer| unsafe {
        libc::getpwuid_r(uid, entry, text, size, answer)
    })
}

/// The account of a name, if there is one.
pub(super) fn account_named(name: &CStr) -> Option<Account> {
    // SAFETY: as above; `name` ends with a NUL and outlives the call.
    looked_up(&|entry, text, size, answer| unsafe {
        libc::getpwnam_r(name.as_ptr(), entry, text, size, answer)
    })
}

fn looked_up(lookup: Lookup<'_>) -> Option<Account> {
    let mut text = vec![0 as libc::c_char; 16 * 1024];
    let mut entry = MaybeUninit::<libc::passwd>::zeroed();
    let mut answer = std::ptr::null_mut();
    let code = lookup(entry.as_mut_ptr(), text.as_mut_ptr(), text.len(), &mut answer);
    if code != 0 || answer.is_null() {
        return None;
    }
    // SAFETY: a non-null answer points at `entry`, filled in, with its texts in `text`.
    let (entry, name) = unsafe { (&*answer, CStr::from_ptr((*answer).pw_name)) };
    Some(Account {
        uid: entry.pw_uid,
        gid: entry.pw_gid,
        name: name.to_string_lossy().into_owned(),
    })
}

/// Asks a postmaster for a fast shutdown.
pub(super) fn interrupt(pid: u32) -> io::Result<()> {
    // Zero and negative numbers would mean whole groups of processes.
    let pid = i32::try_from(pid).ok().filter(|pid| *pid > 1);
    let pid = pid.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    // SAFETY: plain numbers.
    match unsafe { libc::kill(pid, libc::SIGINT) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The child gets a session of its own: Ctrl-C and hang-up in the terminal do not reach it.
pub(super) fn own_session(command: &mut Command) {
    // SAFETY: setsid is safe to call between fork and exec.
    unsafe {
        command.pre_exec(|| match libc::setsid() {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        });
    }
}

/// The child sees itself as `nobody`, for a uid that has no account (as in OpenShift): initdb
/// wants a name for whoever runs it.
#[cfg(target_os = "linux")]
pub(super) fn as_nobody(command: &mut Command, uid: u32, gid: u32) {
    const NOBODY: u32 = 65534;
    // Prepared here, as nothing may be allocated between fork and exec.
    let maps = [
        (c"/proc/self/setgroups", "deny".to_owned()),
        (c"/proc/self/uid_map", format!("{NOBODY} {uid} 1")),
        (c"/proc/self/gid_map", format!("{NOBODY} {gid} 1")),
    ];
    // SAFETY: unshare, open, write and close are safe to call between fork and exec.
    unsafe {
        command.pre_exec(move || {
            if libc::unshare(libc::CLONE_NEWUSER) != 0 {
                return Err(io::Error::last_os_error());
            }
            maps.iter().try_for_each(|(path, text)| write_raw(path, text.as_bytes()))
        });
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn as_nobody(_command: &mut Command, _uid: u32, _gid: u32) {}

#[cfg(target_os = "linux")]
fn write_raw(path: &CStr, text: &[u8]) -> io::Result<()> {
    // SAFETY: the path ends with a NUL, and the buffer is as long as said.
    unsafe {
        let file = libc::open(path.as_ptr(), libc::O_WRONLY);
        if file < 0 {
            return Err(io::Error::last_os_error());
        }
        let written = libc::write(file, text.as_ptr().cast(), text.len());
        let failed = (written < 0).then(io::Error::last_os_error);
        libc::close(file);
        failed.map_or(Ok(()), Err)
    }
}

/// Writes everything of the file system of `folder` to the disk.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    let folder = std::fs::File::open(folder)?;
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        // SAFETY: the descriptor is open for the length of the call.
        if unsafe { libc::syncfs(folder.as_raw_fd()) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    // SAFETY: takes nothing and cannot fail.
    #[cfg(not(target_os = "linux"))]
    unsafe {
        libc::sync()
    };
    folder.sync_all()
}

fn file_system(path: &Path) -> Option<libc::statfs> {
    let path = CString::new(path.as_os_str().as_bytes()).ok()?;
    let mut answer = MaybeUninit::<libc::statfs>::zeroed();
    // SAFETY: the path ends with a NUL and the answer has room; it is read only after success.
    unsafe {
        match libc::statfs(path.as_ptr(), answer.as_mut_ptr()) {
            0 => Some(answer.assume_init()),
            _ => None,
        }
    }
}

/// Whether a folder is on a file system where locks and fsync cannot be relied on.
#[cfg(target_os = "linux")]
pub(super) fn is_network(folder: &Path) -> bool {
    const NFS: u32 = 0x6969;
    const CIFS: u32 = 0xFF53_4D42;
    const SMB2: u32 = 0xFE53_4D42;
    const PLAN9: u32 = 0x0102_1997;
    file_system(folder).is_some_and(|s| matches!(s.f_type as u32, NFS | CIFS | SMB2 | PLAN9))
}

#[cfg(target_os = "macos")]
pub(super) fn is_network(folder: &Path) -> bool {
    file_system(folder).is_some_and(|s| s.f_flags & libc::MNT_LOCAL as u32 == 0)
}

/// Whether /dev/shm is too small for parallel queries, as in a container that gives it 64 MB.
pub(super) fn little_shared_memory() -> bool {
    const ENOUGH: u64 = 256 << 20;
    cfg!(target_os = "linux")
        && file_system(Path::new("/dev/shm"))
            .is_none_or(|s| s.f_blocks.saturating_mul(s.f_bsize as u64) < ENOUGH)
}
