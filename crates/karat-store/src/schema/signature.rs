//! Argument types in one spelling, so that `f(int4)` and `f(integer)` are one function.

use super::statement::Arity;
use super::syntax::{Node, SyntaxKind, child, has_token, tokens};
use SyntaxKind::*;

/// The normalised types of the arguments that tell overloads apart.
pub(super) fn args(params: &Node) -> String {
    let inputs = inputs(params);
    let types: Vec<String> = inputs.iter().filter_map(type_of).map(|t| spelled(&t)).collect();
    types.join(", ")
}

/// How many arguments a call may have.
pub(super) fn arity(params: &Node) -> Arity {
    let inputs = inputs(params);
    let optional = |p: &&Node| child(p, PARAM_DEFAULT).is_some() || variadic(p);
    let least = inputs.iter().filter(|p| !optional(p)).count();
    let most = if inputs.iter().any(variadic) { usize::MAX } else { inputs.len() };
    Arity { least, most }
}

fn inputs(params: &Node) -> Vec<Node> {
    let input = |n: &Node| n.kind() == PARAM && child(n, PARAM_OUT).is_none();
    params.children().filter(input).collect()
}

fn variadic(param: &Node) -> bool {
    child(param, PARAM_VARIADIC).is_some()
}

/// The node of the type that `node` directly holds.
pub(super) fn type_of(node: &Node) -> Option<Node> {
    node.children().find(|n| is_type(n.kind()))
}

fn is_type(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        PATH_TYPE
            | ARRAY_TYPE
            | PERCENT_TYPE
            | VARCHAR_TYPE
            | CHARACTER_TYPE
            | DOUBLE_TYPE
            | BIT_TYPE
            | BIT_VARYING_TYPE
            | TIME_TYPE
            | TIMESTAMP_TYPE
            | INTERVAL_TYPE
    )
}

/// One type in the spelling of `format_type`, without lengths and without `public`.
pub(super) fn spelled(node: &Node) -> String {
    if node.kind() == ARRAY_TYPE {
        let element = type_of(node).map(|t| spelled(&t)).unwrap_or_default();
        return format!("{}[]", element.trim_end_matches("[]"));
    }
    let words = words(node);
    let text = words.join(" ").replace(" . ", ".");
    let text = text.strip_prefix("pg_catalog.").unwrap_or(&text);
    let text = text.strip_prefix("public.").unwrap_or(text);
    synonym(text).to_owned()
}

/// The tokens of a type outside parentheses, folded, with quotes only where they matter.
fn words(node: &Node) -> Vec<String> {
    let mut depth = 0;
    let mut words = Vec::new();
    let setof = has_token(node, SETOF_KW);
    for token in tokens(node).skip(usize::from(setof)) {
        match token.kind() {
            L_PAREN => depth += 1,
            R_PAREN => depth -= 1,
            _ if depth > 0 => {}
            _ => words.push(folded(token.text())),
        }
    }
    words
}

fn folded(text: &str) -> String {
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        // The quotes make another type of `"char"`.
        Some("char") => text.to_owned(),
        Some(inner) if inner.chars().all(|c| c.is_ascii_lowercase() || c == '_') => inner.into(),
        Some(_) => text.to_owned(),
        None => text.to_ascii_lowercase(),
    }
}

fn synonym(text: &str) -> &str {
    match text {
        "int" | "int4" | "serial" => "integer",
        "int8" | "bigserial" => "bigint",
        "int2" | "smallserial" => "smallint",
        "bool" => "boolean",
        "float8" | "float" => "double precision",
        "float4" => "real",
        "decimal" | "dec" => "numeric",
        "varchar" | "char varying" => "character varying",
        "char" | "bpchar" => "character",
        "timestamptz" => "timestamp with time zone",
        "timestamp" => "timestamp without time zone",
        "timetz" => "time with time zone",
        "time" => "time without time zone",
        "varbit" => "bit varying",
        other => other,
    }
}
