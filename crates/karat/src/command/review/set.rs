//! `karat review set`: what a golden field is, said by a person.

use karat_pipeline::context::Context;
use karat_pipeline::resolve::overrides::{self, Said};
use karat_record::Result;
use karat_store::review::Act;
use serde_json::json;

use super::super::{Shell, entity};
use crate::args::Set;

pub async fn run(shell: &Shell, context: &Context<'_>, (said, author): (&Set, &str)) -> Result<()> {
    let entity = entity(context.project, &said.entity)?;
    let said = Said {
        entity: &entity.name,
        id: &said.id,
        field: &said.field,
        values: &said.values,
        author,
        reason: said.reason.as_deref(),
    };
    let set = overrides::set(context, entity, said).await?;
    let (number, field, value) = (set.decision, &set.field, value(&set.values));
    shell.output.line(format!(
        "noted as decision {number}: {field} of {} is {value}; the next karat run obeys it",
        set.id
    ));
    shell.output.document(&json!(set));
    Ok(())
}

/// A decision on a golden field, in a list of decisions.
pub fn shown(act: &Act, field: &str, values: &[String]) -> String {
    format!("{} {field} = {}", act.id.as_deref().unwrap_or_default(), value(values))
}

fn value(values: &[String]) -> String {
    match values {
        [] => "no value".to_owned(),
        values => values.join("; "),
    }
}
