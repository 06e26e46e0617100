//! Identity: which cluster carries on which entity of the run before. An entity goes where most
//! of its records went, a cluster continues the entity that gave it most of its records, and
//! every tie has one answer, so that ids are stable and results repeatable.

use rustc_hash::FxHashMap;

/// For each cluster (named by `of`, as `Clusters::of`) the earlier entity that it continues.
/// `before[r]` is the number of the entity that record `r` belonged to; entities are numbered in
/// the order of their ids.
pub fn carry_over(of: &[u32], before: &[Option<u32>]) -> FxHashMap<u32, u32> {
    // How many records a cluster has of an entity, and the first of them.
    let mut overlap: FxHashMap<(u32, u32), (u32, u32)> = FxHashMap::default();
    for (record, (cluster, entity)) in of.iter().zip(before).enumerate() {
        if let Some(entity) = entity {
            overlap.entry((*cluster, *entity)).or_insert((0, record as u32)).0 += 1;
        }
    }
    let mut claims: Vec<((u32, u32), (u32, u32))> = overlap.into_iter().collect();
    claims.sort_unstable_by_key(|(_, (n, first))| (std::cmp::Reverse(*n), *first));
    let mut carried = FxHashMap::default();
    let mut taken = rustc_hash::FxHashSet::default();
    for ((cluster, entity), _) in claims {
        if !carried.contains_key(&cluster) && !taken.contains(&entity) {
            carried.insert(cluster, entity);
            taken.insert(entity);
        }
    }
    carried
}

#[cfg(test)]
mod tests {
    use super::carry_over;

    #[test]
    fn the_larger_part_keeps_the_identity() {
        let carried = carry_over(&[0, 1, 1, 1], &[Some(7), Some(7), Some(7), None]);
        assert_eq!(carried.into_iter().collect::<Vec<_>>(), [(1, 7)]);
    }

    #[test]
    fn a_merge_continues_the_larger_entity_and_a_tie_that_of_the_first_record() {
        let carried = carry_over(&[0, 0, 0], &[Some(4), Some(9), Some(9)]);
        assert_eq!(carried.get(&0), Some(&9));
        let carried = carry_over(&[0, 0], &[Some(9), Some(4)]);
        assert_eq!(carried.get(&0), Some(&9), "so that a split that is undone gives the id back");
    }
}
