//! Plain SQL files to statements in the order in which they can run.
//!
//! [`parse`] says what each statement of a folder defines and needs, [`order`] sorts them by it.
//! No file and no database is touched here.

mod alters;
mod bodies;
mod circles;
mod defines;
mod duplicates;
pub(crate) mod expression;
mod fingerprint;
mod needs;
mod object;
mod order;
mod redrops;
mod refuse;
mod resolve;
mod signature;
mod source;
mod statement;
mod syntax;
mod types;

use karat_record::{Problem, Problems};

pub(crate) use object::qualified;
pub use object::{ObjectKind, ObjectName};
pub use order::order;
pub use resolve::{Edge, edges};
pub use statement::{Column, Need, SourceFile, Statement, Want};

use refuse::Verdict;
use syntax::{Node, SyntaxKind};

/// The statements of a folder that declares a schema, in the order of the files.
///
/// # Errors
/// Every syntax error of every file, what does not belong into a schema folder, and objects
/// that are declared twice.
pub fn parse(files: &[SourceFile]) -> Result<Vec<Statement>, Problems> {
    syntax::with_room(|| declared(files))
}

fn declared(files: &[SourceFile]) -> Result<Vec<Statement>, Problems> {
    let mut problems = Problems::default();
    let mut kept = Vec::new();
    let mut refused = Vec::new();
    for file in files {
        let (read, found) = statements(file);
        problems.0.extend(found.0);
        for (node, statement) in read {
            match refuse::judge(file, &node, &statement) {
                Verdict::Keep => kept.push(statement),
                Verdict::Ignore => {}
                Verdict::Refuse(problem) => refused.push((redrops::dropped(&node), problem)),
            }
        }
    }
    for (dropped, problem) in refused {
        if !dropped.is_some_and(|dropped| redrops::created_again(&dropped, &kept)) {
            problems.push(problem);
        }
    }
    let kept = duplicates::remove(kept, &mut problems);
    let line = |p: &Problem| p.place.as_ref().map(|place| (place.file.clone(), place.line));
    problems.0.sort_by_key(line);
    problems.into_result().map(|()| kept)
}

/// The statements of one file as written, drops and all: for a migration.
///
/// # Errors
/// Every syntax error of the file.
pub fn split(file: &SourceFile) -> Result<Vec<Statement>, Problems> {
    syntax::with_room(|| {
        let (read, problems) = statements(file);
        problems.into_result().map(|()| read.into_iter().map(|(_, statement)| statement).collect())
    })
}

fn statements(file: &SourceFile) -> (Vec<(Node, Statement)>, Problems) {
    let (nodes, problems) = source::read(file);
    let mut line = Lines { text: &file.text, offset: 0, line: 1 };
    // An error is told already; what is left of it is no statement.
    let whole = nodes.into_iter().filter(|n| n.kind() != SyntaxKind::ERROR);
    let read = whole.map(|node| {
        let line = line.at(syntax::span(&node).start);
        let statement = statement(file, &node, line);
        (node, statement)
    });
    (read.collect(), problems)
}

fn statement(file: &SourceFile, node: &Node, line: u64) -> Statement {
    let range = syntax::span(node);
    let defined = defines::define(node);
    let name = defined.name.map(|name| name.start - range.start..name.end - range.start);
    Statement {
        path: file.path.clone(),
        line,
        text: file.text[range.clone()].to_owned(),
        name_range: name,
        columns: defines::columns(node, &file.text),
        needs: needs::needs(node),
        fingerprint: fingerprint::fingerprint(node),
        transactional: transactional(node),
        repeatable: defined.object.kind.repeatable(),
        object: defined.object,
        traits: defined.traits,
        range,
    }
}

/// Whether PostgreSQL runs it inside a transaction.
fn transactional(node: &Node) -> bool {
    use SyntaxKind::*;
    match node.kind() {
        VACUUM | REPACK | CREATE_DATABASE | DROP_DATABASE | CREATE_TABLESPACE | DROP_TABLESPACE
        | ALTER_SYSTEM | CREATE_SUBSCRIPTION | DROP_SUBSCRIPTION => false,
        CREATE_INDEX | DROP_INDEX => !syntax::has_token(node, CONCURRENTLY_KW),
        REINDEX => {
            let whole = [REINDEX_TARGET_DATABASE, REINDEX_TARGET_SYSTEM, REINDEX_TARGET_SCHEMA];
            let concurrently = |t: syntax::Token| t.kind() == CONCURRENTLY_KW;
            !syntax::tokens(node).any(concurrently) && !whole.iter().any(|k| syntax::has(node, *k))
        }
        ALTER_TABLE => !syntax::below(node, DETACH_PARTITION)
            .is_some_and(|n| syntax::tokens(&n).any(|t| t.kind() == CONCURRENTLY_KW)),
        _ => true,
    }
}

/// Counts lines along ascending offsets.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, offset: usize) -> u64 {
        self.line += self.text[self.offset..offset].matches('\n').count() as u64;
        self.offset = offset;
        self.line
    }
}

#[cfg(test)]
mod tests;
