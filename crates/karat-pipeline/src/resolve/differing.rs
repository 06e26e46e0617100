//! Where two texts differ, for people who compare them.

/// The longest texts that are looked into, in letters.
const LONGEST: usize = 300;

/// A piece of a text: what the other has too, or what this one has alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub is_common: bool,
}

/// A text in pieces, beside the one of the others that it has most in common with; whole where it
/// has hardly anything in common with any. Where there are no others, nothing is to be compared.
pub fn pieces(text: &str, others: &[&str]) -> Vec<Piece> {
    let letters: Vec<char> = text.chars().collect();
    let looked_into = |other: &&str| other.chars().count().max(letters.len()) <= LONGEST;
    let marks = others.iter().filter(|other| looked_into(other)).map(|other| {
        let other: Vec<char> = other.chars().collect();
        let marks = common(&letters, &other);
        let count = marks.iter().filter(|is_common| **is_common).count();
        (marks, count, other.len())
    });
    let is_there = others.is_empty() || others.contains(&text);
    let best = marks.max_by(|(_, a, m), (_, b, n)| a.cmp(b).then_with(|| n.cmp(m)));
    match best {
        Some((marks, count, length)) if 2 * count >= length.max(letters.len()) => {
            cut(&letters, &marks)
        }
        _ => vec![Piece { text: text.to_owned(), is_common: is_there }],
    }
}

/// Which letters of a text are of a longest series that another has in the same order.
fn common(a: &[char], b: &[char]) -> Vec<bool> {
    // The length of such a series of what is left of both from here on.
    let mut left = vec![vec![0_u16; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            left[i][j] = match a[i] == b[j] {
                true => left[i + 1][j + 1] + 1,
                false => left[i + 1][j].max(left[i][j + 1]),
            };
        }
    }
    let mut marks = vec![false; a.len()];
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            marks[i] = true;
            (i, j) = (i + 1, j + 1);
        } else if left[i + 1][j] >= left[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    marks
}

fn cut(letters: &[char], marks: &[bool]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (letter, is_common) in letters.iter().zip(marks) {
        match pieces.last_mut() {
            Some(last) if last.is_common == *is_common => last.text.push(*letter),
            _ => pieces.push(Piece { text: letter.to_string(), is_common: *is_common }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text has alone stands in brackets.
    fn shown(text: &str, others: &[&str]) -> String {
        let piece = |piece: &Piece| match piece.is_common {
            true => piece.text.clone(),
            false => format!("[{}]", piece.text),
        };
        pieces(text, others).iter().map(piece).collect()
    }

    #[test]
    fn what_a_text_has_alone_is_marked() {
        for (text, other, expected) in [
            ("bob ray", "bobby ray", "bob ray"),
            ("bobby ray", "bob ray", "bob[by] ray"),
            ("030 1234", "030 1284", "030 12[3]4"),
            ("anna", "anna", "anna"),
            ("anna", "x", "[anna]"),
            ("straße", "strasse", "stra[ß]e"),
            ("", "x", "[]"),
        ] {
            assert_eq!(shown(text, &[other]), expected, "{text:?} beside {other:?}");
        }
    }

    #[test]
    fn the_nearest_of_several_counts_and_texts_without_another_stay_whole() {
        assert_eq!(shown("ann@x.org", &["zoe@y.com", "ana@x.org"]), "an[n]@x.org");
        assert_eq!(shown("ann", &[]), "ann");
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(shown(&long, &[&long]), long);
        assert_eq!(shown(&long, &["x"]), format!("[{long}]"));
    }
}
