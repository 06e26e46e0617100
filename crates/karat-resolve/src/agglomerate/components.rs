//! Records that some chain of pairs connects, so that each component can be clustered alone.

use super::Weighed;

/// The items of each group: a counting sort.
pub(super) struct Sorted {
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

    pub fn of(&self, group: u32) -> &[u32] {
        let group = group as usize;
        &self.items[self.starts[group] as usize..self.starts[group + 1] as usize]
    }
}

/// The components of clusters.
pub(super) struct Components {
    /// For each record its component, and its number there.
    pub of: Vec<u32>,
    pub local: Vec<u32>,
    pub records: Sorted,
    /// Positions of pairs, by component.
    pub pairs: Sorted,
    pub must_pairs: Vec<(u32, u32)>,
    pub must: Sorted,
}

impl Components {
    /// The components of clusters that pairs of at least a weight connect, or a decision.
    pub fn new(
        clusters: &[u32],
        (pairs, least): (&[Weighed], f32),
        must: &[(u32, u32)],
    ) -> Components {
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
    pub fn largest_first(&self) -> Vec<u32> {
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
