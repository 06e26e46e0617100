//! A limit with exceptions that may only shrink.

use std::collections::BTreeMap;

use crate::violation::Violation;

/// What may exceed the limit, its own limit, and why.
pub type Exception = (&'static str, usize, &'static str);

pub struct Ratchet<'a> {
    /// What is counted, as in "612 lines; the limit is 500".
    pub unit: &'a str,
    pub limit: usize,
    pub exceptions: &'a [Exception],
}

pub struct Measured {
    /// What an exception names.
    pub key: String,
    /// Where a person looks.
    pub at: String,
    pub count: usize,
}

impl Ratchet<'_> {
    pub fn check(&self, all: &[Measured]) -> Vec<Violation> {
        let mut largest: BTreeMap<&str, usize> = BTreeMap::new();
        for one in all {
            let count = largest.entry(&one.key).or_default();
            *count = one.count.max(*count);
        }
        let excepted = |key: &str| self.exceptions.iter().any(|exception| exception.0 == key);
        let too_many = all.iter().filter(|it| it.count > self.limit && !excepted(&it.key));
        let mut violations: Vec<Violation> = too_many
            .map(|it| {
                let what = format!("{} {}; the limit is {}", it.count, self.unit, self.limit);
                Violation::new(it.at.as_str(), what)
            })
            .collect();
        violations.extend(self.exceptions.iter().filter_map(|exception| {
            let what = self.objection(exception, largest.get(exception.0).copied())?;
            Some(Violation::new(exception.0, what))
        }));
        violations
    }

    fn objection(&self, exception: &Exception, count: Option<usize>) -> Option<String> {
        let (_, allowed, reason) = *exception;
        let unit = self.unit;
        match count {
            _ if reason.trim().is_empty() => Some("its exception gives no reason".to_owned()),
            None => Some("its exception is no longer needed: there is no such place".to_owned()),
            Some(count) if count <= self.limit => {
                Some(format!("its exception is no longer needed: {count} {unit}; remove it"))
            }
            Some(count) if count < allowed => {
                Some(format!("{count} {unit}: lower its exception from {allowed} to {count}"))
            }
            Some(count) if count > allowed => {
                Some(format!("{count} {unit}; its exception ends at {allowed}"))
            }
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(exceptions: &[Exception], counts: &[(&str, usize)]) -> Vec<String> {
        let measured = |(key, count): &(&str, usize)| Measured {
            key: (*key).to_owned(),
            at: (*key).to_owned(),
            count: *count,
        };
        let all: Vec<Measured> = counts.iter().map(measured).collect();
        let ratchet = Ratchet { unit: "lines", limit: 10, exceptions };
        ratchet.check(&all).iter().map(Violation::to_string).collect()
    }

    #[test]
    fn the_limit_itself_passes_and_one_more_does_not() {
        assert_eq!(check(&[], &[("a", 10)]), [""; 0]);
        assert_eq!(check(&[], &[("a", 11)]), ["a: 11 lines; the limit is 10"]);
    }

    #[test]
    fn an_exception_fits_exactly_or_is_an_error() {
        let exceptions: &[Exception] = &[("a", 20, "a table")];
        let cases = [
            (vec![("a", 20)], None),
            (vec![("a", 20), ("a", 3)], None),
            (vec![("a", 21)], Some("a: 21 lines; its exception ends at 20")),
            (vec![("a", 15)], Some("a: 15 lines: lower its exception from 20 to 15")),
            (vec![("a", 9)], Some("a: its exception is no longer needed: 9 lines; remove it")),
            (vec![], Some("a: its exception is no longer needed: there is no such place")),
        ];
        for (counts, expected) in cases {
            assert_eq!(check(exceptions, &counts), Vec::from_iter(expected), "{counts:?}");
        }
    }

    #[test]
    fn an_exception_without_a_reason_is_an_error() {
        assert_eq!(check(&[("a", 20, " ")], &[("a", 20)]), ["a: its exception gives no reason"]);
    }
}
