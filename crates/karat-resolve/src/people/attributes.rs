//! Parts of records that blocking keys are made of, as numbers: equal parts, equal numbers.

use super::levels::year;
use super::normal::{first, last, outward};
use super::plan::Role;
use super::table::Table;
use super::values::parts;
use crate::linkage::MISSING;

/// For each record the number of its part, or `MISSING`.
pub(super) struct Attribute(Vec<u32>);

impl Attribute {
    #[inline]
    pub fn of(&self, record: u32) -> Option<u32> {
        self.0.get(record as usize).copied().filter(|part| *part != MISSING)
    }

    fn new(values: &[u32], parts: &[u32]) -> Attribute {
        let part = |value: &u32| parts.get(*value as usize).copied().unwrap_or(MISSING);
        Attribute(values.iter().map(part).collect())
    }

    /// Values of a comparison, whole.
    pub fn whole(table: &Table, comparison: usize) -> Attribute {
        Attribute((0..table.len as u32).map(|record| table.row(record)[comparison]).collect())
    }

    /// Parts of the values of the first comparison of a role; none where there is no such.
    fn of_role(table: &Table, role: Role, part: impl Fn(&str) -> &str) -> Attribute {
        let Some(at) = table.compared.iter().position(|compared| compared.role == role) else {
            return Attribute(Vec::new());
        };
        let parts = parts(&table.compared[at].values.texts, part);
        Attribute::new(&Attribute::whole(table, at).0, &parts)
    }
}

/// The parts of given names or surnames that keys need. Both are of one dictionary, so that a
/// name in the wrong column has the same number.
pub(super) struct NameParts {
    pub whole: Attribute,
    pub first: [Attribute; 4],
    pub last3: Attribute,
    pub last4: Attribute,
}

impl NameParts {
    fn new(table: &Table, values: &[u32]) -> NameParts {
        let part =
            |part: &dyn Fn(&str) -> &str| Attribute::new(values, &parts(&table.name_parts, part));
        NameParts {
            whole: Attribute(values.to_vec()),
            first: [
                part(&|text| first(text, 1)),
                part(&|text| first(text, 2)),
                part(&|text| first(text, 3)),
                part(&|text| first(text, 4)),
            ],
            last3: part(&|text| last(text, 3)),
            last4: part(&|text| last(text, 4)),
        }
    }
}

/// All parts that keys need.
pub(super) struct Attributes {
    pub given: NameParts,
    pub surname: NameParts,
    pub year: Attribute,
    pub outward: Attribute,
    pub place: Attribute,
    pub category: Attribute,
}

impl Attributes {
    pub fn new(table: &Table) -> Attributes {
        Attributes {
            given: NameParts::new(table, &table.given),
            surname: NameParts::new(table, &table.surname),
            year: Attribute::of_role(table, Role::Date, year),
            outward: Attribute::of_role(table, Role::Postcode, outward),
            place: Attribute::of_role(table, Role::Place, |text| text),
            category: Attribute::of_role(table, Role::Category, |text| text),
        }
    }

    /// What too large blocks are split by.
    pub fn splitting(&self) -> [&Attribute; 6] {
        let (given, surname) = (&self.given.first[1], &self.surname.first[1]);
        [given, surname, &self.year, &self.outward, &self.place, &self.category]
    }
}
