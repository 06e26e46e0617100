//! What type a column has, and why it is not narrowed.

use karat_record::Type;

use super::{ColumnProfile, Kind};

/// The share of values that have to be of a kind for the column to be called so.
const ENOUGH: f64 = 0.95;

/// How many values are of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub kind: Kind,
    pub fits: u64,
    pub of: u64,
    /// The first rows whose values are not.
    pub misfits: Vec<u64>,
}

impl Evidence {
    /// From 0 to 1; 0 without values.
    pub fn share(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.fits as f64 / self.of as f64 }
    }
}

/// What a column is taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The type that every value can be read as; text where one cannot, so that none is lost.
    pub stored: Type,
    /// What nearly all values look like, with what speaks for it.
    pub evidence: Option<Evidence>,
    /// Why the values stay texts although they are numbers.
    pub kept: Option<&'static str>,
}

/// From the one that says most to the one that says least. A boolean of ones and zeros is an
/// integer, so integers come first.
const ORDER: [Kind; 12] = [
    Kind::Uuid,
    Kind::Email,
    Kind::Url,
    Kind::Phone,
    Kind::Integer,
    Kind::Decimal,
    Kind::Boolean,
    Kind::Date,
    Kind::DateMonthFirst,
    Kind::DateDayFirst,
    Kind::Timestamp,
    Kind::Json,
];

impl ColumnProfile {
    /// What the column of that name is taken for.
    pub fn verdict(&self, name: &str) -> Verdict {
        let enough = ORDER.iter().map(|kind| self.evidence(*kind));
        let found = enough.filter(|evidence| evidence.share() >= ENOUGH);
        // Of kinds that nearly all values are of, the one that fits most; of equal ones the first.
        let evidence = found.reduce(|best, next| if next.fits > best.fits { next } else { best });
        let Some(evidence) = evidence else {
            return Verdict { stored: Type::Text, evidence: None, kept: None };
        };
        let is_number = matches!(evidence.kind, Kind::Integer | Kind::Decimal);
        let kept = if is_number { self.identifies(name) } else { None };
        let stored = match evidence.kind {
            _ if kept.is_some() || evidence.fits < evidence.of => Type::Text,
            Kind::Integer => Type::Integer,
            Kind::Decimal => Type::Numeric,
            Kind::Boolean => Type::Boolean,
            Kind::Date | Kind::DateMonthFirst | Kind::DateDayFirst => Type::Date,
            Kind::Timestamp => Type::Timestamp,
            Kind::Uuid => Type::Uuid,
            Kind::Json => Type::Json,
            Kind::Email | Kind::Phone | Kind::Url => Type::Text,
        };
        Verdict { stored, evidence: Some(evidence), kept }
    }

    /// Why numbers are identifiers, with which nobody reckons.
    fn identifies(&self, name: &str) -> Option<&'static str> {
        if self.leading_zeros > 0 {
            return Some("leading zeros");
        }
        if self.long_numbers > 0 {
            return Some("more than 15 digits");
        }
        if self.evidence(Kind::Phone).fits > 0 {
            return Some("looks like phone numbers");
        }
        const WORDS: [&str; 20] = [
            "account",
            "code",
            "ean",
            "fax",
            "id",
            "iban",
            "isbn",
            "key",
            "license",
            "mobile",
            "number",
            "phone",
            "postcode",
            "sku",
            "ssn",
            "tel",
            "telephone",
            "upc",
            "zip",
            "zipcode",
        ];
        let mut words = words(name);
        words.any(|word| WORDS.contains(&word.as_str())).then_some("an identifier by its name")
    }
}

/// The words of a column's name, in lower case: `customerID` and `customer_id` have two.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut out = String::new();
    let mut was_small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || was_small && c.is_uppercase() {
            out.push(' ');
        }
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase();
    }
    out.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}
