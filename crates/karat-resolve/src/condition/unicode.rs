//! Letters as DuckDB's utf8proc knows them: simple case mappings, accents and graphemes.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

/// Written by `tests/peers/unicode.py` from DuckDB: the code points that `strip_accents` drops,
/// as ranges, and below them each letter followed by what it turns into.
const ACCENTS: &str = include_str!("accents.txt");

/// The lower-case letters, each for one; only `İ` has a longer form in full Unicode.
pub(super) fn lower(text: &str) -> String {
    let simple = |letter: char| letter.to_lowercase().next().unwrap_or(letter);
    text.chars().map(simple).collect()
}

/// The upper-case letters, each for one: `ß` becomes `ẞ`, not `SS`.
pub(super) fn upper(text: &str) -> String {
    text.chars().map(upper_letter).collect()
}

fn upper_letter(letter: char) -> char {
    let mut full = letter.to_uppercase();
    match (full.next(), full.next()) {
        (Some(single), None) => single,
        _ => match letter {
            'ß' => 'ẞ',
            '\u{1F80}'..='\u{1F87}' | '\u{1F90}'..='\u{1F97}' | '\u{1FA0}'..='\u{1FA7}' => {
                char::from_u32(letter as u32 + 8).unwrap_or(letter)
            }
            '\u{1FB3}' | '\u{1FC3}' | '\u{1FF3}' => {
                char::from_u32(letter as u32 + 9).unwrap_or(letter)
            }
            _ => letter,
        },
    }
}

/// True for the space separators that `trim` removes.
pub(super) fn is_space(letter: char) -> bool {
    matches!(
        letter,
        ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

/// What each letter turns into without its accents; `None` where nothing is left of it.
static STRIPPED: LazyLock<FxHashMap<char, Option<char>>> = LazyLock::new(|| {
    let mut stripped = FxHashMap::default();
    let (ranges, pairs) = ACCENTS.split_once('\n').unwrap_or((ACCENTS, ""));
    for range in ranges.split(' ') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let bound = |digits| u32::from_str_radix(digits, 16).unwrap_or(0);
        for letter in (bound(first)..=bound(last)).filter_map(char::from_u32) {
            stripped.insert(letter, None);
        }
    }
    let mut letters = pairs.chars();
    while let (Some(letter), Some(base)) = (letters.next(), letters.next()) {
        stripped.insert(letter, Some(base));
    }
    stripped
});

/// The text without accents and other combining marks.
pub(super) fn strip_accents(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let bare = |letter: char| STRIPPED.get(&letter).copied().unwrap_or(Some(letter));
    text.chars().filter_map(bare).collect()
}

/// The extended grapheme clusters of Unicode Standard Annex #29.
static GRAPHEME: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?sx)
        \r\n | \p{gcb=CR} | \p{gcb=LF} | \p{gcb=Control}
        | \p{gcb=Prepend}*
          (?: \p{gcb=L}* (?: \p{gcb=V}+ | \p{gcb=LV}\p{gcb=V}* | \p{gcb=LVT} ) \p{gcb=T}*
            | \p{gcb=L}+ | \p{gcb=T}+
            | \p{gcb=Regional_Indicator}{2}
            | \p{Extended_Pictographic} (?: \p{gcb=Extend}* \p{gcb=ZWJ}
                \p{Extended_Pictographic} )*
            | [^\p{gcb=Control}\p{gcb=CR}\p{gcb=LF}] )
          [\p{gcb=Extend}\p{gcb=ZWJ}\p{gcb=SpacingMark}]*
        | .";
    Regex::new(pattern).expect("the pattern is constant and tested")
});

/// The characters as a reader sees them.
pub(super) fn graphemes(text: &str) -> Vec<&str> {
    GRAPHEME.find_iter(text).map(|found| found.as_str()).collect()
}
