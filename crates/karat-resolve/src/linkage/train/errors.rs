//! Standard errors of what expectation maximisation found: the inverse of the observed
//! information, taken as the sum of the outer products of the scores (Berndt, Hall, Hall and
//! Hausman 1974). Counts what is lost by not knowing which pairs match.

use super::em::{Active, Fixed, Row, State};

/// Parameters that are free: `None` for a level whose m is not estimated or is what the others of
/// its comparison leave.
struct Free {
    /// For each comparison and level the position of its m.
    m: Vec<Vec<Option<usize>>>,
    /// For each comparison the level whose m is what the others leave.
    rest: Vec<Option<usize>>,
    count: usize,
}

/// For each comparison and level the standard error of m; infinite where the data do not tell.
pub(super) fn standard_errors(
    state: &State,
    active: &Active<'_>,
    rows: &[Row],
    fixed: Fixed,
) -> Vec<Vec<f64>> {
    let free = free(state, active, fixed);
    let n = free.count;
    let mut information = vec![0.0; n * n];
    let mut score = vec![0.0; n];
    for (row, levels) in rows.iter().zip(&active.levels) {
        score.fill(0.0);
        let p = matching(state, row, levels, active);
        if !fixed.prior {
            score[0] = p / state.prior - (1.0 - p) / (1.0 - state.prior);
        }
        for (k, level) in levels.iter().enumerate() {
            let level = *level as usize;
            if let Some(Some(at)) = free.m[k].get(level) {
                score[*at] = p / state.m[k][level];
            } else if free.rest[k] == Some(level) {
                let others = free.m[k].iter().flatten();
                others.for_each(|at| score[*at] = -p / state.m[k][level]);
            }
        }
        for a in (0..n).filter(|a| score[*a] != 0.0) {
            for b in 0..n {
                information[a * n + b] += row.count * score[a] * score[b];
            }
        }
    }
    let covariance = inverse(information, n);
    let error = |at: usize| covariance.as_ref().map_or(f64::INFINITY, |c| c[at * n + at].sqrt());
    let of = |k: usize| -> Vec<f64> {
        let at: Vec<usize> = free.m[k].iter().copied().flatten().collect();
        let rest = covariance.as_ref().map_or(f64::INFINITY, |c| {
            at.iter().flat_map(|a| at.iter().map(|b| c[*a * n + *b])).sum::<f64>().sqrt()
        });
        let level = |(l, m): (usize, &Option<usize>)| match m {
            Some(at) => error(*at),
            None if free.rest[k] == Some(l) => rest,
            None => 0.0,
        };
        free.m[k].iter().enumerate().map(level).collect()
    };
    (0..free.m.len()).map(of).collect()
}

fn free(state: &State, active: &Active<'_>, fixed: Fixed) -> Free {
    let mut count = usize::from(!fixed.prior);
    let (mut m, mut rest) = (Vec::new(), Vec::new());
    for (k, (_, comparison)) in active.comparisons.iter().enumerate() {
        let levels = comparison.levels.iter().enumerate();
        let estimated: Vec<usize> = levels
            .filter(|(l, level)| !level.is_null && !level.m.fixed && state.m[k][*l] > 1e-6)
            .map(|(l, _)| l)
            .collect();
        let most = |l: &&usize| ordered(state.m[k][**l]);
        let left = if fixed.m { None } else { estimated.iter().max_by_key(most).copied() };
        let mut places = vec![None; comparison.levels.len()];
        for l in estimated.into_iter().filter(|l| left.is_some() && Some(*l) != left) {
            places[l] = Some(count);
            count += 1;
        }
        m.push(places);
        rest.push(left);
    }
    Free { m, rest, count }
}

/// A number that orders as a positive float does.
fn ordered(x: f64) -> u64 {
    x.to_bits()
}

fn matching(state: &State, row: &Row, levels: &[u8], active: &Active<'_>) -> f64 {
    let mut weight = crate::linkage::model::weight_of(state.prior) + row.adjustment;
    for (k, level) in levels.iter().enumerate() {
        let (l, (_, comparison)) = (*level as usize, &active.comparisons[k]);
        if comparison.levels.get(l).is_some_and(|level| !level.is_null) {
            weight += (state.m[k][l].max(1e-300) / state.u[k][l].max(1e-300)).log2();
        }
    }
    row.probability(weight)
}

/// The inverse of a symmetric matrix by Gauss-Jordan elimination; none where it has none.
fn inverse(mut a: Vec<f64>, n: usize) -> Option<Vec<f64>> {
    let mut inverse = vec![0.0; n * n];
    for i in 0..n {
        inverse[i * n + i] = 1.0;
    }
    for column in 0..n {
        let size = |row: &usize| ordered(a[row * n + column].abs());
        let pivot = (column..n).max_by_key(size)?;
        if a[pivot * n + column].abs() < 1e-9 {
            return None;
        }
        for j in 0..n {
            a.swap(column * n + j, pivot * n + j);
            inverse.swap(column * n + j, pivot * n + j);
        }
        let scale = a[column * n + column];
        for j in 0..n {
            a[column * n + j] /= scale;
            inverse[column * n + j] /= scale;
        }
        for row in (0..n).filter(|row| *row != column) {
            let factor = a[row * n + column];
            if factor == 0.0 {
                continue;
            }
            for j in 0..n {
                a[row * n + j] -= factor * a[column * n + j];
                inverse[row * n + j] -= factor * inverse[column * n + j];
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::inverse;

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let a = vec![4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0];
        let b = inverse(a.clone(), 3).expect("it has one");
        for i in 0..3 {
            for j in 0..3 {
                let sum: f64 = (0..3).map(|k| a[i * 3 + k] * b[k * 3 + j]).sum();
                assert!((sum - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
        assert_eq!(inverse(vec![1.0, 2.0, 2.0, 4.0], 2), None);
    }
}
