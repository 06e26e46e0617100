//! Repairs that a dataset asks for: control characters taken out, and text that was taken for
//! Windows-1252 once too often turned back.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

/// What is repaired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// Control characters other than tab and line ends go.
    pub control: bool,
    /// `Ã©` becomes `é`.
    pub mojibake: bool,
}

/// Values that were repaired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    pub control: u64,
    pub mojibake: u64,
}

impl Repair {
    /// Whether a row may hold something to repair; cheap to ask.
    pub fn concerns(self, row: &[u8]) -> bool {
        self.control && row.iter().any(|byte| byte.is_ascii_control() && !is_kept(*byte))
            || self.mojibake && !row.is_ascii()
    }

    /// The text as it was meant; counts what was done.
    pub fn text<'t>(self, text: &'t str, done: &mut Repaired) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        if self.control && text.bytes().any(|byte| byte.is_ascii_control() && !is_kept(byte)) {
            text = Cow::Owned(text.chars().filter(|c| !is_dropped(*c)).collect());
            done.control += 1;
        }
        if self.mojibake
            && let Some(meant) = turned_back(&text)
        {
            text = Cow::Owned(meant);
            done.mojibake += 1;
        }
        text
    }
}

impl Repaired {
    /// Both together.
    pub fn add(&mut self, other: Repaired) {
        self.control += other.control;
        self.mojibake += other.mojibake;
    }

    /// What was done, for a person.
    pub fn notes(self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.control > 0 {
            notes.push(format!("control characters were taken out of {} values", self.control));
        }
        if self.mojibake > 0 {
            notes.push(format!("mojibake was repaired in {} values", self.mojibake));
        }
        notes
    }
}

fn is_kept(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r')
}

fn is_dropped(c: char) -> bool {
    c.is_ascii_control() && !is_kept(c as u8)
}

/// A text taken for Windows-1252 more often than this was meant to be what it is.
const ROUNDS: usize = 3;

/// Text with each run beyond ASCII that reads as UTF-8 when written as Windows-1252 turned back;
/// `None` when there is none.
fn turned_back(text: &str) -> Option<String> {
    let mut meant = round(text)?;
    for _ in 1..ROUNDS {
        match round(&meant) {
            Some(further) => meant = further,
            None => break,
        }
    }
    Some(meant)
}

fn round(text: &str) -> Option<String> {
    let mut meant = String::with_capacity(text.len());
    let (mut rest, mut changed) = (text, false);
    while let Some(from) = rest.find(|c: char| !c.is_ascii()) {
        let (plain, beyond) = rest.split_at(from);
        let (run, after) =
            beyond.split_at(beyond.find(|c: char| c.is_ascii()).unwrap_or(beyond.len()));
        meant.push_str(plain);
        let (bytes, _, lost) = WINDOWS_1252.encode(run);
        match std::str::from_utf8(&bytes) {
            Ok(turned) if !lost => {
                meant.push_str(turned);
                changed = true;
            }
            _ => meant.push_str(run),
        }
        rest = after;
    }
    meant.push_str(rest);
    changed.then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> (String, Repaired) {
        let mut done = Repaired::default();
        let both = Repair { control: true, mojibake: true };
        (both.text(text, &mut done).into_owned(), done)
    }

    #[test]
    fn mojibake_is_turned_back_and_right_text_left_alone() {
        for (spoilt, meant) in [
            ("JosÃ© MÃ¼ller", "José Müller"),
            ("Ã\u{a0} la carte", "à la carte"),
            ("donâ€™t", "don’t"),
            ("ÃƒÂ©", "é"),
            ("Müller JosÃ©", "Müller José"),
        ] {
            assert_eq!(repaired(spoilt), (meant.to_owned(), Repaired { control: 0, mojibake: 1 }));
            assert_eq!(repaired(meant), (meant.to_owned(), Repaired::default()));
        }
        for right in ["日本", "Ångström", "naïve café", "£5", "5 €"] {
            assert_eq!(repaired(right), (right.to_owned(), Repaired::default()));
        }
    }

    #[test]
    fn control_characters_go_and_tabs_and_line_ends_stay() {
        assert_eq!(repaired("a\0b\u{1b}\tc\r\n").0, "ab\tc\r\n");
        assert_eq!(repaired("a\0").1, Repaired { control: 1, mojibake: 0 });
    }
}
