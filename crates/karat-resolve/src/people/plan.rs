//! What to link and how: which column plays which part, and the constants of the model.

use crate::linkage::model::LinkType;

/// What a field says about a person, which decides how it is compared and blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    GivenName,
    Surname,
    /// All names in one text; where present it stands for given name and surname.
    FullName,
    /// A day, usually that of birth.
    Date,
    Postcode,
    /// A town, a county, a country.
    Place,
    /// One of few values: an occupation, a kind.
    Category,
    Email,
    Phone,
    /// A street, or a whole address.
    Address,
    /// A number of a person or of a house; nearly unique or not.
    Identifier,
}

/// All roles, with their names in settings.
pub const ROLES: [(Role, &str); 11] = [
    (Role::GivenName, "given_name"),
    (Role::Surname, "surname"),
    (Role::FullName, "full_name"),
    (Role::Date, "date"),
    (Role::Postcode, "postcode"),
    (Role::Place, "place"),
    (Role::Category, "category"),
    (Role::Email, "email"),
    (Role::Phone, "phone"),
    (Role::Address, "address"),
    (Role::Identifier, "identifier"),
];

impl Role {
    /// The name of the role in settings.
    pub fn name(self) -> &'static str {
        ROLES.iter().find(|(role, _)| *role == self).expect("every role is listed").1
    }

    /// Whether the field is part of the one comparison of names.
    pub fn is_name(self) -> bool {
        matches!(self, Role::GivenName | Role::Surname | Role::FullName)
    }
}

/// A field of the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub role: Role,
    /// The columns it is read from, joined by a space where there are several.
    pub columns: Vec<String>,
}

impl Field {
    /// A field of one column, named as the column.
    pub fn new(role: Role, column: &str) -> Field {
        Field { name: column.to_owned(), role, columns: vec![column.to_owned()] }
    }
}

/// What to link and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub fields: Vec<Field>,
    pub link: LinkType,
    /// For each source whether it lists everything once.
    pub distinct: Vec<bool>,
    /// Seed of the samples and of the order among equals.
    pub seed: u64,
    pub options: Options,
}

impl Plan {
    /// A plan to find duplicates, with everything else as usual.
    pub fn new(fields: Vec<Field>) -> Plan {
        let link = LinkType::Dedupe;
        Plan { fields, link, distinct: Vec::new(), seed: 1, options: Options::default() }
    }
}

/// The constants of the model. The defaults were chosen while looking at the same public data sets
/// (historical figures, also twenty times over, and fake_1000) on which its accuracy is quoted, so
/// that other data may fare worse.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Clusters merge at this match probability and above. One half is best for pair F1; take
    /// more where a wrong merge costs more than a missed one.
    pub auto: f64,
    /// Clusters this probably the same, but less than `auto`, are for people to review. Pairs
    /// below it are not kept, so that a very low bound costs memory.
    pub review: f64,
    /// A larger block is split by further attributes; parts that are larger still are dropped
    /// and reported. Bounds the number of pairs by a multiple of the records.
    pub largest_block: u32,
    /// Rounds of estimation, the last of which is that of `resolve`.
    pub rounds: u32,
    /// Match weight in bits from which the first round clusters: only pure clusters.
    pub first_stop: f32,
    /// Match weight in bits from which a pair takes part in clustering.
    pub edge: f32,
    /// Pairs this many bits below `edge` in the first round are not looked at in the second.
    pub slack: f32,
    /// Random pairs from which u is estimated.
    pub random_pairs: u32,
    /// Pairs drawn per field to estimate dependence.
    pub dependence_pairs: u32,
    /// The share of agreeing matches that clusters may have missed when dependence is estimated.
    pub missed: f64,
    /// The most that one field of one pair may say for a match in a cluster, in bits.
    pub largest_evidence: f32,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            auto: 0.5,
            review: 1.0 / 3.0,
            largest_block: 60,
            rounds: 4,
            first_stop: 3.0,
            edge: -1.0,
            slack: 6.0,
            random_pairs: 500_000,
            dependence_pairs: 150_000,
            missed: 0.01,
            largest_evidence: 20.0,
        }
    }
}
