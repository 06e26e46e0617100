//! The live catalogue, in the words of the declared one.

use std::collections::BTreeMap;

use karat_record::Result;

use crate::schema::qualified;
use crate::schema::{ObjectKind, ObjectName, Statement};
use crate::session::Session;

/// An object as it is in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    pub object: ObjectName,
    /// A text that changes when the object does.
    pub definition: String,
    /// False for an invalid index or a disabled trigger.
    pub sound: bool,
}

/// All objects of some schemas, by identity.
#[derive(Clone, Debug, Default)]
pub struct Catalog(BTreeMap<String, Live>);

impl Catalog {
    /// Reads the objects of `schemas`.
    pub async fn read(session: &Session, schemas: &[String]) -> Result<Catalog> {
        let sql = include_str!("../../queries/catalog/objects.sql");
        let rows = session.rows(sql, &[&schemas]).await?;
        let objects = rows.iter().map(|row| {
            let on: Option<String> = row.get("on_name");
            let on_schema: Option<String> = row.get("on_schema");
            let object = ObjectName {
                kind: kind(row.get("kind")),
                schema: row.get("schema"),
                name: row.get("name"),
                on: on.map(|name| qualified(on_schema.as_deref(), &name)),
                args: row.get("args"),
            };
            let live = Live { definition: row.get("definition"), sound: row.get("sound"), object };
            (live.object.to_string(), live)
        });
        Ok(Catalog(objects.collect()))
    }

    /// The live object of a declared one. A function whose argument types are spelt in a way
    /// that cannot be told from here is found by its name, when that is unique.
    pub fn find(&self, object: &ObjectName) -> Option<&Live> {
        if let Some(live) = self.0.get(&object.to_string()) {
            return Some(live);
        }
        if object.kind != ObjectKind::Function {
            return None;
        }
        let same_name = |live: &&Live| {
            live.object.kind == ObjectKind::Function
                && live.object.schema == object.schema
                && live.object.name == object.name
        };
        let mut found = self.0.values().filter(same_name);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Whether objects of the kind are read at all, so that one that is not found is not there.
    pub fn knows(kind: ObjectKind) -> bool {
        use ObjectKind::*;
        matches!(
            kind,
            Schema
                | Table
                | View
                | MaterializedView
                | Sequence
                | Index
                | Function
                | Trigger
                | Policy
                | Type
                | Extension
        )
    }

    pub fn all(&self) -> impl Iterator<Item = &Live> {
        self.0.values()
    }
}

fn kind(word: &str) -> ObjectKind {
    use ObjectKind::*;
    [
        Schema,
        Table,
        View,
        MaterializedView,
        Sequence,
        Index,
        Function,
        Trigger,
        Policy,
        Type,
        Extension,
        Role,
    ]
    .into_iter()
    .find(|kind| kind.noun() == word)
    .unwrap_or(Other)
}

/// The schemas that declared statements speak of.
pub fn schemas(statements: &[Statement]) -> Vec<String> {
    let mut schemas: Vec<String> = statements
        .iter()
        .filter_map(|s| match s.object.kind {
            ObjectKind::Schema => Some(s.object.name.clone()),
            _ => s.object.schema.clone(),
        })
        .filter(|schema| schema != "karat")
        .collect();
    schemas.sort();
    schemas.dedup();
    schemas
}
