//! Labels: who is who, as somebody knows it, from a CSV file with the columns source, key and the
//! label.

use std::path::Path;

use karat_connect::csv::{Form, Settings, open};
use karat_record::{Kind, Place, Problem, Result};
use rustc_hash::FxHashMap;

use crate::resolve::Records;

/// For each record its label, and its group where one is asked for; equal numbers are equal texts.
pub struct Labels {
    pub of: Vec<Option<u32>>,
    pub groups: Option<Vec<Option<u32>>>,
    /// Labelled records that are not here.
    pub unknown: u64,
}

/// Which columns of the file say what.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The label; else the first column that is neither source nor key.
    pub label: Option<String>,
    /// Something that different entities share, such as a household.
    pub group: Option<String>,
}

/// Reads the labels of records.
///
/// # Errors
/// A file that cannot be read, or has not these columns.
pub fn read(path: &Path, columns: &Columns, records: &Records) -> Result<Labels> {
    let shown = path.display().to_string();
    let form = Form::find(path, &shown, &Settings::default())?;
    let mut rows = form.read(open(path)?)?;
    let headers = form.headers();
    let find = |name: &str| {
        headers.iter().position(|h| h == name).ok_or_else(|| {
            Problem::new(Kind::Input, format!("the labels have no column {name:?}"))
                .at(Place::file(shown.clone()))
                .hint(format!("it has: {}; wanted are source, key and a label", headers.join(", ")))
        })
    };
    let (source, key) = (find("source")?, find("key")?);
    let label = match &columns.label {
        Some(name) => find(name)?,
        None => (0..headers.len())
            .find(|at| ![source, key].contains(at))
            .map_or_else(|| find("label"), Ok)?,
    };
    let group = columns.group.as_deref().map(find).transpose()?;
    let mut labels = Builder::new(records, group.is_some());
    while let Some(row) = rows.next_row()? {
        let field = |at: usize| {
            row.field(at).map_err(|_| {
                Problem::new(Kind::Input, "the labels are not UTF-8")
                    .at(Place::line(shown.clone(), row.line))
            })
        };
        let record = (field(source)?.unwrap_or_default(), field(key)?.unwrap_or_default());
        labels.take(record, field(label)?, group.map(field).transpose()?.flatten());
    }
    Ok(labels.finish())
}

/// Labels being read.
struct Builder<'a> {
    numbers: FxHashMap<(&'a str, &'a str), u32>,
    labels: Labels,
    known: [FxHashMap<String, u32>; 2],
}

impl<'a> Builder<'a> {
    fn new(records: &'a Records, groups: bool) -> Builder<'a> {
        let count = records.frame.len();
        let numbers = (0..count as u32).map(|r| ((records.source(r), records.key(r)), r));
        Builder {
            numbers: numbers.collect(),
            labels: Labels {
                of: vec![None; count],
                groups: groups.then(|| vec![None; count]),
                unknown: 0,
            },
            known: Default::default(),
        }
    }

    fn take(&mut self, record: (&str, &str), label: Option<&str>, group: Option<&str>) {
        let Some(record) = self.numbers.get(&record).map(|r| *r as usize) else {
            self.labels.unknown += 1;
            return;
        };
        let [labels, groups] = &mut self.known;
        self.labels.of[record] = number(labels, label);
        if let Some(of) = &mut self.labels.groups {
            of[record] = number(groups, group);
        }
    }

    fn finish(self) -> Labels {
        self.labels
    }
}

fn number(known: &mut FxHashMap<String, u32>, text: Option<&str>) -> Option<u32> {
    let text = text.filter(|text| !text.is_empty())?;
    let next = known.len() as u32;
    Some(*known.entry(text.to_owned()).or_insert(next))
}
