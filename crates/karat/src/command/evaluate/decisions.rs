//! A resolution against what people decided, for people and programs.

use karat_pipeline::evaluate::{Decisions, Verdicts};
use serde_json::{Value as Json, json};

use super::share;
use crate::output::{Output, number, table};

pub fn show(out: &Output, found: &Decisions) {
    let Verdicts { same, different } = found.all;
    out.line("");
    out.line(format!(
        "  {} decisions of people: {} the same, {} not{}",
        number(found.all.count()),
        number(same),
        number(different),
        match found.gone {
            0 => String::new(),
            n => format!("; {} more are of records that are not here", number(n)),
        }
    ));
    out.line("  people are asked about hard pairs: what follows is of such pairs, not of all");
    let head = ["without decisions", "pairs", "same", "not"].map(str::to_owned).to_vec();
    let outcomes = [("merged", found.merged), ("to review", found.asked), ("apart", found.apart)];
    let row = |(name, verdicts): &(&str, Verdicts)| {
        let Verdicts { same, different } = *verdicts;
        let counts = [verdicts.count(), same, different].map(number);
        [vec![(*name).to_owned()], counts.to_vec()].concat()
    };
    lines(out, &[vec![head], outcomes.iter().map(row).collect()].concat());
    let head = |first: &str| {
        [first, "pairs", "same", "share", "95 % interval"].map(str::to_owned).to_vec()
    };
    if !found.tiers.is_empty() {
        let rows = found.tiers.iter().map(|(tier, verdicts)| shares(tier, verdicts));
        lines(out, &[vec![head("strongest tier")], rows.collect()].concat());
    }
    if !found.from.is_empty() {
        // Of thresholds that no decision lies between the first is enough.
        let mut from = found.from.clone();
        from.dedup_by_key(|(_, above)| *above);
        let rows = from.iter().map(|(from, above)| shares(&from.to_string(), above));
        lines(out, &[vec![head("probability from")], rows.collect()].concat());
        suggestion(out, found);
    }
}

fn shares(name: &str, verdicts: &Verdicts) -> Vec<String> {
    let (of, (low, high)) = verdicts.share();
    let (of, interval) = match verdicts.count() {
        0 => (share(None), String::new()),
        _ => (share(Some(of)), format!("{low:.4} to {high:.4}")),
    };
    vec![name.to_owned(), number(verdicts.count()), number(verdicts.same), of, interval]
}

/// What to write into the entity's file.
fn suggestion(out: &Output, found: &Decisions) {
    let wanted = found.wanted;
    out.line("");
    match found.auto {
        Some(auto) => out.line(format!(
            "  auto = {auto} merges such pairs with {wanted} of them right, or more"
        )),
        None => out.line(format!("  no threshold is sure to be right for {wanted} of such pairs")),
    }
    match found.review {
        Some(review) => out.line(format!(
            "  review = {review} leaves out pairs of which {:.3} match at most",
            1.0 - wanted
        )),
        None => out.line("  nothing speaks for asking about fewer pairs"),
    }
}

fn lines(out: &Output, rows: &[Vec<String>]) {
    out.line("");
    for (i, line) in table(rows, &[false, true, true, true, true]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
}

pub fn document(found: &Decisions) -> Json {
    let counts = |verdicts: &Verdicts| {
        let (share, (low, high)) = verdicts.share();
        json!({
            "same": verdicts.same, "different": verdicts.different,
            "share": (verdicts.count() > 0).then_some(share), "low": low, "high": high,
        })
    };
    let from = found
        .from
        .iter()
        .map(|(from, above)| json!({ "probability": from, "decisions": counts(above) }));
    let tiers = found
        .tiers
        .iter()
        .map(|(tier, verdicts)| json!({ "tier": tier, "decisions": counts(verdicts) }));
    json!({
        "decisions": counts(&found.all),
        "gone": found.gone,
        "merged": counts(&found.merged),
        "to_review": counts(&found.asked),
        "apart": counts(&found.apart),
        "from": from.collect::<Vec<_>>(),
        "tiers": tiers.collect::<Vec<_>>(),
        "suggested": {
            "precision": found.wanted, "auto": found.auto, "review": found.review,
        },
    })
}
