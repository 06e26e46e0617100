//! What a statement refers to, read from its syntax tree.

use std::collections::BTreeSet;

use super::bodies;
use super::object::{ObjectKind, schema_of};
use super::signature::{args, type_of};
use super::statement::{Need, Want};
use super::syntax::{Node, SyntaxKind, below, child, has, has_token, parts, string};
use SyntaxKind::*;

/// Everything that `node` refers to, in a fixed order.
pub(super) fn needs(node: &Node) -> Vec<Need> {
    // `create recursive view v` is short for a common table expression of the same name.
    let recursive = node.kind() == CREATE_VIEW && has_token(node, RECURSIVE_KW);
    let own = child(node, VIEW).filter(|_| recursive).and_then(|name| parts(&name).pop());
    let scopes = own.into_iter().collect();
    let mut walk = Walk { needs: BTreeSet::new(), scopes, hard: true };
    walk.node(node);
    walk.needs.into_iter().collect()
}

/// A walk over one statement.
pub(super) struct Walk {
    needs: BTreeSet<Need>,
    /// Names of common table expressions in force; they hide relations.
    scopes: Vec<String>,
    /// Whether what is found is hard.
    pub(super) hard: bool,
}

impl Walk {
    pub(super) fn node(&mut self, node: &Node) {
        match node.kind() {
            kind if QUERIES.contains(&kind) && with_clause(node).is_some() => self.with(node),
            // Names after `for update of` are aliases; a privilege list has no roles in it.
            LOCKING_OF => {}
            REVOKE_COMMAND_LIST if privileges(node) => {}
            _ => {
                self.found(node);
                self.children(node);
            }
        }
    }

    pub(super) fn children(&mut self, node: &Node) {
        for child in node.children() {
            self.node(&child);
        }
    }

    /// A query whose common table expressions hide relations of the same names.
    fn with(&mut self, node: &Node) {
        let Some(clause) = with_clause(node) else { return };
        let outer = self.scopes.len();
        let tables = || clause.children().filter(|n| n.kind() == WITH_TABLE);
        let name = |table: &Node| child(table, CTE_NAME).map(|n| parts(&n).concat());
        let recursive = has_token(&clause, RECURSIVE_KW);
        if recursive {
            self.scopes.extend(tables().filter_map(|t| name(&t)));
        }
        for table in tables() {
            self.children(&table);
            self.scopes.extend(name(&table).filter(|_| !recursive));
        }
        self.found(node);
        for child in node.children().filter(|n| *n != clause) {
            self.outside(&child, &clause);
        }
        self.scopes.truncate(outer);
    }

    /// In a union, the clause stands in the first arm but holds for all of them.
    fn outside(&mut self, node: &Node, clause: &Node) {
        if node.children().any(|n| n == *clause) {
            self.found(node);
            for child in node.children().filter(|n| n != clause) {
                self.node(&child);
            }
        } else {
            self.node(node);
        }
    }

    /// What the node itself, without its children, refers to.
    fn found(&mut self, node: &Node) {
        match node.kind() {
            RELATION_NAME_REF | TABLE_NAME_REF | VIEW_REF | SEQUENCE_REF | INDEX_REF => {
                self.relation(&parts(node));
            }
            PATH_TYPE => self.path_type(node),
            PERCENT_TYPE | PLPGSQL_PERCENT_ROWTYPE => self.percent(node),
            QUALIFIED_COLUMN_NAME_REF => self.owner_of(&parts(node)),
            CALL_EXPR => self.call(node),
            CAST_EXPR => self.cast(node),
            FIELD_EXPR => self.field(node),
            FUNCTION_SIG | PROCEDURE_SIG | ROUTINE_SIG | AGGREGATE => self.signature(node),
            FUNCTION_NAME_REF | PROCEDURE_NAME_REF if !in_signature(node) => self.function(node),
            REFERENCES_CONSTRAINT | FOREIGN_KEY_CONSTRAINT => self.keys(node, true),
            GROUP_BY_CLAUSE => self.group_by(node),
            INSERT if has(node, ON_CONFLICT_CLAUSE) => self.keys(node, false),
            CREATE_FUNCTION | CREATE_PROCEDURE | DO => bodies::walk(self, node),
            kind if PATH_HOLDERS.contains(&kind) => self.schema(schema_of(&parts(node))),
            SCHEMA_REF => self.schema(parts(node).last().map(String::as_str)),
            ROLE_REF => self.add(Want::Role, &parts(node)),
            _ => self.named(node),
        }
    }

    fn named(&mut self, node: &Node) {
        let named = NAMED.iter().find(|(kind, _)| *kind == node.kind());
        if let Some((_, want)) = named {
            self.add(want.clone(), &parts(node));
        }
        let all = ALL.iter().find(|(kind, _)| *kind == node.kind());
        for schema in all.into_iter().flat_map(|_| node.children()) {
            let kinds = all.map(|(_, kinds)| kinds.to_vec()).unwrap_or_default();
            let schema = parts(&schema).pop();
            let hard = self.hard;
            self.needs.insert(Need { want: Want::All(kinds), schema, name: String::new(), hard });
        }
    }

    /// Adds a need for the name that the parts make up.
    pub(super) fn add(&mut self, want: Want, parts: &[String]) {
        let hard = self.hard;
        self.add_as(want, parts, hard);
    }

    fn add_as(&mut self, want: Want, parts: &[String], hard: bool) {
        let Some(name) = parts.last().filter(|name| !name.is_empty()) else { return };
        let schema = schema_of(parts).map(str::to_owned);
        self.needs.insert(Need { want, schema, name: name.clone(), hard });
    }

    fn relation(&mut self, parts: &[String]) {
        let hidden = matches!(parts, [name] if self.scopes.contains(name));
        if !hidden {
            self.add(Want::Relation, parts);
        }
    }

    fn schema(&mut self, schema: Option<&str>) {
        if let Some(schema) = schema {
            self.add(Want::Schema, &[schema.to_owned()]);
        }
    }

    /// The table of a qualified column.
    fn owner_of(&mut self, column: &[String]) {
        if let Some((_, table)) = column.split_last() {
            self.add(Want::Relation, table);
        }
    }

    fn path_type(&mut self, node: &Node) {
        let Some(path) = child(node, PATH_REF) else { return };
        let option = node.parent().is_some_and(|p| p.kind() == ATTRIBUTE_VALUE);
        // `sfunc = f` and `subtype = t` look alike to the parser.
        self.add(if option { Want::Any } else { Want::Type }, &parts(&path));
    }

    fn percent(&mut self, node: &Node) {
        let Some(path) = child(node, PATH_REF).map(|n| parts(&n)) else { return };
        match node.kind() {
            PERCENT_TYPE => self.owner_of(&path),
            _ => self.add(Want::Relation, &path),
        }
    }

    fn call(&mut self, node: &Node) {
        let name = node.children().next().filter(|n| matches!(n.kind(), NAME_REF | FIELD_EXPR));
        let Some(name) = name.map(|n| parts(&n)) else { return };
        let list = child(node, ARG_LIST);
        let args: Vec<Node> = list.into_iter().flat_map(|l| l.children()).collect();
        let trigger = node
            .parent()
            .is_some_and(|p| matches!(p.kind(), CREATE_TRIGGER | CREATE_EVENT_TRIGGER));
        // A trigger function takes no arguments, whatever the trigger passes.
        self.add(Want::Call(if trigger { 0 } else { args.len() }), &name);
        if name.last().is_some_and(|n| SEQUENCE_CALLS.contains(&n.as_str())) {
            args.first().and_then(string).inspect(|text| self.relation_text(text));
        }
    }

    /// `'public.t'::regclass` names a relation.
    fn cast(&mut self, node: &Node) {
        let Some(path) = type_of(node).and_then(|t| child(&t, PATH_REF)) else { return };
        let text = child(node, LITERAL).as_ref().and_then(string);
        let kind = parts(&path).pop().unwrap_or_default();
        match (kind.as_str(), text) {
            ("regclass", Some(text)) => self.relation_text(&text),
            ("regtype", Some(text)) => self.text(Want::Type, &text),
            ("regproc" | "regprocedure", Some(text)) => {
                let name = text.split('(').next().unwrap_or_default();
                self.text(Want::Signature(None), name);
            }
            _ => {}
        }
    }

    fn relation_text(&mut self, text: &str) {
        self.text(Want::Relation, text);
    }

    /// A name inside a string.
    fn text(&mut self, want: Want, text: &str) {
        self.add(want, &bodies::dotted(text));
    }

    /// `person.full_name` may be a call of `full_name(person)`.
    fn field(&mut self, node: &Node) {
        if node.parent().is_none_or(|p| p.kind() != CALL_EXPR) {
            let name = parts(node).pop();
            self.add_as(Want::Call(1), name.as_slice(), false);
        }
    }

    fn signature(&mut self, node: &Node) {
        let name = node.children().find(|n| n.kind() != PARAM_LIST);
        let Some(name) = name.map(|n| parts(&n)) else { return };
        let args = child(node, PARAM_LIST).map(|list| args(&list));
        self.add(Want::Signature(args), &name);
    }

    fn function(&mut self, node: &Node) {
        self.add(Want::Signature(None), &parts(node));
    }

    fn keys(&mut self, node: &Node, hard: bool) {
        let table = |n: &Node| matches!(n.kind(), TABLE_NAME_REF | RELATION_NAME_REF);
        if let Some(table) = node.children().find(table) {
            self.add_as(Want::Keys, &parts(&table), hard && self.hard);
        }
    }

    /// A query that groups by a key may show other columns, once the key is there.
    fn group_by(&mut self, node: &Node) {
        let from = node.parent().and_then(|select| child(&select, FROM_CLAUSE));
        for table in from.iter().flat_map(|from| from.descendants()) {
            if table.kind() == RELATION_NAME_REF {
                self.add_as(Want::Keys, &parts(&table), false);
            }
        }
    }
}

const QUERIES: &[SyntaxKind] = &[
    SELECT,
    SELECT_INTO,
    COMPOUND_SELECT,
    VALUES,
    INSERT,
    UPDATE,
    DELETE,
    MERGE,
    PAREN_SELECT,
    TABLE,
];

const SEQUENCE_CALLS: &[&str] = &["nextval", "currval", "setval", "pg_get_serial_sequence"];

/// Nodes that hold the name of what is created; its schema has to be there.
const PATH_HOLDERS: &[SyntaxKind] = &[
    TABLE_NAME,
    TYPE_NAME,
    DOMAIN,
    SEQUENCE,
    FUNCTION_NAME,
    PROCEDURE_NAME,
    AGGREGATE_NAME,
    VIEW,
    COLLATION,
    CONVERSION,
    OP_CLASS_NAME,
    OP_FAMILY_NAME,
    STATISTICS,
    TEXT_SEARCH_CONFIGURATION,
    TEXT_SEARCH_DICTIONARY,
    TEXT_SEARCH_PARSER,
    TEXT_SEARCH_TEMPLATE,
];

use ObjectKind as O;

const NAMED: &[(SyntaxKind, Want)] = &[
    (TYPE_NAME_REF, Want::Type),
    (DOMAIN_REF, Want::Type),
    (TRIGGER_REF, Want::Part(O::Trigger)),
    (POLICY_REF, Want::Part(O::Policy)),
    (RULE_REF, Want::Part(O::Rule)),
    (CONSTRAINT_NAME_REF, Want::Part(O::Constraint)),
    (PUBLICATION_REF, Want::Named(O::Publication)),
    (EXTENSION_REF, Want::Named(O::Extension)),
    (SERVER_REF, Want::Named(O::Provider)),
    (FOREIGN_DATA_WRAPPER_REF, Want::Named(O::Provider)),
    (LANGUAGE_REF, Want::Named(O::Provider)),
    (ACCESS_METHOD_REF, Want::Named(O::Provider)),
    (EVENT_TRIGGER_REF, Want::Named(O::EventTrigger)),
    (COLLATION_REF, Want::Named(O::Collation)),
    (OP_CLASS_REF, Want::Named(O::Operator)),
    (OP_FAMILY_REF, Want::Named(O::Operator)),
    (STATISTICS_REF, Want::Named(O::Statistics)),
    (TEXT_SEARCH_CONFIGURATION_REF, Want::Named(O::TextSearch)),
    (TEXT_SEARCH_DICTIONARY_REF, Want::Named(O::TextSearch)),
];

const ROUTINES: &[ObjectKind] = &[O::Function];
const TABLES: &[ObjectKind] = &[O::Table, O::View, O::MaterializedView];

const ALL: &[(SyntaxKind, &[ObjectKind])] = &[
    (PRIVILEGE_ALL_TABLES_IN_SCHEMA, TABLES),
    (PRIVILEGE_ALL_SEQUENCES_IN_SCHEMA, &[O::Sequence, O::Table]),
    (PRIVILEGE_ALL_FUNCTIONS_IN_SCHEMA, ROUTINES),
    (PRIVILEGE_ALL_PROCEDURES_IN_SCHEMA, ROUTINES),
    (PRIVILEGE_ALL_ROUTINES_IN_SCHEMA, ROUTINES),
    (PUBLICATION_OBJECT_TABLES_IN_SCHEMA, TABLES),
];

fn with_clause(node: &Node) -> Option<Node> {
    child(node, WITH_CLAUSE).or_else(|| match node.kind() {
        COMPOUND_SELECT => node.children().next().and_then(|first| with_clause(&first)),
        _ => None,
    })
}

/// Whether a list of commands names privileges, and not roles to be granted.
fn privileges(list: &Node) -> bool {
    list.parent().is_some_and(|p| {
        below(&p, ON_PRIVILEGE_OBJECTS_CLAUSE).is_some() || !matches!(p.kind(), GRANT | REVOKE)
    })
}

fn in_signature(node: &Node) -> bool {
    let signature = |p: &Node| matches!(p.kind(), FUNCTION_SIG | PROCEDURE_SIG | ROUTINE_SIG);
    node.parent().as_ref().is_some_and(signature)
}
