//! What a pass over rows hands on: chunks, and cuts at which what came so far can be committed;
//! and what is known of a file up to its last cut.

use karat_connect::csv::{Mark, Repaired};
use karat_store::copy::Chunk;
use karat_store::load::{Reason, Segment, Unfinished};
use serde_json::{Value as Json, json};

use super::writer::{Counts, Reasons};

/// Rows, or the end of a segment of them.
pub enum Part {
    Chunk(Chunk),
    Cut(Box<Cut>),
}

/// The end of a segment.
pub struct Cut {
    pub from: Mark,
    pub to: Mark,
    /// How many of the file's first bytes were read, at least up to `to`, and their SHA-256.
    pub hashed: (u64, String),
    /// Of the segment alone.
    pub counts: Counts,
    pub repaired: Repaired,
}

/// What became of the rows of all segments so far.
#[derive(Clone, Default)]
pub struct SoFar {
    /// Segments.
    pub number: i32,
    pub read: u64,
    pub rejected: u64,
    pub keyless: u64,
    /// Rows in the stage.
    pub staged: u64,
    pub dropped: Vec<(String, String, u64)>,
    pub repaired: Repaired,
    pub reasons: Reasons,
}

impl SoFar {
    /// What the ledger says of a load that goes on.
    pub fn of(unfinished: &Unfinished, reasons: Vec<Reason>) -> SoFar {
        let Segment { number, read, rejected, keyless, staged, cleaned, .. } = &unfinished.last;
        let count = |name: &str| cleaned[name].as_u64().unwrap_or_default();
        let mut so_far = SoFar {
            number: *number,
            read: *read,
            rejected: *rejected,
            keyless: *keyless,
            staged: *staged,
            dropped: dropped_of(&cleaned["dropped"]),
            repaired: Repaired { control: count("control"), mojibake: count("mojibake") },
            reasons: Reasons::default(),
        };
        so_far.reasons.extend(reasons);
        so_far
    }

    /// Adds a segment.
    pub fn add(&mut self, counts: &Counts, repaired: Repaired) {
        self.read += counts.read;
        self.rejected += counts.rejected;
        self.keyless += counts.keyless;
        self.reasons.extend(counts.rejects.reasons.clone());
        self.add_cleaned(counts, repaired);
    }

    /// Adds only what cleaning did.
    pub fn add_cleaned(&mut self, counts: &Counts, repaired: Repaired) {
        self.repaired.add(repaired);
        for (column, why, n) in &counts.dropped {
            match self.dropped.iter_mut().find(|(c, w, _)| c == column && w == why) {
                Some((.., count)) => *count += n,
                None => self.dropped.push((column.clone(), why.clone(), *n)),
            }
        }
    }

    /// The entry for the segment that was added last.
    pub fn segment(&self, cut: &Cut) -> Segment {
        let Repaired { control, mojibake } = self.repaired;
        let dropped = dropped_json(&self.dropped);
        Segment {
            number: self.number,
            from: (cut.from.byte, cut.from.line),
            to: (cut.to.byte, cut.to.line),
            open_quotes: cut.to.open,
            hashed: cut.hashed.clone(),
            read: self.read,
            rejected: self.rejected,
            keyless: self.keyless,
            staged: self.staged,
            cleaned: json!({ "dropped": dropped, "control": control, "mojibake": mojibake }),
        }
    }
}

/// Where the next segment begins.
pub fn behind(segment: &Segment) -> Mark {
    Mark { byte: segment.to.0, line: segment.to.1, open: segment.open_quotes }
}

/// What cleaning dropped, for the books.
pub fn dropped_json(dropped: &[(String, String, u64)]) -> Json {
    let one = |(column, why, n): &(String, String, u64)| json!({ "column": column, "why": why, "count": n });
    dropped.iter().map(one).collect()
}

fn dropped_of(json: &Json) -> Vec<(String, String, u64)> {
    let text = |entry: &Json, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let entries = json.as_array().into_iter().flatten();
    let one = |e: &Json| (text(e, "column"), text(e, "why"), e["count"].as_u64().unwrap_or(0));
    entries.map(one).collect()
}
