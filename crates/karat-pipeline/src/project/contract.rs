//! What a dataset does when the columns or types of a file are not those of its table.

use super::section::Section;

/// `[contract]` of a dataset. What is not said stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    pub new_columns: NewColumns,
    pub missing_columns: MissingColumns,
    pub types: Types,
}

/// A column of the file that the table does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewColumns {
    /// The file is refused.
    #[default]
    Freeze,
    /// The table gets the column.
    Evolve,
    /// Rows that have a value in it are rejected.
    Quarantine,
    /// Rows are loaded without it.
    Ignore,
}

/// A declared column that the file does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingColumns {
    /// The file is refused.
    #[default]
    Freeze,
    /// Its values are null.
    Null,
}

/// A value that does not fit its column's type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Types {
    /// The row is rejected.
    #[default]
    Freeze,
    /// The column gets a wider type.
    Evolve,
}

impl Contract {
    /// Reads `[contract]`.
    pub fn read(section: &Section<'_>) -> Contract {
        let new_columns = [
            ("freeze", NewColumns::Freeze),
            ("evolve", NewColumns::Evolve),
            ("quarantine", NewColumns::Quarantine),
            ("ignore", NewColumns::Ignore),
        ];
        let missing_columns = [("freeze", MissingColumns::Freeze), ("null", MissingColumns::Null)];
        let types = [("freeze", Types::Freeze), ("evolve", Types::Evolve)];
        let contract = Contract {
            new_columns: section.choice("new_columns", &new_columns).unwrap_or_default(),
            missing_columns: section
                .choice("missing_columns", &missing_columns)
                .unwrap_or_default(),
            types: section.choice("types", &types).unwrap_or_default(),
        };
        section.done();
        contract
    }
}
