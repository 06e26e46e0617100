//! What a worker is called: no other has the name, before or after.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use karat_connect::vault::hash_text;

/// Machine, process, and something that differs when the process's number comes again.
pub fn worker() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine = match machine.trim() {
        "" => "unknown",
        machine => machine,
    };
    let process = std::process::id();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let once = hash_text(&format!("{machine} {process} {since} {number}"));
    format!("{machine}:{process}:{}", &once[..8])
}

#[cfg(test)]
mod tests {
    use super::worker;

    #[test]
    fn no_two_have_the_same_name() {
        assert_ne!(worker(), worker());
    }
}
