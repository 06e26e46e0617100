//! Texts that say that there is no value.

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "null_token",
    about: "drops texts that stand for no value, such as N/A, null, #N/A and question marks",
    passing: ("nothing", "nothing"),
    failing: Some("#N/A"),
    apply,
};

/// More of them than placeholders that every rule drops: what programs and forms write.
pub const TOKENS: [&str; 22] = [
    "#n/a",
    "#na",
    "#name?",
    "#null!",
    "#ref!",
    "#value!",
    "#div/0!",
    "(blank)",
    "(empty)",
    "(none)",
    "(null)",
    "<na>",
    "<null>",
    "[null]",
    "\\n",
    "blank",
    "empty",
    "n.a.",
    "not applicable",
    "not provided",
    "undefined",
    "unspecified",
];

/// Whether a text stands for no value: blank, a token such as `N/A`, or nothing but signs. Blanks
/// around it do not matter, nor does case, but for those that are names too.
pub fn is_null_token(text: &str) -> bool {
    let text = text.trim();
    // None is longer than this, and most values are.
    if text.len() > 14 {
        return false;
    }
    let only = |sign: u8| text.bytes().all(|b| b == sign);
    is_placeholder(text)
        || only(b'?')
        || only(b'-')
        || only(b'_')
        // Nan and Nat are names of people.
        || ["NaN", "nan", "NaT"].contains(&text)
        || TOKENS.iter().any(|token| token.eq_ignore_ascii_case(text))
}

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    if is_null_token(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    Cleaned::Kept(text.into())
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn tokens_drop_and_words_that_hold_them_stay() {
        let no = "no: is a placeholder";
        check(
            &RULE,
            "US",
            &[
                ("", no),
                ("  ", no),
                ("N/A", no),
                ("n.a.", no),
                ("NULL", no),
                ("(null)", no),
                ("\\N", no),
                ("#N/A", no),
                ("#DIV/0!", no),
                ("NaN", no),
                ("---", no),
                ("???", no),
                ("Unknown", no),
                ("Not Provided", no),
                ("0", "0"),
                ("Nan", "Nan"),
                ("Nat", "Nat"),
                ("false", "false"),
                ("none of these", "none of these"),
            ],
        );
    }
}
