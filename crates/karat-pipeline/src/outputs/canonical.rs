//! The hash of a record's fields: of what they say, not of how they were written.

use karat_connect::vault::hash_text;
use karat_record::{Kind, Problem, Result};
use karat_store::copy::{ColumnType, canonical_text};
use karat_store::load::Target;

/// The version of what is hashed, which stands before all else.
const FORM: &str = "karat-lineage-1";

/// A field of which a hash is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub column: String,
    pub kind: ColumnType,
    /// The type's name in the hash.
    pub name: &'static str,
}

/// The fields of these columns.
///
/// # Errors
/// A type whose values can be written in several ways that mean the same.
pub fn fields<'a>(
    target: &Target,
    columns: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    for column in columns {
        if fields.iter().any(|field| field.column == column) {
            continue;
        }
        let found = target.column(column);
        let named = found.and_then(|c| Some((c.kind.clone(), name(&c.kind)?)));
        let Some((kind, name)) = named else {
            let declared = found.map_or("not there", |column| column.declared.as_str());
            let what = format!("there is no lineage by column {column:?}, which is {declared}");
            let hint = "lineage needs texts, numbers, truths, days, times or UUIDs";
            return Err(Problem::new(Kind::Project, what).hint(hint));
        };
        fields.push(Field { column: column.to_owned(), kind, name });
    }
    Ok(fields)
}

fn name(kind: &ColumnType) -> Option<&'static str> {
    Some(match kind {
        ColumnType::Boolean => "boolean",
        ColumnType::Int2 | ColumnType::Int4 | ColumnType::Int8 => "integer",
        ColumnType::Float4 | ColumnType::Float8 => "double",
        ColumnType::Numeric(_) => "numeric",
        ColumnType::Text(_) => "text",
        ColumnType::Date => "date",
        ColumnType::Timestamp => "timestamp",
        ColumnType::Uuid => "uuid",
        ColumnType::Json | ColumnType::Jsonb | ColumnType::TextArray | ColumnType::Other(_) => {
            return None;
        }
    })
}

/// The SHA-256 of canonical values: of each field its column, its type and its text, every one with
/// its length in bytes before it (`4:text,`); `-,` for a missing value.
pub fn hash(fields: &[Field], values: &[Option<String>]) -> String {
    let mut text = format!("{FORM}\n");
    for (field, value) in fields.iter().zip(values) {
        for part in [field.column.as_str(), field.name] {
            text += &format!("{}:{part},", part.len());
        }
        text +=
            &value.as_ref().map_or("-,".to_owned(), |value| format!("{}:{value},", value.len()));
    }
    hash_text(&text)
}

/// The canonical text of a value that the server wrote.
pub fn of_server(field: &Field, text: Option<&str>) -> Option<String> {
    canonical_text(&field.kind, text?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_what_fields_say_and_of_where_they_end() {
        let field =
            |column: &str, kind: ColumnType, name| Field { column: column.to_owned(), kind, name };
        let fields = [
            field("a", ColumnType::Text(None), "text"),
            field("b", ColumnType::Numeric(None), "numeric"),
        ];
        let text = |text: &str| Some(text.to_owned());
        let one = hash(&fields, &[text("x"), of_server(&fields[1], Some("1.50"))]);
        assert_eq!(one, hash_text("karat-lineage-1\n1:a,4:text,1:x,1:b,7:numeric,3:1.5,"));
        assert_eq!(one, hash(&fields, &[text("x"), of_server(&fields[1], Some("1.5"))]));
        let missing = hash(&fields, &[text("x"), None]);
        assert_ne!(missing, hash(&fields, &[text("x"), text("")]));
        assert_ne!(missing, one);
    }
}
