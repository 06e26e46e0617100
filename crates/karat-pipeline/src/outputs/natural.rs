//! The order in which people count: "Data 2" before "Data 10".

use std::cmp::Ordering;

/// Compares texts piece by piece: digits by what they count, all else by its letters. Texts that
/// are alike in that, such as `a1` and `a01`, are compared as they stand.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let order = match (left.is_empty(), right.is_empty()) {
            (true, true) => return a.cmp(b),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => {
                let ((x, rest_x), (y, rest_y)) = (piece(left), piece(right));
                (left, right) = (rest_x, rest_y);
                match (number(x), number(y)) {
                    (Some(x), Some(y)) => x.len().cmp(&y.len()).then(x.cmp(y)),
                    _ => x.cmp(y),
                }
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The digits, or what is none, at the beginning of a text that is not empty; and the rest.
fn piece(text: &str) -> (&str, &str) {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(text.len());
    text.split_at(end)
}

/// Digits without leading zeros.
fn number(piece: &str) -> Option<&str> {
    let is_number = piece.starts_with(|c: char| c.is_ascii_digit());
    is_number.then(|| piece.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_count_and_letters_do_not() {
        let sorted = [
            "",
            "1",
            "2",
            "10",
            "Data",
            "Data 1",
            "Data 2",
            "Data 2a",
            "Data 02b",
            "Data 10",
            "Data 10.1",
            "Data 10.12",
            "Data x",
            "a01",
            "a1",
            "data 1",
            "ä",
        ];
        for (at, a) in sorted.iter().enumerate() {
            for (other, b) in sorted.iter().enumerate() {
                assert_eq!(compare(a, b), at.cmp(&other), "{a:?} {b:?}");
            }
        }
    }
}
