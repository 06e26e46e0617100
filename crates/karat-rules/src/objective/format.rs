//! What well-formed values look like, as regular expressions that PostgreSQL reads (ARE).

/// An e-mail address (RFC 5321, 6531) apart from its lengths: words of anything but blanks and RFC
/// 5322's specials with single points between them, a domain of two labels or more. Letters of all
/// scripts may stand in it. Quoted mailboxes are not well formed here, though the cleaning rule
/// keeps them. Lengths and the last label are [`NO_EMAIL`]'s and the store's business: counted
/// repetitions would make the expression a thousand times slower.
pub const EMAIL: &str = concat!(
    r#"^[^[:space:][:cntrl:]@()<>\[\]:;,."\\]+"#,
    r#"(\.[^[:space:][:cntrl:]@()<>\[\]:;,."\\]+)*@"#,
    r"([^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f-]",
    r"([^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]*",
    r"[^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f-])?\.)+",
    r"[^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f-]",
    r"[^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]*",
    r"[^\x01-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f-]$",
);

/// What no e-mail address may be, though it looks like one: its last label is digits alone.
pub const NO_EMAIL: &str = r"\.[0-9]+$";

/// A phone number in E.164: `+`, a country code that does not begin with 0, 15 digits at most.
pub const PHONE: &str = r"^\+[1-9][0-9]{6,14}$";
