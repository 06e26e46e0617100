//! The shape of a text: what kinds of characters follow one another.

/// Characters of a shape that are kept.
const LONGEST: usize = 40;

/// `A` for capitals, `a` for other letters, `9` for digits, each once however many follow one
/// another; other signs as they are. `Jane Doe` is `Aa Aa`, `+1 212-555-0100` is `+9 9-9-9`.
pub(super) fn shape(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST) + 3);
    let mut last = '\0';
    for c in text.chars() {
        let class = match c {
            '0'..='9' => '9',
            'a'..='z' => 'a',
            'A'..='Z' => 'A',
            c if c.is_ascii() => c,
            c if c.is_uppercase() => 'A',
            c if c.is_alphabetic() => 'a',
            c if c.is_numeric() => '9',
            c => c,
        };
        let repeats = class == last && matches!(class, 'A' | 'a' | '9');
        if !repeats {
            if out.len() >= LONGEST {
                out.push('…');
                break;
            }
            out.push(class);
        }
        last = class;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn shapes_tell_kinds_of_characters_not_how_many() {
        for (text, expected) in [
            ("Jane Doe", "Aa Aa"),
            ("+1 212-555-0100", "+9 9-9-9"),
            ("AB-1234", "A-9"),
            ("Çağla", "Aa"),
            ("", ""),
            ("2024-01-31", "9-9-9"),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
        assert!(shape(&"-".repeat(100)).ends_with('…'));
    }
}
