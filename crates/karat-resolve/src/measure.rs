//! How alike two texts are. All measures are symmetric.

/// Jaro-Winkler similarity in 0..=1 with prefix weight 0.1 over at most four letters, applied
/// above a Jaro similarity of 0.7 (Winkler 1990).
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    let (a, b) = (letters(a), letters(b));
    let jaro = jaro(&a, &b);
    if jaro <= 0.7 {
        return jaro;
    }
    let prefix = a.iter().zip(&b).take(4).take_while(|(x, y)| x == y).count();
    jaro + prefix as f64 * 0.1 * (1.0 - jaro)
}

fn letters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// Jaro similarity in 0..=1 (Jaro 1989).
fn jaro(a: &[char], b: &[char]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut matched_a = Vec::with_capacity(a.len());
    for (i, letter) in a.iter().enumerate() {
        let from = i.saturating_sub(window);
        let to = (i + window + 1).min(b.len());
        if let Some(j) = (from..to).find(|j| !taken[*j] && b[*j] == *letter) {
            taken[j] = true;
            matched_a.push(*letter);
        }
    }
    if matched_a.is_empty() {
        return 0.0;
    }
    let matched_b = b.iter().zip(&taken).filter(|(_, t)| **t).map(|(c, _)| c);
    let out_of_order = matched_a.iter().zip(matched_b).filter(|(x, y)| x != y).count();
    let m = matched_a.len() as f64;
    let transpositions = (out_of_order / 2) as f64;
    (m / a.len() as f64 + m / b.len() as f64 + (m - transpositions) / m) / 3.0
}

/// Whether one edit makes the texts equal: a letter put in, taken out, changed, or two
/// neighbours swapped (restricted Damerau-Levenshtein distance at most 1).
pub fn one_edit(a: &str, b: &str) -> bool {
    let (a, b) = (letters(a), letters(b));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let front = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let back = short[front..]
        .iter()
        .rev()
        .zip(long[front..].iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let (s, l) = (&short[front..short.len() - back], &long[front..long.len() - back]);
    match (s, l) {
        ([], []) | ([], [_]) | ([_], [_]) => true,
        ([p, q], [r, t]) => p == t && q == r,
        _ => false,
    }
}

/// Whether two cleaned names of persons can be one person's: the same words in any order, the
/// words of one within the other's, or surnames alike with first names alike or an initial.
pub fn names_agree(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (words(a), words(b));
    let (Some(first_a), Some(first_b)) = (a.first(), b.first()) else { return false };
    let (Some(last_a), Some(last_b)) = (a.last(), b.last()) else { return false };
    within(&a, &b)
        || within(&b, &a)
        || alike(last_a, last_b) && (alike(first_a, first_b) || initial(first_a, first_b))
}

fn words(name: &str) -> Vec<&str> {
    name.split([' ', '-']).filter(|word| !word.is_empty()).collect()
}

fn within(a: &[&str], b: &[&str]) -> bool {
    a.iter().all(|word| b.contains(word))
}

fn alike(a: &str, b: &str) -> bool {
    a == b || jaro_winkler(a, b) >= 0.88 || one_edit(a, b) && a.len().min(b.len()) > 2
}

fn initial(a: &str, b: &str) -> bool {
    let one = |x: &str| x.chars().count() == 1;
    (one(a) || one(b)) && a.chars().next() == b.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_of_jaro_winkler() {
        for (a, b, expected) in [
            ("martha", "marhta", 0.9611),
            ("dixon", "dicksonx", 0.8133),
            ("dwayne", "duane", 0.84),
            ("abc", "xyz", 0.0),
            ("", "", 1.0),
        ] {
            assert!((jaro_winkler(a, b) - expected).abs() < 0.0001, "{a} {b}");
        }
    }

    #[test]
    fn one_edit_knows_all_four_edits_and_no_fifth() {
        for (a, b) in [("smith", "smyth"), ("smith", "smth"), ("smith", "smitth"), ("ab", "ba")] {
            assert!(one_edit(a, b) && one_edit(b, a), "{a} {b}");
        }
        for (a, b) in [("smith", "smythe"), ("abc", "cba"), ("", "ab"), ("abcd", "badc")] {
            assert!(!one_edit(a, b) && !one_edit(b, a), "{a} {b}");
        }
    }

    #[test]
    fn names_agree_across_order_initials_and_typos_but_not_across_people() {
        for (a, b) in [
            ("jane doe", "doe jane"),
            ("j doe", "jane doe"),
            ("jane a doe", "jane doe"),
            ("jane", "jane doe"),
            ("jane smith-jones", "jane jones"),
            ("michael smith", "micheal smith"),
        ] {
            assert!(names_agree(a, b) && names_agree(b, a), "{a} / {b}");
        }
        for (a, b) in [("john doe", "mary doe"), ("jane doe", "jane smith"), ("al po", "ed wu")] {
            assert!(!names_agree(a, b) && !names_agree(b, a), "{a} / {b}");
        }
    }

    #[test]
    fn measures_are_symmetric() {
        let texts = ["", "a", "ab", "jane doe", "doe jane", "işık", "martha", "marhta"];
        for a in texts {
            for b in texts {
                assert_eq!(jaro_winkler(a, b).to_bits(), jaro_winkler(b, a).to_bits(), "{a} {b}");
                assert_eq!(one_edit(a, b), one_edit(b, a));
                assert_eq!(names_agree(a, b), names_agree(b, a));
            }
        }
    }
}
