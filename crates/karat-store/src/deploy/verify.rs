//! Compares the live database with what was deployed and with what is declared.

use karat_record::Result;
use serde::Serialize;

use super::catalog::{Catalog, schemas};
use super::ledger::{Ledger, identity};
use super::plan::Declared;
use crate::name::Table;
use crate::schema::ObjectKind;
use crate::session::Session;

/// What is wrong with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Declared, but not there.
    Missing,
    /// There, but not declared.
    Extra,
    /// Not as it was deployed.
    Different,
    /// Declared anew or otherwise since the last deployment.
    Undeployed,
    /// An index that a broken-off build left invalid.
    Invalid,
    /// A trigger that does not fire.
    Disabled,
}

/// One difference between live and declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub kind: Kind,
    pub object: String,
    /// Where it is declared.
    pub file: Option<String>,
    /// Lines that were there at the deployment and are not now (`-`), and the reverse (`+`).
    pub lines: Vec<String>,
}

/// What verification found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verified {
    pub differences: Vec<Difference>,
    /// Declared tables with their number of rows.
    pub tables: Vec<(String, u64)>,
    /// Declared functions.
    pub functions: Vec<(String, bool)>,
    pub objects: usize,
}

impl Verified {
    /// Whether live is as declared. What is extra is told, but wrong it is not.
    pub fn is_sound(&self) -> bool {
        self.differences.iter().all(|d| d.kind == Kind::Extra)
    }
}

/// Verifies the declared objects, and looks for others in their schemas; tables in `known` are
/// expected although no schema file declares them.
pub async fn verify(
    session: &Session,
    declared: &Declared,
    known: &[Table],
    deployed: bool,
) -> Result<Verified> {
    let ledger = Ledger::read(session, deployed).await?;
    let catalog = Catalog::read(session, &schemas(&declared.statements)).await?;
    let mut found = Verified::default();
    for statement in &declared.statements {
        let kind = statement.object.kind;
        let object = statement.object.to_string();
        let mut tell = |kind: Kind, lines: Vec<String>| {
            let file = Some(format!("{}:{}", statement.path, statement.line));
            found.differences.push(Difference { kind, object: object.clone(), file, lines });
        };
        let entry = ledger.objects.get(&identity(statement));
        match (entry, catalog.find(&statement.object)) {
            (_, None) if Catalog::knows(kind) => tell(Kind::Missing, Vec::new()),
            (None, _) => tell(Kind::Undeployed, Vec::new()),
            (Some(entry), _) if entry.fingerprint != statement.fingerprint => {
                tell(Kind::Undeployed, Vec::new());
            }
            (Some(_), Some(live)) if !live.sound => {
                tell(
                    if kind == ObjectKind::Index { Kind::Invalid } else { Kind::Disabled },
                    vec![],
                );
            }
            (Some(entry), Some(live)) => {
                if let Some(before) = entry.live.as_ref().filter(|l| **l != live.definition) {
                    tell(Kind::Different, changed_lines(before, &live.definition));
                }
            }
            (Some(_), None) => {}
        }
        match kind {
            ObjectKind::Table if catalog.find(&statement.object).is_some() => {
                let schema = statement.object.schema.as_deref().unwrap_or("public");
                let table = Table::new(schema, &statement.object.name);
                let rows = crate::table::count(session, &table).await?;
                found.tables.push((table.to_string(), rows));
            }
            ObjectKind::Function => {
                let exists = catalog.find(&statement.object).is_some();
                found.functions.push((statement.object.sql(), exists));
            }
            _ => {}
        }
    }
    found.objects = declared.statements.len();
    found.differences.extend(extras(&catalog, declared, known));
    Ok(found)
}

fn extras(catalog: &Catalog, declared: &Declared, known: &[Table]) -> Vec<Difference> {
    let is_declared = |live: &super::catalog::Live| {
        declared
            .statements
            .iter()
            .any(|s| catalog.find(&s.object).is_some_and(|found| found.object == live.object))
    };
    let is_known = |object: &crate::schema::ObjectName| {
        let schema = object.schema.as_deref().unwrap_or("public");
        known.iter().any(|table| table.schema == schema && table.name == object.name)
    };
    let counts =
        |kind| Catalog::knows(kind) && !matches!(kind, ObjectKind::Schema | ObjectKind::Extension);
    catalog
        .all()
        .filter(|live| counts(live.object.kind) && !is_known(&live.object) && !is_declared(live))
        .map(|live| Difference {
            kind: Kind::Extra,
            object: live.object.to_string(),
            file: None,
            lines: Vec::new(),
        })
        .collect()
}

fn changed_lines(before: &str, now: &str) -> Vec<String> {
    let missing = |from: &str, other: &str, sign: char| -> Vec<String> {
        let other: Vec<&str> = other.lines().collect();
        let gone = from.lines().filter(|line| !other.contains(line));
        gone.map(|line| format!("{sign} {}", line.trim())).collect()
    };
    [missing(before, now, '-'), missing(now, before, '+')].concat()
}
