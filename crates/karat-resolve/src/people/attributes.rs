//! Parts of records that blocking keys are made of, as numbers: equal parts, equal numbers.

use super::levels::year;
use super::normal::{first, last, outward};
use super::plan::Role;
use super::table::Table;
use super::values::parts;
use crate::linkage::MISSING;

/// What each record has of a field: the number of a value, or of its part. Parts are noted by
/// value, of which there are fewer than records.
pub(super) struct Attribute<'a> {
    values: Column<'a>,
    /// For each value its part; without, the value is the part.
    parts: Option<Vec<u32>>,
}

/// Where the values of records are.
#[derive(Clone, Copy)]
enum Column<'a> {
    /// A comparison of the table.
    Compared(&'a Table, usize),
    /// One for each record, or none at all.
    Listed(&'a [u32]),
}

/// The parts of a record, of which there are several only where it has several values.
#[derive(Clone)]
pub(super) enum Parts {
    One(Option<u32>),
    Several(std::vec::IntoIter<u32>),
}

impl Iterator for Parts {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        match self {
            Parts::One(part) => part.take(),
            Parts::Several(parts) => parts.next(),
        }
    }
}

impl<'a> Attribute<'a> {
    /// The parts of a record, each once.
    #[inline]
    pub fn of(&self, record: u32) -> Parts {
        let value = match self.values {
            Column::Compared(table, comparison) => {
                let value = table.row(record)[comparison];
                let elements = table.compared[comparison].values.sets.elements(&value);
                if elements.len() > 1 {
                    return self.several(elements);
                }
                elements.first().copied()
            }
            Column::Listed(values) => values.get(record as usize).copied(),
        };
        Parts::One(value.and_then(|value| self.part(value)))
    }

    fn part(&self, value: u32) -> Option<u32> {
        let part = match &self.parts {
            Some(parts) => *parts.get(value as usize)?,
            None => value,
        };
        (part != MISSING).then_some(part)
    }

    fn several(&self, values: &[u32]) -> Parts {
        let mut parts: Vec<u32> = values.iter().filter_map(|value| self.part(*value)).collect();
        parts.sort_unstable();
        parts.dedup();
        Parts::Several(parts.into_iter())
    }

    /// Values of a comparison, whole.
    pub fn whole(table: &'a Table, comparison: usize) -> Attribute<'a> {
        Attribute { values: Column::Compared(table, comparison), parts: None }
    }

    /// Parts of the values of the first comparison of a role; none where there is no such.
    fn of_role(table: &'a Table, role: Role, part: impl Fn(&str) -> &str) -> Attribute<'a> {
        let Some(at) = table.compared.iter().position(|compared| compared.role == role) else {
            return Attribute { values: Column::Listed(&[]), parts: None };
        };
        let parts = parts(&table.compared[at].values.texts, part);
        Attribute { values: Column::Compared(table, at), parts: Some(parts) }
    }
}

/// The parts of given names or surnames that keys need. Both are of one dictionary, so that a
/// name in the wrong column has the same number.
pub(super) struct NameParts<'a> {
    pub whole: Attribute<'a>,
    pub first: [Attribute<'a>; 4],
    pub last3: Attribute<'a>,
    pub last4: Attribute<'a>,
}

impl<'a> NameParts<'a> {
    fn new(table: &Table, values: &'a [u32]) -> NameParts<'a> {
        let values = Column::Listed(values);
        let part = |part: &dyn Fn(&str) -> &str| Attribute {
            values,
            parts: Some(parts(&table.name_parts, part)),
        };
        NameParts {
            whole: Attribute { values, parts: None },
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
pub(super) struct Attributes<'a> {
    pub given: NameParts<'a>,
    pub surname: NameParts<'a>,
    pub year: Attribute<'a>,
    pub outward: Attribute<'a>,
    pub place: Attribute<'a>,
    pub category: Attribute<'a>,
}

impl<'a> Attributes<'a> {
    pub fn new(table: &'a Table) -> Attributes<'a> {
        let whole = |role| Attribute::of_role(table, role, |text| text);
        Attributes {
            given: NameParts::new(table, &table.given),
            surname: NameParts::new(table, &table.surname),
            year: Attribute::of_role(table, Role::Date, year),
            outward: Attribute::of_role(table, Role::Postcode, outward),
            place: whole(Role::Place),
            category: whole(Role::Category),
        }
    }

    /// What too large blocks are split by.
    pub fn splitting(&self) -> [&Attribute<'a>; 6] {
        let (given, surname) = (&self.given.first[1], &self.surname.first[1]);
        [given, surname, &self.year, &self.outward, &self.place, &self.category]
    }
}
