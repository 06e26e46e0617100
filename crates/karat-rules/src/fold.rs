//! Folding: the same letters whatever their case, accents or script variants.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents. `İSTANBUL`, `istanbul` and `Istanbul` fold to one string, as do
/// `Łukasz` and `Lukasz`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match base_letters(c) {
            Some(letters) => out.push_str(letters),
            None if is_combining_mark(c) => {}
            None => out.push(c),
        }
    }
    out
}

/// Letters that Unicode does not decompose although readers and typists do.
fn base_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ı' => "i",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ħ' => "h",
        'ŋ' => "n",
        '‘' | '’' | 'ʼ' | '`' | '´' => "'",
        '‐' | '‑' | '–' | '—' => "-",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_accents_do_not_matter() {
        for (a, b) in [
            ("İbrahim IŞIK", "ibrahim ışık"),
            ("ŞAHİN", "sahin"),
            ("Łukasz Wójcik", "lukasz wojcik"),
            ("Nguyễn Văn Đức", "nguyen van duc"),
            ("Groß", "GROSS"),
            ("O’Brien", "o'brien"),
            ("e\u{301}", "é"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} and {b}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["İIıi", "ǅ", "ﬁ", "ŞĞÜ", "x"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }
}
