//! How alike two texts are, byte by byte, with the results of DuckDB 2.0 to the last bit: a
//! model made for Splink on DuckDB must give the same levels here. Case, accents and Unicode
//! are the caller's business (an `é` in UTF-8 is two bytes and counts as two). All measures
//! are symmetric.
//!
//! A caller with many pairs builds a [`Signature`] per distinct text and asks the bounds first;
//! they reject most pairs without reading a text.

mod bytes;
mod damerau;
mod jaccard;
mod jaro;
mod levenshtein;
mod matrix;
mod pattern;
#[cfg(test)]
mod reference;
mod signature;

pub use damerau::{damerau_levenshtein, damerau_levenshtein_within};
pub use jaccard::jaccard;
pub use jaro::{
    jaro, jaro_at_most, jaro_winkler, jaro_winkler_at_most, jaro_winkler_with_prefix_at_most,
};
pub use levenshtein::{levenshtein, levenshtein_at_least, levenshtein_within};
pub use signature::Signature;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_duckdb_to_the_bit() {
        let pairs = include_str!("../../tests/fixtures/text/duckdb.csv").lines().skip(1);
        for line in pairs.clone() {
            let cells: Vec<&str> = line.split(',').collect();
            let (a, b) = (cells[0].as_bytes(), cells[1].as_bytes());
            let bits = |cell: &str| cell.parse().ok().map(f64::to_bits);
            assert_eq!(Ok(levenshtein(a, b)), cells[2].parse(), "{line}");
            assert_eq!(Ok(damerau_levenshtein(a, b)), cells[3].parse(), "{line}");
            assert_eq!(Some(jaro(a, b).to_bits()), bits(cells[4]), "{line}");
            assert_eq!(Some(jaro_winkler(a, b).to_bits()), bits(cells[5]), "{line}");
            assert_eq!(jaccard(a, b).map(f64::to_bits), bits(cells[6]), "{line}");
        }
        assert_eq!(pairs.count(), 400);
    }
}
