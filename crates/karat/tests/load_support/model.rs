//! What a history of random files ought to be: a model of a table that keeps versions.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::random::Random;

/// One version of a row: key, value, and the loads that opened and closed it.
pub struct Version {
    key: usize,
    value: String,
    opened: usize,
    closed: Option<usize>,
}

/// What a history ought to be.
#[derive(Default)]
pub struct Model {
    complete: bool,
    last: Option<String>,
    loads: usize,
    pub versions: Vec<Version>,
    pub books: Vec<String>,
}

impl Model {
    pub fn new(complete: bool) -> Model {
        Model { complete, ..Model::default() }
    }

    /// Loads a file, unless it is the last one again.
    pub fn load(&mut self, file: &str) {
        if self.last.as_deref() == Some(file) {
            return;
        }
        self.last = Some(file.to_owned());
        self.loads += 1;
        let (mut kept, mut present) = (Vec::<(usize, String)>::new(), BTreeSet::new());
        let (mut read, mut duplicate, mut rejected, mut keyless) = (0, 0, 0, 0);
        for row in file.lines().skip(1) {
            read += 1;
            let (key, value) = row.split_once(',').unwrap();
            let Ok(key) = key.parse::<usize>() else {
                (rejected, keyless) = (rejected + 1, keyless + 1);
                continue;
            };
            present.insert(key);
            let before = kept.iter().find(|(known, _)| *known == key);
            match before {
                _ if value == "x" => rejected += 1,
                Some((_, known)) if known == value => duplicate += 1,
                Some(_) => rejected += 1,
                None => kept.push((key, value.to_owned())),
            }
        }
        let gone = |v: &Version| keyless == 0 && !present.contains(&v.key);
        let removed = if self.complete { self.close(gone) } else { 0 };
        let changed = |v: &Version| kept.iter().any(|(k, value)| *k == v.key && *value != v.value);
        self.close(changed);
        let (mut inserted, mut updated, mut unchanged) = (0, 0, 0);
        for (key, value) in kept {
            let known: Vec<&Version> = self.versions.iter().filter(|v| v.key == key).collect();
            if known.iter().any(|v| v.closed.is_none()) {
                unchanged += 1;
                continue;
            }
            if known.is_empty() {
                inserted += 1
            } else {
                updated += 1
            }
            self.versions.push(Version { key, value, opened: self.loads, closed: None });
        }
        self.books.push(format!(
            "{read}/{inserted}/{updated}/{unchanged}/{duplicate}/{rejected}/{removed}"
        ));
    }

    fn close(&mut self, which: impl Fn(&Version) -> bool) -> usize {
        let mut closed = 0;
        for version in self.versions.iter_mut().filter(|v| v.closed.is_none()) {
            if which(version) {
                version.closed = Some(self.loads);
                closed += 1;
            }
        }
        closed
    }

    /// The versions as `rows_of` shows them: loads that changed nothing have no moment.
    pub fn rows(&self) -> BTreeSet<String> {
        let opened = self.versions.iter().map(|v| v.opened);
        let moments: BTreeSet<usize> =
            opened.chain(self.versions.iter().filter_map(|v| v.closed)).collect();
        let number = |load: usize| moments.range(..=load).count();
        let row = |v: &Version| {
            let closed = v.closed.map_or(0, number);
            format!("{}|{}|{}|{closed}", v.key, v.value, number(v.opened))
        };
        self.versions.iter().map(row).collect()
    }
}

/// Rows of few keys and values, so that much repeats; some that do not fit.
pub fn file(random: &mut Random) -> String {
    let mut file = "id,pay\n".to_owned();
    for _ in 0..random.below(7) {
        let key = match random.below(40) {
            0 => "?".to_owned(),
            n => (n % 5).to_string(),
        };
        let value = ["1", "2", "3", "", "1", "2", "x"][random.below(7)];
        writeln!(file, "{key},{value}").unwrap();
    }
    file
}
