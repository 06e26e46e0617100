//! Characters: one spelling of each, none that nobody sees, and plain quotes where wanted.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::{Cleaned, Context, Rule};

pub(super) const RULE: Rule = Rule {
    name: "unicode",
    about: "composes letters and accents (NFC), and drops control and invisible characters",
    passing: ("Jose\u{301}\u{200b}\u{feff}", "José"),
    failing: Some("\u{feff}"),
    apply: |text, _: &Context| kept(visible(text)),
};

pub(super) const PLAIN_QUOTES: Rule = Rule {
    name: "plain_quotes",
    about: "makes typographic quotes, dashes, dots and blanks the plain ones of a keyboard",
    passing: ("“O’Neil” – Smith…", "\"O'Neil\" - Smith..."),
    failing: None,
    apply: |text, _: &Context| Cleaned::Kept(plain(text)),
};

fn kept(text: Cow<'_, str>) -> Cleaned<'_> {
    if text.is_empty() { Cleaned::Dropped("is blank") } else { Cleaned::Kept(text) }
}

fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let is_composed = is_nfc_quick(text.chars()) == IsNormalized::Yes;
    if is_composed && !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    // What was hidden may have stood between a letter and its accent.
    let seen = text.chars().filter(|c| !is_invisible(*c));
    Cow::Owned(seen.nfc().collect())
}

/// Control characters besides tab and line ends, marks of direction, soft hyphens, byte order
/// marks and blanks of no width. Joiners stay: in some scripts they are part of the spelling.
fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => true,
        c => c.is_control(),
    }
}

fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|c| typed(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match typed(c) {
            Some(plain) => out.push_str(plain),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// What a keyboard has for a sign of typography.
fn typed(c: char) -> Option<&'static str> {
    Some(match c {
        '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' | '´' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '…' => "...",
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn one_spelling_stays_of_each_character() {
        check(
            &RULE,
            "US",
            &[
                ("plain", "plain"),
                ("José", "José"),
                ("Jose\u{301}", "José"),
                ("A\u{30a}", "Å"),
                ("Å", "Å"),
                ("a\u{200b}b", "ab"),
                ("\u{feff}id", "id"),
                ("co\u{ad}operate", "cooperate"),
                ("e\u{200b}\u{301}", "é"),
                ("\u{202e}abc\u{202c}", "abc"),
                ("a\u{0}b\u{7f}", "ab"),
                ("a\u{85}b", "ab"),
                ("two\nlines\tand tabs", "two\nlines\tand tabs"),
                ("می\u{200c}خواهم", "می\u{200c}خواهم"),
                ("“quotes”", "“quotes”"),
                ("\u{200e}\u{feff}", "no: is blank"),
            ],
        );
    }

    #[test]
    fn signs_of_typography_become_those_of_a_keyboard() {
        check(
            &PLAIN_QUOTES,
            "US",
            &[
                ("plain", "plain"),
                ("O’Neil", "O'Neil"),
                ("‘a’", "'a'"),
                ("“a”", "\"a\""),
                ("„a“", "\"a\""),
                ("«a»", "\"a\""),
                ("5′ 6″", "5' 6\""),
                ("a–b", "a-b"),
                ("a—b", "a-b"),
                ("−5", "-5"),
                ("a‑b", "a-b"),
                ("…", "..."),
                ("a\u{a0}b", "a b"),
                ("1\u{202f}000", "1 000"),
                ("José", "José"),
            ],
        );
    }
}
