//! Splits a condition into tokens. Positions are byte offsets into the text as given.

use super::parse::SyntaxError;

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// An identifier or keyword without quotes.
    Word(String),
    /// An identifier in double quotes.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// An unsigned number without its `_` separators.
    Number(String),
    Symbol(&'static str),
    End,
}

/// A token and the byte offset of its first byte.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub at: usize,
}

/// Longer symbols stand before their own beginnings.
const SYMBOLS: [&str; 27] = [
    "<>", "!=", "<=", ">=", "==", "||", "::", "->", "//", "**", "(", ")", "[", "]", ",", ".", "=",
    "<", ">", "+", "-", "*", "/", "%", "^", ":", "~",
];

/// All tokens of a text, the last of them [`Kind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut found = Vec::new();
    let mut at = skip_blanks(text, 0)?;
    while at < text.len() {
        let (kind, end) = token(text, at)?;
        found.push(Token { kind, at });
        at = skip_blanks(text, end)?;
    }
    found.push(Token { kind: Kind::End, at: text.len() });
    Ok(found)
}

fn skip_blanks(text: &str, mut at: usize) -> Result<usize, SyntaxError> {
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if trimmed.starts_with("--") {
            at += trimmed.find('\n').unwrap_or(trimmed.len());
        } else if trimmed.starts_with("/*") {
            at +=
                comment(trimmed).ok_or_else(|| SyntaxError::new(at, "this comment never ends"))?;
        } else {
            return Ok(at);
        }
    }
}

/// The length of a block comment; DuckDB nests them.
fn comment(text: &str) -> Option<usize> {
    let mut depth = 0u32;
    let mut at = 0;
    while at < text.len() {
        match text.as_bytes().get(at..at + 2) {
            Some(b"/*") => depth += 1,
            Some(b"*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn token(text: &str, at: usize) -> Result<(Kind, usize), SyntaxError> {
    let rest = &text[at..];
    let first = rest.chars().next().unwrap_or(' ');
    let digit_follows = rest[first.len_utf8()..].starts_with(|next: char| next.is_ascii_digit());
    match first {
        '\'' => quoted(rest, at, '\'').map(|(text, end)| (Kind::Text(text), end)),
        '"' => quoted(rest, at, '"').map(|(name, end)| (Kind::Quoted(name), end)),
        _ if first.is_ascii_digit() || (first == '.' && digit_follows) => number(rest, at),
        _ if starts_word(first) => {
            let end = rest.find(|next| !continues_word(next)).unwrap_or(rest.len());
            Ok((Kind::Word(rest[..end].to_owned()), at + end))
        }
        _ => SYMBOLS
            .into_iter()
            .find(|symbol| rest.starts_with(symbol))
            .map(|symbol| (Kind::Symbol(symbol), at + symbol.len()))
            .ok_or_else(|| SyntaxError::new(at, format!("{first:?} does not belong here"))),
    }
}

fn starts_word(letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_' || (!letter.is_ascii() && !letter.is_whitespace())
}

fn continues_word(letter: char) -> bool {
    starts_word(letter) || letter.is_ascii_digit() || letter == '$'
}

/// Reads to the closing quote; a doubled quote stands for one.
fn quoted(rest: &str, at: usize, quote: char) -> Result<(String, usize), SyntaxError> {
    let mut content = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((offset, letter)) = letters.next() {
        if letter != quote {
            content.push(letter);
        } else if letters.next_if(|(_, next)| *next == quote).is_some() {
            content.push(quote);
        } else {
            return Ok((content, at + offset + 1));
        }
    }
    Err(SyntaxError::new(at, format!("the closing {quote} is missing")))
}

fn number(rest: &str, at: usize) -> Result<(Kind, usize), SyntaxError> {
    let mut end = digits(rest, 0);
    if rest[end..].starts_with('.') {
        end = digits(rest, end + 1);
    }
    if rest[end..].starts_with(['e', 'E']) {
        let sign = end + 1 + usize::from(rest[end + 1..].starts_with(['+', '-']));
        let exponent = digits(rest, sign);
        if exponent == sign {
            return Err(SyntaxError::new(at, "this number has no digits in its exponent"));
        }
        end = exponent;
    }
    if rest[end..].starts_with(|next: char| continues_word(next) || next == '.') {
        return Err(SyntaxError::new(at + end, "a number ends here, and something is attached"));
    }
    Ok((Kind::Number(rest[..end].replace('_', "")), at + end))
}

/// Where the digits that begin at `from` end, with `_` allowed between two of them.
fn digits(rest: &str, from: usize) -> usize {
    let bytes = rest.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = from;
    while digit(end) || (end > from && bytes.get(end) == Some(&b'_') && digit(end + 1)) {
        end += 1;
    }
    end
}
