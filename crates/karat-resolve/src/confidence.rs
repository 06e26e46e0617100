//! Confidence in a golden value: how likely it is right, given what all records of its entity
//! offer. The model is that of Dong, Berti-Equille and Srivastava (2009, "Integrating conflicting
//! data: the role of source dependence", section 3, sources independent): a source tells the true
//! value with its accuracy A, and else any one of n wrong values that are equally likely.

/// The wrong values that a field might have. Ten makes a lone value as likely to be right as its
/// source is, and two sources that agree nearly certain.
const WRONG: f64 = 10.0;

/// A value that a record offers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vote {
    /// The same number for values that say the same.
    pub value: u32,
    /// The share of its source's values that are right, above 0 and below 1.
    pub accuracy: f64,
}

/// The probability that a value is the true one of a field that has one: a vote weighs
/// ln(nA / (1 - A)), and a value's share is e to the sum of its votes, over that of all values
/// and 1 for each that nobody offers.
pub fn of_value(value: u32, votes: &[Vote]) -> f64 {
    let mut values: Vec<(u32, f64)> = Vec::new();
    for vote in votes {
        let weight = (WRONG * vote.accuracy / (1.0 - vote.accuracy)).ln();
        match values.iter_mut().find(|(known, _)| *known == vote.value) {
            Some((_, sum)) => *sum += weight,
            None => values.push((vote.value, weight)),
        }
    }
    let Some((_, own)) = values.iter().find(|(known, _)| *known == value) else { return 0.0 };
    let silent = (WRONG + 1.0 - values.len() as f64).max(0.0);
    let all: f64 = values.iter().map(|(_, sum)| (sum - own).exp()).sum();
    1.0 / (all + silent * (-own).exp())
}

/// The probability that a value of a field with several is true: that one of the records that
/// offer it is right.
pub fn of_any(accuracies: impl IntoIterator<Item = f64>) -> f64 {
    1.0 - accuracies.into_iter().map(|accuracy| 1.0 - accuracy).product::<f64>()
}

/// The same, if the records may not be of one entity after all: with that probability all of them
/// count, else none but the record that the value is from, whose source has this accuracy.
pub fn within(entity: f64, all: f64, accuracy: f64) -> f64 {
    entity * all + (1.0 - entity) * accuracy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(values: &[u32], accuracy: f64) -> Vec<Vote> {
        values.iter().map(|value| Vote { value: *value, accuracy }).collect()
    }

    #[test]
    fn a_lone_value_is_as_likely_as_its_source_and_agreement_makes_it_likelier() {
        let alone = of_value(1, &votes(&[1], 0.9));
        assert!((alone - 0.9).abs() < 1e-12);
        let agreed = of_value(1, &votes(&[1, 1], 0.9));
        assert!((agreed - 8100.0 / 8110.0).abs() < 1e-12);
        let split = of_value(1, &votes(&[1, 2], 0.9));
        assert!((split - 90.0 / 189.0).abs() < 1e-12);
        assert!(of_value(1, &votes(&[1, 1, 2], 0.9)) > alone);
        assert_eq!(of_value(3, &votes(&[1, 2], 0.9)), 0.0);
    }

    #[test]
    fn shares_of_all_values_add_up_to_one() {
        for accuracy in [0.2, 0.5, 0.9, 0.999] {
            let offered = [1, 1, 2, 3, 3, 3];
            let sum: f64 = [1, 2, 3].iter().map(|v| of_value(*v, &votes(&offered, accuracy))).sum();
            let unseen: f64 = 8.0
                * of_value(9, &{
                    // A vote of weight nothing is a value that nobody offers.
                    let mut all = votes(&offered, accuracy);
                    all.push(Vote { value: 9, accuracy: 1.0 / 11.0 });
                    all
                });
            assert!((sum + unseen - 1.0).abs() < 1e-9, "{accuracy}: {sum} {unseen}");
        }
    }

    #[test]
    fn very_many_votes_stay_numbers() {
        let many: Vec<u32> = (0..5000).map(|n| n % 2).collect();
        assert!((of_value(0, &votes(&many, 0.99)) - 0.5).abs() < 1e-9);
        assert!(of_value(0, &votes(&[0; 5000], 0.99)) <= 1.0);
    }

    #[test]
    fn of_several_values_each_needs_one_record_that_is_right() {
        assert!((of_any([0.9, 0.8]) - 0.98).abs() < 1e-12);
        assert_eq!(of_any([]), 0.0);
    }

    #[test]
    fn an_entity_that_may_fall_apart_counts_as_both() {
        assert_eq!(within(1.0, 0.7, 0.9), 0.7);
        assert_eq!(within(0.0, 0.7, 0.9), 0.9);
        assert!((within(0.5, 0.7, 0.9) - 0.8).abs() < 1e-12);
    }
}
