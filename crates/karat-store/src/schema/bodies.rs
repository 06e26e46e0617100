//! What the bodies of functions refer to.

use super::needs::Walk;
use super::statement::Want;
use super::syntax::{Body, Node, SyntaxKind, body, child, tokens, tree};
use SyntaxKind::*;

/// Adds what the body refers to. PostgreSQL checks SQL bodies when the function is created;
/// of a PL/pgSQL body it checks the declarations and leaves the rest for the first call. A `do`
/// block runs at once.
pub(super) fn walk(walk: &mut Walk, node: &Node) {
    let outer = walk.hard;
    match body(node) {
        Some(Body::Sql(root)) => walk.children(&root),
        Some(Body::Plpgsql(root)) => {
            for declared in root.descendants().filter(|n| n.kind() == PLPGSQL_VAR_DECL) {
                declare(walk, &declared);
            }
            walk.hard = outer && node.kind() == DO;
            plpgsql(walk, &root);
        }
        None => {}
    }
    walk.hard = outer;
}

/// The type of a variable; its initial value is not checked before it runs.
fn declare(walk: &mut Walk, declared: &Node) {
    for part in declared.children().filter(|n| n.kind() != PLPGSQL_VAR_INIT) {
        walk.node(&part);
    }
}

fn plpgsql(walk: &mut Walk, root: &Node) {
    for node in root.descendants() {
        // The parser does not know every statement of PL/pgSQL, `select .. into x from` among
        // them; there the names decide.
        if node.kind() == ERROR {
            words(walk, &node);
        }
    }
    walk.children(root);
}

/// Every name in the text, dotted or not.
fn words(walk: &mut Walk, node: &Node) {
    let outer = walk.hard;
    walk.hard = false;
    let mut name: Vec<String> = Vec::new();
    let mut dotted = false;
    for token in tokens(node) {
        match token.kind() {
            DOT => dotted = true,
            kind if kind == IDENT || kind.is_keyword() => {
                if !dotted {
                    walk.add(Want::Any, &name);
                    name.clear();
                }
                name.push(folded(token.text()));
                // `schema.table.column`: each beginning of a name may be one.
                walk.add(Want::Any, &name);
                dotted = false;
            }
            _ => {
                name.clear();
                dotted = false;
            }
        }
    }
    walk.hard = outer;
}

fn folded(text: &str) -> String {
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => text.to_ascii_lowercase(),
    }
}

/// The parts of a name that stands in a string: `"My schema".t`.
pub(super) fn dotted(text: &str) -> Vec<String> {
    let root = tree(&format!("table {text}")).root;
    let statement = child(&root, TABLE).and_then(|n| child(&n, RELATION_NAME));
    let name = statement.and_then(|n| child(&n, RELATION_NAME_REF));
    name.map(|n| super::syntax::parts(&n)).unwrap_or_default()
}
