//! Simple regular expressions as `like`, which the server answers several times as fast.

use crate::name::quoted;

/// What no piece of a simple expression begins with.
const SPECIAL: &str = "^$*+?{}|()[]\\.";

/// A part of a simple expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Literal(char),
    /// `.`, `.+` or `.*`
    Any(&'static str),
    /// `[^c]`, `[^c]+` or `[^c]*`
    Except(char, &'static str),
}

/// That `x` matches a regular expression, said with `like` alone and true of the same values; none
/// where only the server's engine for regular expressions can tell.
///
/// Literals and dots have counterparts. `[^c]` has one where nothing else is a wildcard and the
/// whole value has to match: a value that has no more `c` than the literals has none left for
/// `[^c]`.
pub(super) fn like(x: &str, regex: &str) -> Option<String> {
    let (begins, rest) = regex.strip_prefix('^').map_or((false, regex), |rest| (true, rest));
    let (pieces, ends) = pieces(rest)?;
    let mut wanted = String::from(if begins { "" } else { "%" });
    for piece in &pieces {
        match piece {
            Piece::Literal(c) => wanted.push_str(&escaped(*c)),
            Piece::Any(wildcard) | Piece::Except(_, wildcard) => wanted.push_str(wildcard),
        }
    }
    wanted.push_str(if ends { "" } else { "%" });
    let wanted = format!("{x} like {}", quoted(&wanted));
    let except = pieces.iter().find_map(|piece| match piece {
        Piece::Except(c, _) => Some(*c),
        _ => None,
    });
    let Some(c) = except else { return Some(wanted) };
    let is_plain = |piece: &Piece| match piece {
        Piece::Literal(_) => true,
        Piece::Any(_) => false,
        Piece::Except(other, _) => *other == c,
    };
    if !(begins && ends && pieces.iter().all(is_plain)) {
        return None;
    }
    let known = pieces.iter().filter(|piece| **piece == Piece::Literal(c)).count();
    let more = format!("{}%", format!("%{}", escaped(c)).repeat(known + 1));
    Some(format!("({wanted} and {x} not like {})", quoted(&more)))
}

/// The pieces of an expression behind its `^`, and whether it ends with `$`.
fn pieces(regex: &str) -> Option<(Vec<Piece>, bool)> {
    let mut pieces = Vec::new();
    let mut rest = regex;
    while !rest.is_empty() {
        if rest == "$" {
            return Some((pieces, true));
        }
        let (piece, behind) = piece(rest)?;
        pieces.push(piece);
        rest = behind;
    }
    Some((pieces, false))
}

/// The first piece, and what stands behind it.
fn piece(regex: &str) -> Option<(Piece, &str)> {
    let mut chars = regex.chars();
    let literal = match chars.next()? {
        '.' => {
            let (wildcard, rest) = repeated(chars.as_str());
            return Some((Piece::Any(wildcard), rest));
        }
        '[' => {
            let inner = chars.as_str();
            let (is_except, inner) = inner.strip_prefix('^').map_or((false, inner), |i| (true, i));
            chars = inner.chars();
            let c = chars.next().filter(|c| !"^[]\\".contains(*c))?;
            let rest = chars.as_str().strip_prefix(']')?;
            if is_except {
                let (wildcard, rest) = repeated(rest);
                return Some((Piece::Except(c, wildcard), rest));
            }
            chars = rest.chars();
            c
        }
        '\\' => chars.next().filter(char::is_ascii_punctuation)?,
        c if SPECIAL.contains(c) => return None,
        c => c,
    };
    Some((Piece::Literal(literal), chars.as_str()))
}

/// How often a wildcard stands for a character, as `like` has it, and what stands behind. Whatever
/// else would repeat a piece is no beginning of the next one.
fn repeated(rest: &str) -> (&'static str, &str) {
    let of = |sign: char, wildcard| rest.strip_prefix(sign).map(|rest| (wildcard, rest));
    of('+', "_%").or_else(|| of('*', "%")).unwrap_or(("_", rest))
}

fn escaped(c: char) -> String {
    if "%_\\".contains(c) { format!("\\{c}") } else { c.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_expressions_are_said_with_like() {
        for (regex, wanted) in [
            ("", "x like '%%'"),
            ("^AB-", "x like 'AB-%'"),
            ("7$", "x like '%7'"),
            ("^a.c$", "x like 'a_c'"),
            ("^.+[.]com$", "x like '_%.com'"),
            ("^.*\\.com", "x like '%.com%'"),
            ("100%_\\\\", "x like '%100\\%\\_\\\\%'"),
            ("it's", "x like '%it''s%'"),
            ("^[^ ]*$", "(x like '%' and x not like '% %')"),
            ("^[^@]+@[^@]+[.]com$", "(x like '_%@_%.com' and x not like '%@%@%')"),
        ] {
            assert_eq!(like("x", regex).as_deref(), Some(wanted), "{regex}");
        }
    }

    #[test]
    fn what_like_cannot_say_is_left_to_the_server() {
        for regex in [
            "ab*",
            "a+",
            "ab?c",
            "a{2}",
            "a|b",
            "(a)",
            "[ab]",
            "[a-z]",
            "[^ab]",
            "[[:alpha:]]",
            "\\d",
            "a$b",
            "a^b",
            "^*",
            "***=a",
            "(?i)a",
            ".+?",
            ".**",
            ".{2}",
            "[^a]{2}$",
            "^[^@]+",
            "[^@]+$",
            "^[^@]+.$",
            "^[^@][^.]$",
            "[a",
            "[]a]",
            "[^^]",
            "a\\",
            "]",
            "}",
        ] {
            assert_eq!(like("x", regex), None, "{regex}");
        }
    }
}
