//! Links to outputs that are good for a while, for whoever has them: signed with HMAC-SHA256 by a
//! key of the project's database.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use karat_connect::vault::hex;
use karat_record::{Kind, Problem, Result};
use karat_store::Session;
use karat_store::output::{self as store, Kept};
use sha2::Sha256;

/// Seconds for which a link is good at most: a week.
pub const LONGEST: u32 = 7 * 24 * 60 * 60;

/// What a browser is to do with the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Disposition {
    /// Save it.
    #[default]
    Attachment,
    /// Show it.
    Inline,
}

impl Disposition {
    /// The word in links and headers.
    pub fn word(self) -> &'static str {
        match self {
            Disposition::Attachment => "attachment",
            Disposition::Inline => "inline",
        }
    }

    /// The value of `Content-Disposition` for a file of that name (RFC 6266, RFC 8187).
    pub fn header(self, name: &str) -> String {
        let mut header = format!("{}; filename*=UTF-8''", self.word());
        for byte in name.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                    header.push(byte.into());
                }
                other => write!(header, "%{other:02X}").expect("a String takes everything"),
            }
        }
        header
    }
}

/// For what and for whom a link is good.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// At most [`LONGEST`].
    pub seconds: u32,
    pub disposition: Disposition,
    /// Who alone may use it, such as a session; empty: whoever has it. It is not in the link.
    pub audience: String,
}

/// What a link says besides the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim<'a> {
    /// When it ends, in seconds since 1970.
    pub exp: &'a str,
    /// The key that signed it.
    pub kid: &'a str,
    /// The word of a disposition.
    pub disp: &'a str,
    /// In hex.
    pub sig: &'a str,
}

/// Why a link is not good. Whoever asks is told no more than that it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not as it was signed, or its key is no more.
    Forged,
    Expired,
    /// There is no such file any more.
    Gone,
}

/// A link to a file by its id, as a path with a query. The file may be asked for with GET.
///
/// # Errors
/// A time that is longer than links last.
pub async fn sign(session: &Session, id: &str, terms: &Terms, now: i64) -> Result<String> {
    if terms.seconds == 0 || terms.seconds > LONGEST {
        let what = format!("a link is good for 1 to {LONGEST} seconds");
        return Err(Problem::new(Kind::Usage, what).hint("ask for less, and sign it anew later"));
    }
    let key = store::signing_key(session).await?;
    let (exp, disp) = ((now + i64::from(terms.seconds)).to_string(), terms.disposition.word());
    let claim = Claim { exp: &exp, disp, ..Claim::default() };
    let sig = hex(&mac(&key.secret, id, &claim, &terms.audience).finalize().into_bytes());
    Ok(format!("/d/{id}?exp={exp}&kid={}&disp={disp}&sig={sig}", key.id))
}

/// The file that a link is to, with what a browser is to do with it, if the link is good.
///
/// # Errors
/// A lost connection.
pub async fn admit(
    session: &Session,
    id: &str,
    (claim, audience): (&Claim<'_>, &str),
    now: i64,
) -> Result<Result<(Kept, Disposition), Refused>> {
    let (Ok(kid), Ok(exp), Some(sig)) =
        (claim.kid.parse(), claim.exp.parse::<i64>(), bytes(claim.sig))
    else {
        return Ok(Err(Refused::Forged));
    };
    let Some(secret) = store::key(session, kid, now).await? else {
        return Ok(Err(Refused::Forged));
    };
    // In constant time, so that nobody finds a signature byte by byte.
    if mac(&secret, id, claim, audience).verify_slice(&sig).is_err() {
        return Ok(Err(Refused::Forged));
    }
    if exp <= now {
        return Ok(Err(Refused::Expired));
    }
    let disposition = match claim.disp {
        "inline" => Disposition::Inline,
        _ => Disposition::Attachment,
    };
    let found = store::find(session, id).await?;
    Ok(found.map(|kept| (kept, disposition)).ok_or(Refused::Gone))
}

/// Has all links end at a moment, in seconds since 1970; how many keys signed them.
pub async fn revoke(session: &Session, at: i64) -> Result<u64> {
    store::retire_keys(session, at).await
}

/// What is signed: each part on a line of its own, so that none can run into the next. An id is
/// checked by the signature, a disposition is one of two words, and the audience comes last.
fn mac(secret: &[u8], id: &str, claim: &Claim<'_>, audience: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length serves");
    let said = format!("v1\nGET\n{id}\n{}\n{}\n{audience}", claim.exp, claim.disp);
    mac.update(said.as_bytes());
    mac
}

/// The bytes of an even number of hex digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let is_hex = hex.len().is_multiple_of(2) && hex.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| (0..hex.len()).step_by(2).map(digits).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_link_is_signed() {
        let claim = Claim { exp: "1700000000", disp: "attachment", ..Claim::default() };
        let sign = |secret: &[u8], id: &str, claim: &Claim<'_>, audience: &str| {
            hex(&mac(secret, id, claim, audience).finalize().into_bytes())
        };
        let one = sign(b"key", "a", &claim, "");
        let others = [
            sign(b"kez", "a", &claim, ""),
            sign(b"key", "b", &claim, ""),
            sign(b"key", "a", &Claim { exp: "1700000001", ..claim.clone() }, ""),
            sign(b"key", "a", &Claim { disp: "inline", ..claim.clone() }, ""),
            sign(b"key", "a", &claim, "somebody"),
        ];
        assert!(others.iter().all(|other| *other != one));
        assert_eq!(bytes(&one).map(|bytes| hex(&bytes)), Some(one));
    }

    #[test]
    fn the_code_is_that_of_rfc_4231() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(&mac.finalize().into_bytes()), expected);
        assert_eq!((bytes("0g"), bytes("0"), bytes("+1")), (None, None, None));
    }

    #[test]
    fn a_name_is_safe_in_a_header() {
        let header = Disposition::Attachment.header("N/3 \"ä\"\r\n.csv");
        assert_eq!(header, "attachment; filename*=UTF-8''N%2F3%20%22%C3%A4%22%0D%0A.csv");
    }
}
