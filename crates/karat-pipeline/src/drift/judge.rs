//! Compares what resolutions counted: what was there when the model was first used with what came
//! since.

use std::collections::BTreeMap;

use karat_record::Result;
use karat_resolve::drift::{self as measure, LEAST, Load, Shares, Verdict};
use karat_store::drift::Kept;
use serde::Serialize;

use super::counts::{Counts, OfSource, Texts};
use super::pairs::{self, Comparison};

/// What can be said of an entity's drift.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Drift {
    /// The day from which on is compared; none where nothing was counted yet.
    pub since: Option<String>,
    /// Whether enough came since, or was counted at all, to say something.
    pub is_judged: bool,
    /// What moved, and what is shifting; what needs most to be looked at first.
    pub moved: Vec<Moved>,
    pub sizes: Sizes,
}

/// A measure that moved, or is about to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    /// What, such as `e-mail is missing in leads`.
    pub what: String,
    pub from: String,
    pub to: String,
    /// The population stability index, of distributions.
    pub index: Option<f64>,
    /// It only shifts, so far.
    pub is_shift: bool,
    pub advice: Advice,
    /// The source that it is about, where it is about one.
    pub source: Option<String>,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Learn the model anew.
    Train,
    /// See what a source does otherwise than before.
    Source,
    /// See which entities are too large.
    Entities,
    /// Decide pairs, or change thresholds.
    Review,
    /// Make blocking rules finer.
    Blocking,
}

/// How large entities are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Sizes {
    pub largest: u64,
    /// 99 of 100 entities have at most so many records.
    pub p99: u64,
    /// The share of records in entities of more than 10.
    pub in_large: f64,
}

/// Entities of more records are large.
const LARGE: u64 = 10;

/// By how much loads have to grow to matter: the share of records in large entities, pairs to
/// review per record, and the share of pairs that blocks leave out.
const IN_LARGE: f64 = 0.005;
const REVIEWS: f64 = 0.005;
const LEFT_OUT: f64 = 0.05;

/// How an entity stands now.
pub struct Now<'a> {
    pub records: u64,
    /// Pairs that wait for a person.
    pub reviews: u64,
    /// Records that the model was learned from.
    pub trained: Option<u64>,
    pub comparisons: &'a [Comparison],
}

/// What is compared.
struct Sides {
    first: Counts,
    declared: Option<Counts>,
    /// The last of all records, if that is not the first.
    last: Option<Counts>,
    /// The sum of the parts since.
    since: Counts,
}

impl Drift {
    /// One line for a person.
    pub fn line(&self) -> String {
        let Some(since) = &self.since else {
            return "unknown until everything is resolved once more (--full)".to_owned();
        };
        match (self.moved.iter().filter(|moved| !moved.is_shift).count(), self.is_judged) {
            (0, false) => format!("nothing to compare yet; counted since {since}"),
            (0, true) => format!("fine; compared with {since}"),
            (1, _) => format!("1 measure moved; compared with {since}"),
            (many, _) => format!("{many} measures moved; compared with {since}"),
        }
    }
}

/// Compares counts on record.
///
/// # Errors
/// Counts that were kept by something else.
pub fn judge(kept: &[Kept], now: &Now<'_>) -> Result<Drift> {
    let Some(sides) = sides(kept)? else { return Ok(Drift::default()) };
    let mut moved = Vec::new();
    missing(&sides, &mut moved);
    unseen(&sides, &mut moved);
    for (after, what) in [(sides.last.as_ref(), "all"), (Some(&sides.since), "new")] {
        if let Some(after) = after {
            pairs::compare((&sides.first, after), (now.comparisons, what), &mut moved);
        }
    }
    let sizes = loads(&sides, now, &mut moved);
    growth(now, &mut moved);
    let order = |m: &Moved| (m.is_shift, -m.index.unwrap_or(f64::MAX));
    moved.sort_by(|a, b| {
        order(a)
            .partial_cmp(&order(b))
            .unwrap_or(std::cmp::Ordering::Equal)
            .then_with(|| a.what.cmp(&b.what))
    });
    let mut told: Vec<String> = Vec::new();
    moved.retain(|m| {
        let is_new = !told.contains(&m.what);
        told.push(m.what.clone());
        is_new
    });
    let is_judged = sides.last.is_some() || sides.since.records() as f64 >= LEAST;
    let since = kept.iter().find(|kept| kept.is_first).map(|kept| kept.day.clone());
    Ok(Drift { since, is_judged, moved, sizes })
}

fn sides(kept: &[Kept]) -> Result<Option<Sides>> {
    let Some(first) = kept.iter().find(|kept| kept.is_first) else { return Ok(None) };
    let declared = kept.iter().find(|kept| kept.is_declared);
    let last = kept.iter().find(|kept| kept.is_last && !kept.is_first);
    let mut since = Counts::default();
    for part in kept.iter().filter(|kept| !kept.whole) {
        since.add(&super::read(&part.counts)?);
    }
    let read = |kept: &Kept| super::read(&kept.counts);
    Ok(Some(Sides {
        first: read(first)?,
        declared: declared.map(read).transpose()?,
        last: last.map(read).transpose()?,
        since,
    }))
}

/// Adds a difference of two shares of one thing, where it is one.
fn share(
    (before, after): ((u64, u64), (u64, u64)),
    (what, source): (String, &str),
    moved: &mut Vec<Moved>,
) {
    let of = |(n, all): (u64, u64)| Shares::of(&[n.min(all), all - n.min(all)], u64::MAX);
    let (before, after) = (of(before), of(after));
    let difference = measure::difference(&before, &after);
    if difference.verdict >= Verdict::Shifting {
        moved.push(Moved {
            what,
            from: percent(before.shares[0]),
            to: percent(after.shares[0]),
            index: Some(rounded(difference.index)),
            is_shift: difference.verdict == Verdict::Shifting,
            advice: Advice::Source,
            source: Some(source.to_owned()),
        });
    }
}

/// Fields that sources leave out more, or less, than before.
fn missing(sides: &Sides, moved: &mut Vec<Moved>) {
    for (name, first) in &sides.first.sources {
        for after in after(sides, name) {
            for (field, before) in &first.missing {
                let Some(missing) = after.missing.get(field) else { continue };
                let what = format!("{field} is missing in {name}");
                let shares = ((*before, first.records), (*missing, after.records));
                share(shares, (what, name), moved);
            }
        }
    }
}

/// Fields whose texts were not there when their frequencies were counted. As many are expected as
/// there were different ones among all: what comes in is new no more often than it was so far.
fn unseen(sides: &Sides, moved: &mut Vec<Moved>) {
    let is_counted = |of: &&OfSource| of.texts.values().any(|texts| texts.distinct.is_some());
    for (name, first) in &sides.first.sources {
        let last = sides.last.as_ref().and_then(|last| last.sources.get(name));
        let recounted = last.filter(is_counted);
        let since = sides.since.sources.get(name).cloned();
        let after = match recounted {
            Some(_) => since.into_iter().collect(),
            None => after(sides, name).into_iter().skip(usize::from(last.is_some())).collect(),
        };
        let after: Vec<OfSource> = after;
        for (field, before) in &recounted.unwrap_or(first).texts {
            let Some(distinct) = before.distinct else { continue };
            for texts in after.iter().filter_map(|after| after.texts.get(field)) {
                let what = format!("{field} in {name} has texts that were not there before");
                // Fewer new ones are nothing to look at.
                if texts.unseen * before.all > distinct * texts.all {
                    let shares = ((distinct, before.all), (texts.unseen, texts.all));
                    share(shares, (what, name), moved);
                }
            }
        }
    }
}

/// What is compared with a source's first records: all that it has now, where they were counted
/// again, those of them that came since, and those that came or were changed in parts.
fn after(sides: &Sides, source: &str) -> Vec<OfSource> {
    let first = sides.first.sources.get(source);
    let last = sides.last.as_ref().and_then(|last| last.sources.get(source));
    let came = first.zip(last).map(|(first, last)| came(first, last));
    let since = sides.since.sources.get(source).cloned();
    last.cloned().into_iter().chain(came).chain(since).collect()
}

/// The records that came between two countings of all, where they are enough that what was changed
/// or removed hardly matters; else none.
fn came(first: &OfSource, last: &OfSource) -> OfSource {
    let records = last.records.saturating_sub(first.records);
    if records * 5 < first.records {
        return OfSource::default();
    }
    let less = |(field, n): (&String, &u64)| {
        let before = first.missing.get(field).copied().unwrap_or_default();
        (field.clone(), n.saturating_sub(before).min(records))
    };
    let new = |(field, texts): (&String, &Texts)| {
        let before = first.texts.get(field).map_or(0, |texts| texts.all);
        (field.clone(), Texts { all: texts.all.saturating_sub(before), ..*texts })
    };
    OfSource {
        records,
        missing: last.missing.iter().map(less).collect(),
        texts: last.texts.iter().map(new).collect(),
    }
}

/// Large entities, pairs to review, and blocks that are too large.
fn loads(sides: &Sides, now: &Now<'_>, moved: &mut Vec<Moved>) -> Sizes {
    let mut current = sides.last.as_ref().unwrap_or(&sides.first).sizes.clone();
    for (size, n) in &sides.since.sizes {
        *current.entry(*size).or_default() += n;
    }
    let sizes = sizes(&current);
    let Some(declared) = &sides.declared else { return sizes };
    let mut load = |(before, after): (Load, Load),
                    least: f64,
                    what: &str,
                    advice,
                    shown: fn(f64) -> String| {
        if measure::load(before, after, least) == Verdict::Moved {
            moved.push(Moved {
                what: what.to_owned(),
                from: shown(before.rate()),
                to: shown(after.rate()),
                index: None,
                is_shift: false,
                advice,
                source: None,
            });
        }
    };
    let large = |of: &BTreeMap<u64, i64>| {
        let (events, entities) = (in_large(of), of.range(LARGE + 1..).map(|(_, n)| *n as f64));
        let at_once = events / entities.sum::<f64>().max(1.0);
        Load { events, of: in_all(of), at_once }
    };
    let what = "records are in entities of more than 10";
    load((large(&declared.sizes), large(&current)), IN_LARGE, what, Advice::Entities, percent);
    let load_of =
        |events: u64, of: u64| Load { events: events as f64, of: of as f64, at_once: 1.0 };
    let was = load_of(declared.reviews, declared.records());
    let is = load_of(now.reviews, now.records);
    load(
        (was, is),
        REVIEWS,
        "pairs wait for review per 1,000 records",
        Advice::Review,
        per_thousand,
    );
    let left_out = |of: &Counts| load_of(of.left_out, of.compared + of.left_out);
    if let Some(last) = &sides.last {
        let what = "pairs are in blocks too large to compare";
        load((left_out(declared), left_out(last)), LEFT_OUT, what, Advice::Blocking, percent);
    }
    sizes
}

fn in_all(sizes: &BTreeMap<u64, i64>) -> f64 {
    sizes.iter().map(|(size, n)| *size as f64 * *n as f64).sum()
}

fn in_large(sizes: &BTreeMap<u64, i64>) -> f64 {
    sizes.range(LARGE + 1..).map(|(size, n)| *size as f64 * *n as f64).sum()
}

fn sizes(of: &BTreeMap<u64, i64>) -> Sizes {
    let entities: i64 = of.values().sum();
    let mut below = 0;
    let p99 = of.iter().find(|(_, n)| {
        below += **n;
        below * 100 >= entities * 99
    });
    Sizes {
        largest: of.keys().last().copied().unwrap_or_default(),
        p99: p99.map_or(0, |(size, _)| *size),
        in_large: rounded(in_large(of) / in_all(of).max(1.0)),
    }
}

/// A model of half as many records knows half as many values and another prior.
fn growth(now: &Now<'_>, moved: &mut Vec<Moved>) {
    let Some(trained) = now.trained.filter(|trained| now.records >= 2 * trained) else { return };
    if now.records as f64 >= LEAST {
        moved.push(Moved {
            what: "records since the model was trained".to_owned(),
            from: trained.to_string(),
            to: now.records.to_string(),
            index: None,
            is_shift: false,
            advice: Advice::Train,
            source: None,
        });
    }
}

/// A share in percent, small ones with a digit more.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        small if small > 0.0 && small < 9.95 => format!("{small:.1} %"),
        large => format!("{large:.0} %"),
    }
}

fn per_thousand(rate: f64) -> String {
    format!("{:.1}", rate * 1000.0)
}

pub(super) fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
