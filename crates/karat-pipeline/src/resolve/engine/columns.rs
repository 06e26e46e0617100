//! Records as the engines that weigh evidence want them: one column per field, by name.

use karat_resolve::Column as Texts;
use karat_resolve::linkage::{Column, Records as Columns, TextColumn};

use crate::project::Entity;
use crate::resolve::read::Records;

/// The fields of all records, in the order of the records.
pub(super) fn columns(entity: &Entity, records: &Records) -> Columns {
    let fields = entity.fields.iter().zip(&records.frame.columns);
    Columns {
        sources: records.frame.sources.clone(),
        source_names: records.sources.clone(),
        columns: fields.map(|(field, texts)| (field.name.clone(), first(texts, records))).collect(),
        ..Columns::default()
    }
}

/// The first text of each record.
fn first(texts: &Texts, records: &Records) -> Column {
    let mut column = TextColumn::default();
    for record in 0..records.frame.len() as u32 {
        column.push(texts.of(record).first().map(|id| texts.text(*id)));
    }
    column.finish()
}
