//! Yes and no.

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "boolean",
    about: "yes or no in the words of several languages, as true or false",
    passing: ("Yes", "true"),
    failing: Some("maybe"),
    apply,
};

const TRUE: [&str; 16] = [
    "true", "t", "yes", "y", "on", "1", "checked", "enabled", "ja", "wahr", "oui", "vrai", "si",
    "sí", "sim", "evet",
];

const FALSE: [&str; 15] = [
    "false",
    "f",
    "no",
    "n",
    "off",
    "0",
    "unchecked",
    "disabled",
    "nein",
    "falsch",
    "non",
    "faux",
    "não",
    "hayır",
    "hayir",
];

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let lower = text.to_lowercase();
    if TRUE.contains(&lower.as_str()) {
        Cleaned::Kept("true".into())
    } else if FALSE.contains(&lower.as_str()) {
        Cleaned::Kept("false".into())
    } else {
        Cleaned::Dropped("is neither yes nor no")
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn words_for_yes_and_no_are_read() {
        check(
            &RULE,
            "US",
            &[
                ("true", "true"),
                ("T", "true"),
                (" YES ", "true"),
                ("y", "true"),
                ("1", "true"),
                ("on", "true"),
                ("Sí", "true"),
                ("evet", "true"),
                ("false", "false"),
                ("F", "false"),
                ("No", "false"),
                ("0", "false"),
                ("off", "false"),
                ("Nein", "false"),
                ("2", "no: is neither yes nor no"),
                ("yess", "no: is neither yes nor no"),
                ("n/a", "no: is a placeholder"),
                ("", "no: is a placeholder"),
            ],
        );
    }
}
