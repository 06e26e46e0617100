//! Says what the two written records of one person really have in common.

use std::collections::HashSet;

use super::agent::Agent;
use super::contact::ROLES;
use super::fold::{name_words, one_edit};
use super::member::Member;

/// The strongest evidence two records share, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An address that is not an office's.
    Email,
    /// A number that is not an office's.
    Phone,
    /// The name, apart from case, accents, credentials and order.
    Name,
    /// The name but for one edit.
    Typo,
    /// None of these: nicknames, initials, half a name.
    Other,
}

/// All kinds, strongest first.
pub const KINDS: [Kind; 5] = [Kind::Email, Kind::Phone, Kind::Name, Kind::Typo, Kind::Other];

impl Kind {
    /// The word in `pairs.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Name => "name",
            Kind::Typo => "typo",
            Kind::Other => "other",
        }
    }
}

/// What an agent's row, as cleaned columns and full name, shares with a member's record.
/// `offices` are the numbers that are nobody's own.
pub fn shared(agent: &Agent, member: &Member, offices: &HashSet<&str>) -> Kind {
    let written = member.email.as_deref().unwrap_or_default();
    if emails(written).iter().any(|email| agent.emails.contains(email)) {
        return Kind::Email;
    }
    let known: Vec<String> = agent.phones.iter().filter_map(|phone| number(phone)).collect();
    let written = phones(member.phone.as_deref().unwrap_or_default());
    if written.iter().any(|phone| known.contains(phone) && !offices.contains(phone.as_str())) {
        return Kind::Phone;
    }
    names(&agent.full_name, &member.name)
}

fn names(a: &str, b: &str) -> Kind {
    let (a, b) = (name_words(a), name_words(b));
    let sorted = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort();
        words
    };
    if sorted(&a) == sorted(&b) {
        Kind::Name
    } else if one_edit(&a.join(" "), &b.join(" ")) {
        Kind::Typo
    } else {
        Kind::Other
    }
}

/// The personal addresses in a text of several values, lower case.
fn emails(written: &str) -> Vec<String> {
    written
        .split([',', ';', '/'])
        .map(|part| part.trim().to_lowercase())
        .filter(|part| {
            let local = part.split_once('@').map(|(local, _)| local);
            local.is_some_and(|local| !ROLES.contains(&local)) && !part.contains(' ')
        })
        .collect()
}

/// The telephone numbers in a text of several values, 10 digits each.
fn phones(written: &str) -> Vec<String> {
    written
        .split([',', ';', '/'])
        .map(str::to_lowercase)
        .filter(|part| !part.contains("fax"))
        .filter_map(|part| number(part.split(['x', 'e']).next().unwrap_or_default()))
        .collect()
}

fn number(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        10 => Some(digits),
        11 if digits.starts_with('1') => Some(digits[1..].to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_equal_apart_from_case_accents_credentials_and_order() {
        for (a, b) in [
            ("Ann Smith", "SMITH, ANN"),
            ("Ann Smith", "Ann Smith, Realtor"),
            ("Ann Smith", "ann smith (R)"),
            ("Ann Smith Jr.", "Smith, Ann, MBA"),
            ("Işıl Yıldız", "IŞIL YILDIZ"),
            ("İnci Şahin", "inci sahin"),
            ("Sean O'Brien", "OBrien Sean"),
            ("Robert \"Bob\" Hill", "Robert Hill"),
        ] {
            assert_eq!(names(a, b), Kind::Name, "{a} / {b}");
        }
    }

    #[test]
    fn one_edit_is_a_typo_and_more_is_not() {
        for b in ["Ann Smth", "Ann Smitth", "Ann Simth", "Ann Smyth"] {
            assert_eq!(names("Ann Smith", b), Kind::Typo, "{b}");
        }
        for b in ["Ann Smythe", "Ann B. Smith", "Annie Smith", "Ann"] {
            assert_eq!(names("Ann Smith", b), Kind::Other, "{b}");
        }
    }

    #[test]
    fn offices_placeholders_and_fax_numbers_are_no_contacts() {
        assert!(emails("info@a.example; [email protected], N/A").is_empty());
        assert_eq!(emails("Jo@A.example / office@a.example"), ["jo@a.example"]);
        assert_eq!(phones("+1 212-555-0199 x12, fax 555-123-4567"), ["2125550199"]);
        assert_eq!(phones("(212) 555-0199 ext. 3/12125550100"), ["2125550199", "2125550100"]);
    }
}
