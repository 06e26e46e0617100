//! Compares a declared table with the live one by having the server make the declared one too,
//! in a schema of its own that is rolled back: no knowledge of types or defaults of ours can
//! then be wrong.

use karat_record::{Kind, Problem, Result};

use crate::name::Ident;
use crate::schema::{ObjectKind, Statement};
use crate::session::Session;

const SHADOW: &str = "karat_shadow";

/// A table's shape: one line per column and constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shape(Vec<String>);

/// Refuses a table whose declaration and live shape differ, naming what differs and how a
/// migration would mend it. Inside the open transaction, which is as it was afterwards.
pub async fn compare(session: &Session, statement: &Statement) -> Result<()> {
    let refused = |what: String, hint: String| {
        Err(Problem::new(Kind::Schema, what).at(statement.place()).hint(hint))
    };
    let object = &statement.object;
    let (ObjectKind::Table, Some(range)) = (object.kind, statement.name_range.clone()) else {
        let what = format!("the declaration of {object} changed");
        let hint = "write schema/migrations/NNNN_NAME.sql with the statements that bring it there \
                    from what it was";
        return refused(what, hint.to_owned());
    };
    let declared = format!(
        "{}{SHADOW}.{}{}",
        &statement.text[..range.start],
        Ident(&object.name),
        &statement.text[range.end..]
    );
    session.batch("savepoint shadow").await?;
    let shapes = shapes(session, statement, &declared).await;
    session.batch("rollback to savepoint shadow; release savepoint shadow").await?;
    let (declared, live) = shapes.map_err(|p| p.at(statement.place()))?;
    if declared == live {
        return Ok(());
    }
    let (what, mend) = differences(statement, &declared, &live);
    let what = format!("{object} is declared differently from what it is:\n{what}");
    let hint = format!(
        "write a migration, for example schema/migrations/0001_{}.sql:\n{mend}",
        object.name
    );
    refused(what, hint)
}

async fn shapes(
    session: &Session,
    statement: &Statement,
    declared: &str,
) -> Result<(Shape, Shape)> {
    session.batch(&format!("create schema {SHADOW}")).await?;
    session.batch(declared).await?;
    let schema = statement.object.schema.as_deref().unwrap_or("public");
    let name = &statement.object.name;
    Ok((shape(session, SHADOW, name).await?, shape(session, schema, name).await?))
}

async fn shape(session: &Session, schema: &str, name: &str) -> Result<Shape> {
    let sql = include_str!("../../queries/catalog/shape.sql");
    let rows = session.rows(sql, &[&schema, &name]).await?;
    let own = format!("{}.", Ident(schema));
    let line = |row: &tokio_postgres::Row| row.get::<_, String>(0).replace(&own, "");
    Ok(Shape(rows.iter().map(line).collect()))
}

/// The differences for a person, and the statements of a migration where they are plain.
fn differences(statement: &Statement, declared: &Shape, live: &Shape) -> (String, String) {
    let mut what = Vec::new();
    let mut mend = Vec::new();
    let table = statement.object.sql();
    let column = |line: &str| line.strip_prefix("column ").map(|l| first_word(l).to_owned());
    for line in live.0.iter().filter(|line| !declared.0.contains(line)) {
        what.push(format!("    it is        {line}"));
        let gone = column(line)
            .filter(|name| !declared.0.iter().any(|l| column(l).as_ref() == Some(name)));
        if let Some(name) = gone {
            mend.push(format!("    alter table {table} drop column {name};"));
        }
    }
    for line in declared.0.iter().filter(|line| !live.0.contains(line)) {
        what.push(format!("    it shall be  {line}"));
        let Some(name) = column(line) else { continue };
        let known = live.0.iter().any(|l| column(l).as_ref() == Some(&name));
        let written = statement.columns.iter().find(|c| Ident(&c.name).to_string() == name);
        match written {
            Some(written) if !known => {
                mend.push(format!("    alter table {table} add column {};", written.text));
            }
            Some(written) => mend.push(altered(&table, &name, &written.type_text, line, live)),
            None => {}
        }
    }
    if mend.is_empty() {
        mend.push(format!("    alter table {table} ...;"));
    }
    (what.join("\n"), mend.join("\n"))
}

/// The statement that brings a column from its live shape to the declared one.
fn altered(table: &str, name: &str, type_text: &str, declared: &str, live: &Shape) -> String {
    const NOT_NULL: &str = " not null";
    let start = format!("column {name} ");
    let before = live.0.iter().find(|line| line.starts_with(&start)).map_or("", String::as_str);
    let alter = format!("    alter table {table} alter column {name}");
    if before.replacen(NOT_NULL, "", 1) == declared.replacen(NOT_NULL, "", 1) {
        let verb = if declared.contains(NOT_NULL) { "set" } else { "drop" };
        return format!("{alter} {verb} not null;");
    }
    let without_default = |line: &str| line.split(" default ").next().unwrap_or(line).to_owned();
    if without_default(before) == without_default(declared) {
        return match declared.split_once(" default ") {
            Some((_, default)) => format!("{alter} set default {default};"),
            None => format!("{alter} drop default;"),
        };
    }
    format!("{alter} type {type_text};")
}

fn first_word(text: &str) -> &str {
    match text.strip_prefix('"').and_then(|quoted| quoted.find('"')) {
        Some(end) => &text[..end + 2],
        None => text.split(' ').next().unwrap_or(text),
    }
}
