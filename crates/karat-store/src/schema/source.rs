//! From the text of a file to its statements.

use std::ops::Range;

use karat_record::{Kind, Place, Problem, Problems};

use super::statement::SourceFile;
use super::syntax::{Node, SyntaxKind, Tree, has, span, tree};
use SyntaxKind::*;

/// The statements of a file as nodes, and every problem the parser found.
///
/// What only `psql` understands is taken out first: its lines would confuse the parser for the
/// rest of the file. `\restrict`, which `pg_dump` writes, is no problem.
pub(super) fn read(file: &SourceFile) -> (Vec<Node>, Problems) {
    let mut problems = Problems::default();
    let mut text = file.text.clone();
    if text.starts_with('\u{feff}') {
        blank(&mut text, 0..'\u{feff}'.len_utf8());
    }
    let mut parsed = tree(&text);
    while let Some((range, problem)) = foreign(&parsed.root, &text) {
        blank(&mut text, range.clone());
        if let Some((what, hint)) = problem {
            problems.push(at(file, range.start, what).hint(hint));
        }
        parsed = tree(&text);
    }
    for (offset, message) in first_of_each(&parsed) {
        problems.push(syntax_error(file, offset, &message));
    }
    (parsed.root.children().filter(|n| n.kind() != EMPTY_STMT).collect(), problems)
}

/// A problem with the SQL at a byte of a file.
pub(super) fn at(file: &SourceFile, offset: usize, what: impl Into<String>) -> Problem {
    Problem::new(Kind::Sql, what).at(Place::at(&file.path, &file.text, offset))
}

/// Puts spaces over a range, so that all other offsets stay.
fn blank(text: &mut String, range: Range<usize>) {
    let spaces: String =
        text[range.clone()].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &spaces);
}

type Complaint = (&'static str, &'static str);

/// The first text that is not SQL: a command of `psql`, or rows after `copy .. from stdin`.
fn foreign(root: &Node, text: &str) -> Option<(Range<usize>, Option<Complaint>)> {
    root.children().find_map(|node| {
        let range = span(&node);
        if node.kind() == COPY && has(&node, COPY_STDIN) {
            let complaint = ("rows after `copy .. from stdin` are not SQL", COPY_HINT);
            return Some((range.start..end_of_rows(text, range.end), Some(complaint)));
        }
        let line = text[..range.start].rfind('\n').map_or(0, |i| i + 1);
        let meta = node.kind() == ERROR
            && text[range.start..].starts_with('\\')
            && text[line..range.start].trim().is_empty();
        meta.then(|| {
            (range.start..end_of_line(text, range.start), meta_complaint(text, range.start))
        })
    })
}

const COPY_HINT: &str = "load rows from a data file; a schema folder only says what tables are";

fn meta_complaint(text: &str, start: usize) -> Option<Complaint> {
    let word = text[start + 1..].split_whitespace().next().unwrap_or_default();
    let hint = match word {
        "restrict" | "unrestrict" => return None,
        "i" | "ir" | "include" | "include_relative" => {
            "every .sql file of the folder is read anyway"
        }
        "set" => "write the value into the statements",
        "connect" | "c" => "the database is named in the project file",
        _ => "remove the line",
    };
    Some(("a command of psql is not SQL", hint))
}

fn end_of_line(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |i| start + i)
}

/// The end of the line `\.`, or of the text.
fn end_of_rows(text: &str, start: usize) -> usize {
    let mut end = end_of_line(text, start);
    while end < text.len() {
        let next = end_of_line(text, end + 1);
        if text[end + 1..next].trim_end() == "\\." {
            return next;
        }
        end = next;
    }
    end
}

/// One error leads to others behind it; only the first of each statement helps a person.
fn first_of_each(parsed: &Tree) -> Vec<(usize, String)> {
    let mut kept: Vec<(usize, String)> = Vec::new();
    let mut ends = Vec::new();
    for token in super::syntax::tokens(&parsed.root).filter(|t| t.kind() == SEMICOLON) {
        ends.push(usize::from(token.text_range().end()));
    }
    let statement = |offset: usize| ends.partition_point(|end| *end <= offset);
    for (offset, message) in &parsed.errors {
        let seen = kept.last().is_some_and(|(last, _)| statement(*last) == statement(*offset));
        if !seen {
            kept.push((*offset, message.clone()));
        }
    }
    kept
}

fn syntax_error(file: &SourceFile, offset: usize, message: &str) -> Problem {
    let problem = at(file, offset, format!("syntax error: {}", worded(message)));
    let rest = file.text.get(offset..).unwrap_or_default();
    if rest.starts_with(":") || rest.starts_with("{") || rest.starts_with("%(") {
        return problem.hint("variables of psql and templates are not SQL");
    }
    if message.contains("Missing trailing") || message.contains("nterminated") {
        return problem.hint("a quote or comment that begins here never ends");
    }
    problem
}

/// The parser's names of tokens in the words of SQL.
fn worded(message: &str) -> String {
    let words = message.split(' ').map(|word| {
        let bare = word.trim_end_matches(',');
        let tail = &word[bare.len()..];
        let plain = match bare {
            "R_PAREN" => ")",
            "L_PAREN" => "(",
            "SEMICOLON" => ";",
            "COMMA" => ",",
            "EOF" => "the end of the file",
            "IDENT" => "a name",
            "INT_NUMBER" => "a number",
            "STRING" => "a string",
            "ERROR" => "a character",
            bare if bare.ends_with("_KW") => {
                return format!("{}{tail}", bare.trim_end_matches("_KW").to_lowercase());
            }
            bare => bare,
        };
        format!("{plain}{tail}")
    });
    words.collect::<Vec<_>>().join(" ")
}
