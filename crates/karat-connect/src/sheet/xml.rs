//! XML of a workbook's parts, event by event, with a limit to what one event may hold.

use std::borrow::Cow;

use karat_record::{Problem, Result};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::sheet::archive::{Archive, Part, damaged};
use crate::sheet::problem;

/// The most bytes between two tags; a cell of a spreadsheet holds 32,767 characters.
const LONGEST: u64 = 4 << 20;

pub(super) struct Xml {
    reader: Reader<Part>,
    name: String,
    part: String,
}

impl Xml {
    /// Opens a part of a workbook; `None` when there is none of that name.
    pub(super) fn open(archive: &Archive, part: &str) -> Option<Xml> {
        let mut reader = Reader::from_reader(archive.part(part)?);
        reader.config_mut().expand_empty_elements = true;
        Some(Xml { reader, name: archive.name().to_owned(), part: part.to_owned() })
    }

    /// As `open`.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(super) fn require(archive: &Archive, part: &str) -> Result<Xml> {
        Xml::open(archive, part).ok_or_else(|| {
            let what = format!("the file is no workbook: it has no part {part:?}");
            problem(archive.name(), what).hint("check the path and the format")
        })
    }

    /// The next event; `buffer` is cleared and holds it. The end of the part is an event.
    ///
    /// # Errors
    /// When the part is no XML, is damaged, or declares a document type, as none should.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Event<'b>> {
        buffer.clear();
        self.reader.get_mut().allow(LONGEST);
        match self.reader.read_event_into(buffer) {
            Ok(Event::DocType(_)) => {
                let what = format!("its part {:?} declares a document type", self.part);
                Err(problem(&self.name, what).hint("no spreadsheet program writes one"))
            }
            Ok(event) => Ok(event),
            Err(_) => Err(self.damaged()),
        }
    }

    /// Reads to the end without looking, so that the checksum of the part is compared.
    ///
    /// # Errors
    /// When it differs.
    pub(super) fn finish(&mut self) -> Result<()> {
        let part = self.reader.get_mut();
        part.allow(u64::MAX);
        std::io::copy(part, &mut std::io::sink()).map_err(|_| self.damaged())?;
        Ok(())
    }

    pub(super) fn damaged(&self) -> Problem {
        damaged(&self.name, &format!("its part {:?}", self.part))
    }

    pub(super) fn progress(&self) -> f64 {
        self.reader.get_ref().progress()
    }

    /// Adds the text that an event holds, if any.
    ///
    /// # Errors
    /// When it names an entity that XML does not know.
    pub(super) fn text(&self, event: &Event<'_>, into: &mut String) -> Result<()> {
        match event {
            Event::Text(text) => into.push_str(&text.xml10_content()),
            Event::CData(text) => into.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(character)) => into.push(character),
                Ok(None) => {
                    let known = resolve_predefined_entity(&name.xml10_content());
                    into.push_str(known.ok_or_else(|| self.damaged())?);
                }
                Err(_) => return Err(self.damaged()),
            },
            _ => {}
        }
        Ok(())
    }
}

/// The name of an element without its prefix.
pub(super) fn local<'a>(element: &'a BytesStart<'_>) -> &'a str {
    element.local_name().into_inner()
}

/// The value of an attribute, named with its prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}

/// The value of an attribute, whatever its prefix.
pub(super) fn local_attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = element.attributes().with_checks(false).flatten().collect::<Vec<_>>().into_iter();
    let found = all.find(|attribute| attribute.key.local_name().into_inner() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}
