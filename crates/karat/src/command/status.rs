//! `karat status`: how everything stands, and what needs somebody first.

use karat_pipeline::context::Context;
use karat_pipeline::drift::{Drift, Moved};
use karat_pipeline::status::{self, EntityStatus, Need, Status as Found};

use super::{Done, Shell};
use crate::Ending;
use crate::args::Status;
use crate::output::{Output, number, table, with_commas};

pub async fn run(shell: &mut Shell, command: &Status) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    let found = status::status(&context).await?;
    let needs = found.needs();
    show(&shell.output, &found, &needs);
    shell.output.document(&found.json());
    let is_wrong = needs.iter().any(|need| need.is_finding);
    Ok(if command.check && is_wrong { Ending::Findings } else { Ending::Done })
}

fn show(out: &Output, found: &Found, needs: &[Need]) {
    if found.is_begun {
        datasets(out, found);
        entities(out, found);
        found.entities.iter().for_each(|entity| model(out, entity));
    }
    out.line("");
    if needs.is_empty() {
        out.line("  nothing needs you");
        return;
    }
    out.line(format!("  {}", out.strong("needs you, the most urgent first")));
    let row = |need: &Need| vec![with_commas(&need.what), need.next.clone()];
    for line in table(&needs.iter().map(row).collect::<Vec<_>>(), &[]) {
        out.line(format!("  {line}"));
    }
}

fn lines(out: &Output, rows: &[Vec<String>], right: &[bool]) {
    out.line("");
    for (i, line) in table(rows, right).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
}

fn datasets(out: &Output, found: &Found) {
    if found.datasets.is_empty() {
        return;
    }
    let head = ["dataset", "rows", "last load", "from", "rejects open", "checks failing"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for dataset in &found.datasets {
        let table = found.tables.get(&dataset.name);
        let failing = found.checks.iter().filter(|check| Some(&check.relation) == table).count();
        let last = dataset.last.as_ref();
        rows.push(vec![
            dataset.name.clone(),
            number(u64::try_from(dataset.rows).unwrap_or_default()),
            last.map_or("never".to_owned(), |load| ago(load.finished.age)),
            last.map_or(String::new(), |load| load.origin.clone()),
            number(dataset.open_rejects),
            number(failing as u64),
        ]);
    }
    lines(out, &rows, &[false, true, false, false, true, true]);
}

fn entities(out: &Output, found: &Found) {
    if found.entities.is_empty() {
        return;
    }
    let head = ["entity", "records", "entities", "resolved", "changes wait", "pairs to review"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for entity in &found.entities {
        let Some(state) = &entity.state else {
            let cells = [entity.name.as_str(), "", "", "never"];
            rows.push(cells.map(str::to_owned).to_vec());
            continue;
        };
        let how = if state.is_part { "what changed" } else { "everything" };
        rows.push(vec![
            entity.name.clone(),
            number(state.records),
            number(state.entities),
            format!("{}, {how}", ago(state.resolved.age)),
            number(state.changes),
            number(state.reviews),
        ]);
    }
    lines(out, &rows, &[false, true, true, false, true, true]);
}

/// The model of an entity, and its drift.
fn model(out: &Output, entity: &EntityStatus) {
    let Some(state) = &entity.state else { return };
    out.line("");
    let model = match &entity.model {
        None => "no model: tiers are declared".to_owned(),
        Some(model) => format!(
            "model of {}, learned from {} records, {} now",
            model.trained_at.get(..10).unwrap_or(&model.trained_at),
            number(model.records),
            number(state.records),
        ),
    };
    out.line(format!("  {}: {model}", out.strong(&entity.name)));
    if let Some(found) = &entity.drift {
        drift(out, found);
    }
}

fn drift(out: &Output, found: &Drift) {
    out.line(format!("    drift: {}", found.line()));
    for one in &found.moved {
        let Moved { what, from, to, .. } = one;
        let shown = format!("{what}: {}, now {}", with_commas(from), with_commas(to));
        out.line(match one.is_shift {
            false => format!("      {shown}"),
            true => format!("      {}", out.faint(&format!("shifting: {shown}"))),
        });
    }
}

/// How long ago, in the unit that suits it.
fn ago(seconds: f64) -> String {
    let units = [("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0)];
    let of = |(name, size): &(&str, f64)| {
        let many = (seconds / size).floor();
        (many >= 1.0).then(|| match many {
            1.0 => format!("1 {name} ago"),
            many => format!("{many:.0} {name}s ago"),
        })
    };
    units.iter().find_map(of).unwrap_or_else(|| "just now".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_the_unit_that_suits_them() {
        let cases = [(3.0, "just now"), (61.0, "1 minute ago"), (7300.0, "2 hours ago")];
        for (seconds, shown) in cases {
            assert_eq!(ago(seconds), shown);
        }
        assert_eq!(ago(86_400.0 * 400.0), "400 days ago");
    }
}
