//! What a statement defines or changes: kinds and names.

use std::fmt;

use super::syntax::quoted;

/// The kind of thing that a statement is about. The order of the kinds is the order in which
/// statements run that do not need each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    Role,
    Schema,
    Extension,
    /// Languages, access methods, foreign data wrappers, servers, user mappings.
    Provider,
    /// Enum, composite, domain or range.
    Type,
    Collation,
    Sequence,
    /// Functions, procedures, aggregates.
    Function,
    /// Casts, transforms, conversions.
    Cast,
    /// Operators, operator classes and families.
    Operator,
    TextSearch,
    /// Tables and foreign tables.
    Table,
    /// `alter table .. attach partition`.
    Partition,
    /// Other `alter ..` statements.
    Alteration,
    /// `alter table .. alter column .. set default`.
    Default,
    /// `alter table .. add constraint`.
    Constraint,
    Index,
    Statistics,
    View,
    MaterializedView,
    Rule,
    Trigger,
    /// `alter table .. enable row level security` and its relatives.
    RowSecurity,
    Policy,
    /// `alter .. owner to`.
    Owner,
    Comment,
    /// Grants and revokes.
    Grant,
    /// `alter default privileges`: for objects of later times. The objects declared here have
    /// their own grants, which it must not widen.
    DefaultPrivileges,
    /// Publications and subscriptions.
    Publication,
    EventTrigger,
    /// Statements that change or read rows: `insert`, `do`, `select`.
    Data,
    /// `drop ..`; only in migrations.
    Drop,
    /// `set`, `reset`; no effect in a schema folder.
    Session,
    /// `begin`, `commit` and what else only makes sense in a session of one's own.
    Transaction,
    Other,
}

use ObjectKind::*;

impl ObjectKind {
    /// The noun that messages use.
    pub fn noun(self) -> &'static str {
        match self {
            Role => "role",
            Schema => "schema",
            Extension => "extension",
            DefaultPrivileges => "default privileges",
            Provider => "provider",
            Type => "type",
            Collation => "collation",
            Sequence => "sequence",
            Function => "function",
            Cast => "cast",
            Operator => "operator",
            TextSearch => "text search",
            Table => "table",
            Partition => "partition",
            Alteration => "alter",
            Default => "default",
            Constraint => "constraint",
            Index => "index",
            Statistics => "statistics",
            View => "view",
            MaterializedView => "materialized view",
            Rule => "rule",
            Trigger => "trigger",
            RowSecurity => "row level security",
            Policy => "policy",
            Owner => "owner",
            Comment => "comment",
            Grant => "grant",
            Publication => "publication",
            EventTrigger => "event trigger",
            Data => "data",
            Drop => "drop",
            Session => "setting",
            Transaction => "transaction",
            Other => "statement",
        }
    }

    /// Whether a changed statement can simply replace what it made before.
    pub fn repeatable(self) -> bool {
        matches!(
            self,
            Function
                | View
                | MaterializedView
                | Trigger
                | Rule
                | Policy
                | Comment
                | Grant
                | DefaultPrivileges
                | RowSecurity
                | Owner
        )
    }

    /// Whether two statements may be about one object, told apart by their fingerprints.
    pub(crate) fn several(self) -> bool {
        matches!(
            self,
            DefaultPrivileges
                | Partition
                | Alteration
                | Default
                | RowSecurity
                | Owner
                | Grant
                | Data
                | Drop
                | Session
                | Transaction
                | Other
        )
    }

    /// Tables, views, sequences and indexes share one set of names.
    pub(super) fn relation(self) -> bool {
        matches!(self, Table | View | MaterializedView | Sequence | Index)
    }

    /// Whether a name without a schema means `public`.
    pub(super) fn in_schema(self) -> bool {
        self.relation()
            || matches!(self, Type | Collation | Function | Operator | TextSearch | Statistics)
    }
}

/// The name of an object. Parts are as stored in the catalog, without quotes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    pub kind: ObjectKind,
    /// `public` where the statement leaves it out; none for kinds without a schema.
    pub schema: Option<String>,
    pub name: String,
    /// The table of an index, trigger, policy, rule or constraint, as `schema.table`.
    pub on: Option<String>,
    /// The argument types of a function, normalised: `integer, text[]`.
    pub args: Option<String>,
}

impl ObjectName {
    pub(super) fn new(kind: ObjectKind, name: impl Into<String>) -> ObjectName {
        ObjectName { kind, schema: None, name: name.into(), on: None, args: None }
    }

    /// The name from its parts, the last of which is the name and the one before it the schema.
    pub(super) fn from_parts(kind: ObjectKind, parts: &[String]) -> ObjectName {
        let mut object = ObjectName::new(kind, parts.last().cloned().unwrap_or_default());
        if kind.in_schema() {
            object.schema = Some(schema_of(parts).unwrap_or("public").to_owned());
        }
        object
    }

    /// The name as SQL: `public.f(text[])`, `"My table"`.
    pub fn sql(&self) -> String {
        let mut sql = qualified(self.schema.as_deref(), &self.name);
        if let Some(args) = &self.args {
            sql.push_str(&format!("({args})"));
        }
        sql
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.noun())?;
        let described = self.schema.is_none() && self.kind.several() || self.kind == Comment;
        let name = if described { self.name.clone() } else { self.sql() };
        if !name.is_empty() {
            write!(f, " {name}")?;
        }
        match &self.on {
            Some(on) => write!(f, " on {on}"),
            None => Ok(()),
        }
    }
}

/// The schema among the parts of a name, if it is given.
pub(super) fn schema_of(parts: &[String]) -> Option<&str> {
    parts.len().checked_sub(2).map(|i| parts[i].as_str())
}

/// `schema.name`, each quoted where it has to be.
pub(crate) fn qualified(schema: Option<&str>, name: &str) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(name)),
        None => quoted(name),
    }
}
