//! Which wider types would hold the values that did not fit their columns.

use karat_record::Type;
use karat_store::copy::{ColumnType, Encoder};

use super::maker::{Maker, Raw};

/// The types that hold all values of a column and more, the narrowest first.
pub fn wider(kind: &ColumnType) -> &'static [Type] {
    match kind {
        ColumnType::Int2 | ColumnType::Int4 => &[Type::Integer, Type::Numeric, Type::Text],
        ColumnType::Int8 | ColumnType::Numeric(Some(_)) => &[Type::Numeric, Type::Text],
        ColumnType::Float4 => &[Type::Double, Type::Text],
        ColumnType::Date => &[Type::Timestamp, Type::Text],
        ColumnType::Numeric(None)
        | ColumnType::Float8
        | ColumnType::Boolean
        | ColumnType::Timestamp
        | ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Jsonb => &[Type::Text],
        ColumnType::Text(_) | ColumnType::TextArray | ColumnType::Other(_) => &[],
    }
}

impl Maker {
    /// Remembers which wider types a refused row needs, if nothing but types kept it out.
    pub fn consider<R: Raw>(&mut self, raw: &R) {
        let Some(mut most) = self.needed.take() else { return };
        let needed: Option<Vec<usize>> = self
            .uncounted(|maker| (0..maker.columns.len()).map(|at| maker.needs(at, raw)).collect());
        if let Some(needed) = needed.filter(|_| self.bar(raw).is_ok()) {
            most = most.iter().zip(needed).map(|(a, b)| b.max(*a)).collect();
        }
        self.needed = Some(most);
    }

    /// How many types wider a column would have to be; `None` when no type would do.
    fn needs<R: Raw>(&mut self, at: usize, raw: &R) -> Option<usize> {
        let mut scratch = Encoder::default();
        match self.column(at, raw, &mut scratch) {
            Ok(()) => return Some(0),
            Err(finding) if finding.rule.starts_with("type.") => {}
            Err(_) => return None,
        }
        let own = self.columns[at].kind.clone();
        let found = wider(&own).iter().position(|kind| {
            self.columns[at].kind = ColumnType::of(*kind);
            self.column(at, raw, &mut scratch).is_ok()
        });
        self.columns[at].kind = own;
        found.map(|place| place + 1)
    }

    /// The columns that would hold more rows with a wider type, and the type.
    pub fn wider(&self) -> Vec<(String, Type)> {
        let needed = self.needed.iter().flatten().zip(&self.columns);
        let wider = needed.filter_map(|(n, made)| {
            let kind = wider(&made.kind).get(n.checked_sub(1)?)?;
            Some((made.name.clone(), *kind))
        });
        wider.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use karat_record::Finding;

    use super::*;
    use crate::load::maker::{Input, Made};

    struct Texts(Vec<&'static str>);

    impl Raw for Texts {
        fn text(&self, input: usize) -> Result<Option<&str>, Finding> {
            Ok(self.0.get(input).copied())
        }
    }

    fn maker(kinds: &[ColumnType]) -> Maker {
        let made = |(at, kind): (usize, &ColumnType)| Made {
            name: format!("c{at}"),
            input: Input::Text(at),
            kind: kind.clone(),
            required: at == 0,
            never_null: false,
            split: None,
            clean: Vec::new(),
            alias: None,
        };
        let columns = kinds.iter().enumerate().map(made).collect();
        Maker::new(columns, Vec::new(), "US").under(vec![("bad".to_owned(), 2)], true)
    }

    fn wider_for(kinds: &[ColumnType], rows: &[&[&'static str]]) -> HashMap<String, Type> {
        let mut maker = maker(kinds);
        for row in rows {
            let raw = Texts(row.to_vec());
            if maker.encode(&raw, &mut Encoder::default()).is_err() {
                maker.consider(&raw);
            }
        }
        maker.wider().into_iter().collect()
    }

    #[test]
    fn a_column_gets_the_narrowest_type_that_holds_all_that_did_not_fit() {
        use ColumnType::{Boolean, Date, Int4, Int8, Numeric, TextArray};
        for (kind, texts, expected) in [
            (Int4, vec!["3000000000"], Some(Type::Integer)),
            (Int4, vec!["3000000000", "1.5"], Some(Type::Numeric)),
            (Int8, vec!["99999999999999999999"], Some(Type::Numeric)),
            (Int8, vec!["1.5", "many", "2.5"], Some(Type::Text)),
            (Int8, vec!["1", ""], None),
            (Numeric(Some((3, 1))), vec!["1234.5"], Some(Type::Numeric)),
            (Date, vec!["2025-01-02 03:04"], Some(Type::Timestamp)),
            (Date, vec!["2025-01-02 03:04", "soon"], Some(Type::Text)),
            (Boolean, vec!["perhaps"], Some(Type::Text)),
            (TextArray, vec!["{"], None),
        ] {
            let rows: Vec<Vec<&str>> = texts.iter().map(|text| vec!["x", text]).collect();
            let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
            let found = wider_for(&[ColumnType::Text(None), kind.clone()], &rows);
            assert_eq!(found.get("c1").copied(), expected, "{kind:?} {texts:?}");
        }
    }

    #[test]
    fn a_row_that_no_type_would_let_in_changes_none() {
        let kinds = [ColumnType::Int8, ColumnType::Int8];
        // A required value is missing; a column that must be empty is not.
        assert!(wider_for(&kinds, &[&["", "1.5"], &["1", "1.5", "here"]]).is_empty());
        let both = wider_for(&kinds, &[&["a", "1.5"]]);
        assert_eq!((both["c0"], both["c1"]), (Type::Text, Type::Numeric));
    }
}
