//! What a reviewer decides who knows the people: a script of a few decisions by key.

use super::rows::Row;

/// So many decisions of each kind.
const EACH: usize = 10;

/// Finds pairs that are worth a decision, while rows pass by household by household.
#[derive(Default)]
pub struct Decisions {
    household: Option<u64>,
    /// The first record of each person of the household: the person, SOURCE:KEY and the names.
    seen: Vec<(u64, String, [String; 3])>,
    accepted: Vec<(String, String)>,
    refused: Vec<(String, String)>,
}

impl Decisions {
    /// Looks at a record: the first and the next one of a person are one, and two people of one
    /// surname and one initial who live together are two.
    pub fn look(&mut self, row: &Row) {
        if self.household != Some(row.household) {
            self.household = Some(row.household);
            self.seen.clear();
        }
        let record = format!("{}:{}", row.source.name(), row.key);
        if let Some((_, first, _)) = self.seen.iter().find(|(person, ..)| *person == row.person) {
            if self.accepted.len() < EACH {
                self.accepted.push((first.clone(), record));
            }
            return;
        }
        let alike = |[given, family, _]: &[String; 3]| {
            *family == row.truth[1] && given.chars().next() == row.truth[0].chars().next()
        };
        if let Some((_, other, _)) = self.seen.iter().find(|(_, _, names)| alike(names))
            && self.refused.len() < EACH
        {
            self.refused.push((other.clone(), record.clone()));
        }
        self.seen.push((row.person, record, row.truth.clone()));
    }

    /// The script.
    pub fn script(&self) -> String {
        let mut script = SCRIPT.to_owned();
        let kinds = [
            ("accept", "one person, as the customer says", &self.accepted),
            ("refuse", "two people of one household", &self.refused),
        ];
        for (verb, reason, pairs) in kinds {
            for (a, b) in pairs {
                script += &format!("karat review {verb} customers {a} {b} --reason \"{reason}\"\n");
            }
        }
        script
    }
}

const SCRIPT: &str = "#!/bin/sh
# What a reviewer decides about the second export, by key. Run it in the project's folder.
set -e
";
