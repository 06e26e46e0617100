//! The names of columns: their words, which names are the same, and patterns of whole words.

use crate::fold::fold;

/// Signs that say something in a name: `Change` and `Change %` are different columns.
const SIGNS: &str = "%#$€£¥+<>=°";

/// Signs that stand within a word: `Owner's` and `Owners` are one name.
const INNER: &str = "'’\u{feff}\u{200b}\u{ad}";

/// The words of a name, folded: `StationID`, `station_id` and ` STATION  ID ` have the same two.
pub fn words(name: &str) -> Vec<String> {
    let mut out = String::new();
    let mut last = ' ';
    for c in name.chars().filter(|c| !INNER.contains(*c)) {
        let is_sign = SIGNS.contains(c);
        let begins = is_sign
            || !c.is_alphanumeric()
            || last.is_lowercase() && c.is_uppercase()
            || last.is_numeric() != c.is_numeric();
        if begins || SIGNS.contains(last) {
            out.push(' ');
        }
        if c.is_alphanumeric() || is_sign {
            out.push(c);
        }
        last = c;
    }
    out.split_whitespace().map(fold).collect()
}

/// What equal names have in common, whatever their case, accents, blanks and punctuation; empty
/// for a name without letters and digits. Two numbers side by side stay two: `1_1` is not `11`.
pub fn key(name: &str) -> String {
    let mut key = String::new();
    let ends = |text: &str| text.ends_with(char::is_numeric);
    for word in words(name) {
        if ends(&key) && word.starts_with(char::is_numeric) {
            key.push('_');
        }
        key.push_str(&word);
    }
    key
}

/// The name of a header as a column: lower case, signs to underscores.
pub fn column_name(header: &str) -> String {
    let mut name: String = header
        .trim()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .flat_map(char::to_lowercase)
        .collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_numeric()) {
        name.insert(0, '_');
    }
    name
}

/// Whether a pattern fits a name, word by word: `*` stands for any number of whole words, so that
/// `*id*` fits `Station ID` and not `Validated`.
pub fn fits(pattern: &str, name: &str) -> bool {
    let spaced = pattern.replace('*', " * ");
    let parts: Vec<String> = spaced
        .split_whitespace()
        .flat_map(|part| if part == "*" { vec![part.to_owned()] } else { words(part) })
        .collect();
    fits_words(&parts, &words(name))
}

fn fits_words(pattern: &[String], name: &[String]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some((part, rest)), _) if part == "*" => {
            (0..=name.len()).any(|taken| fits_words(rest, &name[taken..]))
        }
        (Some((part, rest)), Some((word, names))) => part == word && fits_words(rest, names),
        (Some(_), None) => false,
    }
}

/// How a column may be called in the header of a file.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    pub header: &'a str,
    pub aliases: &'a [String],
    /// The header is the name of a column that nobody declares for files: it is found as
    /// `column_name` makes it of a header, and not otherwise.
    pub is_implied: bool,
}

impl Naming<'_> {
    fn fits(&self, header: &str) -> bool {
        if self.is_implied {
            return column_name(header) == self.header;
        }
        let key_of_header = key(header);
        let names = self.aliases.iter().map(String::as_str).chain([self.header]);
        !key_of_header.is_empty() && names.map(key).any(|name| name == key_of_header)
    }
}

/// Names that leave open which column a header is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// A column, and the headers that fit it.
    Headers(usize, Vec<usize>),
    /// A header, and the columns that it fits.
    Columns(usize, Vec<usize>),
}

impl Clash {
    /// The columns and the headers that it leaves open.
    pub fn columns_and_headers(&self) -> (Vec<usize>, Vec<usize>) {
        match self {
            Clash::Headers(column, headers) => (vec![*column], headers.clone()),
            Clash::Columns(header, columns) => (columns.clone(), vec![*header]),
        }
    }
}

/// Which header each column has, by position, and what is left open. A header that is a column's
/// to the letter is no other column's. Headers that are empty are of no column.
pub fn claim(
    columns: &[Naming<'_>],
    headers: &[impl AsRef<str>],
) -> (Vec<Option<usize>>, Vec<Clash>) {
    let exact = |column: &Naming<'_>| headers.iter().position(|h| h.as_ref() == column.header);
    let exact: Vec<Option<usize>> = columns.iter().map(exact).collect();
    let mut fitting: Vec<Vec<usize>> =
        exact.iter().map(|at| at.iter().copied().collect()).collect();
    let mut clashes = Vec::new();
    for (at, header) in headers.iter().enumerate().filter(|(_, h)| !h.as_ref().is_empty()) {
        if exact.contains(&Some(at)) {
            continue;
        }
        let fits = |column: &usize| columns[*column].fits(header.as_ref());
        let found: Vec<usize> = (0..columns.len()).filter(fits).collect();
        match found.as_slice() {
            [] => {}
            [first, others @ ..]
                if others.iter().all(|other| columns[*other].header == columns[*first].header) =>
            {
                found.iter().for_each(|column| fitting[*column].push(at));
            }
            _ => clashes.push(Clash::Columns(at, found)),
        }
    }
    for (column, headers) in fitting.iter_mut().enumerate().filter(|(_, found)| found.len() > 1) {
        headers.sort_unstable();
        clashes.push(Clash::Headers(column, std::mem::take(headers)));
    }
    (fitting.iter().map(|found| found.first().copied()).collect(), clashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_whatever_their_case_blanks_and_punctuation() {
        for name in ["station_id", "Station ID", "STATION-ID", "StationID", "\u{feff} station.id "]
        {
            assert_eq!(key(name), "stationid", "{name}");
        }
        for (a, b) in [("Größe", "grosse"), ("Owner's", "owners"), ("PM 2.5", "pm2_5")] {
            assert_eq!(key(a), key(b), "{a} and {b}");
        }
        for (a, b) in [("Change", "Change %"), ("line_1_1", "line_11"), ("id", "ids")] {
            assert_ne!(key(a), key(b), "{a} and {b}");
        }
        assert_eq!(key(" ?? "), "");
    }

    #[test]
    fn patterns_are_of_whole_words() {
        for (pattern, name, is_fit) in [
            ("*id*", "Station ID", true),
            ("*id*", "stationId", true),
            ("*id*", "Validated", false),
            ("*station*", "Monitoring station no", true),
            ("*station*", "stationary", false),
            ("station*", "Monitoring station", false),
            ("date*time", "Date and time", true),
            ("date*time", "datetime", false),
            ("*", "anything at all", true),
            ("*pm25*", "PM25 value", true),
        ] {
            assert_eq!(fits(pattern, name), is_fit, "{pattern} {name}");
        }
    }

    #[test]
    fn headers_become_plain_column_names() {
        for (header, name) in [
            ("Full Name", "full_name"),
            (" rec_id ", "rec_id"),
            ("2nd", "_2nd"),
            ("é-Mail", "é_mail"),
        ] {
            assert_eq!(column_name(header), name);
        }
    }

    fn claimed(columns: &[(&str, &[&str])], headers: &[&str]) -> (Vec<Option<usize>>, Vec<Clash>) {
        let aliases: Vec<Vec<String>> =
            columns.iter().map(|(_, all)| all.iter().map(|a| (*a).to_owned()).collect()).collect();
        let named: Vec<Naming<'_>> = columns
            .iter()
            .zip(&aliases)
            .map(|((header, _), aliases)| Naming { header, aliases, is_implied: false })
            .collect();
        claim(&named, headers)
    }

    #[test]
    fn a_column_takes_the_one_header_that_fits() {
        let columns: [(&str, &[&str]); 2] = [("mail", &["e-mail"]), ("name", &[])];
        assert_eq!(claimed(&columns, &["", "NAME", "E-Mail"]), (vec![Some(2), Some(1)], vec![]));
        assert_eq!(
            claimed(&columns, &["mail", "email"]),
            (vec![None, None], vec![Clash::Headers(0, vec![0, 1])])
        );
        // Two columns whose names differ by case alone are told apart to the letter only.
        let twins: [(&str, &[&str]); 2] = [("a", &[]), ("A", &[])];
        assert_eq!(claimed(&twins, &["A", "a"]), (vec![Some(1), Some(0)], vec![]));
        // One header may be made into two columns.
        let copies: [(&str, &[&str]); 2] = [("a", &[]), ("a", &[])];
        assert_eq!(claimed(&copies, &["A"]), (vec![Some(0), Some(0)], vec![]));
        assert_eq!(
            claimed(&twins, &["a "]),
            (vec![None, None], vec![Clash::Columns(0, vec![0, 1])])
        );
    }

    #[test]
    fn what_is_implied_is_found_as_the_load_finds_it() {
        let naming = |header| Naming { header, aliases: &[], is_implied: true };
        let columns = [naming("full_name"), naming("zip")];
        assert_eq!(claim(&columns, &["Full Name", "ZIP"]).0, [Some(0), Some(1)]);
        assert_eq!(claim(&columns, &["FullName", "zip code"]).0, [None, None]);
    }
}
