//! The answer depends neither on the order of the records nor on the number of threads.

mod random;

use std::collections::BTreeSet;

use karat_resolve::frame::NO_SCOPE;
use karat_resolve::tiers::Sharing;
use karat_resolve::{ColumnBuilder, Condition, Constraints, Frame, Plan, Tier, cluster, tiers};
use random::Random;

const PEOPLE: usize = 1700;
const SCOPES: usize = 60;

/// A record before it has a number: source, scope, and the texts of each column.
#[derive(Clone)]
struct Record {
    source: u16,
    scope: u32,
    texts: [Vec<String>; 3],
}

/// Few names in small scopes, shared numbers and typing errors: ties, chains and denials abound.
fn records(random: &mut Random) -> Vec<Record> {
    let first = ["anna", "bob", "carla", "dan", "eve", "frank", "gina", "hugo"];
    let last = ["miller", "smith", "jones", "brown", "garcia", "muller", "smyth", "lopez", "king"];
    let mut records = Vec::new();
    for person in 0..PEOPLE {
        let scope = random.below(SCOPES) as u32;
        let name =
            format!("{} {}", first[random.below(first.len())], last[random.below(last.len())]);
        let email = format!("{}{}@x", name.replace(' ', "."), random.below(3));
        for source in [0, 1, 1] {
            if !random.chance(58) {
                continue;
            }
            let mut name = name.clone();
            if random.chance(15) {
                name.remove(random.below(name.len()));
            }
            let mut texts = [vec![name], Vec::new(), Vec::new()];
            if random.chance(50) {
                texts[1].push(email.clone());
            }
            if random.chance(10) {
                texts[1].push(format!("office{scope}@x"));
            }
            if random.chance(40) {
                texts[2].push(format!("{}", person / (1 + random.below(2))));
            }
            let scope = if random.chance(2) { NO_SCOPE } else { scope };
            records.push(Record { source, scope, texts });
        }
    }
    records
}

fn plan() -> Plan {
    let same = |column| vec![Condition::Same { column }];
    let tier = |name: &str, score, when| Tier {
        name: name.to_owned(),
        score,
        when,
        confirm: Vec::new(),
        denied_by: Vec::new(),
    };
    let names_agree = vec![Condition::NamesAgree { column: 0 }];
    let similar = vec![Condition::Similar { column: 0, jaro_winkler: 0.9 }];
    Plan {
        tiers: vec![
            Tier { confirm: names_agree.clone(), ..tier("email", 100, same(1)) },
            Tier { confirm: names_agree, ..tier("phone", 90, same(2)) },
            Tier { denied_by: vec![1, 2], ..tier("name", 80, same(0)) },
            tier("similar", 60, similar),
        ],
        sharing: vec![
            Sharing { column: 1, by: 0, limit: 2 },
            Sharing { column: 2, by: 0, limit: 2 },
        ],
        auto: 71,
        distinct: vec![true, false],
    }
}

/// The records in an order: the record at place `i` is number `order[i]`.
fn frame(records: &[Record], order: &[usize]) -> Frame {
    let mut columns =
        [ColumnBuilder::default(), ColumnBuilder::default(), ColumnBuilder::default()];
    let mut frame = Frame::default();
    for number in order {
        let record = &records[*number];
        frame.sources.push(record.source);
        frame.scopes.push(record.scope);
        for (column, texts) in columns.iter_mut().zip(&record.texts) {
            let mut ids = texts.iter().map(|text| column.intern(text)).collect();
            column.push(&mut ids);
        }
    }
    frame.columns = columns.map(ColumnBuilder::finish).into();
    frame
}

/// What was found, in the numbers of the records and not of their places.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    /// For each record the smallest number in its cluster.
    of: Vec<usize>,
    evidence: BTreeSet<String>,
    reviews: BTreeSet<String>,
    weak: usize,
}

/// Decisions on pairs of record numbers, none of which contradicts another.
struct Decisions {
    must: Vec<(usize, usize)>,
    cannot: Vec<(usize, usize)>,
}

impl Decisions {
    /// Each record is in one decision at most, so they cannot contradict each other.
    fn some(records: usize, random: &mut Random) -> Decisions {
        let pairs = random.permutation(records);
        let pair = |pair: &[usize]| (pair[0], pair[1]);
        Decisions {
            must: pairs[..80].chunks(2).map(pair).collect(),
            cannot: pairs[80..1600].chunks(2).map(pair).collect(),
        }
    }

    fn by_place(&self, place: &[u32]) -> Constraints {
        let pair = |(a, b): &(usize, usize)| {
            let (a, b) = (place[*a], place[*b]);
            (a.min(b), a.max(b))
        };
        Constraints {
            must: self.must.iter().map(pair).collect(),
            cannot: self.cannot.iter().map(pair).collect(),
            distinct: plan().distinct,
        }
    }
}

fn find(records: &[Record], order: &[usize], decisions: &Decisions) -> Found {
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(at, number)| place[*number] = at as u32);
    let frame = frame(records, order);
    let evidence = tiers::evidence(&frame, &plan());
    let clusters = cluster::cluster(&frame, &evidence.pairs, &decisions.by_place(&place));
    assert_eq!(clusters.contradictions, []);
    let mut smallest = vec![usize::MAX; order.len()];
    for (at, root) in clusters.of.iter().enumerate() {
        smallest[*root as usize] = smallest[*root as usize].min(order[at]);
    }
    let of = place.iter().map(|at| smallest[clusters.of[*at as usize] as usize]).collect();
    let told = |pair: &karat_resolve::Pair| {
        let (a, b) = (order[pair.a as usize], order[pair.b as usize]);
        let (tier, pattern, score) = (pair.tier, pair.pattern, pair.score);
        format!("{} {} {tier} {pattern:b} {score} {:?}", a.min(b), a.max(b), pair.verdict)
    };
    Found {
        of,
        evidence: evidence.pairs.iter().map(told).collect(),
        reviews: clusters.reviews.iter().map(told).collect(),
        weak: evidence.weak,
    }
}

fn with_threads(threads: usize, work: impl FnOnce() -> Found + Send) -> Found {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads can be had").install(work)
}

fn assert_same(found: &Found, expected: &Found, when: &str) {
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).next().cloned();
    for (what, a, b) in [
        ("evidence", &found.evidence, &expected.evidence),
        ("review", &found.reviews, &expected.reviews),
    ] {
        assert_eq!((only(a, b), only(b, a)), (None, None), "{what}, {when}");
    }
    let moved = (0..found.of.len()).find(|r| found.of[*r] != expected.of[*r]);
    assert_eq!(moved, None, "the cluster of a record, {when}");
    assert_eq!(found, expected, "{when}");
}

#[test]
fn clusters_and_reviews_are_the_same_for_any_order_and_number_of_threads() {
    let mut random = Random(42);
    let records = records(&mut random);
    let decisions = Decisions::some(records.len(), &mut random);
    let plain: Vec<usize> = (0..records.len()).collect();
    let expected = with_threads(1, || find(&records, &plain, &decisions));
    // Otherwise there would be little to disagree on.
    assert!((2800..3200).contains(&records.len()), "{}", records.len());
    let merged = expected.of.iter().enumerate().filter(|(record, of)| record != *of).count();
    assert!(merged > 300 && expected.reviews.len() > 300, "{merged} {}", expected.reviews.len());
    for reason in ["Tie", "Denied", "Unconfirmed", "Weak", "Distinct"] {
        let some = expected.reviews.iter().any(|review| review.contains(reason));
        assert!(some, "no review for {reason}");
    }
    for threads in [2, 8] {
        let found = with_threads(threads, || find(&records, &plain, &decisions));
        assert_same(&found, &expected, &format!("{threads} threads"));
    }
    for shuffle in 0..10 {
        let order = random.permutation(records.len());
        let found = with_threads([1, 2, 8][shuffle % 3], || find(&records, &order, &decisions));
        assert_same(&found, &expected, &format!("shuffle {shuffle}"));
    }
}
