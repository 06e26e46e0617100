//! Pairs that are counted while they are scored: all that are watched, no other, and no weight is
//! another for it.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod random;

use karat_resolve::condition::{parse_condition, parse_rule};
use karat_resolve::linkage::model::{
    BlockingRule, Comparison, Level, LinkType, Model, Probability, Stop,
};
use karat_resolve::linkage::observe::{BINS, Observed, Watch};
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{Edge, IdOrder, Known, Linker, Records, TextColumn};
use random::Random;

const RECORDS: usize = 600;

/// Values with gaps; three sources.
fn records() -> Records {
    let mut random = Random(3);
    let mut ids = Texts::default();
    let mut columns: [TextColumn; 3] = Default::default();
    for (id, drawn) in random.permutation(RECORDS).into_iter().enumerate() {
        ids.push(&id.to_string());
        for (at, column) in columns.iter_mut().enumerate() {
            let value = ((drawn + random.below(3)) % [40, 12, 5][at]).to_string();
            column.push((!random.chance(10)).then_some(value.as_str()));
        }
    }
    let named = ["a", "b", "c"].map(str::to_owned).into_iter();
    let columns = named.zip(columns.map(TextColumn::finish)).collect();
    let sources = (0..RECORDS).map(|record| (record % 3) as u16).collect();
    let names = ["x", "y", "z"].map(str::to_owned).to_vec();
    Records::new(ids, sources, names, columns, IdOrder::Number)
}

fn model() -> Model {
    let level = |label: &str, condition: Option<String>| Level {
        label: label.to_owned(),
        condition: condition.map(|text| parse_condition(&text).unwrap()),
        is_null: label == "missing",
        m: Probability::default(),
        u: Probability::default(),
        frequency: None,
    };
    let comparison = |name: &str| {
        let levels = vec![
            level("missing", Some(format!("{name}_l is null or {name}_r is null"))),
            level("same", Some(format!("{name}_l = {name}_r"))),
            level("other", None),
        ];
        let mut comparison = Comparison { name: name.to_owned(), description: None, levels };
        comparison.fill_defaults();
        comparison
    };
    let rule =
        |text: &str| BlockingRule { condition: parse_rule(text).unwrap(), explode: Vec::new() };
    Model {
        link: LinkType::Dedupe,
        prior: 0.05,
        rules: vec![rule("l.a = r.a"), rule("l.b = r.b and l.c = r.c")],
        comparisons: ["a", "b", "c"].map(comparison).to_vec(),
        stop: Stop::default(),
    }
}

fn predicted(watch: Watch) -> (Observed, Vec<Edge>) {
    let model = model();
    let linker = Linker::new(&model, &records(), &Known::default(), &[]).unwrap().watching(watch);
    let mut edges = Vec::new();
    let done = linker.predict(&model, f64::NEG_INFINITY, |found| edges.extend_from_slice(found));
    (done.unwrap().observed, edges)
}

#[test]
fn each_watched_pair_is_counted_where_it_belongs() {
    let marked: Vec<bool> = (0..RECORDS).map(|record| record % 7 == 0).collect();
    let (observed, edges) = predicted(Watch::Of(marked.clone()));
    let watched = |e: &&Edge| marked[e.left as usize] || marked[e.right as usize];
    let linker = Linker::new(&model(), &records(), &Known::default(), &[]).unwrap();
    let mut strata = 0;
    for ((a, b), stratum) in observed.between() {
        strata += 1;
        let of_sources = |e: &&Edge| {
            let (x, y) = (e.left as usize % 3, e.right as usize % 3);
            (x.min(y), x.max(y)) == (a, b)
        };
        for (class, is_match) in [(&stratum.matches, true), (&stratum.others, false)] {
            let of_class = |e: &&Edge| (e.weight >= 0.0) == is_match;
            let pairs: Vec<&Edge> =
                edges.iter().filter(watched).filter(of_sources).filter(of_class).collect();
            assert_eq!(class.pairs(), pairs.len() as u64);
            for bin in 0..BINS {
                let from = (bin as f64 - 7.0) * 4.0;
                let is_in = |e: &&&Edge| (from..from + 4.0).contains(&e.weight);
                assert_eq!(class.weights[bin], pairs.iter().filter(is_in).count() as u64);
            }
            for (comparison, levels) in class.levels.iter().enumerate() {
                for (level, count) in levels.iter().enumerate().skip(1) {
                    let reached = |e: &&&Edge| {
                        let pattern = linker.pattern(e.left, e.right);
                        linker.layout().level(pattern, comparison) as usize == level
                    };
                    assert_eq!(*count, pairs.iter().filter(reached).count() as u64);
                }
                assert_eq!(levels[0], 0, "missing values are no level");
            }
        }
    }
    assert_eq!(strata, 6, "three sources have six kinds of pairs");
}

#[test]
fn counting_changes_no_weight_and_depends_on_no_thread() {
    let (nothing, edges) = predicted(Watch::Nothing);
    assert_eq!(nothing, Observed::default());
    let (all, same) = predicted(Watch::OneIn(1));
    assert_eq!(edges, same);
    assert_eq!(all, predicted(Watch::Of(vec![true; RECORDS])).0);
    let counted: u64 =
        all.between().map(|(_, pairs)| pairs.matches.pairs() + pairs.others.pairs()).sum();
    assert_eq!(counted, edges.len() as u64);
    for threads in [1, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| predicted(Watch::OneIn(4)).0), predicted(Watch::OneIn(4)).0);
    }
}

#[test]
fn a_draw_counts_about_its_share() {
    assert_eq!(Watch::enough(1000), Watch::OneIn(1));
    let Watch::OneIn(n) = Watch::enough(100_000_000) else { panic!("a draw") };
    assert!(n.is_power_of_two() && (128..=256).contains(&n), "{n}");
    assert_eq!(Watch::OneIn(n).drawn(n * 1000), 1000);
}
