//! Circles of statements that need each other, and how they open.

use super::resolve::Edge;

/// Drops soft needs between statements of one circle. What is left of it is hard.
pub(super) fn open(needs: &mut [Vec<Edge>]) {
    let circle = circles(needs);
    for (i, edges) in needs.iter_mut().enumerate() {
        edges.retain(|edge| edge.hard || circle[edge.to] != circle[i]);
    }
}

/// A number for each statement; two have the same if each needs the other, directly or not.
/// S. R. Kosaraju's way: a walk against the edges, last left first.
fn circles(needs: &[Vec<Edge>]) -> Vec<usize> {
    let mut needed_by = vec![Vec::new(); needs.len()];
    for (i, edges) in needs.iter().enumerate() {
        edges.iter().for_each(|edge| needed_by[edge.to].push(i));
    }
    let mut circle = vec![usize::MAX; needs.len()];
    for root in leaving(needs).into_iter().rev() {
        let mut open = vec![root];
        while let Some(i) = open.pop() {
            if circle[i] == usize::MAX {
                circle[i] = root;
                open.extend(&needed_by[i]);
            }
        }
    }
    circle
}

/// All statements in the order in which a walk along the edges leaves them.
fn leaving(needs: &[Vec<Edge>]) -> Vec<usize> {
    let mut seen = vec![false; needs.len()];
    let mut left = Vec::with_capacity(needs.len());
    for root in 0..needs.len() {
        // Statement and how many of its edges were followed.
        let mut path = if seen[root] { Vec::new() } else { vec![(root, 0)] };
        seen[root] = true;
        while let Some((i, next)) = path.pop() {
            match needs[i].get(next) {
                Some(edge) => {
                    path.push((i, next + 1));
                    if !std::mem::replace(&mut seen[edge.to], true) {
                        path.push((edge.to, 0));
                    }
                }
                None => left.push(i),
            }
        }
    }
    left
}
