//! Two records side by side, as they are compared.

use karat_record::Result;

use super::{published, read};
use crate::context::Context;
use crate::project::Entity;

/// A field of two records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub field: String,
    /// Cleaned texts, of which a record may have several.
    pub a: Vec<String>,
    pub b: Vec<String>,
    /// Whether they have a text in common.
    pub agrees: bool,
}

/// What two records have in the fields that are compared; none where one of them is gone. Each is
/// given by source and key.
///
/// # Errors
/// A source without a table.
pub async fn side_by_side(
    context: &Context<'_>,
    entity: &Entity,
    pair: [(&str, &str); 2],
) -> Result<Option<Vec<Compared>>> {
    let session = published::opened(context).await?;
    let sources = read::sources(context, &session, entity).await?;
    let keys = sources.iter().map(|source| {
        let wanted = pair.iter().filter(|(name, _)| *name == source.source.dataset);
        wanted.map(|(_, key)| (*key).to_owned()).collect()
    });
    let keys: Vec<Vec<String>> = keys.collect();
    let records = read::some(context, entity, &sources, &keys).await?;
    let number = |(source, key): (&str, &str)| {
        (0..records.frame.len() as u32)
            .find(|record| records.source(*record) == source && records.key(*record) == key)
    };
    let (Some(a), Some(b)) = (number(pair[0]), number(pair[1])) else { return Ok(None) };
    let fields = entity.fields.iter().zip(&records.frame.columns);
    let compared = fields.map(|(field, column)| {
        let texts = |record| {
            let texts = column.of(record).iter();
            texts.map(|text| column.text(*text).to_owned()).collect()
        };
        let agrees = column.meet(a, b);
        Compared { field: field.name.clone(), a: texts(a), b: texts(b), agrees }
    });
    Ok(Some(compared.collect()))
}
