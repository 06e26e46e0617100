//! From the names that statements need to the statements that make them.

use std::collections::{BTreeMap, HashMap};

use super::object::{ObjectKind, ObjectName};
use super::statement::{Arity, Need, Statement, Want};
use super::types::built_in;

/// A statement that another one needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Index of the statement that comes first.
    pub to: usize,
    /// False if it gives way in a cycle.
    pub hard: bool,
}

/// For each statement those that have to come before it.
pub fn edges(statements: &[Statement]) -> Vec<Vec<Edge>> {
    let index = Index::new(statements);
    let all = statements.iter().enumerate().map(|(from, statement)| {
        let mut found: BTreeMap<usize, bool> = BTreeMap::new();
        for need in &statement.needs {
            for (to, hard) in index.find(need, statement) {
                if to != from {
                    *found.entry(to).or_default() |= hard;
                }
            }
        }
        found.into_iter().map(|(to, hard)| Edge { to, hard }).collect()
    });
    all.collect()
}

/// Which statements make what.
struct Index<'a> {
    statements: &'a [Statement],
    relations: HashMap<&'a str, Vec<Entry<'a>>>,
    types: HashMap<&'a str, Vec<Entry<'a>>>,
    functions: HashMap<&'a str, Vec<Entry<'a>>>,
    /// All other kinds, by name.
    others: HashMap<(ObjectKind, &'a str), Vec<Entry<'a>>>,
    /// Statements that change the columns or keys of a relation, by its name.
    changes: HashMap<&'a str, Vec<usize>>,
}

type Entry<'a> = (Option<&'a str>, usize);

impl<'a> Index<'a> {
    fn new(statements: &'a [Statement]) -> Index<'a> {
        let mut index = Index {
            statements,
            relations: HashMap::new(),
            types: HashMap::new(),
            functions: HashMap::new(),
            others: HashMap::new(),
            changes: HashMap::new(),
        };
        for (i, statement) in statements.iter().enumerate() {
            for object in std::iter::once(&statement.object).chain(&statement.traits.provides) {
                index.insert(object, i);
            }
            let changed = statement.traits.changes.iter().filter_map(|c| c.relation.last());
            for name in changed {
                index.changes.entry(name).or_default().push(i);
            }
        }
        index
    }

    fn insert(&mut self, object: &'a ObjectName, i: usize) {
        let entry = (object.schema.as_deref(), i);
        let name = object.name.as_str();
        match object.kind {
            kind if kind.relation() => {
                self.relations.entry(name).or_default().push(entry);
                if !matches!(kind, ObjectKind::Index | ObjectKind::Sequence) {
                    self.types.entry(name).or_default().push(entry);
                }
            }
            ObjectKind::Type => self.types.entry(name).or_default().push(entry),
            ObjectKind::Function => self.functions.entry(name).or_default().push(entry),
            kind => self.others.entry((kind, name)).or_default().push(entry),
        }
    }

    /// The statements that a need is about, each with whether the need is hard.
    fn find(&self, need: &Need, by: &Statement) -> Vec<(usize, bool)> {
        let found = match &need.want {
            Want::Relation => return self.relation(need, by),
            Want::Keys => return self.keys(need, by),
            Want::Call(count) => return self.call(need, *count),
            Want::All(kinds) => return self.all(need, kinds),
            Want::Part(kind) => return self.part(need, *kind, by),
            Want::Type => self.type_of(need),
            Want::Signature(args) => self.signature(need, args.as_deref()),
            Want::Any => self.any(need),
            Want::Schema => self.other(ObjectKind::Schema, need),
            Want::Role => self.other(ObjectKind::Role, need),
            Want::Named(kind) => self.other(*kind, need),
        };
        found.into_iter().map(|i| (i, need.hard)).collect()
    }

    /// The relation, and softly what changes its columns afterwards.
    fn relation(&self, need: &Need, by: &Statement) -> Vec<(usize, bool)> {
        let relations = pick(self.relations.get(need.name.as_str()), need);
        let mut found: Vec<(usize, bool)> = relations.iter().map(|i| (*i, need.hard)).collect();
        if !CHANGING.contains(&by.object.kind) {
            let changes = relations.iter().flat_map(|i| self.changes_of(*i, false));
            found.extend(changes.map(|i| (i, false)));
        }
        found
    }

    /// Statements that change the relation which statement `i` makes.
    fn changes_of(&self, i: usize, key: bool) -> Vec<usize> {
        let object = &self.statements[i].object;
        let changes = self.changes.get(object.name.as_str()).into_iter().flatten().copied();
        let same = |j: &usize| {
            self.statements[*j].traits.changes.as_ref().is_some_and(|change| {
                let schema = super::object::schema_of(&change.relation);
                change.key == key && schema.is_none_or(|s| Some(s) == object.schema.as_deref())
            })
        };
        changes.filter(same).collect()
    }

    fn keys(&self, need: &Need, by: &Statement) -> Vec<(usize, bool)> {
        let relations = pick(self.relations.get(need.name.as_str()), need);
        // A table that refers to itself declares the key itself.
        let others = relations.into_iter().filter(|i| self.statements[*i].object != by.object);
        others.flat_map(|i| self.changes_of(i, true)).map(|i| (i, need.hard)).collect()
    }

    fn type_of(&self, need: &Need) -> Vec<usize> {
        if need.schema.is_none() && built_in(&need.name) {
            return Vec::new();
        }
        pick(self.types.get(need.name.as_str()), need)
    }

    /// Overloads that take as many arguments; if several do, none of them is sure.
    fn call(&self, need: &Need, count: usize) -> Vec<(usize, bool)> {
        let named = pick(self.functions.get(need.name.as_str()), need);
        let takes = |i: &usize| {
            let arity = self.statements[*i].traits.arity;
            arity.is_none_or(|Arity { least, most }| (least..=most).contains(&count))
        };
        let taking: Vec<usize> = named.iter().copied().filter(takes).collect();
        let hard = need.hard && taking.len() == 1;
        taking.into_iter().map(|i| (i, hard)).collect()
    }

    fn signature(&self, need: &Need, args: Option<&str>) -> Vec<usize> {
        let named = pick(self.functions.get(need.name.as_str()), need);
        let same = |i: &&usize| self.statements[**i].object.args.as_deref() == args;
        let exact: Vec<usize> = named.iter().filter(same).copied().collect();
        if exact.is_empty() { named } else { exact }
    }

    fn any(&self, need: &Need) -> Vec<usize> {
        let name = need.name.as_str();
        let mut found = pick(self.relations.get(name), need);
        found.extend(pick(self.types.get(name), need));
        found.extend(pick(self.functions.get(name), need));
        found.extend(pick(self.others.get(&(ObjectKind::TextSearch, name)), need));
        found
    }

    fn other(&self, kind: ObjectKind, need: &Need) -> Vec<usize> {
        pick(self.others.get(&(kind, need.name.as_str())), need)
    }

    /// A trigger, policy, rule or constraint, of which each table has its own.
    fn part(&self, need: &Need, kind: ObjectKind, by: &Statement) -> Vec<(usize, bool)> {
        let entries = self.others.get(&(kind, need.name.as_str())).into_iter().flatten();
        let tables: Vec<usize> = by
            .needs
            .iter()
            .filter(|need| need.want == Want::Relation)
            .flat_map(|need| pick(self.relations.get(need.name.as_str()), need))
            .collect();
        let on_one = |i: &usize| {
            let on = self.statements[*i].object.on.as_deref();
            tables.iter().any(|table| Some(self.statements[*table].object.sql()).as_deref() == on)
        };
        entries.map(|(_, i)| *i).filter(on_one).map(|i| (i, need.hard)).collect()
    }

    fn all(&self, need: &Need, kinds: &[ObjectKind]) -> Vec<(usize, bool)> {
        let within =
            |s: &Statement| kinds.contains(&s.object.kind) && s.object.schema == need.schema;
        let indexed = self.statements.iter().enumerate();
        indexed.filter(|(_, s)| within(s)).map(|(i, _)| (i, need.hard)).collect()
    }
}

/// Statements that shape a relation must not wait for one another.
const CHANGING: &[ObjectKind] = &[
    ObjectKind::Partition,
    ObjectKind::Alteration,
    ObjectKind::Default,
    ObjectKind::Constraint,
    ObjectKind::Table,
];

/// The entries that a name means: those of its schema; without one those in `public`, or else
/// those of the only schema that has any.
fn pick(entries: Option<&Vec<Entry<'_>>>, need: &Need) -> Vec<usize> {
    let Some(entries) = entries else { return Vec::new() };
    let within = |schema: Option<&str>| -> Vec<usize> {
        entries.iter().filter(|(s, _)| s.is_none() || *s == schema).map(|(_, i)| *i).collect()
    };
    if let Some(schema) = &need.schema {
        return within(Some(schema));
    }
    let public = within(Some("public"));
    if !public.is_empty() {
        return public;
    }
    let first = entries.first().and_then(|(schema, _)| *schema);
    let unique = entries.iter().all(|(schema, _)| *schema == first);
    if unique { within(first) } else { Vec::new() }
}
