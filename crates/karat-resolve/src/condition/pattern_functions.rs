//! Functions of regular expressions and the patterns of LIKE. Patterns are literals, so that a
//! bad one is refused before any record is read.

use regex::{NoExpand, Regex};

use super::ast::{Expr, Literal};
use super::functions::{Prepared, text_at};
use super::pattern;
use super::value::{Outcome, Value};

/// `Err` when the argument is no literal, `Ok(None)` when it is NULL or missing.
pub(super) fn literal_text(
    args: &[Expr],
    place: usize,
    what: &str,
) -> Result<Option<String>, String> {
    match args.get(place) {
        None | Some(Expr::Literal(Literal::Null)) => Ok(None),
        Some(Expr::Literal(Literal::Text(text))) => Ok(Some(text.to_string())),
        Some(other) => Err(format!("the {what} must be a literal text, not {other}")),
    }
}

/// A function that is NULL whatever its arguments.
pub(super) fn always_null() -> Prepared {
    Box::new(|_| Ok(Value::Null))
}

/// The pattern at place 1 with the options at another place.
fn regex(args: &[Expr], options: usize) -> Result<Option<(Regex, bool)>, String> {
    let Some(written) = literal_text(args, 1, "pattern")? else { return Ok(None) };
    let options = literal_text(args, options, "options")?.unwrap_or_default();
    pattern::compile(&written, &options).map(Some)
}

fn not_global(found: Option<(Regex, bool)>) -> Result<Option<Regex>, String> {
    match found {
        Some((_, true)) => Err("the option g belongs to regexp_replace".to_owned()),
        other => Ok(other.map(|(regex, _)| regex)),
    }
}

pub(super) fn regexp_matches(args: &[Expr]) -> Result<Prepared, String> {
    let Some(regex) = not_global(regex(args, 2)?)? else { return Ok(always_null()) };
    Ok(Box::new(move |values| Ok(Value::Boolean(regex.is_match(text_at(values, 0)?)))))
}

pub(super) fn regexp_full_match(args: &[Expr]) -> Result<Prepared, String> {
    let Some(regex) = not_global(regex(args, 2)?)? else { return Ok(always_null()) };
    // Anchors in the pattern itself, because the leftmost match need not be the whole one.
    let whole = Regex::new(&format!(r"\A(?:{})\z", regex.as_str()));
    let whole = whole.map_err(|error| error.to_string())?;
    Ok(Box::new(move |values| Ok(Value::Boolean(whole.is_match(text_at(values, 0)?)))))
}

/// What the group matched; empty without a match, without such a group or for an unused group.
pub(super) fn regexp_extract(args: &[Expr]) -> Result<Prepared, String> {
    let group = match args.get(2) {
        None => 0,
        Some(Expr::Literal(Literal::Integer(group @ 0..=9))) => *group as usize,
        Some(Expr::Literal(Literal::Null)) => return Ok(always_null()),
        Some(other) => return Err(format!("the group must be a number from 0 to 9, not {other}")),
    };
    let Some(regex) = not_global(regex(args, 3)?)? else { return Ok(always_null()) };
    Ok(Box::new(move |values| {
        let found = regex.captures(text_at(values, 0)?);
        let found = found.and_then(|captures| captures.get(group));
        Ok(Value::text(found.map_or("", |part| part.as_str())))
    }))
}

/// A piece of the text that takes the place of a match.
enum Piece {
    Text(String),
    Group(usize),
}

pub(super) fn regexp_replace(args: &[Expr]) -> Result<Prepared, String> {
    let Some((regex, all)) = regex(args, 3)? else { return Ok(always_null()) };
    let Some(replacement) = literal_text(args, 2, "replacement")? else {
        return Ok(always_null());
    };
    let pieces = pieces(&replacement, regex.captures_len())?;
    if let [Piece::Text(text)] = pieces.as_slice() {
        let text = text.clone();
        return Ok(Box::new(move |values| replaced(&regex, all, values, NoExpand(&text))));
    }
    Ok(Box::new(move |values| {
        let expand = |captures: &regex::Captures<'_>| expanded(&pieces, captures);
        replaced(&regex, all, values, expand)
    }))
}

fn replaced(regex: &Regex, all: bool, values: &[Value], by: impl regex::Replacer) -> Outcome {
    let limit = if all { 0 } else { 1 };
    Ok(Value::text(&regex.replacen(text_at(values, 0)?, limit, by)))
}

fn expanded(pieces: &[Piece], captures: &regex::Captures<'_>) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Group(group) => {
            captures.get(*group).map_or(String::new(), |part| part.as_str().to_owned())
        }
    };
    pieces.iter().map(piece).collect()
}

/// `\0` to `\9` stand for groups and `\\` for a backslash, as in RE2.
fn pieces(replacement: &str, groups: usize) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut letters = replacement.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('\\') => text.push('\\'),
            Some(digit @ '0'..='9') => {
                let group = digit as usize - '0' as usize;
                if group >= groups {
                    return Err(format!("the pattern has no group for \\{group}"));
                }
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                pieces.push(Piece::Group(group));
            }
            _ => return Err("a backslash in the replacement needs a digit or another".to_owned()),
        }
    }
    pieces.push(Piece::Text(text));
    Ok(pieces)
}

/// `%` stands for anything, `_` for one character; without ESCAPE nothing escapes them.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut next) = (0, 0);
    let mut retry = None;
    while at < text.len() {
        match pattern.get(next) {
            Some('%') => {
                retry = Some((at, next));
                next += 1;
            }
            Some(letter) if *letter == '_' || *letter == text[at] => {
                at += 1;
                next += 1;
            }
            _ => {
                let Some((from, percent)) = retry else { return false };
                retry = Some((from + 1, percent));
                at = from + 1;
                next = percent + 1;
            }
        }
    }
    pattern[next..].iter().all(|letter| *letter == '%')
}
