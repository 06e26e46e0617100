//! Two records side by side, as they are compared.

use karat_record::Result;

pub use super::differing::Piece;
use super::differing::pieces;
use super::{Records, published, read};
use crate::context::Context;
use crate::project::Entity;

/// A field of two records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub field: String,
    /// Cleaned texts, of which a record may have several.
    pub a: Vec<Text>,
    pub b: Vec<Text>,
    /// Whether they have a text in common.
    pub agrees: bool,
}

/// A text of one record beside those of the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub pieces: Vec<Piece>,
    /// The other record has it too.
    pub is_shared: bool,
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
    let records = read::pair(context, entity, &sources, pair).await?;
    let Some((a, b)) = numbers(&records, pair) else { return Ok(None) };
    let fields = entity.fields.iter().zip(&records.frame.columns);
    let compared = fields.map(|(field, column)| {
        let of = |record| column.of(record).iter().map(|text| column.text(*text)).collect();
        let texts: [Vec<&str>; 2] = [of(a), of(b)];
        let beside = |own: &[&str], others: &[&str]| {
            let text = |text: &&str| Text {
                pieces: pieces(text, others),
                is_shared: others.contains(text),
            };
            own.iter().map(text).collect()
        };
        Compared {
            field: field.name.clone(),
            a: beside(&texts[0], &texts[1]),
            b: beside(&texts[1], &texts[0]),
            agrees: column.meet(a, b),
        }
    });
    Ok(Some(compared.collect()))
}

/// The numbers of two records, where both are there.
pub(super) fn numbers(records: &Records, pair: [(&str, &str); 2]) -> Option<(u32, u32)> {
    let number = |(source, key): (&str, &str)| {
        (0..records.frame.len() as u32)
            .find(|record| records.source(*record) == source && records.key(*record) == key)
    };
    Some((number(pair[0])?, number(pair[1])?))
}
