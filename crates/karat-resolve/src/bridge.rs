//! Evidence that alone holds two groups of records in one cluster.

use rustc_hash::FxHashMap;

/// Both groups have at least so many records: that one record hangs on one piece of evidence is
/// nothing special.
const GROUP: u32 = 2;

/// The positions of the links without which a cluster would fall into two groups of two or more
/// records, ascending. A link that occurs twice is no bridge. Takes time as links.
pub fn bridges(links: &[(u32, u32)]) -> Vec<usize> {
    let mut graph = Graph::of(links);
    let mut found = Vec::new();
    for root in 0..graph.first.len() {
        if graph.entered[root] == 0 {
            graph.walk(root, &mut found);
        }
    }
    found.sort_unstable();
    found
}

/// Records by place, in order of their first link, with a walk through them in depth. What was
/// not entered yet was entered at 0.
struct Graph {
    /// For each place, its first one in `next`, and one past the last of all.
    first: Vec<(usize, usize)>,
    /// Places linked with each place, and by which link.
    next: Vec<(usize, usize)>,
    entered: Vec<u32>,
    /// The earliest place that the places below lead back to.
    lowest: Vec<u32>,
    /// Places in the tree below, itself among them.
    below: Vec<u32>,
    clock: u32,
}

/// A place that the walk is in.
struct Step {
    place: usize,
    /// The link by which it came.
    by: Option<usize>,
    /// The next of the place's links to look at.
    at: usize,
}

impl Graph {
    fn of(links: &[(u32, u32)]) -> Graph {
        let mut places: FxHashMap<u32, usize> = FxHashMap::default();
        let mut ends: Vec<(usize, usize, usize)> = Vec::with_capacity(links.len() * 2);
        for (link, (a, b)) in links.iter().enumerate() {
            let [a, b] = [a, b].map(|record| {
                let new = places.len();
                *places.entry(*record).or_insert(new)
            });
            ends.extend([(a, b, link), (b, a, link)]);
        }
        ends.sort_unstable();
        let mut first = vec![(0, 0); places.len()];
        for (at, (from, _, _)) in ends.iter().enumerate() {
            let range = &mut first[*from];
            *range = (if range.1 == 0 { at } else { range.0 }, at + 1);
        }
        Graph {
            next: ends.into_iter().map(|(_, to, link)| (to, link)).collect(),
            entered: vec![0; first.len()],
            lowest: vec![0; first.len()],
            below: vec![1; first.len()],
            first,
            clock: 0,
        }
    }

    /// Walks through all that is linked with a place (Tarjan, "A note on finding the bridges of a
    /// graph", 1974).
    fn walk(&mut self, root: usize, found: &mut Vec<usize>) {
        let mut path = vec![self.enter(root, None)];
        let mut crossed: Vec<(usize, u32)> = Vec::new();
        while let Some(step) = path.last_mut() {
            let place = step.place;
            if step.at == self.first[place].1 {
                let by = step.by;
                path.pop();
                if let (Some(by), Some(above)) = (by, path.last()) {
                    let above = above.place;
                    self.lowest[above] = self.lowest[above].min(self.lowest[place]);
                    self.below[above] += self.below[place];
                    if self.lowest[place] > self.entered[above] {
                        crossed.push((by, self.below[place]));
                    }
                }
                continue;
            }
            let (to, link) = self.next[step.at];
            step.at += 1;
            if step.by == Some(link) {
                continue;
            }
            if self.entered[to] == 0 {
                let next = self.enter(to, Some(link));
                path.push(next);
            } else {
                self.lowest[place] = self.lowest[place].min(self.entered[to]);
            }
        }
        let all = self.below[root];
        let groups = |below: u32| below >= GROUP && all - below >= GROUP;
        found.extend(crossed.into_iter().filter(|(_, below)| groups(*below)).map(|(link, _)| link));
    }

    fn enter(&mut self, place: usize, by: Option<usize>) -> Step {
        self.clock += 1;
        self.entered[place] = self.clock;
        self.lowest[place] = self.clock;
        Step { place, by, at: self.first[place].0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by its definition: without the link, both its ends reach others, but not each
    /// other.
    fn by_definition(links: &[(u32, u32)]) -> Vec<usize> {
        let reached = |from: u32, without: usize| {
            let mut reached = vec![from];
            let mut at = 0;
            while let Some(record) = reached.get(at).copied() {
                at += 1;
                for (_, (a, b)) in links.iter().enumerate().filter(|(link, _)| *link != without) {
                    for (from, to) in [(*a, *b), (*b, *a)] {
                        if from == record && !reached.contains(&to) {
                            reached.push(to);
                        }
                    }
                }
            }
            reached
        };
        let is_bridge = |link: &usize| {
            let (a, b) = links[*link];
            let (left, right) = (reached(a, *link), reached(b, *link));
            !left.contains(&b) && left.len() >= 2 && right.len() >= 2
        };
        (0..links.len()).filter(is_bridge).collect()
    }

    #[test]
    fn two_couples_hang_on_one_link_but_not_on_two() {
        assert_eq!(bridges(&[(0, 1), (1, 2), (2, 3)]), [1]);
        assert!(bridges(&[(0, 1), (1, 2), (2, 3), (0, 3)]).is_empty());
        assert!(bridges(&[(0, 1), (1, 2), (2, 3), (1, 2)]).is_empty());
        assert!(bridges(&[(0, 1), (1, 2)]).is_empty());
        assert!(bridges(&[]).is_empty());
    }

    #[test]
    fn random_graphs_have_the_bridges_of_the_definition() {
        let mut state = 11_u64;
        let mut below = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % n
        };
        let mut found = 0;
        for _ in 0..500 {
            let (records, count) = (3 + below(12), 1 + below(16));
            let pair = |a: u64, b: u64| (a as u32, b as u32);
            let links: Vec<(u32, u32)> =
                (0..count).map(|_| pair(below(records), records + below(records))).collect();
            let mut links: Vec<(u32, u32)> =
                links.into_iter().map(|(a, b)| (a, b % records as u32)).collect();
            links.retain(|(a, b)| a != b);
            assert_eq!(bridges(&links), by_definition(&links), "{links:?}");
            found += bridges(&links).len();
        }
        assert!(found > 100, "{found} bridges");
    }

    #[test]
    fn a_long_chain_is_walked_without_recursion() {
        let links: Vec<(u32, u32)> = (0..100_000).map(|n| (n, n + 1)).collect();
        assert_eq!(bridges(&links).len(), links.len() - 2);
    }
}
