//! Records that some chain of pairs connects, so that each component can be clustered alone; and
//! what people and sources forbid.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::agglomerate::{Clustered, Forbids, State, Terms};
use super::members::Members;
use super::scan::Weighed;
use super::table::Table;
use crate::cluster::Constraints;

/// The clusters of all records.
pub(super) struct Clusters {
    pub of: Vec<u32>,
    pub reviews: Vec<(u32, u32, f32)>,
    pub contradictions: Vec<(u32, u32)>,
}

/// Clusters records by their pairs (ascending, the smaller number first) under constraints.
///
/// Evidence is taken in phases: as long as a merge of much evidence is possible, only records that
/// such evidence connects are looked at together. These components are small, where all evidence
/// taken together may connect nearly all records; and what the last phase has left to do is
/// little.
pub(super) fn cluster(
    terms: Terms<'_>,
    mut pairs: Vec<Weighed>,
    constraints: &Constraints,
) -> Clusters {
    let records = terms.weigher.table.len;
    let foes = Foes::new(terms.weigher.table, constraints);
    let mut clusters = Clusters {
        of: (0..records as u32).collect(),
        reviews: Vec::new(),
        contradictions: Vec::new(),
    };
    for (phase, least) in PHASES.into_iter().enumerate() {
        let stop = terms.stop.max(least);
        let terms = Terms { stop, ..terms };
        let must = if phase == 0 { constraints.must.as_slice() } else { &[] };
        run_phase(terms, (&pairs, least), must, &foes, &mut clusters);
        pairs.retain(|pair| clusters.of[pair.a as usize] != clusters.of[pair.b as usize]);
    }
    clusters.reviews.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    clusters.contradictions.sort_unstable();
    clusters
}

/// The match weights from which pairs connect components, phase by phase.
const PHASES: [f32; 3] = [12.0, 6.0, f32::NEG_INFINITY];

/// Merges clusters within the components that pairs of at least a weight connect.
fn run_phase(
    terms: Terms<'_>,
    (pairs, least): (&[Weighed], f32),
    must: &[(u32, u32)],
    foes: &Foes<'_>,
    clusters: &mut Clusters,
) {
    let components = Components::new(&clusters.of, (pairs, least), must);
    let of = &clusters.of;
    let run = |component: &u32| {
        let records = components.records.of(*component);
        let local = |record: u32| components.local[record as usize];
        let edge = |pair: &u32| {
            let Weighed { a, b, .. } = pairs[*pair as usize];
            let (a, b) = (local(of[a as usize]), local(of[b as usize]));
            (a.min(b), a.max(b))
        };
        let mut edges: Vec<(u32, u32)> = components.pairs.of(*component).iter().map(edge).collect();
        edges.sort_unstable();
        edges.dedup();
        let must = components.must.of(*component).iter();
        let must = must.map(|at| components.must_pairs[*at as usize]);
        let must: Vec<(u32, u32)> = must.map(|(a, b)| (local(a), local(b))).collect();
        let tops: Vec<u32> = records.iter().map(|record| local(of[*record as usize])).collect();
        let forbids = Within { foes, records, components: &components };
        State::new(terms, records, &tops, edges, forbids).run(&must)
    };
    let busy: Vec<u32> = components.largest_first();
    let found: Vec<Clustered> = busy.par_iter().with_max_len(TASKS).map(run).collect();
    clusters.reviews.clear();
    for (component, found) in busy.iter().zip(found) {
        let records = components.records.of(*component);
        records.iter().zip(found.of).for_each(|(r, name)| clusters.of[*r as usize] = name);
        clusters.reviews.extend(found.reviews);
        clusters.contradictions.extend(found.contradictions);
    }
}

/// Components that a thread takes at once at most, so that the large ones spread.
const TASKS: usize = 64;

/// The items of each group: a counting sort.
struct Sorted {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Sorted {
    fn new(groups: usize, group_of: impl ExactSizeIterator<Item = u32> + Clone) -> Sorted {
        let mut starts = vec![0_u32; groups + 1];
        group_of.clone().for_each(|group| starts[group as usize + 1] += 1);
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut items = vec![0; group_of.len()];
        for (item, group) in group_of.enumerate() {
            items[next[group as usize] as usize] = item as u32;
            next[group as usize] += 1;
        }
        Sorted { starts, items }
    }

    fn of(&self, group: u32) -> &[u32] {
        let group = group as usize;
        &self.items[self.starts[group] as usize..self.starts[group + 1] as usize]
    }
}

struct Components {
    /// For each record its component, and its number there.
    of: Vec<u32>,
    local: Vec<u32>,
    records: Sorted,
    pairs: Sorted,
    must_pairs: Vec<(u32, u32)>,
    must: Sorted,
}

impl Components {
    /// The components of clusters that pairs of at least a weight connect, or a decision.
    fn new(clusters: &[u32], (pairs, least): (&[Weighed], f32), must: &[(u32, u32)]) -> Components {
        let must_pairs = must.to_vec();
        let mut up = clusters.to_vec();
        let strong = pairs.iter().filter(|pair| pair.weight >= least);
        for (a, b) in strong.map(|pair| (pair.a, pair.b)).chain(must_pairs.iter().copied()) {
            let (a, b) = (top(&mut up, a), top(&mut up, b));
            up[a.max(b) as usize] = a.min(b);
        }
        let mut count = 0;
        let mut of = vec![0; clusters.len()];
        for record in 0..clusters.len() as u32 {
            let top = top(&mut up, record);
            of[record as usize] = if top == record { count } else { of[top as usize] };
            count += u32::from(top == record);
        }
        let groups = count as usize;
        let sorted = Sorted::new(groups, of.iter().copied());
        let mut local = vec![0; clusters.len()];
        for group in 0..count {
            for (at, record) in sorted.of(group).iter().enumerate() {
                local[*record as usize] = at as u32;
            }
        }
        // Pairs across components go to a group of their own, which nobody asks for.
        let of_pair = |a: u32, b: u32| match of[a as usize] == of[b as usize] {
            true => of[a as usize],
            false => count,
        };
        Components {
            pairs: Sorted::new(groups + 1, pairs.iter().map(|pair| of_pair(pair.a, pair.b))),
            must: Sorted::new(groups, must_pairs.iter().map(|(a, _)| of[*a as usize])),
            must_pairs,
            records: sorted,
            local,
            of,
        }
    }

    /// The components that have anything to merge.
    fn largest_first(&self) -> Vec<u32> {
        let groups = self.records.starts.len() as u32 - 1;
        let busy =
            |group: &u32| !self.pairs.of(*group).is_empty() || !self.must.of(*group).is_empty();
        let mut busy: Vec<u32> = (0..groups).filter(busy).collect();
        busy.sort_by_key(|group| std::cmp::Reverse(self.pairs.of(*group).len()));
        busy
    }
}

fn top(up: &mut [u32], mut record: u32) -> u32 {
    while up[record as usize] != record {
        up[record as usize] = up[up[record as usize] as usize];
        record = up[record as usize];
    }
    record
}

/// What people decided and sources promise.
struct Foes<'a> {
    table: &'a Table,
    distinct: &'a [bool],
    cannot: FxHashMap<u32, Vec<u32>>,
    any_distinct: bool,
}

impl<'a> Foes<'a> {
    fn new(table: &'a Table, constraints: &'a Constraints) -> Foes<'a> {
        let mut cannot: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for (a, b) in &constraints.cannot {
            cannot.entry(*a).or_default().push(*b);
            cannot.entry(*b).or_default().push(*a);
        }
        let any_distinct = constraints.distinct.iter().chain(&table.distinct).any(|once| *once);
        Foes { table, distinct: &constraints.distinct, cannot, any_distinct }
    }

    /// The source of a record, if it lists everything once.
    fn once(&self, record: u32) -> Option<u16> {
        let source = self.table.sources[record as usize];
        let once =
            self.distinct.get(usize::from(source)) == Some(&true) || self.table.is_distinct(source);
        once.then_some(source)
    }
}

/// The same within a component.
struct Within<'a> {
    foes: &'a Foes<'a>,
    records: &'a [u32],
    components: &'a Components,
}

impl Within<'_> {
    fn is_in(&self, record: u32, like: u32, members: &Members, cluster: u32) -> bool {
        let of = &self.components.of;
        of[record as usize] == of[like as usize]
            && members.top(self.components.local[record as usize]) == cluster
    }
}

impl Forbids for Within<'_> {
    fn decided(&self, members: &Members, a: u32, b: u32) -> bool {
        !self.foes.cannot.is_empty()
            && members.of(a).any(|at| {
                let record = self.records[at as usize];
                let foes = self.foes.cannot.get(&record).map_or(&[][..], Vec::as_slice);
                foes.iter().any(|foe| self.is_in(*foe, record, members, b))
            })
    }

    fn doubled(&self, members: &Members, a: u32, b: u32) -> bool {
        self.foes.any_distinct
            && members.of(a).any(|x| {
                let once = self.foes.once(self.records[x as usize]);
                let same = |y| self.foes.once(self.records[y as usize]) == once;
                once.is_some() && members.of(b).any(same)
            })
    }
}
