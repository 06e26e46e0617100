//! Which delimiter and quote a text is written with, found in its first rows.

use super::cut::{Cutter, Signs, blank, line_ends};

/// Rows that are looked at.
const ROWS: usize = 100;

/// One of the first rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    pub line: u64,
    pub fields: Vec<Vec<u8>>,
}

/// The first rows of `sample`, which begins on `line`; one that goes on behind the sample is left
/// out, unless it is the only one.
pub fn first_rows(sample: &[u8], whole: bool, signs: Signs, line: u64) -> Vec<First> {
    let rows = cut_all(sample, whole, signs, line);
    if rows.is_empty() { cut_all(sample, true, signs, line) } else { rows }
}

fn cut_all(sample: &[u8], whole: bool, signs: Signs, mut line: u64) -> Vec<First> {
    let mut cutter = Cutter::new(signs);
    let (mut rest, mut rows) = (sample, Vec::new());
    while rows.len() < ROWS {
        let (passed, lines) = blank(rest, whole);
        rest = &rest[passed..];
        line += lines;
        let row = rest;
        let Some(length) = (!row.is_empty()).then(|| cutter.row(row, whole)).flatten() else {
            break;
        };
        rest = &rest[length..];
        if cutter.torn.is_none() {
            let fields = (0..cutter.width()).filter_map(|at| cutter.field(row, at));
            rows.push(First { line, fields: fields.map(<[u8]>::to_vec).collect() });
        }
        line += cutter.lines;
    }
    rows
}

/// The width that most rows have, the larger on a draw, and how many have it.
pub fn usual_width(rows: &[First]) -> (usize, usize) {
    let count = |width: usize| rows.iter().filter(|row| row.fields.len() == width).count();
    let widths = rows.iter().map(|row| row.fields.len());
    widths.map(|width| (count(width), width)).max().map_or((0, 0), |(n, width)| (width, n))
}

/// What was found, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub signs: Signs,
    /// For what is not usual, a note.
    pub notes: Vec<String>,
}

/// Delimiters in the order in which they win a draw.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Finds the signs of `sample`. What is declared stays: `quote` may be declared to be none.
pub fn find(sample: &[u8], whole: bool, delimiter: Option<u8>, quote: Option<Option<u8>>) -> Found {
    let mut notes = Vec::new();
    let candidates = delimiter.map_or(DELIMITERS.to_vec(), |declared| vec![declared]);
    let marks = quote.map_or_else(|| vec![quote_of(sample, &candidates)], |mark| vec![mark]);
    let signs = candidates.iter().flat_map(|delimiter| {
        marks.iter().map(|quote| Signs { delimiter: *delimiter, quote: *quote })
    });
    let mut best: Option<(f64, Signs, String)> = None;
    for signs in signs {
        let rows = first_rows(sample, whole, signs, 1);
        let (width, n) = usual_width(&rows);
        let score = score(width, n, rows.len());
        let evidence = format!("{n} of the first {} rows have {width} fields", rows.len());
        if best.as_ref().is_none_or(|(known, ..)| score > *known) {
            best = Some((score, signs, evidence));
        }
    }
    let (_, signs, evidence) = best.expect("there is a candidate");
    if delimiter.is_none() && signs.delimiter != b',' {
        notes.push(format!("fields are separated by {}: {evidence}", shown(signs.delimiter)));
    }
    if quote.is_none() && signs.quote == Some(b'\'') {
        notes.push("fields are quoted by ': all that begin with it end with it".to_owned());
    }
    Found { signs, notes }
}

/// Rows of one width speak for a delimiter, and the more the more fields they have.
fn score(width: usize, rows: usize, of: usize) -> f64 {
    if width < 2 {
        return 0.0;
    }
    rows as f64 / of as f64 * (1.0 - 1.0 / width as f64)
}

/// The double quote, unless only the single one is used as one: fields begin with it, and each
/// of these ends with it. An apostrophe alone is no quote.
fn quote_of(sample: &[u8], delimiters: &[u8]) -> Option<u8> {
    let border = |byte: Option<&u8>| {
        byte.is_none_or(|byte| matches!(byte, b'\n' | b'\r') || delimiters.contains(byte))
    };
    let mut single = (0, 0);
    for (at, byte) in sample.iter().enumerate() {
        let begins = border(at.checked_sub(1).and_then(|before| sample.get(before)));
        let ends = border(sample.get(at + 1));
        match byte {
            b'"' if begins || ends => return Some(b'"'),
            b'\'' if begins != ends => {
                single.0 += usize::from(begins);
                single.1 += usize::from(ends);
            }
            _ => {}
        }
    }
    let (opened, closed) = single;
    Some(if opened > 1 && opened == closed { b'\'' } else { b'"' })
}

/// How messages call a delimiter.
pub fn shown(delimiter: u8) -> String {
    if delimiter == b'\t' { "tab".to_owned() } else { char::from(delimiter).to_string() }
}

/// Where line number `line` begins in `sample`; `None` when it is not in it.
pub fn offset_of_line(sample: &[u8], line: u64) -> Option<usize> {
    let mut at = 0;
    for _ in 1..line {
        let rest = &sample[at..];
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
        at += end + if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    debug_assert_eq!(line_ends(&sample[..at]) + 1, line);
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(text: &str) -> (char, char) {
        let found = find(text.as_bytes(), true, None, None).signs;
        (found.delimiter.into(), found.quote.unwrap_or(b'-').into())
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_even_rows() {
        for (text, delimiter) in [
            ("a;b;c,d\n1;2;3\n", ';'),
            ("a\tb\n1\t2,5\n", '\t'),
            ("a\n1\n", ','),
            ("\"x;y;z\",b\n1,2\n", ','),
            ("a|b", '|'),
            ("id;price\n1;2,50\n2;3,75\n", ';'),
            ("name,tags\nann,a;b;c\nbob,a\ncid,b;c\n", ','),
        ] {
            assert_eq!(signs(text).0, delimiter, "{text}");
        }
    }

    #[test]
    fn apostrophes_are_no_quotes() {
        assert_eq!(signs("a,b\n'x,y','z'\n'1','2'\n").1, '\'');
        assert_eq!(signs("a,b\n'Tis,O'Brien\nrock 'n' roll,'t Hooft\n").1, '"');
        assert_eq!(signs("a,b\n\"x\",'y'\n\"1\",'2'\n").1, '"');
    }

    #[test]
    fn lines_are_found_whatever_ends_them() {
        for (text, at) in [("a\nb\nc", 4), ("a\r\nb\r\nc", 6), ("a\rb\rc", 4)] {
            assert_eq!(offset_of_line(text.as_bytes(), 3), Some(at));
        }
        assert_eq!(offset_of_line(b"a\nb", 3), None);
    }
}
