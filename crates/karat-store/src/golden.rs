//! Looking for golden records.

use karat_record::Result;
use serde_json::Value as Json;
use tokio_postgres::Row;

use crate::name::{Ident, Table};
use crate::session::Session;

/// A golden record: its id, and its row.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub id: String,
    pub row: Json,
}

/// How long a search without an index may take, in milliseconds.
const PATIENCE: u32 = 5000;

/// What is between words, besides spaces: as in `ann@example.org`.
const BETWEEN: &str = r##"!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~"##;

/// Golden records that are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub table: &'a Table,
    /// Its id.
    pub id: &'a str,
    /// The columns of text that are looked into where there is an index of their words.
    pub columns: &'a [String],
    /// Words that a record has, or begins words of it have; all records where there are none.
    pub text: &'a str,
    /// Only ids behind this one.
    pub after: Option<&'a str>,
    pub limit: u32,
}

/// Golden records in which all words of a text begin a word; where there is no index of words,
/// those that have the text anywhere. By id.
///
/// # Errors
/// A table without such an index that is too large to be searched in five seconds.
pub async fn search(session: &Session, wanted: &Wanted<'_>) -> Result<Vec<Found>> {
    let Wanted { table, id, columns, text, after, limit } = *wanted;
    let words = match text.is_empty() || !is_searchable(session, table).await? {
        true => None,
        false => Some(words(session, text).await?),
    };
    let (condition, text) = match &words {
        Some(words) => {
            (format!("{} @@ $1::text::tsquery", document("t.", columns)), words.as_str())
        }
        None => ("($1 = '' or strpos(lower(t::text), lower($1)) > 0)".to_owned(), text),
    };
    let sql = format!(
        "select t.{id}::text, to_jsonb(t)::text from {table} t \
         where {condition} and ($3::text is null or t.{id} > $3::text::uuid) \
         order by t.{id} limit $2",
        id = Ident(id)
    );
    session.begin().await?;
    session.batch(&format!("set local statement_timeout = {PATIENCE}")).await?;
    let rows = session.rows(&sql, &[&text, &i64::from(limit), &after]).await;
    session.rollback().await?;
    Ok(rows?.iter().map(found).collect())
}

/// Words that begin with the words of a text, as a query of them.
async fn words(session: &Session, text: &str) -> Result<String> {
    let sql = format!(
        "select coalesce(string_agg(quote_literal(lexeme) || ':*', ' & '), '') \
         from unnest(to_tsvector('simple', {}))",
        apart("$1")
    );
    Ok(session.row(&sql, &[&text]).await?.get(0))
}

/// An expression of text with its words apart.
fn apart(expression: &str) -> String {
    let spaces = " ".repeat(BETWEEN.chars().count() - 1);
    format!("translate({expression}, '{BETWEEN}', '{spaces}')")
}

/// The words of a record's columns, each written behind `of`.
fn document(of: &str, columns: &[String]) -> String {
    let column = |name: &String| format!("coalesce({of}{}, '')", Ident(name));
    let columns: Vec<String> = columns.iter().map(column).collect();
    format!("to_tsvector('simple'::regconfig, {})", apart(&columns.join(" || ' ' || ")))
}

/// The index of the words of a table.
fn index(table: &Table) -> String {
    format!("{}_karat_words", table.name)
}

/// Whether there is an index of the words of a table.
async fn is_searchable(session: &Session, table: &Table) -> Result<bool> {
    let sql = include_str!("../queries/golden/is_searchable.sql");
    Ok(session.row(sql, &[&table.schema, &index(table)]).await?.get(0))
}

/// Makes an index of the words in columns of text, where there is none and the table is so large that
/// looking through it takes long. Nobody who writes waits for it.
///
/// # Errors
/// Whoever asks does not own the table.
pub async fn make_searchable(session: &Session, table: &Table, columns: &[String]) -> Result<()> {
    let worth = include_str!("../queries/golden/is_large.sql");
    let is_large = session.maybe_row(worth, &[&table.schema, &table.name]).await?;
    let is_large = is_large.is_some_and(|row| row.get(0));
    if columns.is_empty() || !is_large || is_searchable(session, table).await? {
        return Ok(());
    }
    let (name, schema) = (index(table), Ident(&table.schema).to_string());
    let name = Ident(&name);
    // One that was broken off is there and is no good.
    session.batch(&format!("drop index concurrently if exists {schema}.{name}")).await?;
    let words = document("", columns);
    let sql = format!("create index concurrently {name} on {table} using gin (({words}))");
    session.batch(&sql).await?;
    session.batch(&format!("analyze {table}")).await
}

/// A golden record by its id.
pub async fn one(
    session: &Session,
    (table, id): (&Table, &str),
    of: &str,
) -> Result<Option<Found>> {
    let sql = format!(
        "select t.{id}::text, to_jsonb(t)::text from {table} t where t.{id} = $1::text::uuid",
        id = Ident(id)
    );
    Ok(session.maybe_row(&sql, &[&of]).await?.as_ref().map(found))
}

fn found(row: &Row) -> Found {
    let values = serde_json::from_str(row.get(1)).unwrap_or_default();
    Found { id: row.get(0), row: values }
}

/// The entity that a record, by source and key, is of today.
pub async fn of_record(
    session: &Session,
    entity: &str,
    (source, key): (&str, &str),
) -> Result<Option<String>> {
    let sql = include_str!("../queries/resolution/of_record.sql");
    Ok(session.maybe_row(sql, &[&entity, &source, &key]).await?.map(|row| row.get(0)))
}
