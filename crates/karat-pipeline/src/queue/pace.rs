//! How often workers do what, and when a job that failed is tried again.

use std::time::Duration;

/// How often a worker does what. An attempt of a worker of whom nothing is heard for `lease` is
/// given to another one, at most `rescue` later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often it looks for work when nothing happens.
    pub poll: Duration,
    /// How often it looks whether somebody asked to cancel what it does.
    pub look: Duration,
    /// How often it says that it is there.
    pub beat: Duration,
    /// For how long that holds.
    pub lease: Duration,
    /// How often it looks for attempts whose lease ran out.
    pub rescue: Duration,
    /// How often it forgets jobs that ended long ago.
    pub tidy: Duration,
    /// How long work may take to its next boundary when the worker is to end.
    pub grace: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            poll: Duration::from_millis(500),
            look: Duration::from_secs(1),
            beat: Duration::from_secs(5),
            lease: Duration::from_secs(20),
            rescue: Duration::from_secs(5),
            tidy: Duration::from_secs(60),
            grace: Duration::from_secs(20),
        }
    }
}

/// Seconds to wait at most after a failure, before the tenth that is drawn.
const LONGEST: f64 = 3600.0;

/// Seconds until a job is tried again that failed so often: the fourth power of that, give or take
/// a tenth, which depends on job and attempt alone. At most an hour and a tenth.
pub fn backoff(job: i64, attempt: i32, failures: i32) -> f64 {
    let plain = f64::from(failures.max(1)).powi(4).min(LONGEST);
    plain * (0.9 + 0.2 * drawn(job.cast_unsigned() ^ u64::from(attempt.cast_unsigned()) << 40))
}

/// Seconds until a job comes again that found what it needs in somebody else's hands.
pub fn pause(job: i64, attempt: i32) -> f64 {
    1.0 + drawn(job.cast_unsigned() ^ u64::from(attempt.cast_unsigned()) << 40)
}

/// A number of at least 0 and less than 1 that depends on the seed alone (splitmix64).
pub fn drawn(seed: u64) -> f64 {
    let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) as f64 / 2.0_f64.powi(64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_waits_longer_and_none_longer_than_an_hour_and_a_tenth() {
        for (failures, plain) in [(1, 1.0), (2, 16.0), (3, 81.0), (7, 2401.0), (8, 3600.0)] {
            for job in 1..500 {
                let seconds = backoff(job, failures, failures);
                assert!((plain * 0.9..plain * 1.1).contains(&seconds), "{failures}: {seconds}");
                assert!(seconds.to_bits() == backoff(job, failures, failures).to_bits());
            }
        }
    }

    #[test]
    fn jobs_that_fail_together_do_not_come_again_together() {
        let mut waits: Vec<u64> = (0..500).map(|job| backoff(job, 3, 3).to_bits()).collect();
        waits.sort_unstable();
        waits.dedup();
        assert_eq!(waits.len(), 500);
    }

    #[test]
    fn what_a_worker_left_is_taken_over_within_half_a_minute() {
        let Pace { poll, beat, lease, rescue, .. } = Pace::default();
        assert!(lease >= 3 * beat, "two heartbeats may be lost");
        // And the second that the first failure waits.
        assert!(lease + rescue + poll * 2 + Duration::from_secs(2) < Duration::from_secs(30));
    }
}
