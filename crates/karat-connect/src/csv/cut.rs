//! Cutting one row of delimited text into fields. A field that begins with the quote goes on to
//! the quote that closes it; a doubled quote inside stands for one.

use memchr::{memchr, memchr2, memchr2_iter, memchr3};

/// The bytes that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    pub delimiter: u8,
    pub quote: Option<u8>,
}

/// Most fields end within so many steps of eight bytes, which is then faster than to set out for
/// a far end.
const STEPS: usize = 4;

/// Where a field lies.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: u32,
    to: u32,
    /// In `loose` instead of the row's bytes.
    loose: bool,
}

/// Cuts rows, and holds the fields of the one cut last.
pub struct Cutter {
    signs: Signs,
    /// Whether a byte ends a field without quotes.
    ends: [bool; 256],
    spans: Vec<Span>,
    /// Texts of fields that do not lie in the row as they are meant, one after another.
    loose: Vec<u8>,
    /// Line ends of the row, with the one that ends it.
    pub lines: u64,
    pub torn: Option<Torn>,
}

/// A quote that opens a field and does not close it. The row then ends where its line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Lines from the row's first to that of the quote.
    pub line: u64,
    /// No quote follows at all; else one does, on a later line and in the middle of a field.
    pub never: bool,
}

/// How a quoted field ends.
enum Quoted {
    /// Before the delimiter or line end there.
    At(usize),
    /// Not within these bytes.
    Beyond,
    Torn {
        never: bool,
    },
}

impl Cutter {
    pub fn new(signs: Signs) -> Cutter {
        let mut ends = [false; 256];
        for byte in [signs.delimiter, b'\n', b'\r'] {
            ends[usize::from(byte)] = true;
        }
        Cutter { signs, ends, spans: Vec::new(), loose: Vec::new(), lines: 0, torn: None }
    }

    /// Cuts the row with which `bytes` begin; returns its length with the line end. `None` when
    /// it goes on beyond them; it never does when they are the `last` ones.
    pub fn row(&mut self, bytes: &[u8], last: bool) -> Option<usize> {
        self.spans.clear();
        self.loose.clear();
        self.lines = 0;
        self.torn = None;
        let mut at = 0;
        loop {
            let first = bytes.get(at).copied();
            if first.is_some() && first == self.signs.quote {
                match self.quoted(bytes, at, last) {
                    Quoted::At(end) => at = end,
                    Quoted::Beyond => return None,
                    Quoted::Torn { never } => {
                        self.torn = Some(Torn { line: self.lines, never });
                        at = self.rest_of_line(bytes, at, last)?;
                    }
                }
            } else {
                let from = at;
                at = self.end_of_field(bytes, at, last)?;
                self.spans.push(Span { from: from as u32, to: at as u32, loose: false });
            }
            match bytes.get(at) {
                Some(byte) if *byte == self.signs.delimiter => at += 1,
                Some(_) => {
                    self.lines += 1;
                    return line_end(bytes, at, last);
                }
                None => return Some(at),
            }
        }
    }

    /// Where a field without quotes ends that goes on at `from`.
    #[inline]
    fn end_of_field(&self, bytes: &[u8], from: usize, last: bool) -> Option<usize> {
        let delimiter = u64::from_ne_bytes([self.signs.delimiter; 8]);
        let mut at = from;
        for _ in 0..STEPS {
            let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) else {
                break;
            };
            let eight = u64::from_le_bytes(*eight);
            let found = equal(eight, delimiter)
                | equal(eight, u64::from_ne_bytes([b'\n'; 8]))
                | equal(eight, u64::from_ne_bytes([b'\r'; 8]));
            if found != 0 {
                return Some(at + found.trailing_zeros() as usize / 8);
            }
            at += 8;
        }
        let far = memchr3(self.signs.delimiter, b'\n', b'\r', &bytes[at..]);
        far.map_or_else(|| last.then_some(bytes.len()), |n| Some(at + n))
    }

    fn quoted(&mut self, bytes: &[u8], open: usize, last: bool) -> Quoted {
        let quote = bytes[open];
        let begun = self.loose.len();
        let (mut piece, mut doubled) = (open + 1, false);
        loop {
            let Some(n) = memchr(quote, &bytes[piece..]) else {
                return if last { Quoted::Torn { never: true } } else { Quoted::Beyond };
            };
            let close = piece + n;
            let next = bytes.get(close + 1).copied();
            if next.is_none() && !last {
                return Quoted::Beyond;
            }
            if next == Some(quote) {
                self.loose.extend_from_slice(&bytes[piece..=close]);
                (piece, doubled) = (close + 2, true);
                continue;
            }
            let lines = line_ends(&bytes[open + 1..close]);
            if next.is_none_or(|next| self.ends[usize::from(next)]) {
                self.lines += lines;
                if doubled {
                    self.loose.extend_from_slice(&bytes[piece..close]);
                    self.push_loose(begun);
                } else {
                    let (from, to) = (open as u32 + 1, close as u32);
                    self.spans.push(Span { from, to, loose: false });
                }
                return Quoted::At(close + 1);
            }
            if lines > 0 {
                self.loose.truncate(begun);
                return Quoted::Torn { never: false };
            }
            // Text after the closing quote, on the same line, belongs to the field.
            let Some(end) = self.end_of_field(bytes, close + 1, last) else {
                return Quoted::Beyond;
            };
            self.loose.extend_from_slice(&bytes[piece..close]);
            self.loose.extend_from_slice(&bytes[close + 1..end]);
            self.push_loose(begun);
            return Quoted::At(end);
        }
    }

    fn push_loose(&mut self, from: usize) {
        let (from, to) = (from as u32, self.loose.len() as u32);
        self.spans.push(Span { from, to, loose: true });
    }

    /// Takes what is left of the line as one field.
    fn rest_of_line(&mut self, bytes: &[u8], from: usize, last: bool) -> Option<usize> {
        let end = memchr2(b'\n', b'\r', &bytes[from..]);
        let end = match end {
            Some(n) => from + n,
            None if last => bytes.len(),
            None => return None,
        };
        self.spans.push(Span { from: from as u32, to: end as u32, loose: false });
        Some(end)
    }

    /// The number of fields.
    #[inline]
    pub fn width(&self) -> usize {
        self.spans.len()
    }

    /// Where a field of `row` lies: its bytes are `[from..to]` of the row, or of `loose` where
    /// the last is true.
    #[inline]
    pub fn span(&self, at: usize) -> Option<(usize, usize, bool)> {
        self.spans.get(at).map(|span| (span.from as usize, span.to as usize, span.loose))
    }

    /// The bytes of a field of `row`, the one cut last.
    #[inline]
    pub fn field<'a>(&'a self, row: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let (from, to, loose) = self.span(at)?;
        Some(if loose { &self.loose[from..to] } else { &row[from..to] })
    }

    /// Puts other texts in place of all fields.
    pub fn replace(&mut self, texts: &[String]) {
        self.spans.clear();
        self.loose.clear();
        for text in texts {
            let from = self.loose.len();
            self.loose.extend_from_slice(text.as_bytes());
            self.push_loose(from);
        }
    }
}

/// Where eight bytes equal others: the high bit of each such byte is set. Only the lowest bit that
/// is set can be relied upon, as the subtraction borrows from the bytes above.
#[inline]
fn equal(eight: u64, others: u64) -> u64 {
    let differing = eight ^ others;
    differing.wrapping_sub(0x0101_0101_0101_0101) & !differing & 0x8080_8080_8080_8080
}

/// Behind the line end at `at`; `None` when it may be the first half of one.
fn line_end(bytes: &[u8], at: usize, last: bool) -> Option<usize> {
    if bytes[at] == b'\n' {
        return Some(at + 1);
    }
    match bytes.get(at + 1) {
        Some(b'\n') => Some(at + 2),
        None if !last => None,
        _ => Some(at + 1),
    }
}

/// Passes over blank lines: how many bytes and lines.
pub fn blank(bytes: &[u8], last: bool) -> (usize, u64) {
    let (mut at, mut lines) = (0, 0);
    while let Some(b'\n' | b'\r') = bytes.get(at) {
        let Some(end) = line_end(bytes, at, last) else { break };
        at = end;
        lines += 1;
    }
    (at, lines)
}

/// How many line ends there are: LF, CR LF, or CR.
pub fn line_ends(bytes: &[u8]) -> u64 {
    memchr2_iter(b'\n', b'\r', bytes)
        .filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
        .count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Signs = Signs { delimiter: b',', quote: Some(b'"') };

    fn fields(text: &str) -> (Vec<String>, usize, Option<Torn>) {
        let mut cutter = Cutter::new(COMMA);
        let length = cutter.row(text.as_bytes(), true).unwrap();
        let fields = (0..cutter.width())
            .map(|at| {
                String::from_utf8(cutter.field(text.as_bytes(), at).unwrap().to_vec()).unwrap()
            })
            .collect();
        (fields, length, cutter.torn)
    }

    #[test]
    fn fields_are_cut_at_delimiters_and_quotes_taken_off() {
        for (text, expected, length) in [
            ("a,b\nc", vec!["a", "b"], 4),
            ("a,\r\n", vec!["a", ""], 4),
            ("a\rb", vec!["a"], 2),
            ("\"a,b\",\"c\nd\"\n", vec!["a,b", "c\nd"], 12),
            ("\"a\"\"b\",\"\"\n", vec!["a\"b", ""], 10),
            ("\"a\"b\"c,d\n", vec!["ab\"c", "d"], 9),
            ("a\"b,\"\"\"\"", vec!["a\"b", "\""], 8),
        ] {
            let (found, cut, torn) = fields(text);
            assert_eq!(
                (found, cut, torn),
                (expected.iter().map(|t| t.to_string()).collect(), length, None)
            );
        }
    }

    #[test]
    fn a_quote_that_does_not_close_ends_with_its_line() {
        let (found, length, torn) = fields("1,\"x,y\n2,z\n");
        assert_eq!((found.len(), length), (2, 7));
        assert_eq!(torn, Some(Torn { line: 0, never: true }));
        let (_, length, torn) = fields("\"a\nb\",\"x\n2,\"z\n");
        assert_eq!((length, torn), (9, Some(Torn { line: 1, never: false })));
    }

    #[test]
    fn a_row_that_is_not_whole_is_not_cut() {
        let text = "a,\"b\"\"c\",\"d\"e\r\n";
        let mut cutter = Cutter::new(COMMA);
        for end in 0..text.len() {
            assert_eq!(cutter.row(&text.as_bytes()[..end], false), None, "{end}");
        }
        assert_eq!(cutter.row(text.as_bytes(), false), Some(text.len()));
    }

    /// What a well-known reader makes of the same bytes is what we make of them, as long as all
    /// quotes close.
    #[test]
    fn any_text_is_cut_as_the_csv_crate_cuts_it() {
        let mut seed = 7_u64;
        let mut compared = 0;
        for _ in 0..20_000 {
            let mut text = Vec::new();
            for _ in 0..24 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push(b"aab,,\"\"\n\r"[(seed >> 33) as usize % 9]);
            }
            let (ours, torn) = all_rows(&text);
            if torn {
                continue;
            }
            let mut theirs = csv::ReaderBuilder::new();
            let mut theirs = theirs.flexible(true).has_headers(false).from_reader(text.as_slice());
            let theirs: Vec<Vec<Vec<u8>>> = theirs
                .byte_records()
                .map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect())
                .collect();
            assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
            compared += 1;
        }
        assert!(compared > 5_000, "{compared}");
    }

    fn all_rows(text: &[u8]) -> (Vec<Vec<Vec<u8>>>, bool) {
        let mut cutter = Cutter::new(COMMA);
        let (mut at, mut rows, mut torn) = (0, Vec::new(), false);
        loop {
            at += blank(&text[at..], true).0;
            if at == text.len() {
                return (rows, torn);
            }
            let row = &text[at..];
            at += cutter.row(row, true).unwrap();
            torn |= cutter.torn.is_some();
            rows.push(
                (0..cutter.width()).map(|f| cutter.field(row, f).unwrap().to_vec()).collect(),
            );
        }
    }
}
