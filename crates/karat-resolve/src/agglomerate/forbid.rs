//! What may not be one cluster: what people decided and sources promise.

use rustc_hash::FxHashMap;

use super::components::Components;
use super::members::Members;
use crate::cluster::Constraints;

/// What may not be one cluster, in numbers of the component.
pub(super) trait Forbids: Sync {
    /// Whether a decision keeps two clusters apart.
    fn decided(&self, members: &Members, a: u32, b: u32) -> bool;
    /// Whether a source that lists everything once does.
    fn doubled(&self, members: &Members, a: u32, b: u32) -> bool;
}

/// What people decided and sources promise.
pub(super) struct Foes<'a> {
    sources: &'a [u16],
    distinct: &'a [bool],
    cannot: FxHashMap<u32, Vec<u32>>,
    any_distinct: bool,
}

impl<'a> Foes<'a> {
    pub fn new(sources: &'a [u16], constraints: &'a Constraints) -> Foes<'a> {
        let mut cannot: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for (a, b) in &constraints.cannot {
            cannot.entry(*a).or_default().push(*b);
            cannot.entry(*b).or_default().push(*a);
        }
        let any_distinct = constraints.distinct.contains(&true);
        Foes { sources, distinct: &constraints.distinct, cannot, any_distinct }
    }

    /// The source of a record, if it lists everything once.
    fn once(&self, record: u32) -> Option<u16> {
        let source = self.sources[record as usize];
        (self.distinct.get(usize::from(source)) == Some(&true)).then_some(source)
    }
}

/// The same within a component.
pub(super) struct Within<'a> {
    pub foes: &'a Foes<'a>,
    pub records: &'a [u32],
    pub components: &'a Components,
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
