//! Document 003: readings of river gauges as a laboratory's workbook and as CSV of loggers, made up
//! from a seed, with what is true of each.

mod files;
mod readings;

use std::io::Result;
use std::path::Path;

/// What was written.
pub struct Written {
    pub readings: usize,
    pub stations: usize,
    /// Rows of files that are no readings, for some fault in them.
    pub broken: usize,
}

/// Writes the files of an example with `wanted` readings at least, and what is true of them.
pub fn generate(dir: &Path, wanted: usize, seed: u64) -> Result<Written> {
    let readings = readings::readings(wanted, seed);
    files::write(dir, &readings)?;
    let mut stations: Vec<&str> = readings.iter().map(|r| r.station.as_str()).collect();
    stations.dedup();
    let broken = readings.iter().filter(|reading| reading.fault.is_broken()).count();
    Ok(Written { readings: readings.len() - broken, stations: stations.len(), broken })
}

#[cfg(test)]
mod tests {
    use super::readings::{Fault, readings};

    #[test]
    fn the_workbook_has_the_shape_of_the_document_s() {
        let all = readings(0, 1);
        let of = |station: &str| all.iter().filter(|r| r.station == station).collect::<Vec<_>>();
        let (ct, tus) = (of("CT"), of("TUS"));
        assert_eq!(ct.len(), 453);
        let days = |readings: &[&super::readings::Reading]| {
            let mut days: Vec<i64> = readings.iter().map(|r| r.day).collect();
            days.sort_unstable();
            days.dedup();
            days.len()
        };
        assert_eq!((days(&ct), days(&tus)), (90, 67));
        let mut codes: Vec<u8> = all.iter().map(|r| r.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 23);
        assert!(!codes.contains(&13) && codes.contains(&24));
        let both: Vec<_> = ct.iter().chain(&tus).collect();
        assert_eq!(both.iter().filter(|r| r.fault == Fault::Zero).count(), 18);
        assert!(both.iter().all(|r| r.result.is_some()));
        let mut keys: Vec<_> = both.iter().map(|r| (&r.station, r.day, r.code)).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), both.len(), "no station, day and code comes twice");
    }

    #[test]
    fn a_seed_makes_the_same_readings_and_another_others() {
        assert_eq!(readings(3000, 7), readings(3000, 7));
        assert_ne!(readings(0, 7), readings(0, 8));
        assert!(readings(3000, 7).len() >= 3000);
    }
}
