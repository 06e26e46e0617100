//! On which columns matches agree, the matches that no rule has found included.
//!
//! What some rules find is a sample of the matches that leaves out those which agree on none of
//! their keys, so that shares among the found flatter every rule. As in capture and recapture the
//! lost are estimated from the found: each column's errors show in the pairs found by the others.
//! Matches are of two classes, clean and worn, because a record with one error tends to have
//! more; within a class columns err independently (latent class capture-recapture; expectation
//! maximisation over a truncated sample, Dempster and others 1977).

/// All ways to agree: for each column how fine, as digits of a mixed-radix number.
pub(super) struct States {
    /// For each column how many degrees of agreement it has, none included.
    digits: Vec<usize>,
}

impl States {
    pub fn new(digits: Vec<usize>) -> States {
        States { digits }
    }

    /// How many states there are.
    pub fn len(&self) -> usize {
        self.digits.iter().product()
    }

    /// The number of a state by its agreements.
    #[inline]
    pub fn number(&self, agreements: impl Iterator<Item = u8>) -> u32 {
        let mut number = 0;
        for (digits, agreement) in self.digits.iter().zip(agreements) {
            number = number * digits + usize::from(agreement);
        }
        number as u32
    }

    /// The agreements of a state.
    pub fn agreements(&self, mut number: usize) -> Vec<u8> {
        let mut agreements = vec![0; self.digits.len()];
        for (agreement, digits) in agreements.iter_mut().zip(&self.digits).rev() {
            *agreement = (number % digits) as u8;
            number /= digits;
        }
        agreements
    }
}

/// A class of matches.
struct Class {
    share: f64,
    /// For each column the probability of each degree of agreement.
    of_columns: Vec<Vec<f64>>,
}

/// What is estimated.
pub(super) struct Mixture {
    classes: Vec<Class>,
    /// For each state its agreements.
    states: Vec<Vec<u8>>,
    /// For each state whether some rule finds it.
    found: Vec<bool>,
}

/// Added to each count, so that nothing is impossible.
const SMOOTHING: f64 = 0.1;

/// The share of all matches that the rules find at the very least: bounds what is made up.
const LEAST_FOUND: f64 = 0.05;

impl Mixture {
    /// Starts from matches by state.
    pub fn new(states: &States, found: Vec<bool>, matches: &[f64]) -> Mixture {
        let agreements: Vec<Vec<u8>> = (0..states.len()).map(|at| states.agreements(at)).collect();
        let mut clean = Class {
            share: 0.8,
            of_columns: states.digits.iter().map(|digits| vec![SMOOTHING; *digits]).collect(),
        };
        for (agreements, count) in agreements.iter().zip(matches) {
            clean.count(agreements, *count);
        }
        clean.normalise();
        let mut worn = Class { share: 0.2, of_columns: clean.of_columns.clone() };
        for shares in &mut worn.of_columns {
            shares.iter_mut().skip(1).for_each(|share| *share *= 0.6);
            shares[0] = 1.0 - shares[1..].iter().sum::<f64>();
        }
        Mixture { classes: vec![clean, worn], states: agreements, found }
    }

    /// Improves the estimate by some rounds; returns for each state the expected matches: of
    /// states that are found those counted, of the others those estimated.
    pub fn fit(&mut self, matches: &[f64], rounds: usize) -> Vec<f64> {
        let mut expected = self.expected(matches);
        for _ in 0..rounds {
            self.maximise(&expected);
            expected = self.expected(matches);
        }
        expected
    }

    fn expected(&self, matches: &[f64]) -> Vec<f64> {
        let likely: Vec<f64> = self.states.iter().map(|state| self.likely(state).1).collect();
        let found = likely.iter().zip(&self.found).filter(|(_, found)| **found);
        let found: f64 = found.map(|(likely, _)| likely).sum::<f64>().max(LEAST_FOUND);
        let all = matches.iter().sum::<f64>() / found;
        let of_state = |(at, likely): (usize, &f64)| match self.found[at] {
            true => matches[at],
            false => all * likely,
        };
        likely.iter().enumerate().map(of_state).collect()
    }

    /// How likely a state is in each class, and at all.
    fn likely(&self, state: &[u8]) -> ([f64; 2], f64) {
        let mut likely = [0.0; 2];
        for (likely, class) in likely.iter_mut().zip(&self.classes) {
            let of_columns = class.of_columns.iter().zip(state);
            let shares = of_columns.map(|(shares, agreement)| shares[usize::from(*agreement)]);
            *likely = class.share * shares.product::<f64>();
        }
        (likely, likely.iter().sum())
    }

    fn maximise(&mut self, expected: &[f64]) {
        let empty = |class: &Class| Class {
            share: SMOOTHING,
            of_columns: class.of_columns.iter().map(|s| vec![SMOOTHING; s.len()]).collect(),
        };
        let mut next: Vec<Class> = self.classes.iter().map(empty).collect();
        for (state, count) in self.states.iter().zip(expected) {
            let (likely, all) = self.likely(state);
            if *count == 0.0 || all == 0.0 {
                continue;
            }
            for (class, likely) in next.iter_mut().zip(likely) {
                class.share += count * likely / all;
                class.count(state, count * likely / all);
            }
        }
        let all: f64 = next.iter().map(|class| class.share).sum();
        for class in &mut next {
            class.share /= all;
            class.normalise();
        }
        self.classes = next;
    }
}

impl Class {
    fn count(&mut self, state: &[u8], count: f64) {
        for (shares, agreement) in self.of_columns.iter_mut().zip(state) {
            shares[usize::from(*agreement)] += count;
        }
    }

    fn normalise(&mut self) {
        for shares in &mut self.of_columns {
            let all: f64 = shares.iter().sum();
            shares.iter_mut().for_each(|share| *share /= all);
        }
    }
}
