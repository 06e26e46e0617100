//! The names of types in casts.

use std::fmt;

use super::ast::Type;
use super::lex::Kind;
use super::parse::{Parser, SyntaxError};

/// The default DECIMAL of DuckDB.
const DECIMAL: Type = Type::Decimal { width: 18, scale: 3 };

/// Every name of a type that is understood, lower-cased, with the type.
const NAMES: [(&str, Type); 32] = [
    ("boolean", Type::Boolean),
    ("bool", Type::Boolean),
    ("logical", Type::Boolean),
    ("tinyint", Type::TinyInteger),
    ("int1", Type::TinyInteger),
    ("smallint", Type::SmallInteger),
    ("int2", Type::SmallInteger),
    ("short", Type::SmallInteger),
    ("integer", Type::Integer),
    ("int", Type::Integer),
    ("int4", Type::Integer),
    ("signed", Type::Integer),
    ("bigint", Type::BigInteger),
    ("int8", Type::BigInteger),
    ("long", Type::BigInteger),
    ("real", Type::Real),
    ("float", Type::Real),
    ("float4", Type::Real),
    ("double", Type::Double),
    ("float8", Type::Double),
    ("decimal", DECIMAL),
    ("numeric", DECIMAL),
    ("dec", DECIMAL),
    ("text", Type::Text),
    ("varchar", Type::Text),
    ("string", Type::Text),
    ("char", Type::Text),
    ("bpchar", Type::Text),
    ("nvarchar", Type::Text),
    ("date", Type::Date),
    ("timestamp", Type::Timestamp),
    ("datetime", Type::Timestamp),
];

/// Reads the name of a type, its size and the brackets of lists.
pub(super) fn parse(parser: &mut Parser) -> Result<Type, SyntaxError> {
    let at = parser.at();
    let (Kind::Word(name) | Kind::Quoted(name)) = parser.peek().clone() else {
        return Err(parser.expected("the name of a type"));
    };
    let folded = name.to_ascii_lowercase();
    let known = NAMES.into_iter().find(|(known, _)| *known == folded);
    let Some((_, mut found)) = known else {
        return Err(SyntaxError::new(at, format!("casts to {name} are not supported")));
    };
    parser.advance();
    if folded == "double" {
        parser.take_words(&["PRECISION"]);
    }
    if parser.is_word_at(0, "WITH") {
        return Err(SyntaxError::new(at, "times with a time zone are not supported"));
    }
    if parser.take_symbol("(") {
        found = sized(parser, found, at)?;
    }
    brackets(parser, found)
}

fn sized(parser: &mut Parser, found: Type, at: usize) -> Result<Type, SyntaxError> {
    let first = size(parser)?;
    let second = if parser.take_symbol(",") { size(parser)? } else { 0 };
    parser.expect_symbol(")", "after the size of the type")?;
    match found {
        Type::Text => Ok(Type::Text),
        Type::Decimal { .. } if (1..=38).contains(&first) && second <= first => {
            Ok(Type::Decimal { width: first as u8, scale: second as u8 })
        }
        _ => Err(SyntaxError::new(at, "this type has no such size")),
    }
}

fn size(parser: &mut Parser) -> Result<u32, SyntaxError> {
    let wanted = parser.expected("a size");
    match parser.advance() {
        Kind::Number(digits) => digits.parse().map_err(|_| wanted),
        _ => Err(wanted),
    }
}

fn brackets(parser: &mut Parser, mut found: Type) -> Result<Type, SyntaxError> {
    let mut depth = 0;
    while parser.take_symbol("[") {
        depth += 1;
        if depth > 8 {
            return Err(SyntaxError::new(parser.at(), "lists are nested more than 8 deep"));
        }
        let length = if parser.is_symbol("]") { None } else { Some(size(parser)?) };
        parser.expect_symbol("]", "after the length of the array")?;
        found = Type::List { of: Box::new(found), length };
    }
    Ok(found)
}

impl fmt::Display for Type {
    /// The names that Splink prints for DuckDB where it prints any.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Type::Boolean => "BOOLEAN",
            Type::TinyInteger => "TINYINT",
            Type::SmallInteger => "SMALLINT",
            Type::Integer => "INT",
            Type::BigInteger => "BIGINT",
            Type::Real => "REAL",
            Type::Double => "DOUBLE",
            Type::Text => "TEXT",
            Type::Date => "DATE",
            Type::Timestamp => "TIMESTAMP",
            Type::Decimal { width, scale } => return write!(out, "DECIMAL({width}, {scale})"),
            Type::List { of, length: None } => return write!(out, "{of}[]"),
            Type::List { of, length: Some(length) } => return write!(out, "{of}[{length}]"),
        };
        out.write_str(name)
    }
}
