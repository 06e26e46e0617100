//! Text inside markup: escaped, measured, cut to fit.

/// Size of the letters of a chart, in pixels.
pub const SIZE: f64 = 13.0;

/// Text as markup may hold it, inside of elements and of quoted attributes. Control characters,
/// which XML forbids, become the replacement character.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' => escaped.push(letter),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ if letter.is_control() => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// Estimated width in pixels at `SIZE`, rather too wide than too narrow: the font is the reader's.
pub fn width(text: &str) -> f64 {
    SIZE * text.chars().map(em).sum::<f64>()
}

/// The text, or as much of its start as fits into so many pixels, and an ellipsis.
pub fn cut(text: &str, pixels: f64) -> String {
    shorten(text, pixels / SIZE, em)
}

/// The text, or its start and an ellipsis, so that the letters together measure at most `room`.
pub fn shorten(text: &str, room: f64, measure: fn(char) -> f64) -> String {
    if text.chars().map(measure).sum::<f64>() <= room {
        return text.to_owned();
    }
    let mut used = measure('…');
    let fits = |letter: &char| {
        used += measure(*letter);
        used <= room
    };
    let start: String = text.chars().take_while(fits).collect();
    format!("{}…", start.trim_end())
}

/// Width of a letter as a part of the font's size.
fn em(letter: char) -> f64 {
    match letter {
        _ if is_mark(letter) => 0.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.34,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' => 0.43,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '—' => 0.98,
        'A'..='Z' => 0.72,
        _ if is_wide(letter) => 1.05,
        _ => 0.63,
    }
}

/// Combining marks and joiners, which take no place of their own.
pub fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}')
}

/// Letters as wide as they are high: those of East Asia, and pictures.
pub fn is_wide(letter: char) -> bool {
    matches!(letter,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// The number with its noun in the singular or plural: `1 bar`, `12 bars`.
pub fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", crate::number::count(count as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_control_characters_become_harmless() {
        assert_eq!(escape("<a b='\"'>&\u{1b}\0é\n"), "&lt;a b=&#39;&quot;&#39;&gt;&amp;��é\n");
    }

    #[test]
    fn what_fits_stays_and_the_rest_is_cut() {
        assert_eq!(cut("Anna", 100.0), "Anna");
        let short = cut("a rather long name of a field", 80.0);
        assert!(short.ends_with('…') && width(&short) <= 80.0, "{short}");
        assert_eq!(cut("anything", 0.0), "…");
    }

    #[test]
    fn wide_letters_and_marks_are_measured_as_such() {
        assert!(width("東京") > width("ab") * 1.5);
        assert_eq!(width("e\u{301}"), width("e"));
    }
}
