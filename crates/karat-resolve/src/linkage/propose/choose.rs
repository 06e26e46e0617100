//! Which blocking rules to take: as much recall as a budget of pairs buys.

use super::keys::{Parts, Size};

/// Expected matches by state, and rules to choose among.
pub(super) struct Choice<'a> {
    /// States that matches are in: their agreements, and the share of all matches.
    pub states: &'a [(Vec<u8>, f64)],
    pub rules: &'a [(Parts, Size)],
}

/// Prices of a pair that are tried, each half of the one before.
const PRICES: i32 = 24;

impl Choice<'_> {
    /// The share of matches that a rule finds.
    pub fn recall(&self, parts: &Parts) -> f64 {
        let found = self.states.iter().filter(|(state, _)| finds(parts, state));
        found.map(|(_, share)| share).sum()
    }

    /// The share of matches that some of several rules find.
    pub fn joint_recall(&self, rules: &[Parts]) -> f64 {
        let found = |state: &[u8]| rules.iter().any(|parts| finds(parts, state));
        self.states.iter().filter(|(state, _)| found(state)).map(|(_, share)| share).sum()
    }

    /// Positions of the rules that together find the most matches for up to `most` pairs, in the
    /// order of what they add. A rule that adds less than `least` is not worth its while.
    ///
    /// Greedily, at a price for each pair, for several prices: where pairs are dear the purest
    /// rules win, where they are cheap the widest do.
    pub fn best(&self, most: u64, (least, most_rules): (f64, usize)) -> Vec<usize> {
        let reaches: Vec<Vec<u32>> =
            self.rules.iter().map(|(parts, _)| self.reach(parts)).collect();
        let mut best = (0.0, Vec::new());
        for halvings in 0..PRICES {
            let price = 0.5_f64.powi(halvings) / most as f64 * 64.0;
            let found = self.greedy(&reaches, price, most, (least, most_rules));
            // More must be worth it.
            if found.0 > best.0 + least * 0.1 {
                best = found;
            }
        }
        best.1
    }

    /// The states that a rule finds.
    fn reach(&self, parts: &Parts) -> Vec<u32> {
        let finds = |at: &u32| finds(parts, &self.states[*at as usize].0);
        (0..self.states.len() as u32).filter(finds).collect()
    }

    fn greedy(
        &self,
        reaches: &[Vec<u32>],
        price: f64,
        most: u64,
        (least, most_rules): (f64, usize),
    ) -> (f64, Vec<usize>) {
        let mut left: Vec<f64> = self.states.iter().map(|(_, share)| *share).collect();
        let (mut recall, mut chosen, mut spent) = (0.0, Vec::new(), 0);
        while chosen.len() < most_rules {
            let gain = |rule: usize| -> f64 {
                reaches[rule].iter().map(|state| left[*state as usize]).sum()
            };
            let pairs = |rule: usize| self.rules[rule].1.pairs;
            let worth = |rule: usize| {
                let gain = gain(rule);
                let net = gain - price * pairs(rule) as f64;
                (gain >= least && net > 0.0).then_some((net, gain, rule))
            };
            let affordable = (0..reaches.len()).filter(|rule| spent + pairs(*rule) <= most);
            let of_worth = affordable.filter_map(worth);
            let Some((_, gain, rule)) =
                of_worth.max_by(|a, b| a.0.total_cmp(&b.0).then(b.2.cmp(&a.2)))
            else {
                break;
            };
            reaches[rule].iter().for_each(|state| left[*state as usize] = 0.0);
            recall += gain;
            spent += pairs(rule);
            chosen.push(rule);
        }
        (recall, chosen)
    }
}

/// Whether a rule finds pairs that agree so.
pub(super) fn finds(parts: &Parts, state: &[u8]) -> bool {
    parts.iter().all(|(source, fine)| state[*source] >= *fine)
}
