//! What monitoring asks, in the text format of Prometheus: jobs, runs, steps, datasets, entities, the
//! database, and this process.

use std::fmt::{Display, Write};
use std::fs;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use karat_pipeline::status::{self, Status};
use karat_store::gauge;

use crate::app::App;
use crate::failure::Failure;
use crate::signed::Signed;

/// The media type of the format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Everything, for whoever may see the pages.
pub async fn metrics(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, Failure> {
    let address = signed.address(&app);
    let stands = status::status(&app.context(&address)).await?;
    let session = app.session().await?;
    let mut text = Text::default();
    text.gauge("karat_jobs", "Jobs that have not ended, or were given up");
    for (state, jobs) in gauge::jobs(&session).await? {
        text.value("karat_jobs", &[("state", &state)], jobs);
    }
    let runs = gauge::runs(&session).await?;
    text.gauge("karat_runs", "Runs of the last 7 days");
    for run in &runs {
        text.value("karat_runs", &[("command", &run.command), ("status", &run.status)], run.count);
    }
    text.gauge("karat_run_seconds", "How long the last such run took");
    for run in &runs {
        let labels = [("command", run.command.as_str()), ("status", &run.status)];
        run.took.iter().for_each(|took| text.value("karat_run_seconds", &labels, took));
    }
    text.gauge("karat_step_seconds", "How long a step took when it last had something to do");
    for (step, took) in gauge::steps(&session).await? {
        took.iter().for_each(|took| text.value("karat_step_seconds", &[("step", &step)], took));
    }
    text.stands(&stands);
    let database = gauge::database(&session).await?;
    text.one("karat_database_bytes", "Size of the database", database.bytes);
    text.one("karat_database_connections", "Connections to the database", database.connections);
    let most = database.most_connections;
    text.one("karat_database_connections_max", "Connections that its server takes", most);
    text.process();
    Ok(([(CONTENT_TYPE, TEXT)], text.0).into_response())
}

/// Metrics as text.
#[derive(Default)]
struct Text(String);

impl Text {
    fn say(&mut self, line: impl Display) {
        writeln!(self.0, "{line}").expect("a String takes everything");
    }

    fn head(&mut self, name: &str, about: &str, kind: &str) {
        self.say(format_args!("# HELP {name} {about}.\n# TYPE {name} {kind}"));
    }

    fn gauge(&mut self, name: &str, about: &str) {
        self.head(name, about, "gauge");
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let label = |(name, value): &(&str, &str)| format!("{name}=\"{}\"", escaped(value));
        let labels: Vec<String> = labels.iter().map(label).collect();
        match labels.is_empty() {
            true => self.say(format_args!("{name} {value}")),
            false => self.say(format_args!("{name}{{{}}} {value}", labels.join(","))),
        }
    }

    fn one(&mut self, name: &str, about: &str, value: impl Display) {
        self.gauge(name, about);
        self.value(name, &[], value);
    }

    fn stands(&mut self, status: &Status) {
        let Status { datasets, entities, .. } = status;
        self.gauge("karat_dataset_rows", "Rows of a dataset");
        for dataset in datasets {
            self.value("karat_dataset_rows", &[("dataset", &dataset.name)], dataset.rows);
        }
        self.gauge("karat_dataset_open_rejects", "Rejected rows of a dataset that are open");
        for dataset in datasets {
            let labels = [("dataset", dataset.name.as_str())];
            self.value("karat_dataset_open_rejects", &labels, dataset.open_rejects);
        }
        self.gauge("karat_dataset_age_seconds", "Time since a dataset was last loaded");
        for dataset in datasets {
            let labels = [("dataset", dataset.name.as_str())];
            let age = dataset.last.as_ref().map(|last| last.finished.age);
            age.iter().for_each(|age| self.value("karat_dataset_age_seconds", &labels, age));
        }
        let resolved = entities.iter().filter_map(|e| Some((e.name.as_str(), e.state.as_ref()?)));
        let resolved: Vec<_> = resolved.collect();
        for (name, about, of) in [
            ("karat_records", "Records of an entity", 0),
            ("karat_entities", "Golden records of an entity", 1),
            ("karat_reviews", "Pairs of an entity that wait for somebody", 2),
        ] {
            self.gauge(name, about);
            for (entity, state) in &resolved {
                let value = [state.records, state.entities, state.reviews][of];
                self.value(name, &[("entity", entity)], value);
            }
        }
        self.one("karat_checks_failing", "Checks that do not hold", status.checks.len());
        self.one("karat_objectives_missed", "Objectives that are missed", status.objectives.len());
    }

    /// Memory, time and open files of this process, where the system tells them.
    fn process(&mut self) {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        if let Some(kb) = kb {
            self.one("process_resident_memory_bytes", "Memory of this process", kb * 1024);
        }
        if let Some(seconds) = cpu() {
            let name = "process_cpu_seconds_total";
            self.head(name, "Time that this process has computed", "counter");
            self.value(name, &[], seconds);
        }
        if let Ok(open) = fs::read_dir("/proc/self/fd") {
            self.one("process_open_fds", "Open files of this process", open.count());
        }
    }
}

/// Seconds that this process has computed, in hundredths: Linux tells programs its time in these.
fn cpu() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name before may hold anything, spaces and brackets too.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some((ticks(11)? + ticks(12)?) as f64 / 100.0)
}

/// The value of a label.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_labels_that_hold_anything() {
        let mut text = Text::default();
        text.one("a", "All", 1.5);
        text.value("b", &[("of", "x \"y\"\\\n"), ("in", "z")], 2);
        let said =
            "# HELP a All.\n# TYPE a gauge\na 1.5\nb{of=\"x \\\"y\\\"\\\\\\n\",in=\"z\"} 2\n";
        assert_eq!(text.0, said);
    }
}
