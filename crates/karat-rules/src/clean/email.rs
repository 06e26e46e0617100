//! E-mail addresses: lower case, syntax checked, placeholders and role addresses dropped,
//! because neither says who a person is.

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "email",
    about: "an e-mail address of one person in lower case; placeholders and role addresses drop",
    passing: (" mailto:Jane.Doe@Example.com", "jane.doe@example.com"),
    failing: Some("info@example.com"),
    apply,
};

/// Mailboxes of an office or a machine.
const ROLES: [&str; 41] = [
    "abuse",
    "accounts",
    "admin",
    "administrator",
    "agent",
    "agents",
    "billing",
    "broker",
    "careers",
    "contact",
    "contactus",
    "customerservice",
    "enquiries",
    "frontdesk",
    "hello",
    "help",
    "hr",
    "info",
    "information",
    "inquiries",
    "inquiry",
    "jobs",
    "leads",
    "listings",
    "mail",
    "marketing",
    "media",
    "noreply",
    "no-reply",
    "office",
    "postmaster",
    "press",
    "reception",
    "root",
    "sales",
    "service",
    "support",
    "team",
    "user",
    "webmaster",
    "welcome",
];

/// Mailboxes that forms and templates invent.
const INVENTED: [&str; 10] = [
    "email",
    "e-mail",
    "example",
    "firstname.lastname",
    "name",
    "none",
    "noemail",
    "test",
    "you",
    "yourname",
];

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let text = text.trim().trim_matches(['<', '>', '"', '\'', ';', ',']).trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let text = text.strip_prefix("mailto:").unwrap_or(text).trim_end_matches('.');
    let Some((mailbox, domain)) = text.rsplit_once('@') else {
        return Cleaned::Dropped("has no @");
    };
    if !is_mailbox(mailbox) || !is_domain(domain) {
        return Cleaned::Dropped("is not an e-mail address");
    }
    let lower = text.to_lowercase();
    let mailbox = &lower[..lower.rfind('@').unwrap_or(0)];
    if ROLES.contains(&mailbox) {
        return Cleaned::Dropped("is a role address");
    }
    if INVENTED.contains(&mailbox) {
        return Cleaned::Dropped("is a placeholder");
    }
    Cleaned::Kept(lower.into())
}

/// The dot-atom of RFC 5321 and RFC 6531 letters; quoted mailboxes are not in use.
fn is_mailbox(text: &str) -> bool {
    let fine = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    (1..=64).contains(&text.len())
        && text.chars().all(fine)
        && !text.starts_with('.')
        && !text.ends_with('.')
        && !text.contains("..")
}

/// At least two labels of letters, digits and inner hyphens; the last not all digits.
fn is_domain(text: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or("");
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && last.len() >= 2
        && !last.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_persons_address_is_dropped_with_its_reason() {
        for (raw, why) in [
            ("N/A", "is a placeholder"),
            ("[email\u{a0}protected]", "has no @"),
            ("jane@localhost", "is not an e-mail address"),
            ("jane doe@example.com", "is not an e-mail address"),
            ("jane..doe@example.com", "is not an e-mail address"),
            ("Office@Example.com", "is a role address"),
            ("yourname@example.com", "is a placeholder"),
            ("jane@example.123", "is not an e-mail address"),
        ] {
            assert_eq!(apply(raw, &Context::default()), Cleaned::Dropped(why), "{raw}");
        }
    }

    #[test]
    fn addresses_in_other_scripts_are_kept() {
        let kept = apply("Işıl@example.com", &Context::default());
        assert_eq!(kept, Cleaned::Kept("işıl@example.com".into()));
    }
}
