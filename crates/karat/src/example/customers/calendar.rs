//! Days as numbers, counted from 2000-01-01, and as people and programs write them.

use karat_record::calendar;

/// 2019-01-01: the company's first day.
pub const OPENED: i32 = 6940;
/// 2026-02-10: the day of the first export.
pub const EXPORTED: i32 = 9537;
/// Days until the next export.
pub const MONTH: i32 = 28;

/// Year, month and day.
pub fn civil(day: i32) -> (i64, i64, i64) {
    calendar::civil(calendar::EPOCH_2000 + i64::from(day))
}

/// `2026-02-10`.
pub fn iso(day: i32) -> String {
    let (year, month, day) = civil(day);
    format!("{year}-{month:02}-{day:02}")
}

/// `02/10/2026`.
pub fn american(day: i32) -> String {
    let (year, month, day) = civil(day);
    format!("{month:02}/{day:02}/{year}")
}

/// `20260210`, as a number in some systems.
pub fn compact(day: i32) -> String {
    let (year, month, day) = civil(day);
    format!("{year}{month:02}{day:02}")
}

/// `2026-02-10T14:03:59Z`; `second` is of the working day, which begins at 14:00 UTC.
pub fn moment(day: i32, second: usize) -> String {
    let second = 14 * 3600 + second % (9 * 3600);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", iso(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_in_every_form() {
        assert_eq!((iso(0), iso(-1)), ("2000-01-01".to_owned(), "1999-12-31".to_owned()));
        assert_eq!((iso(OPENED).as_str(), iso(EXPORTED).as_str()), ("2019-01-01", "2026-02-10"));
        assert_eq!(iso(8825), "2024-02-29");
        assert_eq!(american(EXPORTED), "02/10/2026");
        assert_eq!(compact(EXPORTED), "20260210");
        assert_eq!(moment(EXPORTED, 61), "2026-02-10T14:01:01Z");
    }
}
