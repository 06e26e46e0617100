//! How far an attempt is, for whoever looks at its job.

use std::sync::{Arc, Mutex, PoisonError};

use karat_record::{Reporter, Stage};
use serde_json::{Value as Json, json};

/// Keeps what the work says last, and passes everything on.
pub struct Progress {
    next: Arc<dyn Reporter>,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    total: Option<u64>,
    said: Option<Json>,
}

impl Progress {
    pub fn new(next: Arc<dyn Reporter>) -> Progress {
        Progress { next, last: Mutex::default() }
    }

    /// What was said since this was asked before.
    pub fn news(&self) -> Option<Json> {
        self.lock().said.take()
    }

    /// Puts back what could not be written down, unless there is something newer.
    pub fn keep(&self, said: Json) {
        self.lock().said.get_or_insert(said);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(stage: &Stage) -> String {
    format!("{} {}", stage.verb, stage.noun).trim().to_owned()
}

impl Reporter for Progress {
    fn started(&self, stage: &Stage, total: Option<u64>) {
        *self.lock() = Last { total, said: Some(json!({ "note": name(stage), "of": total })) };
        self.next.started(stage, total);
    }

    fn progress(&self, stage: &Stage, position: u64, rows: u64) {
        let mut last = self.lock();
        let (note, of) = (name(stage), last.total);
        last.said = Some(json!({ "note": note, "done": position, "of": of, "rows": rows }));
        drop(last);
        self.next.progress(stage, position, rows);
    }

    fn ended(&self, stage: &Stage, summary: &str) {
        let note = format!("{}: {summary}", name(stage));
        *self.lock() = Last { total: None, said: Some(json!({ "note": note })) };
        self.next.ended(stage, summary);
    }

    fn note(&self, text: &str) {
        self.next.note(text);
    }
}

#[cfg(test)]
mod tests {
    use karat_record::Quiet;

    use super::*;

    #[test]
    fn what_is_said_is_told_once_and_the_newest_wins() {
        let progress = Progress::new(Arc::new(Quiet));
        let stage = Stage::new("load", "agents");
        assert_eq!(progress.news(), None);
        progress.started(&stage, Some(10));
        progress.progress(&stage, 4, 2);
        let said = json!({ "note": "load agents", "done": 4, "of": 10, "rows": 2 });
        assert_eq!(progress.news(), Some(said.clone()));
        assert_eq!(progress.news(), None);
        progress.keep(said.clone());
        assert_eq!(progress.news(), Some(said.clone()));
        progress.ended(&stage, "2 rows read");
        progress.keep(said);
        assert_eq!(progress.news(), Some(json!({ "note": "load agents: 2 rows read" })));
    }
}
