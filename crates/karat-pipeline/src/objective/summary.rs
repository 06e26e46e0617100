//! What objectives reached, for people and for reports.

use std::time::Duration;

use karat_rules::check::Severity;
use karat_rules::objective::{Dimension, Measure, Verdict};
use karat_store::objective::{Answer, Earlier, Row};
use serde_json::{Value as Json, json};

use crate::project::Objectives;
use crate::project::objectives::Objective;
use crate::resolve::seconds;

/// What was measured of a table, a dataset or a source.
#[derive(Clone, Debug)]
pub struct Part {
    pub name: String,
    pub answer: Answer,
    /// The most frequent values that are not as they should be, where they are wanted.
    pub unfit: Vec<(String, u64)>,
}

impl Part {
    /// Whether some value is not as it should be.
    pub fn has_unfit(&self) -> bool {
        matches!(self.answer, Ok(Measure::Share { judged, good }) if good < judged)
    }
}

/// What an objective reached.
#[derive(Clone, Debug)]
pub struct Found {
    pub objective: Objective,
    /// Groups of parts whose figures make the whole; of uniqueness there may be two.
    pub groups: Vec<Vec<Part>>,
    /// None where it could not be measured.
    pub verdict: Option<Verdict>,
    /// A share, days, or none where there was nothing to judge.
    pub actual: Option<f64>,
    /// The share that was bad.
    pub bad: f64,
    /// The part of the error budget that the days of the window have spent; may be infinite.
    pub spent: f64,
    /// Days of the window with a result, today among them.
    pub days: usize,
    /// Results of earlier runs within the window.
    pub earlier: Vec<Earlier>,
    /// Of them the last of each day before today.
    by_day: Vec<Earlier>,
}

impl Found {
    /// Judges what was measured on day `today`, counted from 1970-01-01.
    pub fn new(
        objective: Objective,
        groups: Vec<Vec<Part>>,
        (earlier, today): (Vec<Earlier>, i64),
    ) -> Found {
        let goal = objective.goal;
        let measured: Option<Vec<Vec<Measure>>> = groups
            .iter()
            .map(|group| group.iter().map(|part| part.answer.clone().ok()).collect())
            .collect();
        let slices = || measured.iter().flatten().map(Vec::as_slice);
        let verdict = measured.as_ref().map(|_| goal.verdict(slices()));
        let actual = goal.actual(slices());
        let bad = verdict.map_or(1.0, |verdict| goal.bad(actual, verdict));
        let by_day = last_of_days(&earlier, today);
        let mut all: Vec<f64> = by_day.iter().filter_map(|one| one.bad).collect();
        all.push(bad);
        let (spent, days) = (goal.spent(&all), all.len());
        Found { objective, groups, verdict, actual, bad, spent, days, earlier, by_day }
    }

    /// All parts.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.groups.iter().flatten()
    }

    /// The figure of a part by itself.
    pub fn of_part(&self, part: &Part) -> Option<f64> {
        self.objective.goal.actual([&[part.answer.clone().ok()?][..]])
    }

    /// Whether it is violated or could not be measured.
    pub fn fails(&self) -> bool {
        matches!(self.verdict, None | Some(Verdict::Violated))
    }

    /// Why it could not be measured.
    pub fn error(&self) -> Option<&str> {
        self.parts().find_map(|part| part.answer.as_ref().err()).map(String::as_str)
    }

    /// By how much the figure is better than in the last earlier run; none where there is none.
    pub fn trend(&self) -> Option<f64> {
        let last = self.earlier.iter().rev().find_map(|one| one.actual)?;
        let sign = if self.objective.goal.dimension.is_better_small() { -1.0 } else { 1.0 };
        Some(sign * (self.actual? - last))
    }

    fn word(&self) -> &'static str {
        self.verdict.map_or("error", Verdict::word)
    }

    fn json(&self, file: &str) -> Json {
        let (objective, goal) = (&self.objective, self.objective.goal);
        let part = |part: &Part| {
            let mut shown = json!({ "part": part.name, "actual": self.of_part(part) });
            if let Ok(Measure::Share { judged, good }) = part.answer {
                shown["judged"] = json!(judged);
                shown["good"] = json!(good);
            }
            if !part.unfit.is_empty() {
                shown["unfit"] = json!(part.unfit);
            }
            shown
        };
        json!({
            "objective": format!("{file}.{}", objective.name),
            "dimension": goal.dimension.word(),
            "owner": objective.owner,
            "severity": objective.severity.word(),
            "description": objective.description,
            "target": goal.target,
            "actual": self.actual,
            "verdict": self.word(),
            "error": self.error(),
            "parts": self.parts().map(part).collect::<Vec<_>>(),
            "budget": {
                "allowed": goal.budget,
                "window_days": objective.window,
                "days": self.days,
                "spent": self.spent,
            },
            "trend": self.trend(),
            "earlier": self.earlier,
        })
    }
}

fn last_of_days(earlier: &[Earlier], today: i64) -> Vec<Earlier> {
    let mut days: Vec<Earlier> = Vec::new();
    for one in earlier.iter().filter(|one| i64::from(one.day) < today) {
        days.retain(|known| known.day != one.day);
        days.push(one.clone());
    }
    days
}

/// What the objectives of a file reached.
#[derive(Clone, Debug)]
pub struct Summary {
    pub file: String,
    pub found: Vec<Found>,
    /// The share of the results of the window that are met, the last of each day; none where
    /// nothing was judged.
    pub compliance: Option<f64>,
    /// What it has to be at least.
    pub wanted: Option<f64>,
    pub took: Duration,
}

impl Summary {
    /// Sums up what was found of the objectives of a file.
    pub fn new(file: &Objectives, found: Vec<Found>) -> Summary {
        let verdicts = found.iter().flat_map(|one| {
            let before = one.by_day.iter().filter_map(|earlier| earlier.verdict.as_deref());
            before.chain([one.word()])
        });
        let (mut met, mut judged) = (0u64, 0u64);
        for verdict in verdicts.filter(|verdict| *verdict != Verdict::Nothing.word()) {
            judged += 1;
            met += u64::from(verdict == Verdict::Met.word());
        }
        Summary {
            file: file.name.clone(),
            compliance: (judged > 0).then(|| met as f64 / judged as f64),
            wanted: file.compliance,
            found,
            took: Duration::ZERO,
        }
    }

    /// Whether as much is met as has to be.
    pub fn is_compliant(&self) -> bool {
        self.compliance.zip(self.wanted).is_none_or(|(share, wanted)| share >= wanted)
    }

    /// The full names of what blocks: violated objectives that do, and compliance.
    pub fn blocks(&self) -> Vec<String> {
        let blocks = |f: &&Found| f.objective.severity == Severity::Block && f.fails();
        let name = |f: &Found| format!("{}.{}", self.file, f.objective.name);
        let mut names: Vec<String> = self.found.iter().filter(blocks).map(name).collect();
        if !self.is_compliant() {
            names.push(format!("the compliance of {}", self.file));
        }
        names
    }

    /// How many objectives are violated or could not be measured.
    pub fn violated(&self) -> usize {
        self.found.iter().filter(|found| found.fails()).count()
    }

    /// One line for a person.
    pub fn line(&self) -> String {
        let met = self.found.iter().filter(|f| f.verdict == Some(Verdict::Met)).count();
        let share = self.compliance.map_or(String::new(), |share| {
            format!(", compliance {:.1} %", (share * 1000.0).floor() / 10.0)
        });
        format!("{met} of {} objectives are met{share}", self.found.len())
    }

    /// Everything, for reports.
    pub fn json(&self) -> Json {
        json!({
            "file": self.file,
            "compliance": self.compliance,
            "compliance_wanted": self.wanted,
            "objectives": self.found.iter().map(|f| f.json(&self.file)).collect::<Vec<_>>(),
            "seconds": seconds(self.took),
        })
    }

    /// What is kept: of each objective the whole, and each part where there are several.
    pub(super) fn rows(&self) -> Vec<Row<'_>> {
        self.found.iter().flat_map(|found| rows(&self.file, found)).collect()
    }
}

/// Judged and good, of what is counted.
type Counts = (Option<u64>, Option<u64>);

fn rows<'a>(file: &'a str, found: &'a Found) -> Vec<Row<'a>> {
    let goal = found.objective.goal;
    let counts = |answer: &Answer| match answer {
        Ok(Measure::Share { judged, good }) => (Some(*judged), Some(*good)),
        _ => (None, None),
    };
    let row = |part: &'a str, actual: Option<f64>, (judged, good): Counts| Row {
        file,
        objective: &found.objective.name,
        part,
        dimension: goal.dimension.word(),
        severity: found.objective.severity.word(),
        target: goal.target,
        budget: goal.budget,
        judged,
        good,
        actual,
        ..Row::default()
    };
    let sum = |of: fn(Counts) -> Option<u64>| {
        // Shares of two groups have no common count.
        let is_one = found.groups.len() == 1 && goal.dimension != Dimension::Timeliness;
        is_one.then(|| found.parts().filter_map(|part| of(counts(&part.answer))).sum())
    };
    let whole = Row {
        bad: Some(found.bad),
        verdict: Some(found.word()),
        error: found.error(),
        ..row("", found.actual, (sum(|c| c.0), sum(|c| c.1)))
    };
    let parts = found.parts().map(|part| {
        let error = part.answer.as_ref().err().map(String::as_str);
        Row { error, ..row(&part.name, found.of_part(part), counts(&part.answer)) }
    });
    std::iter::once(whole).chain(parts.filter(|_| found.parts().count() > 1)).collect()
}
