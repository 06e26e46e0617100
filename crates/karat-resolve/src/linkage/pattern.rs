//! A pair as one number: which level each comparison chose, as digits of a mixed-radix number.
//! Training and scoring work on these numbers, of which there are few, and not on pairs.

use super::model::Comparison;

/// How the levels of all comparisons are put into one number.
#[derive(Clone, Debug)]
pub struct Layout {
    /// For each comparison the value of its digit's one, and how many digits it has.
    places: Vec<(u64, u32)>,
}

/// The levels that a pair reached: position of the level in its comparison, or one past the last
/// where none holds.
pub type Pattern = u64;

impl Layout {
    /// `None` if there are too many combinations for 64 bits.
    pub fn new(comparisons: &[Comparison]) -> Option<Layout> {
        let mut place: u64 = 1;
        let mut places = Vec::with_capacity(comparisons.len());
        for comparison in comparisons {
            let digits = comparison.levels.len() as u32 + 1;
            places.push((place, digits));
            place = place.checked_mul(u64::from(digits))?;
        }
        Some(Layout { places })
    }

    /// How many patterns there are; all are below it.
    pub fn patterns(&self) -> u64 {
        self.places.last().map_or(1, |(place, digits)| place * u64::from(*digits))
    }

    /// How many comparisons there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// How many levels each comparison has, the absence of one included.
    pub fn digits(&self) -> impl Iterator<Item = u32> + '_ {
        self.places.iter().map(|(_, digits)| *digits)
    }

    /// What a level of a comparison adds to the pattern.
    #[inline]
    pub fn digit(&self, comparison: usize, level: u32) -> Pattern {
        self.places[comparison].0 * u64::from(level)
    }

    /// The level that a comparison reached.
    #[inline]
    pub fn level(&self, pattern: Pattern, comparison: usize) -> u32 {
        let (place, digits) = self.places[comparison];
        ((pattern / place) % u64::from(digits)) as u32
    }

    /// The levels of all comparisons.
    pub fn levels(&self, pattern: Pattern) -> Vec<u32> {
        (0..self.len()).map(|comparison| self.level(pattern, comparison)).collect()
    }
}
