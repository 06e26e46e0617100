//! E-mail addresses: lower case, syntax checked by RFC 5321 and 6531. `email` is for persons, and
//! drops placeholders and role addresses, because neither says who a person is; `email_address`
//! keeps role addresses. What kind of mailbox an address names is a question of its own.

use std::borrow::Cow;

use super::{Cleaned, Context, Rule, Words, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "email",
    about: "an e-mail address of one person in lower case; placeholders and role addresses drop",
    passing: (" mailto:Jane.Doe@Example.com", "jane.doe@example.com"),
    failing: Some("info@example.com"),
    apply: |text, _: &Context| match address(text) {
        Ok(address) if is_role(&address) => Cleaned::Dropped("is a role address"),
        found => cleaned(found),
    },
};

pub(super) const ADDRESS: Rule = Rule {
    name: "email_address",
    about: "an e-mail address in lower case, of a person or of an office; placeholders drop",
    passing: ("Info <Info@Example.com>", "info@example.com"),
    failing: Some("yourname@example.com"),
    apply: |text, _: &Context| cleaned(address(text)),
};

/// Mailboxes of an office or a machine.
static ROLES: Words = Words::new(&[
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
    "do-not-reply",
    "donotreply",
    "enquiries",
    "frontdesk",
    "hello",
    "help",
    "hostmaster",
    "hr",
    "info",
    "information",
    "inquiries",
    "inquiry",
    "jobs",
    "leads",
    "listings",
    "mail",
    "mailer-daemon",
    "marketing",
    "media",
    "no-reply",
    "noreply",
    "office",
    "postmaster",
    "press",
    "privacy",
    "reception",
    "root",
    "sales",
    "security",
    "service",
    "support",
    "team",
    "user",
    "webmaster",
    "welcome",
]);

/// Mailboxes that forms and templates invent.
pub const INVENTED: [&str; 10] = [
    "e-mail",
    "email",
    "example",
    "firstname.lastname",
    "name",
    "noemail",
    "none",
    "test",
    "you",
    "yourname",
];

/// Providers of mailboxes that live for minutes, in alphabetical order.
const DISPOSABLE: [&str; 18] = [
    "10minutemail.com",
    "dispostable.com",
    "fakeinbox.com",
    "getnada.com",
    "guerrillamail.com",
    "mailcatch.com",
    "maildrop.cc",
    "mailinator.com",
    "mailnesia.com",
    "mintemail.com",
    "mohmal.com",
    "sharklasers.com",
    "spamgourmet.com",
    "temp-mail.org",
    "tempmail.com",
    "throwawaymail.com",
    "trashmail.com",
    "yopmail.com",
];

/// Whether a clean address is that of an office or a machine, such as `info@` and `noreply@`.
pub fn is_role(address: &str) -> bool {
    mailbox_of(address).is_some_and(|mailbox| ROLES.has(mailbox))
}

/// Whether a clean address has a mailbox that forms and templates invent, such as `yourname@`.
pub fn is_invented(address: &str) -> bool {
    static WORDS: Words = Words::new(&INVENTED);
    mailbox_of(address).is_some_and(|mailbox| WORDS.has(mailbox))
}

/// Whether a clean address is at a well-known provider of mailboxes that live for minutes.
pub fn is_disposable(address: &str) -> bool {
    let domain = address.rsplit_once('@').map(|(_, domain)| domain);
    domain.is_some_and(|domain| DISPOSABLE.binary_search(&domain).is_ok())
}

/// The mailbox, where it is no longer than any that is listed.
fn mailbox_of(address: &str) -> Option<&str> {
    const LONGEST: usize = 18;
    let at = address.bytes().take(LONGEST + 1).position(|byte| byte == b'@')?;
    address.get(..at)
}

fn cleaned<'a>(found: Result<Cow<'a, str>, &'static str>) -> Cleaned<'a> {
    match found {
        Ok(address) => Cleaned::Kept(address),
        Err(why) => Cleaned::Dropped(why),
    }
}

/// The address in lower case; borrowed where it is clean as it stands.
fn address(text: &str) -> Result<Cow<'_, str>, &'static str> {
    if is_plain(text.as_bytes()) {
        return if is_invented(text) { Err("is a placeholder") } else { Ok(Cow::Borrowed(text)) };
    }
    let text = bare(text);
    let Some((mailbox, domain)) = text.rsplit_once('@') else {
        return Err(if is_placeholder(text) { "is a placeholder" } else { "has no @" });
    };
    let plain = unquoted(mailbox);
    if !is_mailbox(mailbox, plain) || !is_domain(domain) || text.len() > 254 {
        return Err("is not an e-mail address");
    }
    let text = match plain {
        Some(plain) => Cow::Owned(format!("{plain}@{domain}")),
        None => Cow::Borrowed(text),
    };
    let is_lower = match text.is_ascii() {
        true => !text.bytes().any(|b| b.is_ascii_uppercase()),
        false => text.to_lowercase() == *text,
    };
    let lower = if is_lower { text } else { Cow::Owned(text.to_lowercase()) };
    if is_invented(&lower) { Err("is a placeholder") } else { Ok(lower) }
}

/// Whether it is an address of ASCII letters in lower case, digits and the usual signs, as most
/// are: then one look at each byte is enough.
fn is_plain(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|b| *b == b'@') else { return false };
    let (mailbox, domain) = (&text[..at], &text[at + 1..]);
    // A sign may neither begin nor end a label, nor stand beside another point.
    let mut before = b'.';
    let is_mailbox = mailbox.iter().all(|byte| {
        let fine = match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'+' => true,
            b'.' => before != b'.',
            _ => false,
        };
        before = *byte;
        fine
    });
    if !is_mailbox || before == b'.' || mailbox.len() > 64 || domain.len() > 63 {
        return false;
    }
    before = b'.';
    let mut last = 0;
    let is_domain = domain.iter().enumerate().all(|(at, byte)| {
        let fine = match byte {
            b'a'..=b'z' | b'0'..=b'9' => true,
            b'-' => before != b'.',
            b'.' => before != b'.' && before != b'-',
            _ => false,
        };
        if *byte == b'.' {
            last = at + 1;
        }
        before = *byte;
        fine
    });
    let ending = &domain[last..];
    is_domain && last > 0 && ending.len() >= 2 && ending.iter().all(u8::is_ascii_lowercase)
}

/// The address without what letters and mail programs put around it.
fn bare(text: &str) -> &str {
    let signs = ['<', '>', '\'', ';', ',', '.', '"'];
    let text = text.trim();
    // `Jane Doe <jane@example.com>`
    let text = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((_, inner)) => inner.trim(),
        None => text,
    };
    let is_quoted = text.starts_with('"') && text.contains("\"@");
    let text = if is_quoted { text } else { text.trim_start_matches(&signs[..5]) };
    let text = if is_quoted { text } else { text.trim_start_matches('"') };
    let text = text.trim_end_matches(signs).trim();
    match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text[7..].trim_start(),
        _ => text,
    }
}

/// What a quoted mailbox says, where it needs no quotes: `"jane"` is `jane`.
fn unquoted(mailbox: &str) -> Option<&str> {
    let inner = mailbox.strip_prefix('"')?.strip_suffix('"')?;
    is_dot_atom(inner).then_some(inner)
}

fn is_mailbox(text: &str, plain: Option<&str>) -> bool {
    (1..=64).contains(&text.len()) && (plain.is_some() || is_dot_atom(text) || is_quoted(text))
}

/// Letters, digits and the signs of RFC 5322 with single points between them.
fn is_dot_atom(text: &str) -> bool {
    let fine = |c: char| match c {
        'a'..='z' | '0'..='9' | 'A'..='Z' | '.' => true,
        '!' | '#'..='\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^'..='`' | '{'..='~' => true,
        c => !c.is_ascii() && c.is_alphanumeric(),
    };
    let bytes = text.as_bytes();
    text.chars().all(fine)
        && !text.is_empty()
        && bytes[0] != b'.'
        && bytes[bytes.len() - 1] != b'.'
        && !bytes.windows(2).any(|two| two == b"..")
}

/// `"..."`, inside of which a backslash stands before quotes and backslashes.
fn is_quoted(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return false;
    };
    let mut escaped = false;
    let fine = inner.chars().all(|c| {
        let bare_quote = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        !bare_quote && !c.is_control()
    });
    fine && !escaped && !inner.is_empty()
}

/// At least two labels of letters, digits and inner hyphens; the last not all digits.
fn is_domain(text: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || is_letter(c))
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or("");
    text.len() <= 253
        && last.len() < text.len()
        && text.split('.').all(label)
        && last.len() >= 2
        && !last.bytes().all(|b| b.is_ascii_digit())
}

fn is_letter(c: char) -> bool {
    !c.is_ascii() && c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn addresses_are_kept_in_lower_case_or_dropped_with_a_reason() {
        let long = format!("{}@example.com", "a".repeat(65));
        check(
            &RULE,
            "US",
            &[
                ("jane@example.com", "jane@example.com"),
                ("Jane Doe <Jane@Example.com>", "jane@example.com"),
                ("MAILTO:jane@example.com.", "jane@example.com"),
                ("'jane+news@mail.example.co.uk';", "jane+news@mail.example.co.uk"),
                ("\"jane doe\"@example.com", "\"jane doe\"@example.com"),
                ("\"jane\"@example.com", "jane@example.com"),
                ("\"jane@example.com\"", "jane@example.com"),
                ("\"a\"b\"@example.com", "no: is not an e-mail address"),
                ("Işıl@example.com", "işıl@example.com"),
                ("o'neil@example.com", "o'neil@example.com"),
                ("N/A", "no: is a placeholder"),
                ("[email\u{a0}protected]", "no: has no @"),
                ("jane@localhost", "no: is not an e-mail address"),
                ("jane doe@example.com", "no: is not an e-mail address"),
                ("jane..doe@example.com", "no: is not an e-mail address"),
                (".jane@example.com", "no: is not an e-mail address"),
                ("jane.@example.com", "no: is not an e-mail address"),
                ("jane@example..com", "no: is not an e-mail address"),
                ("jane@-example.com", "no: is not an e-mail address"),
                ("jane@example.123", "no: is not an e-mail address"),
                ("jane@b@example.com", "no: is not an e-mail address"),
                (&long, "no: is not an e-mail address"),
                ("Office@Example.com", "no: is a role address"),
                ("yourname@example.com", "no: is a placeholder"),
            ],
        );
    }

    #[test]
    fn the_kind_of_a_mailbox_is_known_apart_from_its_syntax() {
        assert!(is_role("noreply@example.com") && !is_role("jane@example.com"));
        assert!(is_invented("test@example.com") && !is_invented("contest@example.com"));
        assert!(is_disposable("jane@yopmail.com") && !is_disposable("yopmail.com@example.com"));
    }

    #[test]
    fn whatever_is_listed_is_found() {
        assert!(DISPOSABLE.is_sorted());
        assert!(ROLES.list.iter().all(|mailbox| is_role(&format!("{mailbox}@example.com"))));
        assert!(INVENTED.iter().all(|mailbox| is_invented(&format!("{mailbox}@example.com"))));
    }

    #[test]
    fn the_short_way_takes_nothing_that_the_long_way_refuses() {
        for text in ["a@b.co", ".a@b.co", "a.@b.co", "a..b@c.co", "@b.co", "a@b", "a@-b.co"] {
            let long = text
                .split_once('@')
                .is_some_and(|(mailbox, domain)| is_mailbox(mailbox, None) && is_domain(domain));
            assert_eq!(is_plain(text.as_bytes()), long, "{text}");
        }
        for text in
            ["a@b-.co", "a@b..co", "a@b.c", "a@.co", "a@b.co-", "a@b.1a", "A@b.co", "a@b@c.co"]
        {
            assert!(!is_plain(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_clean_address_is_not_copied() {
        let found = RULE.apply("jane@example.com", &Context::default());
        assert!(matches!(found, Cleaned::Kept(Cow::Borrowed(_))));
    }
}
