//! Statements that change an object instead of creating one, and what each adds to a relation.

use super::defines::relation;
use super::object::{ObjectKind, ObjectName, schema_of};
use super::statement::Change;
use super::syntax::{Node, SyntaxKind, below, child, has, has_token, parts, span, tokens};
use ObjectKind::*;
use SyntaxKind::*;

/// What a statement is about that is not a `create` with a name of its own.
pub(super) fn changed(node: &Node) -> ObjectName {
    match node.kind() {
        ALTER_TABLE | ALTER_FOREIGN_TABLE => alter_table(node),
        ALTER_DEFAULT_PRIVILEGES => ObjectName::new(DefaultPrivileges, ""),
        GRANT | REVOKE => described(Grant, node, grant_target(node)),
        COMMENT_ON | SECURITY_LABEL => comment(node),
        CREATE_CAST => described(Cast, node, child(node, CAST_SIG)),
        CREATE_TRANSFORM => described(Cast, node, child(node, PATH_TYPE)),
        CREATE_OPERATOR => operator(node),
        CREATE_USER_MAPPING => user_mapping(node),
        kind if name_of(kind).starts_with("ALTER_") => alter(node),
        kind if name_of(kind).starts_with("DROP_") => described(Drop, node, None),
        kind => described(plain(kind), node, None),
    }
}

fn plain(kind: SyntaxKind) -> ObjectKind {
    match kind {
        SELECT
        | COMPOUND_SELECT
        | PAREN_SELECT
        | SELECT_INTO
        | VALUES
        | TABLE
        | INSERT
        | UPDATE
        | DELETE
        | MERGE
        | DO
        | CALL
        | TRUNCATE
        | REFRESH
        | COPY
        | ANALYZE
        | VACUUM
        | REINDEX
        | CLUSTER
        | REPACK
        | IMPORT_FOREIGN_SCHEMA => Data,
        SET | RESET | SHOW | DISCARD => Session,
        kind if SESSION.contains(&kind) => Transaction,
        _ => Other,
    }
}

/// What belongs to a session with transactions of its own.
const SESSION: &[SyntaxKind] = &[
    BEGIN,
    COMMIT_TRANSACTION,
    COMMIT_PREPARED,
    ROLLBACK_TRANSACTION,
    ROLLBACK_PREPARED,
    ROLLBACK_TO_SAVEPOINT,
    SAVEPOINT_CREATE,
    RELEASE_SAVEPOINT,
    PREPARE_TRANSACTION,
    SET_TRANSACTION,
    SET_CONSTRAINTS,
    SET_ROLE,
    RESET_ROLE,
    SET_SESSION_AUTH,
    RESET_SESSION_AUTH,
    PREPARE,
    EXECUTE,
    DEALLOCATE,
    DECLARE,
    FETCH,
    MOVE,
    CLOSE,
    LISTEN,
    UNLISTEN,
    NOTIFY,
    LOCK,
    EXPLAIN,
];

fn name_of(kind: SyntaxKind) -> String {
    format!("{kind:?}")
}

/// An object that has no name but what it is about.
fn described(kind: ObjectKind, node: &Node, target: Option<Node>) -> ObjectName {
    let words = words(target.as_ref().unwrap_or(node));
    let long = target.is_none() && words.chars().count() > 40;
    let short =
        || words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(40).collect();
    ObjectName::new(kind, if long { short() } else { words })
}

/// The tokens of a node in one line; names keep their quotes.
fn words(node: &Node) -> String {
    let mut words = String::new();
    for token in tokens(node).filter(|t| t.kind() != SEMICOLON) {
        let text = token.text();
        let glued = words.is_empty() || words.ends_with(['.', '(']) || ".,()".contains(text);
        if !glued {
            words.push(' ');
        }
        let quoted = text.starts_with('"');
        words.push_str(&if quoted { text.to_owned() } else { text.to_lowercase() });
    }
    words
}

fn grant_target(node: &Node) -> Option<Node> {
    child(node, ON_PRIVILEGE_OBJECTS_CLAUSE).or_else(|| child(node, ROLE_REF_LIST))
}

fn comment(node: &Node) -> ObjectName {
    let target = node.children().find(|n| name_of(n.kind()).starts_with("OBJECT_"));
    let mut object = described(Comment, node, target.clone());
    object.name = format!("on {}", object.name);
    // A security label beside a comment is another thing.
    object.args = (node.kind() == SECURITY_LABEL).then(|| "label".to_owned());
    object
}

/// `===(integer, b)`: an operator is told apart by its arguments.
fn operator(node: &Node) -> ObjectName {
    let op = child(node, OP);
    let path =
        op.as_ref().and_then(|op| child(op, PATH_REF)).map(|p| parts(&p)).unwrap_or_default();
    let symbol = op.map(|op| op.text().to_string()).unwrap_or_default();
    let symbol = symbol.rsplit('.').next().unwrap_or_default().to_owned();
    let mut object = ObjectName::new(Operator, symbol);
    object.schema = Some(path.first().cloned().unwrap_or_else(|| "public".to_owned()));
    let option = |wanted: &str| {
        let options = node.descendants().filter(|n| n.kind() == ATTRIBUTE_OPTION);
        let mut found = options.filter(|n| words(n).starts_with(wanted));
        found.next().and_then(|n| child(&n, ATTRIBUTE_VALUE)).map(|n| words(&n))
    };
    let none = || "none".to_owned();
    let args = [option("leftarg").unwrap_or_else(none), option("rightarg").unwrap_or_else(none)];
    object.args = Some(args.join(", "));
    object
}

fn user_mapping(node: &Node) -> ObjectName {
    let role = child(node, USER_MAPPING_ROLE).map(|n| words(&n)).unwrap_or_default();
    let server = below(node, SERVER_REF).map(|n| words(&n)).unwrap_or_default();
    ObjectName::new(Provider, format!("user mapping {role} {server}"))
}

/// `alter view v owner to x` and other changes of one object.
fn alter(node: &Node) -> ObjectName {
    let kind = if child(node, OWNER_TO).is_some() { Owner } else { Alteration };
    let action = node.children().nth(1).map_or(usize::MAX, |n| span(&n).start);
    let mut name = String::new();
    for token in tokens(node).skip(1) {
        if usize::from(token.text_range().start()) >= action {
            break;
        }
        let glued = name.is_empty() || name.ends_with(['.', '(']) || ".,()".contains(token.text());
        name.push_str(if glued { "" } else { " " });
        name.push_str(token.text());
    }
    ObjectName::new(kind, name)
}

fn alter_table(node: &Node) -> ObjectName {
    let table = altered(node).unwrap_or_default();
    let mut object = ObjectName::new(action(node), format!("table {}", relation(&table)));
    if object.kind == Constraint {
        let names = node.descendants().filter(|n| n.kind() == CONSTRAINT_NAME);
        let names: Vec<String> = names.filter_map(|n| parts(&n).pop()).collect();
        object.name = names.join(", ");
    }
    if matches!(object.kind, Constraint | RowSecurity | Default | Partition) {
        object.on = Some(relation(&table));
        object.name = if object.kind == Constraint { object.name } else { String::new() };
    }
    object
}

/// The table that `alter table` names.
fn altered(node: &Node) -> Option<Vec<String>> {
    let holder = child(node, TABLE_RELATION_NAME)?;
    child(&holder, TABLE_NAME_REF).map(|n| parts(&n))
}

/// The kind that all actions of an `alter table` share.
fn action(node: &Node) -> ObjectKind {
    let actions = node.children().filter(|n| !matches!(n.kind(), TABLE_RELATION_NAME | IF_EXISTS));
    let mut kinds: Vec<ObjectKind> = actions.map(|n| action_kind(&n)).collect();
    kinds.dedup();
    if let [kind] = kinds[..] { kind } else { Alteration }
}

fn action_kind(node: &Node) -> ObjectKind {
    match node.kind() {
        ADD_CONSTRAINT => Constraint,
        ENABLE_RLS | DISABLE_RLS | FORCE_RLS | NO_FORCE_RLS => RowSecurity,
        OWNER_TO => Owner,
        ATTACH_PARTITION => Partition,
        ALTER_COLUMN if has(node, SET_DEFAULT) || has(node, ADD_GENERATED) => Default,
        _ => Alteration,
    }
}

/// The columns or keys of a relation that the statement changes.
pub(super) fn change(node: &Node) -> Option<Change> {
    if !matches!(node.kind(), ALTER_TABLE | ALTER_FOREIGN_TABLE) {
        return None;
    }
    let key = has(node, PRIMARY_KEY_CONSTRAINT) || has(node, UNIQUE_CONSTRAINT);
    let columns = has(node, ADD_COLUMN) || has(node, SET_TYPE) || has(node, RENAME_COLUMN);
    (key || columns).then(|| Change { relation: altered(node).unwrap_or_default(), key: !columns })
}

/// Relations that come into being beside the object: sequences of columns, indexes of keys.
pub(super) fn provides(node: &Node, object: &ObjectName) -> Vec<ObjectName> {
    let (schema, table) = match node.kind() {
        CREATE_TABLE => (object.schema.clone(), object.name.clone()),
        ALTER_TABLE => {
            let table = altered(node).unwrap_or_default();
            let schema = schema_of(&table).unwrap_or("public").to_owned();
            (Some(schema), table.last().cloned().unwrap_or_default())
        }
        _ => return Vec::new(),
    };
    let named =
        |kind, name: String| ObjectName { schema: schema.clone(), ..ObjectName::new(kind, name) };
    let mut provided = Vec::new();
    for node in node.descendants() {
        match node.kind() {
            COLUMN | ADD_COLUMN if counted(&node) => {
                let column = child(&node, COLUMN_NAME).map(|n| parts(&n).concat());
                let column = column.unwrap_or_default();
                provided.push(named(Sequence, format!("{table}_{column}_seq")));
            }
            SEQUENCE => provided.push(ObjectName::from_parts(Sequence, &parts(&node))),
            PRIMARY_KEY_CONSTRAINT | UNIQUE_CONSTRAINT => {
                let name = below(&node, CONSTRAINT_NAME).map(|n| parts(&n).concat());
                let name = name.unwrap_or_else(|| format!("{table}_pkey"));
                provided.push(named(Index, name));
            }
            _ => {}
        }
    }
    provided
}

/// Whether a column brings a sequence with it.
fn counted(column: &Node) -> bool {
    let serial = |n: Node| words(&n).contains("serial");
    child(column, PATH_TYPE).is_some_and(serial) || has(column, GENERATED_IDENTITY)
}

/// Wide privileges before narrow ones and revokes before grants, as a person means them; the
/// sequence's owner after its default.
pub(super) fn step(node: &Node) -> u8 {
    let revoke =
        node.kind() == REVOKE || has_token(node, REVOKE_KW) || has(node, REVOKE_DEFAULT_PRIVILEGES);
    match node.kind() {
        GRANT | REVOKE | ALTER_DEFAULT_PRIVILEGES => {
            let wide = node.descendants().any(|n| name_of(n.kind()).starts_with("PRIVILEGE_ALL_"));
            u8::from(!wide) * 2 + u8::from(!revoke)
        }
        ALTER_TABLE if has(node, PRIMARY_KEY_CONSTRAINT) || has(node, UNIQUE_CONSTRAINT) => 0,
        _ => 1,
    }
}
