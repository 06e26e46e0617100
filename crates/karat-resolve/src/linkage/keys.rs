//! Blocking keys: records with the same key are candidates. A key is a dense number, so that
//! grouping records is sorting numbers, and asking whether a rule finds a pair is comparing two.

use rayon::prelude::*;

use super::memory::bytes_of;

/// The key of a record that a rule finds with no other.
pub(crate) const NO_KEY: u32 = u32::MAX;

/// One side of a rule: for each record its key, or its keys where a list is exploded.
#[derive(Debug)]
pub(crate) enum Keys {
    One(Vec<u32>),
    /// `keys[starts[r]..starts[r + 1]]` are those of record `r`, ascending, each once.
    Many {
        starts: Vec<u32>,
        keys: Vec<u32>,
    },
}

impl Keys {
    /// The keys of a record, ascending.
    #[inline]
    pub fn of(&self, record: u32) -> &[u32] {
        let r = record as usize;
        match self {
            Keys::One(keys) if keys[r] == NO_KEY => &[],
            Keys::One(keys) => &keys[r..=r],
            Keys::Many { starts, keys } => &keys[starts[r] as usize..starts[r + 1] as usize],
        }
    }

    /// Takes keys, marked by their numbers, from all records.
    pub fn forget(&mut self, gone: &[bool]) {
        let is_gone = |key: u32| gone.get(key as usize) == Some(&true);
        match self {
            Keys::One(keys) => forget(keys.iter_mut(), gone),
            Keys::Many { starts, keys } => {
                let mut kept = 0;
                let mut from = starts[0] as usize;
                for end in &mut starts[1..] {
                    for i in std::mem::replace(&mut from, *end as usize)..*end as usize {
                        keys[kept] = keys[i];
                        kept += usize::from(!is_gone(keys[i]));
                    }
                    *end = kept as u32;
                }
                keys.truncate(kept);
            }
        }
    }

    /// How many keys the records have, `NO_KEY` included.
    pub fn count(&self) -> u64 {
        match self {
            Keys::One(keys) | Keys::Many { keys, .. } => keys.len() as u64,
        }
    }

    pub fn bytes(&self) -> u64 {
        match self {
            Keys::One(keys) => bytes_of(keys),
            Keys::Many { starts, keys } => bytes_of(starts) + bytes_of(keys),
        }
    }

    /// The number of records.
    pub fn records(&self) -> usize {
        match self {
            Keys::One(keys) => keys.len(),
            Keys::Many { starts, .. } => starts.len() - 1,
        }
    }
}

/// Keys of several rules side by side, so that asking which rules find a pair costs one cache
/// miss and not one for every rule.
#[derive(Debug, Default)]
pub(crate) struct KeyRows {
    stride: usize,
    keys: Vec<u32>,
}

impl KeyRows {
    /// Rows for so many rules, whose keys are still to be put in.
    pub fn new(rules: usize, records: usize) -> KeyRows {
        KeyRows { stride: rules, keys: vec![NO_KEY; rules * records] }
    }

    /// Puts in the keys of all records by one rule.
    pub fn put(&mut self, at: usize, keys: &[u32]) {
        let rows = self.keys.par_chunks_mut(self.stride);
        rows.zip(keys).for_each(|(row, key)| row[at] = *key);
    }

    pub fn bytes(&self) -> u64 {
        bytes_of(&self.keys)
    }

    /// Has a record's keys on their way to the processor while something else is done.
    #[inline]
    pub fn call_up(&self, record: u32) {
        std::hint::black_box(self.of(record).first());
    }

    /// The keys of a record.
    #[inline]
    pub fn of(&self, record: u32) -> &[u32] {
        &self.keys[record as usize * self.stride..][..self.stride]
    }

    /// Takes keys of one rule, marked by their numbers, from all records.
    pub fn forget(&mut self, at: usize, gone: &[bool]) {
        forget(self.keys.iter_mut().skip(at).step_by(self.stride), gone);
    }

    /// The keys of all records by one rule.
    pub fn column(&self, at: usize) -> Vec<u32> {
        self.keys.iter().skip(at).step_by(self.stride).copied().collect()
    }
}

fn forget<'a>(keys: impl Iterator<Item = &'a mut u32>, gone: &[bool]) {
    for key in keys {
        if gone.get(*key as usize) == Some(&true) {
            *key = NO_KEY;
        }
    }
}

/// The smallest key that a record has here and another has there.
#[inline]
pub(crate) fn first_shared(left: &Keys, l: u32, right: &Keys, r: u32) -> Option<u32> {
    if let (Keys::One(left), Keys::One(right)) = (left, right) {
        let key = left[l as usize];
        return (key != NO_KEY && key == right[r as usize]).then_some(key);
    }
    let others = right.of(r);
    left.of(l).iter().copied().find(|key| others.binary_search(key).is_ok())
}

/// Gives equal tuples of numbers equal keys, and tuples with a missing part none. `parts` are the
/// columns of the tuple; all are as long as the first.
pub(crate) fn combine(parts: &[&[u32]]) -> Vec<u32> {
    let Some((first, rest)) = parts.split_first() else { return Vec::new() };
    let mut keys = first.to_vec();
    for part in rest {
        keys = pair_up(&keys, part);
    }
    keys
}

/// Dense keys of pairs of numbers, in the order of the pairs.
fn pair_up(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut pairs: Vec<(u64, u32)> = a
        .par_iter()
        .zip(b)
        .enumerate()
        .filter(|(_, (a, b))| **a != NO_KEY && **b != NO_KEY)
        .map(|(record, (a, b))| (u64::from(*a) << 32 | u64::from(*b), record as u32))
        .collect();
    pairs.par_sort_unstable();
    let mut keys = vec![NO_KEY; a.len()];
    let mut key = 0;
    for (i, (pair, record)) in pairs.iter().enumerate() {
        key += u32::from(i > 0 && pairs[i - 1].0 != *pair);
        keys[*record as usize] = key;
    }
    keys
}

/// The records of each key: a counting sort.
#[derive(Debug)]
pub(crate) struct Groups {
    starts: Vec<u32>,
    records: Vec<u32>,
}

impl Groups {
    pub fn new(keys: &Keys) -> Groups {
        let all = 0..keys.records() as u32;
        let count = all.clone().flat_map(|r| keys.of(r)).max().map_or(0, |max| *max as usize + 1);
        // Shifted by one, so that filling moves each start to where it belongs.
        let mut starts = vec![0_u32; count + 2];
        for key in all.clone().flat_map(|r| keys.of(r)) {
            starts[*key as usize + 2] += 1;
        }
        for key in 1..=count {
            starts[key + 1] += starts[key];
        }
        let mut records = vec![0; starts[count + 1] as usize];
        for record in all {
            for key in keys.of(record) {
                let place = &mut starts[*key as usize + 1];
                records[*place as usize] = record;
                *place += 1;
            }
        }
        starts.pop();
        Groups { starts, records }
    }

    /// How many keys there are; some may have no record.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The records with a key, ascending.
    #[inline]
    pub fn of(&self, key: u32) -> &[u32] {
        let key = key as usize;
        if key >= self.len() {
            return &[];
        }
        &self.records[self.starts[key] as usize..self.starts[key + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_tuples_share_a_key_and_missing_parts_have_none() {
        let keys = combine(&[&[7, 7, 8, NO_KEY, 7], &[1, 2, 1, 1, 1]]);
        assert_eq!(keys, [0, 1, 2, NO_KEY, 0]);
        let groups = Groups::new(&Keys::One(keys));
        assert_eq!(groups.of(0), [0, 4]);
        assert_eq!(groups.of(2), [2]);
        assert_eq!(groups.of(9), [0_u32; 0]);
    }

    #[test]
    fn keys_that_are_gone_leave_the_others_where_they_were() {
        let gone = [false, true, false, false, true];
        let mut one = Keys::One(vec![4, NO_KEY, 1, 2, 7]);
        one.forget(&gone);
        assert_eq!(Groups::new(&one).of(2), [3]);
        assert_eq!([0, 1, 2, 4].map(|record| one.of(record).len()), [0, 0, 0, 1]);
        let mut many = Keys::Many { starts: vec![0, 2, 4, 4, 6], keys: vec![1, 5, 3, 4, 1, 4] };
        many.forget(&gone);
        assert_eq!(
            [0, 1, 2, 3].map(|record| many.of(record).to_vec()),
            [vec![5], vec![3], vec![], vec![]]
        );
    }

    #[test]
    fn the_first_shared_key_of_lists_is_the_smallest() {
        let keys = Keys::Many { starts: vec![0, 2, 4, 4], keys: vec![1, 5, 3, 5] };
        assert_eq!(first_shared(&keys, 0, &keys, 1), Some(5));
        assert_eq!(first_shared(&keys, 0, &keys, 2), None);
        assert_eq!(Groups::new(&keys).of(5), [0, 1]);
    }
}
