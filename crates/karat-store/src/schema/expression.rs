//! Whether a text is one expression that can stand inside a statement of ours.

use super::syntax::{self, SyntaxKind};

/// Checks that a text is one expression, without its end or anything behind it.
///
/// # Errors
/// Why not, in words.
pub(crate) fn check(text: &str) -> Result<(), String> {
    syntax::with_room(|| checked(text))
}

fn checked(text: &str) -> Result<(), String> {
    // On lines of its own, so that no comment of the text's reaches beyond it.
    let tree = syntax::tree(&format!("select (\n{text}\n)"));
    let mut depth = 0;
    let mut closed = false;
    for token in syntax::tokens(&tree.root) {
        match token.kind() {
            SyntaxKind::SEMICOLON => return Err("it has a semicolon".to_owned()),
            _ if closed => return Err("a parenthesis is closed that was not opened".to_owned()),
            SyntaxKind::L_PAREN => depth += 1,
            SyntaxKind::R_PAREN => {
                depth -= 1;
                closed = depth == 0;
            }
            _ => {}
        }
    }
    match tree.errors.first() {
        Some((_, message)) => Err(message.clone()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn expressions_are_taken_and_nothing_else() {
        for text in [
            "max(value)",
            "(array_agg(value order by trust desc, changed desc nulls last))[1]",
            "min(value::date) filter (where value ~ '^\\d')",
            "case when count(*) > 1 then max(value) end -- two",
            "mode() within group (order by value)",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "max(value), min(value)) from a; drop table b; select (1",
            "1) from secrets, (select 1",
            "max(value);",
            "max(value",
            "max(value))",
            "max(value) from offers",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
