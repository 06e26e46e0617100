//! Functions of texts. Positions count code points, the measures compare bytes, as in DuckDB.

use super::functions::{integer_at, number_at, text_at};
use super::unicode;
use super::value::{EvaluationError, Outcome, Value};
use crate::text;

/// DuckDB refuses longer offsets and lengths of substrings.
const FARTHEST: i64 = 4_294_967_295;

fn measure<T>(args: &[Value], by: fn(&[u8], &[u8]) -> T, wrap: fn(T) -> Value) -> Outcome {
    Ok(wrap(by(text_at(args, 0)?.as_bytes(), text_at(args, 1)?.as_bytes())))
}

pub(super) fn levenshtein(args: &[Value]) -> Outcome {
    measure(args, text::levenshtein, |edits| Value::Integer(edits.into()))
}

pub(super) fn damerau_levenshtein(args: &[Value]) -> Outcome {
    measure(args, text::damerau_levenshtein, |edits| Value::Integer(edits.into()))
}

pub(super) fn jaro_similarity(args: &[Value]) -> Outcome {
    similarity(args, text::jaro)
}

pub(super) fn jaro_winkler_similarity(args: &[Value]) -> Outcome {
    similarity(args, text::jaro_winkler)
}

/// A similarity below the optional third argument counts as none.
fn similarity(args: &[Value], by: fn(&[u8], &[u8]) -> f64) -> Outcome {
    let score = by(text_at(args, 0)?.as_bytes(), text_at(args, 1)?.as_bytes());
    let least = if args.len() > 2 { number_at(args, 2)? } else { 0.0 };
    Ok(Value::Float(if score < least { 0.0 } else { score }))
}

pub(super) fn jaccard(args: &[Value]) -> Outcome {
    text::jaccard(text_at(args, 0)?.as_bytes(), text_at(args, 1)?.as_bytes())
        .map(Value::Float)
        .ok_or_else(|| EvaluationError::new("an argument is the empty text"))
}

pub(super) fn hamming(args: &[Value]) -> Outcome {
    let (left, right) = (text_at(args, 0)?.as_bytes(), text_at(args, 1)?.as_bytes());
    if left.is_empty() || left.len() != right.len() {
        return Err(EvaluationError::new("the texts are empty or differ in length"));
    }
    let differing = left.iter().zip(right).filter(|(a, b)| a != b).count();
    Ok(Value::Integer(differing as i64))
}

pub(super) fn lower(args: &[Value]) -> Outcome {
    Ok(Value::Text(unicode::lower(text_at(args, 0)?).into()))
}

pub(super) fn upper(args: &[Value]) -> Outcome {
    Ok(Value::Text(unicode::upper(text_at(args, 0)?).into()))
}

pub(super) fn strip_accents(args: &[Value]) -> Outcome {
    Ok(Value::Text(unicode::strip_accents(text_at(args, 0)?).into()))
}

pub(super) fn trim(args: &[Value]) -> Outcome {
    trimmed(args, true, true)
}

pub(super) fn ltrim(args: &[Value]) -> Outcome {
    trimmed(args, true, false)
}

pub(super) fn rtrim(args: &[Value]) -> Outcome {
    trimmed(args, false, true)
}

/// Without a second argument it is the space separators that go: no tabs, no line ends.
fn trimmed(args: &[Value], start: bool, end: bool) -> Outcome {
    let mut text = text_at(args, 0)?;
    let these = if args.len() > 1 { Some(text_at(args, 1)?) } else { None };
    let goes = |letter: char| these.map_or(unicode::is_space(letter), |set| set.contains(letter));
    if start {
        text = text.trim_start_matches(goes);
    }
    if end {
        text = text.trim_end_matches(goes);
    }
    Ok(Value::text(text))
}

pub(super) fn substring(args: &[Value]) -> Outcome {
    let letters: Vec<char> = text_at(args, 0)?.chars().collect();
    let (from, to) = window(args, letters.len())?;
    Ok(Value::Text(letters[from..to].iter().collect::<String>().into()))
}

pub(super) fn substring_grapheme(args: &[Value]) -> Outcome {
    let graphemes = unicode::graphemes(text_at(args, 0)?);
    let (from, to) = window(args, graphemes.len())?;
    Ok(Value::Text(graphemes[from..to].concat().into()))
}

/// The range that a 1-based offset (negative: from the end) and a length (negative: backwards)
/// cut out of `count` places.
fn window(args: &[Value], count: usize) -> Result<(usize, usize), EvaluationError> {
    let offset = integer_at(args, 1)?;
    let length = if args.len() > 2 { integer_at(args, 2)? } else { FARTHEST };
    let far = |number: i64| number.unsigned_abs() > FARTHEST.unsigned_abs();
    if far(offset) || far(length) {
        return Err(EvaluationError::new("an offset or a length is out of range"));
    }
    let count = count as i64;
    let start = match offset {
        0 if args.len() > 2 => -1,
        0 => 0,
        1.. => offset - 1,
        _ => count + offset,
    };
    let (from, to) = if length < 0 { (start + length, start) } else { (start, start + length) };
    let from = from.clamp(0, count);
    Ok((from as usize, to.clamp(from, count) as usize))
}

pub(super) fn left(args: &[Value]) -> Outcome {
    let letters: Vec<char> = text_at(args, 0)?.chars().collect();
    let kept = kept(integer_at(args, 1)?, letters.len());
    Ok(Value::Text(letters[..kept].iter().collect::<String>().into()))
}

pub(super) fn right(args: &[Value]) -> Outcome {
    let letters: Vec<char> = text_at(args, 0)?.chars().collect();
    let kept = kept(integer_at(args, 1)?, letters.len());
    Ok(Value::Text(letters[letters.len() - kept..].iter().collect::<String>().into()))
}

/// A negative count means all but so many.
fn kept(wanted: i64, count: usize) -> usize {
    let count = count as i64;
    let kept = if wanted < 0 { count.saturating_add(wanted) } else { wanted };
    kept.clamp(0, count) as usize
}

pub(super) fn length(args: &[Value]) -> Outcome {
    let count = match &args[0] {
        Value::List(items) => items.len(),
        _ => text_at(args, 0)?.chars().count(),
    };
    Ok(Value::Integer(count as i64))
}

pub(super) fn length_grapheme(args: &[Value]) -> Outcome {
    Ok(Value::Integer(unicode::graphemes(text_at(args, 0)?).len() as i64))
}

pub(super) fn strlen(args: &[Value]) -> Outcome {
    Ok(Value::Integer(text_at(args, 0)?.len() as i64))
}

pub(super) fn replace(args: &[Value]) -> Outcome {
    let (text, old, new) = (text_at(args, 0)?, text_at(args, 1)?, text_at(args, 2)?);
    Ok(Value::Text(if old.is_empty() { text.into() } else { text.replace(old, new).into() }))
}

pub(super) fn reverse(args: &[Value]) -> Outcome {
    let mut graphemes = unicode::graphemes(text_at(args, 0)?);
    graphemes.reverse();
    Ok(Value::Text(graphemes.concat().into()))
}

pub(super) fn starts_with(args: &[Value]) -> Outcome {
    Ok(Value::Boolean(text_at(args, 0)?.starts_with(text_at(args, 1)?)))
}

pub(super) fn ends_with(args: &[Value]) -> Outcome {
    Ok(Value::Boolean(text_at(args, 0)?.ends_with(text_at(args, 1)?)))
}

pub(super) fn contains(args: &[Value]) -> Outcome {
    match &args[0] {
        Value::List(_) => super::list_functions::list_contains(args),
        _ => Ok(Value::Boolean(text_at(args, 0)?.contains(text_at(args, 1)?))),
    }
}

pub(super) fn strpos(args: &[Value]) -> Outcome {
    let (text, part) = (text_at(args, 0)?, text_at(args, 1)?);
    let place = text.find(part).map_or(0, |at| text[..at].chars().count() + 1);
    Ok(Value::Integer(place as i64))
}

pub(super) fn lpad(args: &[Value]) -> Outcome {
    padded(args, |text, padding| padding + &text)
}

pub(super) fn rpad(args: &[Value]) -> Outcome {
    padded(args, |text, padding| text + &padding)
}

fn padded(args: &[Value], join: fn(String, String) -> String) -> Outcome {
    let (text, fill) = (text_at(args, 0)?, text_at(args, 2)?);
    let width = bounded(integer_at(args, 1)?)?;
    let kept: String = text.chars().take(width).collect();
    let missing = width - kept.chars().count();
    if missing > 0 && fill.is_empty() {
        return Err(EvaluationError::new("there is nothing to pad with"));
    }
    let padding = fill.chars().cycle().take(missing).collect();
    Ok(Value::Text(join(kept, padding).into()))
}

pub(super) fn chr(args: &[Value]) -> Outcome {
    let letter = u32::try_from(integer_at(args, 0)?).ok().and_then(char::from_u32);
    let letter = letter.ok_or_else(|| EvaluationError::new("there is no such character"))?;
    Ok(Value::Text(letter.to_string().into()))
}

/// The code point of the first character.
pub(super) fn unicode(args: &[Value]) -> Outcome {
    let first = text_at(args, 0)?.chars().next();
    Ok(Value::Integer(first.map_or(-1, |letter| i64::from(u32::from(letter)))))
}

pub(super) fn repeat(args: &[Value]) -> Outcome {
    let text = text_at(args, 0)?;
    let times = bounded(integer_at(args, 1)?)?;
    bounded((text.len() * times) as i64)?;
    Ok(Value::Text(text.repeat(times).into()))
}

/// A length to be made: nothing below zero, and no more than a cell of a table should hold.
fn bounded(length: i64) -> Result<usize, EvaluationError> {
    match length {
        ..0 => Ok(0),
        0..=1_000_000 => Ok(length as usize),
        _ => Err(EvaluationError::new("the text would be longer than a million characters")),
    }
}

pub(super) fn split_part(args: &[Value]) -> Outcome {
    let parts = split(text_at(args, 0)?, text_at(args, 1)?);
    let place = integer_at(args, 2)?;
    let from_start = match place {
        0 => None,
        1.. => usize::try_from(place - 1).ok(),
        _ => usize::try_from((parts.len() as i64).saturating_add(place)).ok(),
    };
    Ok(Value::text(from_start.and_then(|place| parts.get(place)).copied().unwrap_or("")))
}

pub(super) fn string_split(args: &[Value]) -> Outcome {
    let parts = split(text_at(args, 0)?, text_at(args, 1)?);
    Ok(Value::List(parts.into_iter().map(Value::text).collect()))
}

/// An empty separator splits into graphemes.
fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    match (text, separator) {
        ("", _) => vec![""],
        (_, "") => unicode::graphemes(text),
        _ => text.split(separator).collect(),
    }
}

pub(super) fn concat(args: &[Value]) -> Outcome {
    if args.iter().any(|value| matches!(value, Value::List(_))) {
        return super::list_functions::concat(args);
    }
    let texts = args.iter().filter(|value| !value.is_null()).map(Value::to_string);
    Ok(Value::Text(texts.collect::<String>().into()))
}

pub(super) fn concat_ws(args: &[Value]) -> Outcome {
    if args[0].is_null() {
        return Ok(Value::Null);
    }
    let texts: Vec<String> =
        args[1..].iter().filter(|value| !value.is_null()).map(Value::to_string).collect();
    Ok(Value::Text(texts.join(text_at(args, 0)?).into()))
}
