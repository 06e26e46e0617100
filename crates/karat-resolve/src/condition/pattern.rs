//! Translates RE2's regular expressions, which DuckDB runs, into those of the crate `regex`:
//! `\d`, `\w`, `\s` and `\b` know ASCII alone, `[` in a class is a letter, `&&` intersects nothing.

use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;

/// The largest count of a repetition in RE2.
const MOST_REPEATS: u32 = 1000;

type Letters<'a> = Peekable<Chars<'a>>;

/// The compiled pattern and whether the options ask for all matches (`g`).
pub(super) fn compile(pattern: &str, options: &str) -> Result<(Regex, bool), String> {
    let mut flags = String::new();
    for option in options.chars() {
        match option {
            'i' | 's' => flags.push(option),
            'c' => flags.retain(|flag| flag != 'i'),
            'g' => {}
            other => return Err(format!("the regular expression option {other} is unsupported")),
        }
    }
    let body = translate(pattern)?;
    let whole = if flags.is_empty() { body } else { format!("(?{flags}){body}") };
    let compiled = Regex::new(&whole)
        .map_err(|error| format!("the regular expression {pattern} is invalid: {error}"))?;
    Ok((compiled, options.contains('g')))
}

/// What stood before, to tell whether a repetition may follow.
#[derive(PartialEq)]
enum Before {
    Anything,
    Repetition,
}

fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut letters = pattern.chars().peekable();
    let mut before = Before::Anything;
    while let Some(letter) = letters.next() {
        if let Some(repeats) = repetition(letter, &letters)? {
            if before == Before::Repetition {
                return Err(format!("the regular expression {pattern} repeats a repetition"));
            }
            before = Before::Repetition;
            out.push_str(&repeats);
            for _ in 1..repeats.len() {
                letters.next();
            }
            if letters.next_if_eq(&'?').is_some() {
                out.push('?');
            }
            continue;
        }
        before = Before::Anything;
        match letter {
            '\\' => escape(&mut letters, &mut out)?,
            '[' => class(&mut letters, &mut out)?,
            '(' => group(&mut letters, &mut out)?,
            '{' | '}' | ']' | '&' | '~' | '-' | '#' => push_letter(&mut out, letter),
            other => out.push(other),
        }
    }
    Ok(out)
}

/// The repetition that begins with this letter; a `{` that counts nothing is a letter.
fn repetition(letter: char, rest: &Letters<'_>) -> Result<Option<String>, String> {
    match letter {
        '*' | '+' | '?' => return Ok(Some(letter.to_string())),
        '{' => {}
        _ => return Ok(None),
    }
    let inside: String = rest.clone().take_while(|letter| *letter != '}').collect();
    let closed = rest.clone().nth(inside.chars().count()) == Some('}');
    let (least, most) = inside.split_once(',').unwrap_or((&inside, &inside));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !closed || least.is_empty() || !digits(least) || !digits(most) {
        return Ok(None);
    }
    let small = |text: &str| text.is_empty() || text.parse().is_ok_and(|n: u32| n <= MOST_REPEATS);
    if !small(least) || !small(most) {
        return Err(format!("the regular expression repeats more than {MOST_REPEATS} times"));
    }
    Ok(Some(format!("{{{inside}}}")))
}

/// A letter that means itself, inside and outside of classes.
fn push_letter(out: &mut String, letter: char) {
    out.push_str(&format!("\\x{{{:X}}}", letter as u32));
}

/// The ranges of `\d`, `\w` and `\s` in RE2.
fn perl(letter: char) -> Option<&'static str> {
    match letter.to_ascii_lowercase() {
        'd' => Some("0-9"),
        'w' => Some("0-9A-Za-z_"),
        's' => Some("\\t\\n\\x0C\\r "),
        _ => None,
    }
}

fn escape(letters: &mut Letters<'_>, out: &mut String) -> Result<(), String> {
    match letters.peek() {
        Some('b') => {
            letters.next();
            out.push_str("(?-u:\\b)");
        }
        Some(anchor @ ('A' | 'z')) => {
            out.push('\\');
            out.push(*anchor);
            letters.next();
        }
        Some('Q') => {
            letters.next();
            quoted(letters, out);
        }
        Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'p' | 'P') => {
            out.push('[');
            group_escape(letters, out)?;
            out.push(']');
        }
        _ => push_letter(out, one_letter(letters)?),
    }
    Ok(())
}

/// `\Q...\E` quotes everything between.
fn quoted(letters: &mut Letters<'_>, out: &mut String) {
    while let Some(letter) = letters.next() {
        if letter == '\\' && letters.next_if_eq(&'E').is_some() {
            return;
        }
        push_letter(out, letter);
    }
}

/// The part of a class that `\d`, `\W`, `\pL` or `\p{Greek}` stands for.
fn group_escape(letters: &mut Letters<'_>, out: &mut String) -> Result<(), String> {
    let letter = letters.next().unwrap_or_default();
    let mut negated = letter.is_ascii_uppercase();
    if let Some(ranges) = perl(letter) {
        out.push_str(&if negated { format!("[^{ranges}]") } else { ranges.to_owned() });
        return Ok(());
    }
    let mut name = String::new();
    match letters.next() {
        Some('{') => name.extend(letters.by_ref().take_while(|letter| *letter != '}')),
        Some(single) => name.push(single),
        None => return Err("the regular expression ends in \\p".to_owned()),
    }
    if let Some(rest) = name.strip_prefix('^') {
        negated = !negated;
        name = rest.to_owned();
    }
    out.push_str(&format!("\\{}{{{name}}}", if negated { 'P' } else { 'p' }));
    Ok(())
}

/// The one letter that an escape stands for.
fn one_letter(letters: &mut Letters<'_>) -> Result<char, String> {
    let unsupported = |what: String| Err(format!("\\{what} is no escape of a regular expression"));
    let Some(letter) = letters.next() else { return unsupported(String::new()) };
    let octal = |letter: &char| letter.is_digit(8);
    match letter {
        'a' => Ok('\x07'),
        'f' => Ok('\x0C'),
        't' => Ok('\t'),
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        'v' => Ok('\x0B'),
        'x' => hexadecimal(letters),
        '0'..='7' if letter == '0' || letters.peek().is_some_and(octal) => {
            let mut digits = letter.to_string();
            while let Some(digit) = letters.next_if(|next| next.is_digit(8) && digits.len() < 3) {
                digits.push(digit);
            }
            code(&digits, 8)
        }
        _ if letter.is_ascii() && !letter.is_ascii_alphanumeric() => Ok(letter),
        _ => unsupported(letter.to_string()),
    }
}

fn hexadecimal(letters: &mut Letters<'_>) -> Result<char, String> {
    let digits: String = if letters.next_if_eq(&'{').is_some() {
        letters.take_while(|letter| *letter != '}').collect()
    } else {
        letters.take(2).collect()
    };
    code(&digits, 16)
}

fn code(digits: &str, radix: u32) -> Result<char, String> {
    let number = u32::from_str_radix(digits, radix).ok();
    number.and_then(char::from_u32).ok_or_else(|| format!("{digits} is no character code"))
}

fn class(letters: &mut Letters<'_>, out: &mut String) -> Result<(), String> {
    out.push('[');
    if letters.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut first = true;
    loop {
        match letters.peek().copied() {
            None => return Err("a class of the regular expression lacks its ]".to_owned()),
            Some(']') if !first => break,
            Some('[') if posix(letters, out) => {}
            _ => item(letters, out)?,
        }
        first = false;
    }
    letters.next();
    out.push(']');
    Ok(())
}

/// `[:alpha:]` within a class, if it stands here.
fn posix(letters: &mut Letters<'_>, out: &mut String) -> bool {
    let ahead: String = letters.clone().take(14).collect();
    let Some(end) = ahead.starts_with("[:").then(|| ahead.find(":]")).flatten() else {
        return false;
    };
    let name = &ahead[..end + 2];
    out.push_str(name);
    letters.nth(name.chars().count() - 1);
    true
}

/// A letter, a range or an escape within a class.
fn item(letters: &mut Letters<'_>, out: &mut String) -> Result<(), String> {
    let mut ahead = letters.clone();
    if ahead.next() == Some('\\')
        && ahead.peek().is_some_and(|letter| perl(*letter).is_some() || "pP".contains(*letter))
    {
        letters.next();
        return group_escape(letters, out);
    }
    let low = class_letter(letters)?;
    push_letter(out, low);
    let mut ahead = letters.clone();
    if ahead.next() == Some('-') && !matches!(ahead.peek(), None | Some(']')) {
        letters.next();
        let high = class_letter(letters)?;
        if high < low {
            return Err(format!("the range {low}-{high} of a regular expression is empty"));
        }
        out.push('-');
        push_letter(out, high);
    }
    Ok(())
}

fn class_letter(letters: &mut Letters<'_>) -> Result<char, String> {
    match letters.next() {
        Some('\\') => one_letter(letters),
        Some(letter) => Ok(letter),
        None => Err("a class of the regular expression lacks its ]".to_owned()),
    }
}

/// `(`, `(?:`, `(?P<name>` and the flags i, m, s and U; RE2 has nothing else.
fn group(letters: &mut Letters<'_>, out: &mut String) -> Result<(), String> {
    out.push('(');
    if letters.next_if_eq(&'?').is_none() {
        return Ok(());
    }
    let ahead: String = letters.clone().take_while(|letter| !":)<".contains(*letter)).collect();
    let close = letters.clone().nth(ahead.chars().count());
    let flags = !ahead.is_empty() || close == Some(':');
    let known = match close {
        Some('<') => ahead == "P",
        Some(':' | ')') => flags && ahead.chars().all(|flag| "imsU-".contains(flag)),
        _ => false,
    };
    if !known {
        return Err(format!("(?{ahead} is no group of RE2's regular expressions"));
    }
    out.push('?');
    out.extend(letters.by_ref().take(ahead.chars().count() + 1));
    if close == Some('<') {
        out.extend(letters.by_ref().take_while(|letter| *letter != '>').chain(['>']));
    }
    Ok(())
}
