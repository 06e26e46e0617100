//! Records as the engines that weigh evidence want them: one column per field, by name.

use karat_resolve::Column as Texts;
use karat_resolve::condition::Value;
use karat_resolve::linkage::{Column, Records as Columns, TextColumn};

use crate::project::Entity;
use crate::project::entity::Field;
use crate::resolve::read::Records;

/// The fields of all records, in the order of the records.
pub(super) fn columns(entity: &Entity, records: &Records) -> Columns {
    let fields = entity.fields.iter().zip(&records.frame.columns);
    let column = |(field, texts): (&Field, &Texts)| {
        let len = records.frame.len() as u32;
        (field.name.clone(), column(texts, len, field.role.is_some_and(|role| role.is_name())))
    };
    Columns {
        sources: records.frame.sources.clone(),
        source_names: records.sources.clone(),
        columns: fields.map(column).collect(),
        ..Columns::default()
    }
}

/// The texts of each record; a list only where some record has more than one, and of names the
/// first text alone.
fn column(texts: &Texts, len: u32, is_name: bool) -> Column {
    if !is_name && (0..len).any(|record| texts.of(record).len() > 1) {
        let values: Vec<Value> = (0..len).map(|record| value(texts, record)).collect();
        return Column::of_values(&values);
    }
    let mut column = TextColumn::default();
    for record in 0..len {
        column.push(texts.of(record).first().map(|id| texts.text(*id)));
    }
    column.finish()
}

fn value(texts: &Texts, record: u32) -> Value {
    let text = |id: &u32| Value::Text(texts.text(*id).into());
    match texts.of(record) {
        [] => Value::Null,
        [one] => text(one),
        several => Value::List(several.iter().map(text).collect()),
    }
}

#[cfg(test)]
mod tests {
    use karat_resolve::frame::ColumnBuilder;

    use super::*;

    fn texts(records: &[&[&str]]) -> Texts {
        let mut builder = ColumnBuilder::default();
        for record in records {
            let mut ids = record.iter().map(|text| builder.intern(text)).collect();
            builder.push(&mut ids);
        }
        builder.finish()
    }

    #[test]
    fn lists_are_made_where_a_record_has_several_texts() {
        let texts = texts(&[&["a"], &["b", "a"], &[]]);
        let several = column(&texts, 3, false);
        let list = Value::List(vec![Value::Text("a".into()), Value::Text("b".into())]);
        let values = several.ids.iter().map(|id| several.values.value(*id));
        assert_eq!(values.collect::<Vec<_>>(), [Value::Text("a".into()), list, Value::Null]);
        assert!(column(&texts, 3, true).values.texts().is_some(), "names are never lists");
    }

    #[test]
    fn single_texts_stay_texts() {
        let single = column(&texts(&[&["a"], &[], &["a"]]), 3, false);
        assert_eq!(single.values.texts().map(|texts| texts.len()), Some(1));
    }
}
