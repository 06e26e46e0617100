//! `karat train`: the model of an entity, learned anew.

use karat_pipeline::context::Context;
use karat_pipeline::project::Entity;
use karat_pipeline::resolve::engine::Proposal;
use karat_pipeline::study;
use serde_json::{Value as Json, json};

use super::{Done, Shell, entity, model};
use crate::Ending;
use crate::args::Train;
use crate::output::{Output, number, table};

pub async fn run(shell: &mut Shell, command: &Train) -> Done {
    let project = shell.project()?;
    let entity = entity(&project, &command.entity)?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    if command.auto {
        let proposal = study::propose(&context, entity).await?;
        show(&shell.output, entity, &proposal);
        shell.output.document(&document(&proposal));
        return Ok(Ending::Done);
    }
    shell.agreed(&project, &base, command.yes)?;
    let learned = study::train(&context, entity).await?;
    model::show(&shell.output, &learned);
    shell.output.line("");
    shell.output.line(format!("  in force; karat resolve {} uses it", entity.name));
    shell.output.document(&model::document(&learned)?);
    Ok(Ending::Done)
}

/// The proposed rules, each with what it costs and finds, and how to declare them.
fn show(out: &Output, entity: &Entity, proposal: &Proposal) {
    let head = ["blocking rule", "pairs", "new pairs", "largest block", "finds", "so far"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for chosen in &proposal.chosen {
        let candidate = &proposal.candidates[chosen.candidate];
        rows.push(vec![
            candidate.rule.to_string(),
            number(candidate.pairs),
            number(chosen.added_pairs),
            number(candidate.largest_block.into()),
            format!("{:.3}", candidate.recall),
            format!("{:.3}", chosen.cumulative),
        ]);
    }
    out.line("");
    for (i, line) in table(&rows, &[false, true, true, true, true, true]).iter().enumerate() {
        out.line(format!("  {}", if i == 0 { out.faint(line) } else { line.clone() }));
    }
    out.line("");
    out.line(format!(
        "  chosen from {} rules; about {} pairs are expected to match. What rules find is estimated",
        number(proposal.candidates.len() as u64),
        number(proposal.matches as u64)
    ));
    out.line("  without labels: matches that share next to nothing are missing from it.");
    for name in &proposal.untrained {
        out.line(format!("  note: no session trains the comparison {name}"));
    }
    out.line("");
    out.line(format!("  to take them, write into entities/{}.toml:", entity.name));
    out.line("");
    for chosen in &proposal.chosen {
        let rule = &proposal.candidates[chosen.candidate].rule;
        out.line(format!("  [[blocking]]\n  rule = {:?}\n", rule.to_string()));
    }
    let sessions: Vec<String> = proposal.session_rules.iter().map(|r| r.to_string()).collect();
    out.line(format!("  [training]\n  sessions = {sessions:?}"));
}

fn document(proposal: &Proposal) -> Json {
    let chosen = proposal.chosen.iter().map(|chosen| {
        let candidate = &proposal.candidates[chosen.candidate];
        json!({
            "rule": candidate.rule.to_string(),
            "pairs": candidate.pairs,
            "added_pairs": chosen.added_pairs,
            "largest_block": candidate.largest_block,
            "keyed": candidate.keyed,
            "recall": candidate.recall,
            "cumulative_recall": chosen.cumulative,
        })
    });
    let sessions = proposal.session_rules.iter().map(|rule| rule.to_string());
    json!({
        "rules": chosen.collect::<Vec<_>>(),
        "sessions": sessions.collect::<Vec<_>>(),
        "untrained": proposal.untrained,
        "considered": proposal.candidates.len(),
        "expected_matches": proposal.matches,
    })
}
