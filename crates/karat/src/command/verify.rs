//! `karat verify`: live against declared.

use karat_pipeline::context::Context;
use karat_pipeline::deploy;
use karat_store::deploy::DifferenceKind;
use serde_json::json;

use super::{Done, Shell};
use crate::Ending;
use crate::output::{number, table};

pub async fn run(shell: &mut Shell) -> Done {
    let project = shell.project()?;
    let declared = deploy::declared(&project)?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let context = Context { project: &project, address: &base.address, reporter, run: None };
    let verified = deploy::verify(&context, &declared).await?;
    let rows: Vec<Vec<String>> =
        verified.tables.iter().map(|(name, rows)| vec![name.clone(), number(*rows)]).collect();
    table(&rows, &[false, true]).iter().for_each(|line| shell.output.line(format!("  {line}")));
    for difference in &verified.differences {
        let file = difference.file.as_deref().unwrap_or_default();
        shell.output.line(format!("  {:<10} {}  {file}", word(difference.kind), difference.object));
        for line in &difference.lines {
            shell.output.line(format!("               {line}"));
        }
    }
    let sound = verified.is_sound();
    shell.output.line(if sound {
        format!("verified: {} declared objects are in the database as declared", verified.objects)
    } else {
        "the database is not as declared; karat deploy brings it there".to_owned()
    });
    shell.output.document(&json!({ "all_verified": sound, "verification": verified }));
    Ok(if sound { Ending::Done } else { Ending::Findings })
}

fn word(kind: DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Missing => "missing",
        DifferenceKind::Extra => "extra",
        DifferenceKind::Different => "different",
        DifferenceKind::Undeployed => "undeployed",
        DifferenceKind::Invalid => "invalid",
        DifferenceKind::Disabled => "disabled",
    }
}
