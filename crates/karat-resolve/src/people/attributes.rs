//! Parts of records that blocking keys are made of, as numbers: equal parts, equal numbers.

use super::levels::year;
use super::normal::{first, last, outward};
use super::plan::Role;
use super::table::Table;
use super::values::parts;
use crate::linkage::MISSING;

/// For each record its parts, of which there are several only where it has several values.
#[derive(Default)]
pub(super) struct Attribute {
    /// For each record its first part, or `MISSING`.
    first: Vec<u32>,
    /// Records with their other parts, ascending.
    others: Vec<(u32, u32)>,
}

impl Attribute {
    /// The parts of a record, each once.
    #[inline]
    pub fn of(&self, record: u32) -> impl Iterator<Item = u32> + Clone + '_ {
        let first = self.first.get(record as usize).copied().filter(|part| *part != MISSING);
        let from = self.others.partition_point(|(other, _)| *other < record);
        let others = self.others[from..].iter().take_while(move |(other, _)| *other == record);
        first.into_iter().chain(others.map(|(_, part)| *part))
    }

    fn new(values: &[u32], parts: &[u32]) -> Attribute {
        let part = |value: &u32| parts.get(*value as usize).copied().unwrap_or(MISSING);
        Attribute { first: values.iter().map(part).collect(), others: Vec::new() }
    }

    /// Parts of the values of a comparison, given for each element.
    fn of_elements(table: &Table, comparison: usize, parts: &[u32]) -> Attribute {
        let sets = &table.compared[comparison].values.sets;
        let mut attribute = Attribute::default();
        for record in 0..table.len as u32 {
            let value = table.row(record)[comparison];
            if let [element] = sets.elements(&value) {
                attribute.first.push(parts[*element as usize]);
                continue;
            }
            let found = sets.parts(parts, value);
            attribute.first.push(found.first().copied().unwrap_or(MISSING));
            attribute.others.extend(found.iter().skip(1).map(|part| (record, *part)));
        }
        attribute
    }

    /// Values of a comparison, whole.
    pub fn whole(table: &Table, comparison: usize) -> Attribute {
        let all: Vec<u32> = (0..table.compared[comparison].values.texts.len() as u32).collect();
        Attribute::of_elements(table, comparison, &all)
    }

    /// Parts of the values of the first comparison of a role; none where there is no such.
    fn of_role(table: &Table, role: Role, part: impl Fn(&str) -> &str) -> Attribute {
        let Some(at) = table.compared.iter().position(|compared| compared.role == role) else {
            return Attribute::default();
        };
        Attribute::of_elements(table, at, &parts(&table.compared[at].values.texts, part))
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
            whole: Attribute { first: values.to_vec(), others: Vec::new() },
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
