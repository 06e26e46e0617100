//! Alias tables: the other ways to write a value, and the one way that is kept.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::fold::fold;

/// One alias as its file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub line: u64,
    pub alias: String,
    pub canonical: String,
}

/// Why an entry cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: u64,
    pub what: String,
}

/// Values and their aliases, found whatever their case, accents, blanks and punctuation.
#[derive(Clone, Debug, Default)]
pub struct AliasTable {
    canonical: Vec<String>,
    /// By the text as it is written in the table, so that most values need no folding.
    written: FxHashMap<String, usize>,
    folded: BTreeMap<String, usize>,
}

impl AliasTable {
    /// A table of these entries. Each canonical value stands for itself.
    ///
    /// # Errors
    /// Entries without alias or canonical value, aliases that stand twice or for two values,
    /// canonical values that are spelt in two ways or are aliases of others.
    pub fn new(entries: &[Entry]) -> Result<AliasTable, Vec<Fault>> {
        let mut table = AliasTable::default();
        let mut faults = Vec::new();
        let mut spelt: BTreeMap<String, u64> = BTreeMap::new();
        for entry in entries {
            let line = entry.line;
            let canonical = entry.canonical.trim();
            let key = folded(canonical);
            if key.is_empty() {
                faults.push(Fault { line, what: "has no canonical value".to_owned() });
            } else if let Some(at) = table.folded.get(&key) {
                let known = &table.canonical[*at];
                if known != canonical {
                    let first = spelt.get(&key).copied().unwrap_or(line);
                    let what = format!("spells {canonical:?} as {known:?} on line {first}");
                    faults.push(Fault { line, what });
                }
            } else {
                spelt.insert(key.clone(), line);
                table.add(canonical, key, canonical);
            }
        }
        faults.extend(table.add_aliases(entries, &spelt));
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    fn add_aliases(&mut self, entries: &[Entry], spelt: &BTreeMap<String, u64>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut known: BTreeMap<String, (u64, &str)> = BTreeMap::new();
        for Entry { line, alias, canonical } in entries {
            let (alias, canonical) = (alias.trim(), canonical.trim());
            let key = folded(alias);
            let canonical_line = spelt.get(&key).filter(|_| folded(canonical) != key);
            let what = match (known.get(&key), canonical_line) {
                _ if key.is_empty() => Some("has no alias".to_owned()),
                (Some((first, other)), _) if *other == canonical => {
                    Some(format!("has alias {alias:?} again, after line {first}"))
                }
                (Some((first, other)), _) => {
                    Some(format!("{alias:?} stands for {other:?} on line {first} already"))
                }
                (None, Some(first)) => {
                    Some(format!("{alias:?} is a canonical value itself, on line {first}"))
                }
                (None, None) => None,
            };
            match what {
                Some(what) => faults.push(Fault { line: *line, what }),
                None => {
                    known.insert(key.clone(), (*line, canonical));
                    self.add(alias, key, canonical);
                }
            }
        }
        faults
    }

    fn add(&mut self, text: &str, key: String, canonical: &str) {
        let at = self.canonical.iter().position(|known| known == canonical);
        let at = at.unwrap_or_else(|| {
            self.canonical.push(canonical.to_owned());
            self.canonical.len() - 1
        });
        self.written.insert(text.to_owned(), at);
        self.folded.entry(key).or_insert(at);
    }

    /// The canonical value that a text stands for; `None` where there is none.
    pub fn canonical(&self, text: &str) -> Option<&str> {
        let at = match self.written.get(text) {
            Some(at) => at,
            None => self.folded.get(&folded(text))?,
        };
        self.canonical.get(*at).map(String::as_str)
    }

    /// All aliases and canonical values, folded, in order, each with its canonical value.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.folded.iter().map(|(name, at)| (name.as_str(), self.canonical[*at].as_str()))
    }
}

/// Lower case without accents; what is neither letter nor digit is one blank.
pub fn folded(text: &str) -> String {
    let letters: String =
        fold(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, &str)]) -> Result<AliasTable, Vec<Fault>> {
        let entries: Vec<Entry> = (2..)
            .zip(rows)
            .map(|(line, (alias, canonical))| Entry {
                line,
                alias: (*alias).to_owned(),
                canonical: (*canonical).to_owned(),
            })
            .collect();
        AliasTable::new(&entries)
    }

    #[test]
    fn an_alias_is_known_whatever_its_case_blanks_and_punctuation() {
        let table =
            table(&[("ATX", "Austin"), ("Dallas-Fort Worth", "Dallas"), ("Şişli", "Sisli")])
                .unwrap_or_default();
        for (text, canonical) in [
            ("atx", Some("Austin")),
            (" a.t.x ", None),
            ("AUSTIN", Some("Austin")),
            ("Dallas / fort  worth.", Some("Dallas")),
            ("SISLI", Some("Sisli")),
            ("", None),
            ("Denver", None),
        ] {
            assert_eq!(table.canonical(text), canonical, "{text:?}");
        }
    }

    #[test]
    fn what_repeats_or_contradicts_another_line_is_a_fault_of_its_line() {
        let faults = |rows: &[(&str, &str)]| match table(rows) {
            Ok(_) => String::new(),
            Err(faults) => {
                let shown = faults.iter().map(|fault| format!("{}: {}", fault.line, fault.what));
                shown.collect::<Vec<_>>().join("\n")
            }
        };
        assert_eq!(
            faults(&[("a", "A"), ("b", "B"), ("B", "B")]),
            "4: has alias \"B\" again, after line 3"
        );
        for (rows, said) in [
            ([("x", "A"), ("X.", "A")], "3: has alias \"X.\" again, after line 2"),
            ([("x", "A"), ("X", "B")], "3: \"X\" stands for \"A\" on line 2 already"),
            (
                [("x", "New York"), ("y", "new york")],
                "3: spells \"new york\" as \"New York\" on line 2",
            ),
            ([("x", "A"), ("a", "B")], "3: \"a\" is a canonical value itself, on line 2"),
            ([("x", "A"), ("y", " ")], "3: has no canonical value"),
            ([("x", "A"), ("--", "A")], "3: has no alias"),
            ([("x", "A"), ("A", "A")], ""),
        ] {
            assert_eq!(faults(&rows), said, "{rows:?}");
        }
    }
}
