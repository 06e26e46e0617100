//! In which encoding a text is, with the evidence; and reading any of them as UTF-8.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE};

/// An encoding that text files come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

/// What the bytes of a text are read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub encoding: Encoding,
    /// Why; `None` where it is plain UTF-8, which needs no word.
    pub evidence: Option<String>,
}

impl Encoding {
    /// The encoding of that name, such as `windows-1252`, `utf-16le`, `latin1`, `shift_jis`.
    pub fn named(name: &str) -> Option<Encoding> {
        encoding_rs::Encoding::for_label(name.as_bytes()).map(Encoding)
    }

    /// The usual name in lower case.
    pub fn name(self) -> String {
        self.0.name().to_lowercase()
    }

    /// Whether bytes are used as they are.
    pub fn is_utf8(self) -> bool {
        self.0 == UTF_8
    }

    /// What `bytes` reads, as UTF-8. A sign that the encoding does not know becomes U+FFFD.
    pub fn decode<'r>(self, bytes: Box<dyn Read + 'r>) -> Box<dyn Read + 'r> {
        if self.is_utf8() {
            return bytes;
        }
        let decoder = self.0.new_decoder_without_bom_handling();
        let (raw, text) = (Piece::new(), Piece::new());
        Box::new(Decoded { bytes, decoder, raw, text, ended: false, finished: false })
    }
}

/// Finds the encoding of a text by its first bytes; `whole` says that there are no more.
pub fn find(sample: &[u8], whole: bool) -> Found {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(sample) {
        let evidence = (encoding != UTF_8).then(|| "it begins with a byte order mark".to_owned());
        return Found { encoding: Encoding(encoding), evidence };
    }
    if let Some(found) = two_bytes_each(sample) {
        return found;
    }
    let (good, bad) = utf8_signs(sample, whole);
    if bad == 0 || good > bad {
        // A few bad lines among good ones are rejected one by one.
        return Found { encoding: Encoding(UTF_8), evidence: None };
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, whole);
    let encoding = Encoding(detector.guess(None, Utf8Detection::Deny));
    let evidence = format!(
        "{bad} of {} signs beyond ASCII in the first {} bytes are no UTF-8, and {} fits best",
        good + bad,
        sample.len(),
        encoding.name()
    );
    Found { encoding, evidence: Some(evidence) }
}

/// UTF-16 without a mark: every other byte of Western text is zero.
fn two_bytes_each(sample: &[u8]) -> Option<Found> {
    let pairs = sample.len() / 2;
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let mostly = |n: usize| n * 10 > pairs * 7;
    let encoding = match (pairs >= 2, even, odd) {
        (true, 0, odd) if mostly(odd) => UTF_16LE,
        (true, even, 0) if mostly(even) => UTF_16BE,
        _ => return None,
    };
    let evidence = format!("{} of {pairs} pairs of bytes have a zero", even.max(odd));
    Some(Found { encoding: Encoding(encoding), evidence: Some(evidence) })
}

/// Characters beyond ASCII, and places that are no UTF-8; the end of a sample may cut one in two.
fn utf8_signs(sample: &[u8], whole: bool) -> (usize, usize) {
    let (mut good, mut bad) = (0, 0);
    let mut chunks = sample.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let cut = !whole && chunks.peek().is_none() && chunk.invalid().len() < 4;
        bad += usize::from(!chunk.invalid().is_empty() && !cut);
    }
    (good, bad)
}

/// Bytes of which some are still to be used.
struct Piece {
    bytes: Vec<u8>,
    from: usize,
    to: usize,
}

impl Piece {
    fn new() -> Piece {
        Piece { bytes: vec![0; 64 * 1024], from: 0, to: 0 }
    }

    fn is_used(&self) -> bool {
        self.from == self.to
    }
}

struct Decoded<'r> {
    bytes: Box<dyn Read + 'r>,
    decoder: Decoder,
    raw: Piece,
    text: Piece,
    /// No more bytes come; and the decoder has given its last.
    ended: bool,
    finished: bool,
}

impl Decoded<'_> {
    /// Decodes what there is into `text`.
    fn decode(&mut self) -> io::Result<()> {
        let raw = &mut self.raw;
        if raw.is_used() && !self.ended {
            (raw.from, raw.to) = (0, self.bytes.read(&mut raw.bytes)?);
            self.ended = raw.to == 0;
        }
        let more = &raw.bytes[raw.from..raw.to];
        let (result, read, written, _) =
            self.decoder.decode_to_utf8(more, &mut self.text.bytes, self.ended);
        raw.from += read;
        (self.text.from, self.text.to) = (0, written);
        self.finished = self.ended && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl Read for Decoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.text.is_used() && !self.finished {
            self.decode()?;
        }
        let text = &self.text.bytes[self.text.from..self.text.to];
        let read = text.len().min(buffer.len());
        buffer[..read].copy_from_slice(&text[..read]);
        self.text.from += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sample: &[u8]) -> String {
        find(sample, true).encoding.name()
    }

    fn decoded(encoding: &str, bytes: &[u8]) -> String {
        let mut text = vec![0; 0];
        let mut piece = [0; 7];
        let mut reader = Encoding::named(encoding).unwrap().decode(Box::new(bytes));
        while let Ok(n @ 1..) = reader.read(&mut piece) {
            text.extend_from_slice(&piece[..n]);
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn encodings_are_found_by_mark_by_form_and_by_what_they_look_like() {
        let german = "name;ort\nMüller;Köln\nGroß;Düsseldorf\nJäger;Böblingen\n";
        let (western, ..) = encoding_rs::WINDOWS_1252.encode(german);
        let wide: Vec<u8> = german.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let high: Vec<u8> = german.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(found(german.as_bytes()), "utf-8");
        assert_eq!(found(&western), "windows-1252");
        assert_eq!(found(&wide), "utf-16le");
        assert_eq!(found(&high), "utf-16be");
        assert_eq!(found(&[b"\xff\xfe", wide.as_slice()].concat()), "utf-16le");
        let (cyrillic, ..) = encoding_rs::WINDOWS_1251.encode("имя;город\nИван;Москва\n");
        assert_eq!(found(&cyrillic), "windows-1251");
    }

    #[test]
    fn a_few_bad_lines_do_not_make_another_encoding() {
        assert_eq!(found("é\né\né\n".as_bytes()), "utf-8");
        assert_eq!(found(b"\xc3\xa9\n\xc3\xa9\n\xe9\n"), "utf-8");
        assert_eq!(found(b"caf\xe9\n"), "windows-1252");
        // The sample ends in the middle of a character.
        assert_eq!(find(b"abc\xc3", false).encoding.name(), "utf-8");
    }

    #[test]
    fn decoding_in_small_pieces_loses_nothing() {
        let text = "Zoë 日本 🦀 £5\n".repeat(9);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded("utf-16le", &wide), text);
        let (western, ..) = encoding_rs::WINDOWS_1252.encode("Zoë £5 €");
        assert_eq!(decoded("windows-1252", &western), "Zoë £5 €");
        assert_eq!(decoded("utf-16le", &wide[..3]), "Z\u{fffd}");
    }
}
