//! One statement of a folder and what is known about it.

use std::ops::Range;

use karat_record::{Place, Type};

use super::object::{ObjectKind, ObjectName};

/// A text file with SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The file as the user would name it.
    pub path: String,
    pub text: String,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub path: String,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Bytes in the file, without comments around it and without the semicolon.
    pub range: Range<usize>,
    /// Exactly what stands there.
    pub text: String,
    /// What it defines or changes.
    pub object: ObjectName,
    /// Where in `text` the name of what it defines stands, with its schema.
    pub name_range: Option<Range<usize>>,
    /// The columns of a `create table`.
    pub columns: Vec<Column>,
    /// What has to be there before it runs.
    pub needs: Vec<Need>,
    /// SHA-256 in hexadecimal of the tokens; the same for any layout and comments.
    pub fingerprint: String,
    /// False where PostgreSQL refuses to run it in a transaction.
    pub transactional: bool,
    /// Whether it can run again to replace what it made before.
    pub repeatable: bool,
    pub(super) traits: Traits,
}

/// A column of a `create table`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// The type as written: `numeric(10, 2)`.
    pub type_text: String,
    /// The whole definition as written, for `alter table .. add column`.
    pub text: String,
}

/// What only ordering reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// Names that come into being beside the object: the sequence of a serial column.
    pub(super) provides: Vec<ObjectName>,
    /// A relation that this changes: its columns or its keys.
    pub(super) changes: Option<Change>,
    /// How many arguments a call of the function takes.
    pub(super) arity: Option<Arity>,
    /// Created only if it is not there, so that a second one does no harm.
    pub(super) if_not_exists: bool,
    /// A view of nothing but typed nulls, which `pg_dump` writes ahead of the real one.
    pub(super) placeholder: bool,
    /// What a `do` block makes, by which it is placed among other statements.
    pub(super) makes: Option<ObjectKind>,
    /// Orders statements of one kind: wide grants before narrow ones, revokes before grants.
    pub(super) step: u8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) relation: Vec<String>,
    /// A primary key or unique constraint or index; otherwise columns.
    pub(super) key: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arity {
    pub(super) least: usize,
    pub(super) most: usize,
}

/// Something that a statement refers to by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub want: Want,
    pub schema: Option<String>,
    pub name: String,
    /// PostgreSQL refuses the statement without it. A need that is not hard only asks for an
    /// order, and gives way in a cycle.
    pub hard: bool,
}

/// What kind of thing is referred to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    Schema,
    Role,
    /// Table, view, sequence or index.
    Relation,
    /// A type, or a relation as row type.
    Type,
    /// A call with that many arguments.
    Call(usize),
    /// A function with these normalised argument types; any of the name if none are given.
    Signature(Option<String>),
    /// Whatever has the name.
    Any,
    /// The primary key and unique constraints of the relation.
    Keys,
    /// A trigger, policy, rule or constraint of that name.
    Part(ObjectKind),
    /// Publications, servers, languages and other names without a schema.
    Named(ObjectKind),
    /// Everything of these kinds in the schema.
    All(Vec<ObjectKind>),
}

impl Column {
    /// What a raw text has to read as to fit. A type that only the server knows is a text.
    pub fn reads_as(&self) -> Type {
        let name = self.type_text.to_lowercase();
        let name = name.rsplit_once("pg_catalog.").map_or(name.as_str(), |(_, name)| name);
        if name.ends_with(']') {
            return Type::List;
        }
        match name.split(['(', ' ']).next().unwrap_or_default() {
            "smallint" | "int2" | "integer" | "int" | "int4" | "bigint" | "int8" => Type::Integer,
            "smallserial" | "serial" | "bigserial" => Type::Integer,
            "real" | "float4" | "float8" | "float" | "double" => Type::Double,
            "numeric" | "decimal" => Type::Numeric,
            "boolean" | "bool" => Type::Boolean,
            "date" => Type::Date,
            "timestamp" | "timestamptz" => Type::Timestamp,
            "uuid" => Type::Uuid,
            "json" | "jsonb" => Type::Json,
            _ => Type::Text,
        }
    }

    /// Whether the server makes its values, so that none can be written.
    pub fn is_computed(&self) -> bool {
        self.text.to_lowercase().contains("generated always")
    }

    /// Whether a row must bring a value for it: it takes no null and has no default.
    pub fn needs_value(&self) -> bool {
        let text = self.text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let has = |a: &str, b: &str| words.windows(2).any(|pair| pair[0] == a && pair[1] == b);
        let is_given = ["default", "generated"].iter().any(|word| words.contains(word))
            || self.type_text.to_lowercase().ends_with("serial");
        (has("not", "null") || has("primary", "key")) && !is_given
    }
}

impl Statement {
    /// Where the statement begins, with its first line.
    pub fn place(&self) -> Place {
        let first = self.text.lines().next().unwrap_or_default();
        let excerpt = Some(format!("{} | {}", self.line, first.replace('\t', " ")));
        Place { excerpt, ..Place::line(&self.path, self.line) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(definition: &str) -> Column {
        let (name, rest) = definition.split_once(' ').unwrap_or((definition, ""));
        let ends = rest.find(" not").or(rest.find(" primary")).or(rest.find(" generated"));
        let type_text = rest[..ends.unwrap_or(rest.len())].to_owned();
        Column { name: name.to_owned(), type_text, text: definition.to_owned() }
    }

    #[test]
    fn a_definition_says_what_reads_and_what_is_needed() {
        for (definition, kind, needs_value) in [
            ("id bigint primary key", Type::Integer, true),
            ("id bigint primary key generated by default as identity", Type::Integer, false),
            ("at timestamp with time zone not null", Type::Timestamp, true),
            ("at timestamptz not null default now()", Type::Timestamp, false),
            ("pay numeric(10, 2)", Type::Numeric, false),
            ("tags text[]", Type::List, false),
            ("id BIGSERIAL primary key", Type::Integer, false),
            ("mood public.mood not null", Type::Text, true),
        ] {
            let column = column(definition);
            assert_eq!(
                (column.reads_as(), column.needs_value()),
                (kind, needs_value),
                "{definition}"
            );
        }
        assert!(column("a int generated always as (b + 1) stored").is_computed());
    }
}
