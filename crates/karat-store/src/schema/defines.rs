//! Which object a statement defines or changes.

use std::ops::Range;

use super::alters;
use super::object::{ObjectKind, ObjectName, qualified, schema_of};
use super::signature::{args, arity, type_of};
use super::statement::{Change, Column, Traits};
use super::syntax::{Body, Node, SyntaxKind, below, body, child, has_token, parts, span};
use ObjectKind::*;
use SyntaxKind::*;

/// What a statement is about.
pub(super) struct Defined {
    pub(super) object: ObjectName,
    /// The name of a created object in the file.
    pub(super) name: Option<Range<usize>>,
    pub(super) traits: Traits,
}

impl Defined {
    pub(super) fn new(object: ObjectName) -> Defined {
        Defined { object, name: None, traits: Traits::default() }
    }
}

/// Statement, kind of object, and the node that holds its name.
const CREATES: &[(SyntaxKind, ObjectKind, SyntaxKind)] = &[
    (CREATE_ROLE, Role, ROLE),
    (CREATE_USER, Role, ROLE),
    (CREATE_GROUP, Role, ROLE),
    (CREATE_EXTENSION, Extension, EXTENSION),
    (CREATE_LANGUAGE, Provider, LANGUAGE),
    (CREATE_ACCESS_METHOD, Provider, ACCESS_METHOD),
    (CREATE_FOREIGN_DATA_WRAPPER, Provider, FOREIGN_DATA_WRAPPER),
    (CREATE_SERVER, Provider, SERVER),
    (CREATE_TYPE, Type, TYPE_NAME),
    (CREATE_DOMAIN, Type, DOMAIN),
    (CREATE_COLLATION, Collation, COLLATION),
    (CREATE_SEQUENCE, Sequence, SEQUENCE),
    (CREATE_FUNCTION, Function, FUNCTION_NAME),
    (CREATE_PROCEDURE, Function, PROCEDURE_NAME),
    (CREATE_AGGREGATE, Function, AGGREGATE_NAME),
    (CREATE_CONVERSION, Cast, CONVERSION),
    (CREATE_OPERATOR_CLASS, Operator, OP_CLASS_NAME),
    (CREATE_OPERATOR_FAMILY, Operator, OP_FAMILY_NAME),
    (CREATE_TEXT_SEARCH_CONFIGURATION, TextSearch, TEXT_SEARCH_CONFIGURATION),
    (CREATE_TEXT_SEARCH_DICTIONARY, TextSearch, TEXT_SEARCH_DICTIONARY),
    (CREATE_TEXT_SEARCH_PARSER, TextSearch, TEXT_SEARCH_PARSER),
    (CREATE_TEXT_SEARCH_TEMPLATE, TextSearch, TEXT_SEARCH_TEMPLATE),
    (CREATE_TABLE, Table, TABLE_NAME),
    (CREATE_TABLE_AS, Table, TABLE_NAME),
    (CREATE_FOREIGN_TABLE, Table, TABLE_NAME),
    (CREATE_INDEX, Index, INDEX),
    (CREATE_STATISTICS, Statistics, STATISTICS),
    (CREATE_VIEW, View, VIEW),
    (CREATE_MATERIALIZED_VIEW, MaterializedView, VIEW),
    (CREATE_RULE, Rule, RULE),
    (CREATE_TRIGGER, Trigger, TRIGGER),
    (CREATE_POLICY, Policy, POLICY),
    (CREATE_PUBLICATION, Publication, PUBLICATION),
    (CREATE_SUBSCRIPTION, Publication, SUBSCRIPTION),
    (CREATE_EVENT_TRIGGER, EventTrigger, EVENT_TRIGGER),
];

/// What the statement is about. Every statement is about something, if only `Other`.
pub(super) fn define(node: &Node) -> Defined {
    let row = CREATES.iter().find(|(create, _, _)| *create == node.kind());
    let mut defined = match row {
        Some((_, kind, name)) => created(node, *kind, child(node, *name)),
        None if node.kind() == CREATE_SCHEMA => schema(node),
        None => Defined::new(alters::changed(node)),
    };
    defined.traits.if_not_exists = child(node, IF_NOT_EXISTS).is_some();
    defined.traits.changes = defined.traits.changes.or_else(|| alters::change(node));
    defined.traits.provides.extend(alters::provides(node, &defined.object));
    defined.traits.placeholder = placeholder(node);
    defined.traits.step = alters::step(node);
    if let Some(Body::Plpgsql(root)) = body(node).filter(|_| node.kind() == DO) {
        made(&root, &mut defined.traits);
    }
    defined
}

/// `do $$ begin create type .. exception when duplicate_object ..`: what the block makes.
fn made(root: &Node, traits: &mut Traits) {
    for node in root.descendants() {
        let name = format!("{:?}", node.kind());
        let statement = name.starts_with("CREATE_") || node.kind() == ALTER_TABLE;
        if !statement {
            continue;
        }
        let inner = define(&node);
        traits.makes = traits.makes.min(Some(inner.object.kind)).or(Some(inner.object.kind));
        traits.changes = traits.changes.take().or(inner.traits.changes);
        traits.provides.extend(inner.traits.provides);
        traits.provides.push(inner.object);
    }
}

fn schema(node: &Node) -> Defined {
    let name = below(node, SCHEMA).or_else(|| below(node, ROLE));
    let mut defined = created(node, Schema, name);
    defined.object.schema = None;
    defined
}

fn created(node: &Node, kind: ObjectKind, name: Option<Node>) -> Defined {
    let object = match &name {
        Some(name) => ObjectName::from_parts(kind, &parts(name)),
        None => ObjectName::from_parts(kind, &[unnamed_index(node)]),
    };
    let mut defined = Defined::new(object);
    defined.name = name.as_ref().map(span);
    if let Some(params) = child(node, PARAM_LIST) {
        defined.object.args = Some(args(&params));
        defined.traits.arity = (node.kind() != CREATE_AGGREGATE).then(|| arity(&params));
    } else if kind == Function {
        defined.object.args = Some(String::new());
    }
    if let Some(table) = table(node, kind) {
        on_table(node, &mut defined, &table);
    }
    defined
}

fn on_table(node: &Node, defined: &mut Defined, table: &[String]) {
    defined.object.on = Some(relation(table));
    if defined.object.kind == Index {
        // An index lives in the schema of its table.
        defined.object.schema = Some(schema_of(table).unwrap_or("public").to_owned());
        let key = has_token(node, UNIQUE_KW) && child(node, WHERE_CLAUSE).is_none();
        defined.traits.changes = key.then(|| Change { relation: table.to_vec(), key: true });
    }
}

/// The table that an index, trigger, rule or policy belongs to.
fn table(node: &Node, kind: ObjectKind) -> Option<Vec<String>> {
    let holder = match kind {
        Index => TABLE_RELATION_NAME,
        Trigger => ON_RELATION,
        Policy => ON_TABLE,
        Rule => RULE_ON,
        _ => return None,
    };
    let holder = child(node, holder)?;
    let name =
        holder.children().find(|n| matches!(n.kind(), TABLE_NAME_REF | RELATION_NAME_REF))?;
    Some(parts(&name))
}

/// `schema.table`, with `public` where the schema is left out.
pub(super) fn relation(parts: &[String]) -> String {
    let name = parts.last().map_or("", String::as_str);
    qualified(Some(schema_of(parts).unwrap_or("public")), name)
}

/// The name that PostgreSQL gives an index without one: `table_column_idx`.
fn unnamed_index(node: &Node) -> String {
    let table = table(node, Index).and_then(|t| t.last().cloned()).unwrap_or_default();
    let items = child(node, PARTITION_ITEM_LIST).into_iter().flat_map(|list| list.children());
    let mut name = table;
    for item in items.filter(|n| n.kind() == PARTITION_ITEM) {
        let first = item.children().next();
        let part = match first {
            Some(first) if first.kind() == NAME_REF => parts(&first).pop(),
            Some(call) if call.kind() == CALL_EXPR => {
                call.children().next().and_then(|n| parts(&n).pop())
            }
            _ => None,
        };
        name = format!("{name}_{}", part.as_deref().unwrap_or("expr"));
    }
    format!("{name}_idx")
}

/// Whether a view shows nothing but `null::type as name`.
fn placeholder(node: &Node) -> bool {
    let select = child(node, SELECT).filter(|_| node.kind() == CREATE_VIEW);
    select.is_some_and(|select| {
        let mut targets = select.descendants().filter(|n| n.kind() == TARGET);
        let null = |target: Node| {
            let cast = child(&target, CAST_EXPR).and_then(|cast| child(&cast, LITERAL));
            cast.is_some_and(|literal| has_token(&literal, NULL_KW))
        };
        child(&select, FROM_CLAUSE).is_none() && targets.all(null)
    })
}

/// The columns that a `create table` declares.
pub(super) fn columns(node: &Node, text: &str) -> Vec<Column> {
    let list = child(node, TABLE_ARG_LIST).filter(|_| node.kind() == CREATE_TABLE);
    let columns = list.into_iter().flat_map(|list| list.children());
    let column = |n: Node| {
        let name = child(&n, COLUMN_NAME)?;
        let kind = type_of(&n)?;
        Some(Column {
            name: parts(&name).concat(),
            type_text: text[span(&kind)].to_owned(),
            text: text[span(&n)].to_owned(),
        })
    };
    columns.filter(|n| n.kind() == COLUMN).filter_map(column).collect()
}
