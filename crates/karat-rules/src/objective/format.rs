//! What well-formed values look like, as regular expressions that PostgreSQL reads (ARE).

/// An e-mail address (RFC 5321, 6531): at most 64 characters before the `@`, 254 in all, words of
/// anything but blanks and RFC 5322's specials with single points between them, a domain of two
/// labels or more, the last not of digits alone. Letters of all scripts may stand in it. Quoted
/// mailboxes are not well formed here, though the cleaning rule keeps them.
pub const EMAIL: &str = concat!(
    r#"^(?=[^@]{1,64}@)(?=.{3,254}$)[^[:space:][:cntrl:]@()<>\[\]:;,."\\]+"#,
    r#"(\.[^[:space:][:cntrl:]@()<>\[\]:;,."\\]+)*@"#,
    r"([^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f-]",
    r"([^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]{0,61}",
    r"[^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f-])?\.)+",
    r"(?![0-9]+$)[^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f-]",
    r"[^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]{0,61}",
    r"[^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f-]$",
);

/// A phone number in E.164: `+`, a country code that does not begin with 0, 15 digits at most.
pub const PHONE: &str = r"^\+[1-9][0-9]{6,14}$";

/// The regular expression of a name.
pub fn named(name: &str) -> Option<&'static str> {
    match name {
        "email" => Some(EMAIL),
        "phone" => Some(PHONE),
        _ => None,
    }
}
