//! What the cells of a workbook share: styles of XLSX, and texts.

use std::collections::HashMap;

use karat_record::Result;
use quick_xml::events::Event;

use crate::sheet::archive::Archive;
use crate::sheet::number::{Epoch, Form};
use crate::sheet::xml::{Xml, attribute, local};
use crate::sheet::{Limits, problem};

/// What each style makes of a number, in the order of the styles.
pub(super) fn forms(archive: &Archive, part: &str) -> Result<Vec<Form>> {
    let Some(mut xml) = Xml::open(archive, part) else { return Ok(Vec::new()) };
    let (mut buffer, mut codes, mut forms) = (Vec::new(), HashMap::new(), Vec::new());
    let mut inside = false;
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match local(&element) {
                "numFmt" => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                    let code = attribute(&element, "formatCode").unwrap_or_default();
                    codes.extend(id.map(|id| (id, Form::of_code(&code))));
                }
                "cellXfs" => inside = true,
                "xf" if inside => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok());
                    let id = id.unwrap_or(0);
                    forms.push(codes.get(&id).copied().unwrap_or_else(|| Form::of_id(id)));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().into_inner() == "cellXfs" => inside = false,
            Event::Eof => return Ok(forms),
            _ => {}
        }
    }
}

/// What the cells of a workbook refer to.
#[derive(Default)]
pub(super) struct Shared {
    pub texts: Texts,
    pub forms: Vec<Form>,
    pub epoch: Epoch,
}

/// Texts that cells name by their number.
#[derive(Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    pub(super) fn read(archive: &Archive, part: &str, limits: &Limits) -> Result<Texts> {
        if archive.size(part).is_some_and(|size| size > limits.shared) {
            let what = format!("its cells share more than {} bytes of texts", limits.shared);
            return Err(problem(archive.name(), what).hint("export it as delimited text"));
        }
        let Some(mut xml) = Xml::open(archive, part) else { return Ok(Texts::default()) };
        let mut texts = Texts::default();
        let (mut buffer, mut text) = (Vec::new(), String::new());
        let mut run = Run::default();
        loop {
            let event = xml.next(&mut buffer)?;
            match &event {
                Event::Eof => return Ok(texts),
                Event::End(element) if element.local_name().into_inner() == "si" => {
                    texts.push(&unescape(&text));
                    text.clear();
                }
                _ => {}
            }
            if run.visit(&event) {
                xml.text(&event, &mut text)?;
            }
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> u64 {
        (self.all.len() + self.ends.len() * size_of::<usize>()) as u64
    }

    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)?;
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.all.get(from..end)
    }
}

/// Follows which text of a rich text is its own and not how it is pronounced.
#[derive(Default)]
pub(super) struct Run {
    inside: bool,
    phonetic: bool,
}

impl Run {
    /// Is what the event holds a text of the cell?
    pub(super) fn visit(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Start(element) => match local(element) {
                "t" => self.inside = true,
                "rPh" => self.phonetic = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().into_inner() {
                "t" => self.inside = false,
                "rPh" => self.phonetic = false,
                _ => {}
            },
            _ => {}
        }
        self.inside && !self.phonetic
    }
}

/// `_x000D_` stands for the character of that number. Source: ECMA-376 part 1, 22.9.2.19.
pub(super) fn unescape(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("_x") {
        return text.into();
    }
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let digits = code.filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|code| u32::from_str_radix(code, 16).ok());
        let (character, end) = match number.and_then(char::from_u32) {
            Some(character) => (Some(character), at + 7),
            None => (None, at + 2),
        };
        plain.push_str(&rest[..if character.is_some() { at } else { end }]);
        plain.extend(character);
        rest = &rest[end..];
    }
    plain.push_str(rest);
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters_come_back() {
        assert_eq!(unescape("a_x000D_b_x005F_x0041_"), "a\rb_x0041_");
        assert_eq!(unescape("_x12 _xé_ _x"), "_x12 _xé_ _x");
    }
}
