//! `drop .. if exists` ahead of the statement that creates the same thing again.
//!
//! People write such pairs so that a file can run twice. Karat replaces these objects by itself,
//! so the drop says nothing.

use super::defines::relation;
use super::object::{ObjectKind, ObjectName};
use super::signature::args;
use super::statement::Statement;
use super::syntax::{Node, SyntaxKind, child, parts};
use SyntaxKind::*;

/// What the statement drops if it is there; none for what cannot be replaced, such as tables.
pub(super) fn dropped(node: &Node) -> Option<Vec<ObjectName>> {
    let kind = match node.kind() {
        DROP_POLICY => ObjectKind::Policy,
        DROP_TRIGGER => ObjectKind::Trigger,
        DROP_RULE => ObjectKind::Rule,
        DROP_VIEW => ObjectKind::View,
        DROP_MATERIALIZED_VIEW => ObjectKind::MaterializedView,
        DROP_FUNCTION | DROP_PROCEDURE | DROP_AGGREGATE => ObjectKind::Function,
        _ => return None,
    };
    child(node, IF_EXISTS)?;
    let table = child(node, ON_TABLE).or_else(|| child(node, ON_RELATION));
    let on = table.and_then(|n| n.children().next()).map(|n| relation(&parts(&n)));
    let lists = [FUNCTION_SIG_LIST, PROCEDURE_SIG_LIST];
    let holder = lists.iter().find_map(|k| child(node, *k)).unwrap_or_else(|| node.clone());
    let named = holder.children().filter(|n| NAMES.contains(&n.kind()));
    Some(named.map(|n| ObjectName { on: on.clone(), ..name(&n, kind) }).collect())
}

const NAMES: &[SyntaxKind] =
    &[POLICY_REF, TRIGGER_REF, RULE_REF, VIEW_REF, FUNCTION_SIG, PROCEDURE_SIG, AGGREGATE];

fn name(node: &Node, kind: ObjectKind) -> ObjectName {
    let path = node.children().find(|n| n.kind() != PARAM_LIST);
    let object = ObjectName::from_parts(kind, &parts(path.as_ref().unwrap_or(node)));
    ObjectName { args: child(node, PARAM_LIST).map(|list| args(&list)), ..object }
}

/// Whether the folder creates all of it.
pub(super) fn created_again(dropped: &[ObjectName], statements: &[Statement]) -> bool {
    let same = |a: &ObjectName, b: &ObjectName| {
        let args = a.args.is_none() || a.args == b.args;
        args && (a.kind, &a.schema, &a.name, &a.on) == (b.kind, &b.schema, &b.name, &b.on)
    };
    dropped.iter().all(|drop| statements.iter().any(|s| same(drop, &s.object)))
}
