//! What a folder that declares a schema may not say, and what it may say to no effect.

use karat_record::Problem;

use super::object::ObjectKind;
use super::source::at;
use super::statement::{SourceFile, Statement};
use super::syntax::{Node, SyntaxKind, child, parts, string, tokens};
use SyntaxKind::*;

/// What becomes of a statement of a schema folder.
pub(super) enum Verdict {
    Keep,
    /// Means something to a session only, such as the settings that `pg_dump` writes.
    Ignore,
    Refuse(Problem),
}

pub(super) fn judge(file: &SourceFile, node: &Node, statement: &Statement) -> Verdict {
    if let Some(path) = search_path(node) {
        return match path.as_str() {
            "" | "public" | "pg_catalog" | "$user" => Verdict::Ignore,
            _ => refuse(file, statement, "a search path", "write `schema.name` in each statement"),
        };
    }
    match (statement.object.kind, node.kind()) {
        (ObjectKind::Session, _) => Verdict::Ignore,
        (_, SET_ROLE | SET_SESSION_AUTH | RESET_ROLE | RESET_SESSION_AUTH) => refuse(
            file,
            statement,
            "another role",
            "use `alter .. owner to` for what it should own",
        ),
        (ObjectKind::Drop, _) => refuse(
            file,
            statement,
            "a drop",
            "leave out what is no longer wanted; put the drop into schema/migrations",
        ),
        (ObjectKind::Transaction, BEGIN | COMMIT_TRANSACTION | ROLLBACK_TRANSACTION) => {
            refuse(file, statement, "a transaction", "remove it: Karat runs its own transaction")
        }
        (ObjectKind::Transaction, _) => {
            refuse(file, statement, "a statement for a session", "put it into schema/migrations")
        }
        (ObjectKind::Schema, _) if node.children().any(|n| is_create(&n)) => {
            refuse(file, statement, "an object inside `create schema`", "write it on its own")
        }
        _ => Verdict::Keep,
    }
}

fn is_create(node: &Node) -> bool {
    tokens(node).next().is_some_and(|t| matches!(t.kind(), CREATE_KW | GRANT_KW))
}

fn refuse(file: &SourceFile, statement: &Statement, what: &str, hint: &str) -> Verdict {
    let what = format!("{what} does not declare anything");
    Verdict::Refuse(at(file, statement.range.start, what).hint(hint))
}

/// The first schema of a statement that sets the search path; empty for none.
fn search_path(node: &Node) -> Option<String> {
    if node.kind() == SET {
        let config = child(node, SET_CONFIG)?;
        let named = child(&config, CONFIG_PARAMETER_REF).map(|n| parts(&n).concat());
        let value = child(&config, TO_CONFIG_VALUE)?.children().next()?;
        return (named? == "search_path")
            .then(|| string(&value).unwrap_or_else(|| parts(&value).concat()));
    }
    let call = set_config(node)?;
    let mut args = child(&call, ARG_LIST)?.children();
    let name = string(&args.next()?)?;
    let value = string(&args.next()?).unwrap_or_default();
    let first = value.split(',').next().unwrap_or_default().trim().to_owned();
    Some(if name == "search_path" { first } else { String::new() })
}

/// `select pg_catalog.set_config(..)` and nothing else.
fn set_config(node: &Node) -> Option<Node> {
    let clause = Some(node).filter(|n| n.kind() == SELECT)?.children().next()?;
    let target = child(&child(&clause, TARGET_LIST)?, TARGET)?;
    let call = child(&target, CALL_EXPR)?;
    let name = call.children().next().map(|n| parts(&n))?;
    (name.last()? == "set_config" && node.children().count() == 1).then_some(call)
}
