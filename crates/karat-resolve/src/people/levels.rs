//! How alike two values of a field are: one of a few levels, the best first. All are symmetric.

use super::normal::first;
use super::values::{Detail, Values};
use crate::text::{damerau_levenshtein_within, jaro_winkler, levenshtein_at_least};

/// What a level of a comparison means, and the share of matches expected there before any data is
/// seen (recipe, section 2).
pub(super) type Levels = &'static [(&'static str, f64)];

/// No comparison has more levels.
pub(super) const MOST_LEVELS: usize = DATE.len();

const DATE: Levels = &[
    ("the same", 0.70),
    ("one digit differs, or two changed places", 0.12),
    ("same year, and month or day, or day and month changed places", 0.06),
    ("same year", 0.04),
    ("less than a year apart", 0.01),
    ("two digits differ, or same day and month", 0.03),
    ("different", 0.04),
];
const POSTCODE: Levels = &[
    ("the same", 0.65),
    ("one edit, same outward part", 0.10),
    ("one edit", 0.05),
    ("same outward part", 0.06),
    ("same area", 0.04),
    ("different", 0.10),
];
const WORDS: Levels = &[
    ("the same", 0.60),
    ("spelt nearly alike, or one has all words of the other", 0.10),
    ("share a rare word", 0.10),
    ("share a word", 0.05),
    ("different", 0.15),
];
const NUMBER: Levels =
    &[("the same", 0.80), ("one edit", 0.10), ("two edits", 0.03), ("different", 0.07)];
const EMAIL: Levels = &[
    ("the same", 0.65),
    ("one edit", 0.10),
    ("same user", 0.10),
    ("alike", 0.05),
    ("different", 0.10),
];

impl Values {
    /// The levels of the comparison of these values.
    pub fn levels(&self) -> Levels {
        match self.detail {
            Detail::Dates(_) => DATE,
            Detail::Postcodes { .. } => POSTCODE,
            Detail::Words(_) => WORDS,
            Detail::Numbers => NUMBER,
            Detail::Emails(_) => EMAIL,
        }
    }

    /// Whether two elements differ, and are perhaps alike only as far as the names of their bearers
    /// are: an address made of a name says nothing that the name does not.
    #[inline]
    fn repeat_names(&self, a: u32, b: u32, level: u8) -> bool {
        match &self.detail {
            Detail::Emails(mailboxes) if level > 0 && usize::from(level) + 1 < EMAIL.len() => {
                mailboxes.repeat_names(a, b)
            }
            _ => false,
        }
    }

    /// Whether values are compared as numbers.
    pub fn is_date(&self) -> bool {
        matches!(self.detail, Detail::Dates(_))
    }

    /// The level that two values reach, from 0; none where they say nothing that the names of
    /// their bearers do not. Sets reach the best level of any two of their elements.
    #[inline]
    pub fn level(&self, a: u32, b: u32) -> Option<u8> {
        if !self.sets.are_single(a, b) {
            return self.level_of_sets(a, b);
        }
        let level = self.level_of_elements(a, b);
        (!self.repeat_names(a, b, level)).then_some(level)
    }

    fn level_of_sets(&self, a: u32, b: u32) -> Option<u8> {
        if self.meet(a, b) {
            return Some(0);
        }
        let worst = self.levels().len() as u8 - 1;
        let (mut best, mut repeat_names) = (worst, false);
        for (x, y) in self.pairs(&a, &b) {
            let level = self.level_of_elements(x, y);
            match self.repeat_names(x, y, level) {
                true => repeat_names = true,
                false => best = best.min(level),
            }
        }
        (best < worst || !repeat_names).then_some(best)
    }

    /// The level that two values reach, whether or not it says anything.
    pub fn nearest(&self, a: u32, b: u32) -> u8 {
        let levels = self.pairs(&a, &b).map(|(x, y)| self.level_of_elements(x, y));
        levels.min().expect("a value has an element")
    }

    /// The elements of one value with those of another.
    fn pairs<'a>(&'a self, a: &'a u32, b: &'a u32) -> impl Iterator<Item = (u32, u32)> + 'a {
        let others = self.sets.elements(b);
        let elements = self.sets.elements(a).iter();
        elements.flat_map(move |x| others.iter().map(move |y| (*x, *y)))
    }

    #[inline]
    fn level_of_elements(&self, a: u32, b: u32) -> u8 {
        if a == b {
            return 0;
        }
        match &self.detail {
            Detail::Dates(packed) => self.date(packed, a, b),
            Detail::Postcodes { outward, area } => {
                let same = |parts: &[u32]| parts[a as usize] == parts[b as usize];
                match (self.within(a, b, 1), same(outward)) {
                    (true, true) => 1,
                    (true, false) => 2,
                    (false, true) => 3,
                    (false, false) => 5 - u8::from(same(area)),
                }
            }
            Detail::Words(words) => {
                if self.nearly(a, b) || words.contain(a, b) {
                    return 1;
                }
                match words.shared(a, b) {
                    (_, true) => 2,
                    (true, false) => 3,
                    (false, false) => 4,
                }
            }
            Detail::Numbers => (1..=2).find(|limit| self.within(a, b, *limit)).unwrap_or(3) as u8,
            Detail::Emails(_) => self.email(a, b),
        }
    }

    /// Whether two texts are at most `limit` edits apart.
    #[inline]
    fn within(&self, a: u32, b: u32, limit: u32) -> bool {
        let (x, y) = (self.texts.bytes(a), self.texts.bytes(b));
        let common = self.signatures[a as usize].common_at_most(self.signatures[b as usize]);
        levenshtein_at_least(x.len(), y.len(), common) <= limit
            && damerau_levenshtein_within(x, y, limit)
    }

    #[inline]
    fn nearly(&self, a: u32, b: u32) -> bool {
        let shorter = self.texts.bytes(a).len().min(self.texts.bytes(b).len());
        shorter >= 4 && self.within(a, b, if shorter >= 8 { 2 } else { 1 })
    }

    #[inline]
    fn date(&self, packed: &[u64], a: u32, b: u32) -> u8 {
        let (x, y) = (packed[a as usize], packed[b as usize]);
        if x == 0 || y == 0 {
            return match (self.within(a, b, 1), self.within(a, b, 2)) {
                (true, _) => 1,
                (false, true) => 5,
                (false, false) => 6,
            };
        }
        digits(x, y)
    }

    fn email(&self, a: u32, b: u32) -> u8 {
        if self.within(a, b, 1) {
            return 1;
        }
        let user = |value| {
            let text = self.texts.text(value);
            text.split_once('@').map_or(text, |(user, _)| user).as_bytes()
        };
        let (x, y) = (user(a), user(b));
        if x == y {
            return 2;
        }
        match self.within(a, b, 3) || jaro_winkler(x, y) >= 0.88 {
            true => 3,
            false => 4,
        }
    }
}

const YEAR: u64 = 0xFFFF_FFFF << 32;
const MONTH: u64 = 0xFFFF << 16;
const DAY: u64 = 0xFFFF;

/// The level of two different dates, each eight digits as bytes.
#[inline]
fn digits(x: u64, y: u64) -> u8 {
    let differ = x ^ y;
    // A digit has only its low four bits to differ in, which are folded into the lowest.
    let folded = differ | differ >> 2;
    let differing = ((folded | folded >> 1) & 0x0101_0101_0101_0101).count_ones();
    if differing == 1 || differing == 2 && swapped(x, y, differ) {
        return 1;
    }
    let (year, month, day) = (differ & YEAR == 0, differ & MONTH == 0, differ & DAY == 0);
    let crossed = x >> 16 & DAY == y & DAY && x & DAY == y >> 16 & DAY;
    match year {
        true if month || day || crossed => 2,
        true => 3,
        false if days(x).abs_diff(days(y)) < 365 => 4,
        false if differing == 2 || month && day => 5,
        false => 6,
    }
}

/// About how many days have passed since the year 0, with months of equal length: right to within
/// two days.
#[inline]
fn days(date: u64) -> u64 {
    let digits = date.to_be_bytes().map(|digit| u64::from(digit & 0xF));
    let [thousands, hundreds, tens, years, month_tens, months, day_tens, days] = digits;
    let year = thousands * 1000 + hundreds * 100 + tens * 10 + years;
    year * 365 + (month_tens * 10 + months) * 365 / 12 + day_tens * 10 + days
}

/// Whether two differing digits are neighbours that changed places, or one moved by an edit.
fn swapped(x: u64, y: u64, differ: u64) -> bool {
    let low = differ.trailing_zeros() / 8 * 8;
    let (p, q) = (x >> low & DAY, y >> low & DAY);
    differ & !(DAY << low) == 0 && p >> 8 == q & 0xFF && p & 0xFF == q >> 8
}

/// The year of a date, or what stands in its place.
pub(super) fn year(date: &str) -> &str {
    first(date, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(a: &str, b: &str) -> u8 {
        let pack =
            |text: &str| u64::from_be_bytes(text.as_bytes().try_into().expect("eight digits"));
        assert_eq!(digits(pack(a), pack(b)), digits(pack(b), pack(a)));
        digits(pack(a), pack(b))
    }

    #[test]
    fn dates_reach_the_level_that_their_digits_allow() {
        assert_eq!(level("19800201", "19800202"), 1);
        assert_eq!(level("19800201", "19802001"), 1);
        assert_eq!(level("19800912", "19801209"), 2);
        assert_eq!(level("19800912", "19800930"), 2);
        assert_eq!(level("19800912", "19801130"), 3);
        assert_eq!(level("19801220", "19810117"), 4);
        assert_eq!(level("19800912", "19810913"), 5);
        assert_eq!(level("19800912", "17350912"), 5);
        assert_eq!(level("19800912", "17351130"), 6);
    }
}
