//! Clusters of a model by all evidence between groups: what is found again, what is obeyed, and
//! what must not make a difference.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up ends there")]

mod random;

use std::collections::BTreeSet;

use karat_resolve::Constraints;
use karat_resolve::condition::{parse_condition, parse_rule};
use karat_resolve::linkage::cluster::{Clustered, Merge, Parted, Spill, components};
use karat_resolve::linkage::evaluate::agreement;
use karat_resolve::linkage::model::{
    BlockingRule, Comparison, Level, LinkType, Model, Probability, Stop,
};
use karat_resolve::linkage::texts::Texts;
use karat_resolve::linkage::{Edge, IdOrder, Known, Limits, Linker, Records, Refusal, TextColumn};
use random::Random;

/// Columns and how many values each has.
const COLUMNS: [(&str, usize); 6] =
    [("a", 900), ("b", 400), ("c", 90), ("d", 60), ("e", 25), ("f", 7)];

const TERMS: Merge = Merge { auto: 0.0, review: -2.0, seed: 1 };

#[derive(Clone)]
struct Record {
    id: String,
    source: u16,
    person: u32,
    values: [Option<usize>; 6],
}

/// Records of people, up to `most` of each; one value in ten is another, one in ten is missing.
fn generate(people: u32, most: usize, seed: u64) -> Vec<Record> {
    let mut random = Random(seed);
    let mut records = Vec::new();
    for person in 0..people {
        let values = COLUMNS.map(|(_, count)| random.below(count));
        for copy in 0..1 + random.below(most) {
            let mut value = |column: usize| match (random.chance(10), random.chance(10)) {
                (true, _) => None,
                (_, true) => Some(random.below(COLUMNS[column].1)),
                _ => Some(values[column]),
            };
            let values = [0, 1, 2, 3, 4, 5].map(&mut value);
            let id = format!("{:08}-{person}-{copy}", random.below(100_000_000));
            records.push(Record { id, source: copy as u16, person, values });
        }
    }
    records.sort_by(|a, b| a.id.cmp(&b.id));
    records
}

fn table(records: &[Record]) -> Records {
    let mut ids = Texts::default();
    let mut columns = COLUMNS.map(|_| TextColumn::default());
    for record in records {
        ids.push(&record.id);
        for (column, value) in columns.iter_mut().zip(record.values) {
            column.push(value.map(|value| value.to_string()).as_deref());
        }
    }
    let named = COLUMNS.iter().zip(columns);
    let columns = named.map(|((name, _), column)| ((*name).to_owned(), column.finish())).collect();
    let sources = records.iter().map(|record| record.source).collect();
    Records::new(ids, sources, vec!["all".to_owned(); 10], columns, IdOrder::Text)
}

fn level(condition: Option<String>, is_null: bool, m: f64, u: f64) -> Level {
    let known = |value| Probability { value: Some(value), fixed: false };
    Level {
        label: condition.clone().unwrap_or_else(|| "other".to_owned()),
        condition: condition.map(|text| parse_condition(&text).unwrap()),
        is_null,
        m: known(m),
        u: known(u),
        frequency: None,
    }
}

fn model() -> Model {
    let comparison = |(name, count): &(&str, usize)| {
        let (m, u) = (0.8, 1.0 / *count as f64);
        let missing = format!("{name}_l is null or {name}_r is null");
        let levels = vec![
            level(Some(missing), true, 1.0, 1.0),
            level(Some(format!("{name}_l = {name}_r")), false, m, u),
            level(None, false, 1.0 - m, 1.0 - u),
        ];
        Comparison { name: (*name).to_owned(), description: None, levels }
    };
    let rule = |text: &str| BlockingRule { condition: parse_rule(text).unwrap(), explode: vec![] };
    Model {
        link: LinkType::Dedupe,
        prior: 0.001,
        rules: ["l.a = r.a", "l.b = r.b", "l.c = r.c and l.d = r.d"].map(rule).to_vec(),
        comparisons: COLUMNS.iter().map(comparison).collect(),
        stop: Stop::default(),
    }
}

/// A linker, and the edges that weigh -4 bits at least.
fn link(records: &[Record], model: &Model) -> (Linker, Vec<Edge>) {
    let linker = Linker::new(model, &table(records), &Known::default(), &[]).unwrap();
    let mut edges = Vec::new();
    linker.predict(model, -4.0, |found| edges.extend_from_slice(found)).unwrap();
    (linker, edges)
}

fn cluster(records: &[Record], terms: &Merge, constraints: &Constraints) -> Clustered {
    let model = model();
    let (linker, edges) = link(records, &model);
    linker.cluster(&model, &edges, terms, constraints).unwrap()
}

fn free(records: &[Record]) -> Clustered {
    cluster(records, &TERMS, &Constraints::default())
}

/// Asserts that two results are the same to the bit.
fn same(a: &Clustered, b: &Clustered) {
    let bits = |found: &Clustered| found.weights.iter().map(|w| w.to_bits()).collect::<Vec<_>>();
    assert_eq!((&a.of, bits(a)), (&b.of, bits(b)));
    assert_eq!((&a.review, &a.contradictions), (&b.review, &b.contradictions));
}

#[test]
fn people_are_found_again_and_better_than_by_chains() {
    let records = generate(700, 6, 1);
    let truth: Vec<u32> = records.iter().map(|record| record.person).collect();
    let model = model();
    let (linker, edges) = link(&records, &model);
    let found = linker.cluster(&model, &edges, &TERMS, &Constraints::default()).unwrap();
    let f1 = |of: &[u32]| agreement(of, &truth).pairs.f1().unwrap();
    let (by_evidence, by_chains) = (f1(&found.of), f1(&components(records.len(), &edges, 0.0)));
    assert!(by_evidence > 0.94 && by_evidence > by_chains + 0.02, "{by_evidence} {by_chains}");
}

#[test]
fn neither_rows_nor_edges_nor_threads_make_a_difference() {
    let records = generate(300, 5, 2);
    let expected = free(&records);
    let mut random = Random(3);
    let order = random.permutation(records.len());
    let shuffled: Vec<Record> = order.iter().map(|at| records[*at].clone()).collect();
    same(&expected, &free(&shuffled));
    for threads in [1, 2, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        same(&expected, &pool.install(|| free(&records)));
    }
    let model = model();
    let (linker, mut edges) = link(&records, &model);
    edges.reverse();
    edges.push(edges[0]);
    let turned = linker.cluster(&model, &edges, &TERMS, &Constraints::default()).unwrap();
    same(&expected, &turned);
}

#[test]
fn a_component_depends_on_nothing_outside_it() {
    let records = generate(400, 5, 4);
    let model = model();
    let (linker, mut edges) = link(&records, &model);
    edges.retain(|edge| edge.weight > 4.0);
    let all = linker.cluster(&model, &edges, &TERMS, &Constraints::default()).unwrap();
    let of = components(records.len(), &edges, f64::NEG_INFINITY);
    for rest in 0..3 {
        let mut some = edges.clone();
        some.retain(|edge| of[edge.left as usize] % 3 == rest);
        assert!(some.len() * 5 > edges.len() && some.len() * 2 < edges.len());
        let part = linker.cluster(&model, &some, &TERMS, &Constraints::default()).unwrap();
        for record in (0..records.len()).filter(|record| of[*record] % 3 == rest) {
            assert_eq!(part.of[record], all.of[record]);
            assert_eq!(part.weights[record].to_bits(), all.weights[record].to_bits());
        }
        let mut reviews = all.review.clone();
        reviews.retain(|(a, ..)| of[*a as usize] % 3 == rest);
        assert_eq!(part.review, reviews);
        let mut bridges = all.bridges.clone();
        bridges.retain(|(a, ..)| of[*a as usize] % 3 == rest);
        assert_eq!(part.bridges, bridges);
    }
}

/// A spill in memory.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Spill for &mut Bytes {
    type Error = Refusal;

    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Refusal> {
        let at = at as usize;
        self.0.resize(self.0.len().max(at + bytes.len()), 0);
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn read(&mut self, at: u64, bytes: &mut [u8]) -> Result<(), Refusal> {
        bytes.copy_from_slice(&self.0[at as usize..at as usize + bytes.len()]);
        Ok(())
    }
}

/// Clusters part by part with so much memory for edges.
fn in_parts(
    (records, model, edges): (&[Record], &Model, &[Edge]),
    constraints: &Constraints,
    for_edges: u64,
) -> Result<(Clustered, Parted), Refusal> {
    let linker = Linker::new(model, &table(records), &Known::default(), &[]).unwrap();
    // The estimate is for few threads and units of work, as it is within a small limit.
    let limits = Limits { memory: Some(16 << 20), ..Limits::default() };
    let linker = linker.limited(limits).unwrap();
    let memory = Some(linker.memory_to_cluster(0) + for_edges);
    let linker = linker.limited(Limits { memory, ..Limits::default() }).unwrap();
    let mut bytes = Bytes::default();
    let mut store = linker.edge_store(0, constraints, &mut bytes).unwrap();
    store.add(edges).unwrap();
    let mut seen = BTreeSet::new();
    let found =
        linker.cluster_parts::<_, Refusal>(model, store, (&TERMS, constraints), |part, of| {
            for edge in part {
                assert!(seen.insert((edge.left, edge.right)), "each edge is seen once");
                assert!(of[edge.left as usize] <= edge.left);
            }
        });
    let (clustered, parted) = found?;
    assert_eq!((seen.len() as u64, parted.spilled), (parted.edges, bytes.0.len() as u64));
    Ok((clustered, parted))
}

#[test]
fn parts_give_the_clusters_that_memory_gives_and_obey_decisions_across_them() {
    let records = generate(400, 5, 4);
    let model = model();
    let (linker, mut edges) = link(&records, &model);
    edges.retain(|edge| edge.weight > 4.0);
    let of = components(records.len(), &edges, f64::NEG_INFINITY);
    let has_edge: BTreeSet<u32> = edges.iter().flat_map(|edge| [edge.left, edge.right]).collect();
    let mut alone = (0..records.len() as u32).filter(|record| !has_edge.contains(record));
    let (first, second) = (alone.next().unwrap(), alone.next().unwrap());
    let far = (0..of.len() as u32).rfind(|record| of[*record as usize] > 300).unwrap();
    let constraints = Constraints {
        // Two components, two records without an edge, and a decision that contradicts.
        must: vec![(far, edges[0].left), (second, first), (edges[9].left, edges[9].right)],
        cannot: vec![(edges[5].left, edges[5].right), (edges[9].left, edges[9].right)],
        distinct: vec![true],
    };
    let whole = linker.cluster(&model, &edges, &TERMS, &constraints).unwrap();
    assert_eq!(whole.of[first as usize], whole.of[second as usize]);
    assert!(!whole.contradictions.is_empty() && !whole.review.is_empty());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let most = 24 + 96 + 8 * COLUMNS.len() as u64;
    for (edges_at_once, parts) in [(100, 2..100), (edges.len() as u64 / 2, 3..5), (100_000, 1..2)] {
        let all = (records.as_slice(), &model, edges.as_slice());
        let memory = edges_at_once * most;
        let (found, parted) = pool.install(|| in_parts(all, &constraints, memory)).unwrap();
        same(&whole, &found);
        assert!(parts.contains(&parted.parts), "{} parts", parted.parts);
        assert_eq!(parted.spilled > 0, parted.parts > 1);
    }
    let all = (records.as_slice(), &model, edges.as_slice());
    let refused = pool.install(|| in_parts(all, &constraints, 2 * most)).unwrap_err();
    assert!(refused.to_string().starts_with("a component has "), "{refused}");
}

#[test]
fn decisions_are_obeyed_through_chains_of_any_length() {
    let records = generate(200, 5, 5);
    for length in [2_u32, 3, 10, 50] {
        let must: Vec<(u32, u32)> = (0..length - 1).map(|at| (at + 1, at)).collect();
        let chain = |found: &Clustered| found.of[..length as usize].to_vec();
        let together = Constraints { must: must.clone(), ..Constraints::default() };
        let found = cluster(&records, &TERMS, &together);
        assert_eq!((chain(&found), found.contradictions), (vec![0; length as usize], vec![]));
        let cannot = vec![(length - 1, 0)];
        let apart = Constraints { must, cannot, ..Constraints::default() };
        let found = cluster(&records, &TERMS, &apart);
        assert_eq!(found.contradictions, [(length - 2, length - 1)]);
        assert_ne!(found.of[0], found.of[length as usize - 1]);
    }
    let free = free(&records).of;
    let partner = |a: &u32| (0..*a).find(|b| free[*b as usize] == free[*a as usize]);
    let cannot: Vec<(u32, u32)> =
        (0..records.len() as u32).filter_map(|a| Some((a, partner(&a)?))).collect();
    assert!(cannot.len() > 100, "there is something to keep apart");
    let apart = Constraints { cannot, ..Constraints::default() };
    let found = cluster(&records, &TERMS, &apart);
    for (a, b) in &apart.cannot {
        assert_ne!(found.of[*a as usize], found.of[*b as usize]);
    }
}

/// Everything else taken together, what a bridge holds is two clusters when the threshold is above
/// its weight; and what people decided is asked no more.
#[test]
fn a_bridge_is_the_weak_evidence_that_made_two_groups_one() {
    let records = generate(600, 5, 11);
    let found = free(&records);
    assert!(found.bridges.len() > 3, "{:?}", found.bridges);
    for (a, b, weight) in &found.bridges {
        assert_eq!(found.of[*a as usize], found.of[*b as usize]);
        assert!((TERMS.auto as f32..6.63).contains(weight), "{weight}");
        let members = |found: &Clustered, record: u32| -> Vec<usize> {
            let cluster = found.of[record as usize];
            (0..records.len()).filter(|at| found.of[*at] == cluster).collect()
        };
        let above = Merge { auto: f64::from(*weight) + 1e-4, ..TERMS };
        let apart = cluster(&records, &above, &Constraints::default());
        let (left, right) = (members(&apart, *a), members(&apart, *b));
        assert!(left.len() > 1 && right.len() > 1 && left[0] == *a as usize);
        let mut both = [left, right].concat();
        both.sort_unstable();
        assert_eq!(both, members(&found, *a));
        let accepted = Constraints { must: vec![(*a, *b)], ..Constraints::default() };
        let accepted = cluster(&records, &TERMS, &accepted);
        assert!(accepted.bridges.iter().all(|bridge| (bridge.0, bridge.1) != (*a, *b)));
        let refused = Constraints { cannot: vec![(*a, *b)], ..Constraints::default() };
        let refused = cluster(&records, &TERMS, &refused);
        assert_ne!(refused.of[*a as usize], refused.of[*b as usize]);
    }
}

#[test]
fn a_source_that_lists_everything_once_is_believed() {
    let records = generate(300, 5, 6);
    let mut doubled = records.clone();
    doubled.iter_mut().for_each(|record| record.source %= 2);
    let once = Constraints { distinct: vec![true, false], ..Constraints::default() };
    let found = cluster(&doubled, &TERMS, &once);
    let sizes = |source: u16, of: &[u32]| {
        let mut counts = vec![0; of.len()];
        let of_source = doubled.iter().zip(of).filter(|(record, _)| record.source == source);
        of_source.for_each(|(_, cluster)| counts[*cluster as usize] += 1);
        counts.into_iter().max()
    };
    assert_eq!(sizes(0, &found.of), Some(1));
    assert!(sizes(1, &found.of) > Some(1) && sizes(0, &free(&doubled).of) > Some(1));
}

#[test]
fn nothing_merges_below_the_threshold() {
    let records = generate(300, 4, 7);
    let model = model();
    let (linker, edges) = link(&records, &model);
    let mut before: Option<Vec<u32>> = None;
    for auto in [-1.0, 2.0, 7.0, 15.0] {
        let terms = Merge { auto, ..TERMS };
        let found = linker.cluster(&model, &edges, &terms, &Constraints::default()).unwrap();
        for (a, b, weight) in &found.review {
            assert!(a < b && f64::from(*weight) < auto && f64::from(*weight) >= TERMS.review);
        }
        for (record, of) in found.of.iter().enumerate() {
            let size = found.of.iter().filter(|other| *other == of).count();
            assert_eq!(found.weights[record].is_nan(), size == 1);
            if size == 2 {
                let weight = f64::from(found.weights[record]);
                assert!(weight >= auto, "{record} merged at {weight}, below {auto}");
            }
        }
        if let Some(before) = before {
            let splits = |at: usize| before[found.of[at] as usize] == before[at];
            assert!((0..records.len()).all(splits), "{auto} merges what a lower one does not");
        }
        before = Some(found.of);
    }
}

#[test]
fn a_pair_without_an_edge_is_scored_and_not_assumed() {
    let record = |id: &str, values| Record { id: id.to_owned(), source: 0, person: 0, values };
    let some = |values: [usize; 6]| values.map(Some);
    let bridge = [Some(1), Some(2), Some(3), None, None, None];
    let (one, other) = (some([1, 2, 3, 4, 5, 6]), some([1, 2, 3, 40, 15, 2]));
    let edge = |left, right| Edge { left, right, weight: 15.0, rule: 0 };
    let edges = [edge(0, 1), edge(1, 2)];
    let cluster = |last| {
        let records = [record("0", one), record("1", bridge), record("2", last)];
        let model = Model { prior: 1e-5, ..model() };
        let linker = Linker::new(&model, &table(&records), &Known::default(), &[]).unwrap();
        let terms = Merge { auto: 4.0, review: f64::NEG_INFINITY, seed: 1 };
        linker.cluster(&model, &edges, &terms, &Constraints::default()).unwrap()
    };
    assert_eq!(cluster(one).of, [0, 0, 0]);
    let found = cluster(other);
    assert_eq!((components(3, &edges, 4.0), found.review.len()), (vec![0, 0, 0], 1));
    assert!(found.of == [0, 0, 2] || found.of == [0, 1, 1], "{:?}", found.of);
}
