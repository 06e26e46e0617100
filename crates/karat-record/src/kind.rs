//! The types a column can have.

use std::fmt;

/// The type of a column. Each maps to one PostgreSQL type (see `Type::sql`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    Text,
    Integer,
    Double,
    Numeric,
    Boolean,
    Date,
    Timestamp,
    Uuid,
    Json,
    /// A list of texts.
    List,
}

impl Type {
    /// Every type, in the order in which documentation lists them.
    pub const ALL: [Type; 10] = [
        Type::Text,
        Type::Integer,
        Type::Double,
        Type::Numeric,
        Type::Boolean,
        Type::Date,
        Type::Timestamp,
        Type::Uuid,
        Type::Json,
        Type::List,
    ];

    /// The name used in dataset files.
    pub fn name(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Integer => "integer",
            Type::Double => "double",
            Type::Numeric => "numeric",
            Type::Boolean => "boolean",
            Type::Date => "date",
            Type::Timestamp => "timestamp",
            Type::Uuid => "uuid",
            Type::Json => "json",
            Type::List => "list",
        }
    }

    /// The PostgreSQL type that holds it.
    pub fn sql(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Integer => "bigint",
            Type::Double => "double precision",
            Type::Numeric => "numeric",
            Type::Boolean => "boolean",
            Type::Date => "date",
            Type::Timestamp => "timestamp with time zone",
            Type::Uuid => "uuid",
            Type::Json => "jsonb",
            Type::List => "text[]",
        }
    }

    /// The type of that name, if there is one.
    pub fn named(name: &str) -> Option<Type> {
        Type::ALL.into_iter().find(|t| t.name() == name)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
