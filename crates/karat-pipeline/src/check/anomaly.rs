//! Checks of anomalies: what a run has, judged by what earlier runs had, and kept for later ones.

use karat_connect::vault::hash_text;
use karat_record::Result;
use karat_rules::anomaly::{self, Known};
use karat_rules::check::{Check, Outcome};
use karat_store::Session;
use karat_store::metric::{self, Metric};
use serde_json::{Value as Json, json};

/// Days before today that a baseline may hold.
const WINDOW: i32 = 90;

/// Where metrics belong.
pub(super) struct Metrics<'a> {
    pub suite: &'a str,
    pub run: i64,
    /// Days since 1970-01-01.
    pub today: i64,
    /// Whether values are kept; else categories are kept by a digest.
    pub values: bool,
}

impl Metrics<'_> {
    /// Judges the checks of anomalies among checks: their outcomes hold a metric before and a
    /// verdict after.
    pub async fn judge<'a>(
        &self,
        session: &Session,
        checks: impl Iterator<Item = (&'a Check, &'a mut Outcome)>,
    ) -> Result<()> {
        for (check, outcome) in checks.filter(|(check, _)| check.expectation.kind.is_anomaly()) {
            if let Outcome::Value { observed, holds } = outcome {
                let judged = self.one(session, check, observed).await?;
                (*holds, *observed) = (!judged.is_anomalous, judged.observed);
            }
        }
        Ok(())
    }

    async fn one(&self, session: &Session, check: &Check, found: &Json) -> Result<anomaly::Judged> {
        let value = if self.values { found.clone() } else { without_values(found) };
        // A load that is as old as yesterday is yesterday's.
        let day = value["day"].as_i64().unwrap_or(self.today);
        let settings = settings(check);
        let metric = Metric { suite: self.suite, check: &check.name, settings: &settings };
        let earlier = metric::earlier(session, metric, (day, WINDOW)).await?;
        let judged = anomaly::judge(&value, (&earlier, day), &check.arguments.anomaly());
        if judged.is_kept {
            let is_anomalous = judged.is_anomalous;
            metric::keep(session, self.run, metric, &Known { day, value, is_anomalous }).await?;
        }
        Ok(judged)
    }
}

/// A fingerprint of what is measured; how sensitive the check is changes nothing of it.
fn settings(check: &Check) -> String {
    let mut arguments = check.arguments.0.clone();
    for name in ["false_alarms", "history"] {
        arguments.shift_remove(name);
    }
    arguments.sort_keys();
    hash_text(&format!("{} {}", check.expectation.name, json!(arguments)))
}

fn without_values(metric: &Json) -> Json {
    let mut metric = metric.clone();
    for value in metric["values"].as_array_mut().into_iter().flatten() {
        let digest = hash_text(value[0].as_str().unwrap_or_default());
        value[0] = json!(&digest[..12]);
    }
    metric
}
