//! Slips of the finger, as keyboards cause them.

use super::random::Random;

const KEYS: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// `text` with one letter or digit left out, doubled by a neighbour key, replaced by one, or
/// swapped with the next; always another text than before, except for an empty one.
pub fn mistyped(random: &mut Random, text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> =
        (0..letters.len()).filter(|&at| letters[at].is_ascii_alphanumeric()).collect();
    if places.is_empty() {
        return text.to_owned();
    }
    loop {
        // The first letter is seldom wrong: people see it.
        let first = usize::from(places.len() > 1 && !random.chance(80));
        let at = places[random.between(first, places.len() - 1)];
        let slipped = slip(random, letters.clone(), at);
        if slipped != letters && !slipped.is_empty() {
            return slipped.into_iter().collect();
        }
    }
}

fn slip(random: &mut Random, mut letters: Vec<char>, at: usize) -> Vec<char> {
    match random.weighted(&[25, 20, 35, 20]) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at + 1, neighbour(random, letters[at]).to_ascii_lowercase()),
        2 => letters[at] = neighbour(random, letters[at]),
        _ => {
            let next = at + 1;
            if next < letters.len() && letters[next].is_ascii_alphanumeric() {
                let upper = letters[at].is_uppercase() && letters[next].is_lowercase();
                letters.swap(at, next);
                if upper {
                    letters[at] = letters[at].to_ascii_uppercase();
                    letters[next] = letters[next].to_ascii_lowercase();
                }
            }
        }
    }
    letters
}

/// A digit misheard: another digit, or two swapped; the length stays.
pub fn misheard(random: &mut Random, digits: &str) -> String {
    let mut out: Vec<char> = digits.chars().collect();
    // The last four: the area and the exchange are said slowly.
    let at = out.len().saturating_sub(1 + random.below(4));
    let Some(next) = at.checked_sub(1).filter(|_| at < out.len()) else {
        return digits.to_owned();
    };
    if random.chance(400) && at + 3 > out.len() && out[at] != out[next] {
        out.swap(at, next);
    } else {
        let digit = out[at].to_digit(10).unwrap_or(0) as usize;
        out[at] = char::from(b'0' + ((digit + 1 + random.below(9)) % 10) as u8);
    }
    out.into_iter().collect()
}

/// A key beside that of `c`, in the same case.
fn neighbour(random: &mut Random, c: char) -> char {
    let small = c.to_ascii_lowercase();
    for (row, keys) in KEYS.iter().enumerate() {
        let Some(at) = keys.find(small) else { continue };
        let mut near: Vec<char> = Vec::new();
        near.extend(at.checked_sub(1).and_then(|left| keys[left..].chars().next()));
        near.extend(keys[at + 1..].chars().next());
        if row > 0 && !c.is_ascii_digit() {
            for other in [row - 1, row + 1] {
                let key = KEYS.get(other).and_then(|keys| keys.get(at..)?.chars().next());
                near.extend(key.filter(char::is_ascii_alphabetic));
            }
        }
        let key = near[random.below(near.len())];
        return if c.is_uppercase() { key.to_ascii_uppercase() } else { key };
    }
    c
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_changes_the_text_by_one_letter_and_never_empties_it() {
        let mut random = Random::new(1, 1);
        for text in ["Anderson", "Al", "X", "oo", "12 N Oak St", "ann@mail.example"] {
            for _ in 0..500 {
                let slipped = mistyped(&mut random, text);
                assert!(slipped != text && !slipped.is_empty(), "{text}: {slipped}");
                assert!(slipped.len().abs_diff(text.len()) <= 1);
            }
        }
        assert_eq!(mistyped(&mut random, " - "), " - ");
    }

    #[test]
    fn a_misheard_number_is_another_of_ten_digits() {
        let mut random = Random::new(2, 1);
        for _ in 0..500 {
            let heard = misheard(&mut random, "5125550142");
            assert!(heard != "5125550142" && heard.len() == 10, "{heard}");
            assert_eq!(&heard[..6], "512555");
        }
    }
}
