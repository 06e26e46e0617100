//! Labels: who is who, as somebody knows it, from a CSV file with the columns source, key and the
//! label.

use std::path::Path;

use karat_connect::csv::{Form, Settings, open};
use karat_record::{Kind, Place, Problem, Result};
use rustc_hash::FxHashMap;

use crate::project::Entity;
use crate::resolve::Records;

/// For each record its label, and its group where one is asked for; equal numbers are equal texts.
pub struct Labels {
    pub of: Vec<Option<u32>>,
    pub groups: Option<Vec<Option<u32>>>,
    /// For golden columns that the file has a column of that name for: the true values of each
    /// label, and for each record that of its row. Blank is not known.
    pub truths: Vec<Truths>,
    /// Labelled records that are not here.
    pub unknown: u64,
}

/// The true values of a golden column.
pub struct Truths {
    /// The place of the golden column.
    pub column: usize,
    /// By label; several where the rows of a label differ.
    pub of_label: FxHashMap<u32, Vec<String>>,
    /// By record.
    pub of_record: FxHashMap<u32, String>,
}

/// Which columns of the file say what.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The label; else the first column that is neither source nor key.
    pub label: Option<String>,
    /// Something that different entities share, such as a household.
    pub group: Option<String>,
}

/// Reads the labels of records, and the true values of golden columns where the file has them.
///
/// # Errors
/// A file that cannot be read, or has not these columns.
pub fn read(
    path: &Path,
    columns: &Columns,
    (entity, records): (&Entity, &Records),
) -> Result<Labels> {
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
    let golden = entity.golden.columns.iter().enumerate();
    let truths: Vec<(usize, usize)> = golden
        .filter_map(|(at, column)| Some((at, headers.iter().position(|h| *h == column.name)?)))
        .filter(|(_, header)| ![source, key, label].contains(header))
        .collect();
    let mut labels = Builder::new(records, group.is_some(), &truths);
    while let Some(row) = rows.next_row()? {
        let field = |at: usize| {
            row.field(at).map_err(|_| {
                Problem::new(Kind::Input, "the labels are not UTF-8")
                    .at(Place::line(shown.clone(), row.line))
            })
        };
        let record = (field(source)?.unwrap_or_default(), field(key)?.unwrap_or_default());
        let taken = labels.take(record, field(label)?, group.map(field).transpose()?.flatten());
        for (at, (_, header)) in truths.iter().enumerate() {
            labels.truth(taken, at, field(*header)?);
        }
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
    fn new(records: &'a Records, groups: bool, truths: &[(usize, usize)]) -> Builder<'a> {
        let truths = truths.iter().map(|(column, _)| Truths {
            column: *column,
            of_label: FxHashMap::default(),
            of_record: FxHashMap::default(),
        });
        let count = records.frame.len();
        let numbers = (0..count as u32).map(|r| ((records.source(r), records.key(r)), r));
        Builder {
            numbers: numbers.collect(),
            labels: Labels {
                of: vec![None; count],
                groups: groups.then(|| vec![None; count]),
                truths: truths.collect(),
                unknown: 0,
            },
            known: Default::default(),
        }
    }

    /// Takes a row; the record that it is of, and its label.
    fn take(
        &mut self,
        record: (&str, &str),
        label: Option<&str>,
        group: Option<&str>,
    ) -> (Option<u32>, Option<u32>) {
        let [labels, groups] = &mut self.known;
        let label = number(labels, label);
        let Some(found) = self.numbers.get(&record).copied() else {
            self.labels.unknown += 1;
            return (None, label);
        };
        let record = found as usize;
        self.labels.of[record] = label;
        if let Some(of) = &mut self.labels.groups {
            of[record] = number(groups, group);
        }
        (Some(found), label)
    }

    /// Takes the true value of a row's record for one of the golden columns that have such.
    fn truth(&mut self, row: (Option<u32>, Option<u32>), at: usize, text: Option<&str>) {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return };
        let truths = &mut self.labels.truths[at];
        if let Some(record) = row.0 {
            truths.of_record.insert(record, text.to_owned());
        }
        if let Some(label) = row.1 {
            let values = truths.of_label.entry(label).or_default();
            if !values.iter().any(|known| known == text) {
                values.push(text.to_owned());
            }
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
