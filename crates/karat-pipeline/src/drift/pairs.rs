//! Scored pairs, compared: match weights, and the levels that pairs reach.
//!
//! Matches and others are compared apart, so that more or fewer duplicates are no drift; and what
//! is expected is what was there, mixed as the sources of today's pairs are, so that a batch of one
//! source is none either.

use karat_resolve::drift::{self as measure, Shares, Verdict};
use karat_resolve::linkage::observe::{BIN, BINS, Class, Stratum};

use super::counts::Counts;
use super::judge::{Advice, Moved, percent, rounded};

/// A comparison of the model: its name, and the names of its levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub name: String,
    pub levels: Vec<String>,
}

/// Pairs between two sources below which they say nothing of what is to be expected.
const FEW: u64 = 50;

/// What was compared, and from what it moved to what.
struct Said {
    what: String,
    from: String,
    to: String,
}

type Pick = fn(&Stratum) -> &Class;

/// Compares the pairs of two countings.
pub(super) fn compare(
    (before, after): (&Counts, &Counts),
    (comparisons, which): (&[Comparison], &str),
    moved: &mut Vec<Moved>,
) {
    let classes: [(&str, Pick); 2] =
        [("likely matches", |pairs| &pairs.matches), ("other pairs", |pairs| &pairs.others)];
    for (class, pick) in classes {
        let mut tell = |sides: Option<[Shares; 2]>, say: &dyn Fn(&[Shares; 2]) -> Said| {
            let Some(sides) = sides else { return };
            let difference = measure::difference(&sides[0], &sides[1]);
            if difference.verdict < Verdict::Shifting {
                return;
            }
            let Said { what, from, to } = say(&sides);
            moved.push(Moved {
                what: format!("{what} of {which} {class}"),
                from,
                to,
                index: Some(rounded(difference.index)),
                is_shift: difference.verdict == Verdict::Shifting,
                advice: Advice::Train,
                source: None,
            });
        };
        tell(sides((before, after), |pairs| &pick(pairs).weights), &weights);
        for (at, comparison) in comparisons.iter().enumerate() {
            let levels = sides((before, after), |pairs| levels(pick(pairs), at));
            tell(levels, &|sides| level(comparison, sides));
        }
    }
}

fn levels(class: &Class, comparison: usize) -> &[u64] {
    class.levels.get(comparison).map_or(&[], Vec::as_slice)
}

/// What was to be expected of pairs between sources as today's are, and what there is.
fn sides(
    (before, after): (&Counts, &Counts),
    of: impl Fn(&Stratum) -> &[u64],
) -> Option<[Shares; 2]> {
    let mut expected = Vec::new();
    let mut found: Vec<u64> = Vec::new();
    for (sources, pairs) in &after.pairs {
        let now = of(pairs);
        let Some(known) = before.pairs.get(sources).map(&of) else { continue };
        if known.iter().sum::<u64>() < FEW || now.iter().sum::<u64>() == 0 {
            continue;
        }
        let part = now.iter().sum::<u64>() as f64;
        expected.push((part, Shares::of(known, before.drawn)));
        found.resize(found.len().max(now.len()), 0);
        found.iter_mut().zip(now).for_each(|(to, from)| *to += from);
    }
    let mut expected = Shares::mixture(&expected);
    expected.counts = expected.counts.min(before.drawn as f64);
    (!found.is_empty()).then(|| [expected, Shares::of(&found, after.drawn)])
}

/// Match weights by their mean.
fn weights(sides: &[Shares; 2]) -> Said {
    let middle = |bin: usize| (bin as f64 - (BINS / 2) as f64 + 0.5) * BIN;
    let mean = |shares: &Shares| {
        let all = shares.shares.iter().enumerate();
        format!("{:.1} bits", all.map(|(bin, share)| middle(bin) * share).sum::<f64>())
    };
    let [from, to] = sides;
    Said { what: "match weights".to_owned(), from: mean(from), to: mean(to) }
}

/// The level whose share changed most.
fn level(comparison: &Comparison, sides: &[Shares; 2]) -> Said {
    let [from, to] = sides.each_ref().map(|side| &side.shares);
    let change = |at: &usize| (from[*at] - to[*at]).abs();
    let most = (0..from.len()).max_by(|a, b| change(a).total_cmp(&change(b))).unwrap_or_default();
    let name = comparison.levels.get(most).map_or("", String::as_str);
    Said {
        what: format!("{} \"{name}\"", comparison.name),
        from: percent(from[most]),
        to: percent(to[most]),
    }
}
