//! A short list of words that a text is looked up in, which most texts are not in.

/// Words of ASCII letters, digits and signs, none longer than 31 bytes.
pub(crate) struct Words {
    pub(crate) list: &'static [&'static str],
    /// For what a word can begin with, the lengths that such words have, as bits.
    lengths: [u32; 32],
}

/// What tells first letters apart, whatever their case.
const fn slot(first: u8) -> usize {
    (first & 31) as usize
}

impl Words {
    pub(crate) const fn new(list: &'static [&'static str]) -> Words {
        let mut lengths = [0; 32];
        let mut at = 0;
        while at < list.len() {
            let word = list[at].as_bytes();
            lengths[slot(word[0])] |= 1 << word.len();
            at += 1;
        }
        Words { list, lengths }
    }

    /// Whether some word begins as the text does and is as long.
    #[inline]
    fn may_have(&self, text: &str) -> bool {
        let lengths = text.bytes().next().map_or(0, |first| self.lengths[slot(first)]);
        text.len() < 32 && lengths & (1 << text.len()) != 0
    }

    #[inline]
    pub(crate) fn has(&self, text: &str) -> bool {
        self.may_have(text) && self.list.contains(&text)
    }

    /// Whatever its capitals.
    #[inline]
    pub(crate) fn has_in_any_case(&self, text: &str) -> bool {
        self.may_have(text) && self.list.iter().any(|word| text.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_and_nothing_else() {
        static WORDS: Words = Words::new(&["n/a", "none", "-"]);
        for word in ["n/a", "none", "-"] {
            assert!(WORDS.has(word) && WORDS.has_in_any_case(&word.to_uppercase()), "{word}");
        }
        let long = "n".repeat(32);
        for text in ["", "N/A", "nona", "non", "m", "\u{e9}", &long, &"n".repeat(36)] {
            assert!(!WORDS.has(text), "{text}");
        }
        assert!(!WORDS.has_in_any_case("nona"));
    }
}
