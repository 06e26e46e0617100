//! The records of clusters that merge, as linked lists: joining two takes no time.

/// Which record is in which cluster, in numbers of one component. A cluster is named by one of
/// its records.
pub(super) struct Members {
    up: Vec<u32>,
    next: Vec<u32>,
    last: Vec<u32>,
    smallest: Vec<u32>,
}

impl Members {
    /// Each record alone.
    pub fn new(records: usize) -> Members {
        let each: Vec<u32> = (0..records as u32).collect();
        Members { up: each.clone(), next: each.clone(), last: each.clone(), smallest: each }
    }

    /// The cluster of a record. Chains are as short as the clusters are few: a name that changes
    /// does so for the smaller number of neighbours.
    pub fn top(&self, record: u32) -> u32 {
        let mut top = record;
        while self.up[top as usize] != top {
            top = self.up[top as usize];
        }
        top
    }

    /// The smallest record in the cluster of a record.
    pub fn smallest(&self, record: u32) -> u32 {
        self.smallest[self.top(record) as usize]
    }

    /// The first and the last record of a cluster.
    #[inline]
    pub fn ends(&self, cluster: u32) -> (u32, u32) {
        (cluster, self.last[cluster as usize])
    }

    /// The record after one that is not the last of its cluster.
    #[inline]
    pub fn after(&self, record: u32) -> u32 {
        self.next[record as usize]
    }

    /// The records of a cluster.
    pub fn of(&self, cluster: u32) -> impl Iterator<Item = u32> + '_ {
        let (first, last) = self.ends(cluster);
        let after = move |record: &u32| (*record != last).then(|| self.after(*record));
        std::iter::successors(Some(first), after)
    }

    /// Joins a cluster to another, whose name stays.
    pub fn join(&mut self, kept: u32, gone: u32) {
        let (k, g) = (kept as usize, gone as usize);
        self.up[g] = kept;
        self.next[self.last[k] as usize] = gone;
        self.last[k] = self.last[g];
        self.smallest[k] = self.smallest[k].min(self.smallest[g]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_clusters_have_all_records_and_the_smallest_name() {
        let mut members = Members::new(4);
        members.join(3, 1);
        members.join(2, 3);
        assert_eq!(members.of(2).collect::<Vec<_>>(), [2, 3, 1]);
        assert_eq!((members.top(1), members.smallest(1), members.smallest(0)), (2, 1, 0));
    }
}
