//! The golden table: made where no schema file declares it, and its rows.

use karat_record::{Finding, Kind, Place, Problem, Result, Value};
use karat_resolve::survive::Rule;
use karat_rules::read;
use karat_store::Session;
use karat_store::copy::{ColumnType, Encoder};
use karat_store::load::Target;
use serde_json::{Map, Value as Json, json};

use super::found::Strength;
use super::offers::{Offers, Settled};
use crate::project::Entity;
use crate::project::entity::GoldenColumn;

/// Makes an implied golden table, or adds the columns that it lacks; finds that a declared one
/// is there.
pub async fn prepare(session: &Session, entity: &Entity) -> Result<()> {
    let golden = &entity.golden;
    let found = Target::find(session, &golden.table).await?;
    if !golden.implied {
        if found.is_some() {
            return Ok(());
        }
        let what = format!("the golden table {} does not exist", golden.table);
        return Err(Problem::new(Kind::Project, what)
            .at(Place::file(format!("entities/{}.toml", entity.name)))
            .hint("declare it in the schema, or leave [golden] out to have one made"));
    }
    let mut columns = vec![(golden.id.clone(), "uuid not null primary key")];
    columns.extend(golden.columns.iter().map(|c| (c.name.clone(), "text")));
    let extra = [
        (&golden.confidence, "smallint"),
        (&golden.review, "boolean"),
        (&golden.metadata, "jsonb"),
    ];
    for (name, kind) in extra {
        columns.extend(name.clone().map(|name| (name, kind)));
    }
    match found {
        None => karat_store::table::create(session, &golden.table, &columns).await,
        Some(target) => {
            columns.retain(|(name, _)| target.column(name).is_none());
            karat_store::table::add_columns(session, &golden.table, &columns).await
        }
    }
}

/// The columns of the golden table that are written, with their types.
pub struct Shape {
    pub columns: Vec<(String, ColumnType)>,
}

impl Shape {
    /// Finds the golden columns in the table; a column that is declared and not there is refused.
    pub async fn find(session: &Session, entity: &Entity) -> Result<Shape> {
        let golden = &entity.golden;
        let place = || Place::file(format!("entities/{}.toml", entity.name));
        let target = Target::find(session, &golden.table).await?;
        let target = target.ok_or_else(|| Problem::new(Kind::Internal, "no golden table"))?;
        let names = [Some(&golden.id)]
            .into_iter()
            .chain(golden.columns.iter().map(|c| Some(&c.name)))
            .chain([golden.confidence.as_ref(), golden.review.as_ref()])
            .chain([golden.metadata.as_ref(), golden.field_confidence.as_ref()])
            .flatten();
        let mut columns = Vec::new();
        for name in names {
            match target.column(name) {
                Some(column) => columns.push((name.clone(), column.kind.clone())),
                None => {
                    let what = format!("the golden table {} has no column {name:?}", golden.table);
                    return Err(Problem::new(Kind::Project, what).at(place()));
                }
            }
        }
        let unwritten = |c: &&karat_store::load::TargetColumn| {
            c.required && !columns.iter().any(|(name, _)| *name == c.name)
        };
        if let Some(column) = target.columns.iter().find(unwritten) {
            let what = format!(
                "column {:?} of the golden table {} needs a value and gets none",
                column.name, golden.table
            );
            return Err(Problem::new(Kind::Project, what)
                .at(place())
                .hint("say what it is made from in [golden.columns]"));
        }
        Ok(Shape { columns })
    }
}

/// What is true of one entity besides its values.
pub struct Standing {
    pub id: [u8; 16],
    /// The weakest evidence that holds it together.
    pub strength: Strength,
    /// It is one record, and nothing has to hold it together.
    pub alone: bool,
    pub review: bool,
}

impl Standing {
    /// How likely all its records are of one entity, from 0 to 1.
    pub fn share(&self) -> f64 {
        if self.alone { 1.0 } else { self.strength.share() }
    }

    /// From 0 to 100 where the column holds whole numbers, else from 0 to 1. A record alone has
    /// 0 of the first and nothing of the second.
    fn confidence(&self, kind: &ColumnType) -> Value<'static> {
        match (kind, self.alone) {
            (ColumnType::Int2 | ColumnType::Int4 | ColumnType::Int8, true) => Value::Integer(0),
            (ColumnType::Int2 | ColumnType::Int4 | ColumnType::Int8, false) => {
                Value::Integer(self.strength.score.into())
            }
            (_, true) => Value::Null,
            (ColumnType::Numeric(_), false) => {
                Value::Numeric(format!("{:.4}", self.strength.share()).into())
            }
            (_, false) => Value::Double(self.strength.share()),
        }
    }
}

/// Encodes golden rows.
pub struct Maker<'a> {
    pub offers: Offers<'a>,
    pub shape: &'a Shape,
    /// For each golden column how many entities of those encoded so far are in conflict.
    pub conflicts: &'a mut [u64],
}

impl Maker<'_> {
    /// Adds the golden row of an entity with these records.
    pub fn row(&mut self, members: &[u32], standing: &Standing, out: &mut Encoder) -> Result<()> {
        let golden = &self.offers.entity.golden;
        let mut kinds = self.shape.columns.iter().map(|(_, kind)| kind);
        out.begin(self.shape.columns.len());
        out.uuid(&standing.id);
        kinds.next();
        let mut origins = Map::new();
        let mut said = Map::new();
        let mut confidence = Map::new();
        for (at, column) in golden.columns.iter().enumerate() {
            let settled = self.offers.settle(at, members);
            let chosen = &settled.chosen;
            let kind = kinds.next().unwrap_or(&ColumnType::Text(None));
            let encoded = encode(column, kind, &settled.values(), out);
            encoded.map_err(|finding| self.refused(column, &settled, &finding.message))?;
            self.conflicts[at] += u64::from(settled.is_conflict());
            if let Some(first) = settled.said.first() {
                said.insert(column.name.clone(), json!(first.number));
            } else if golden.metadata.is_some() && !chosen.is_empty() {
                let from: Vec<usize> = chosen.iter().map(|o| position(members, o.record)).collect();
                origins.insert(column.name.clone(), json!(from));
            }
            if golden.field_confidence.is_some()
                && let Some(share) = self.offers.confidence(&settled, standing.share())
            {
                confidence.insert(column.name.clone(), json!(rounded(share)));
            }
        }
        let refuse = |f: Finding| {
            Problem::new(
                Kind::Project,
                format!("a golden column of {}: {}", golden.table, f.message),
            )
        };
        if golden.confidence.is_some() {
            let kind = kinds.next().unwrap_or(&ColumnType::Int2);
            out.value(&standing.confidence(kind), kind).map_err(refuse)?;
        }
        if golden.review.is_some() {
            out.value(&Value::Boolean(standing.review), &ColumnType::Boolean).map_err(refuse)?;
            kinds.next();
        }
        if golden.metadata.is_some() {
            out.jsonb(&self.origin(members, (origins, said)));
        }
        if golden.field_confidence.is_some() {
            out.jsonb(&Json::Object(confidence).to_string());
        }
        Ok(())
    }

    /// The records of an entity and, for each golden value, which of them it is from, or the number
    /// of the decision that says so. A record's load and row stand in its own table: they change
    /// without the golden record changing.
    fn origin(
        &self,
        members: &[u32],
        (fields, said): (Map<String, Json>, Map<String, Json>),
    ) -> String {
        let records = self.offers.records;
        let record = |r: &u32| json!({ "source": records.source(*r), "key": records.key(*r) });
        let records: Vec<_> = members.iter().map(record).collect();
        let mut origin = json!({ "records": records, "fields": fields });
        if !said.is_empty() {
            origin["overrides"] = Json::Object(said);
        }
        origin.to_string()
    }

    /// Why a golden column does not take its values.
    fn refused(&self, column: &GoldenColumn, settled: &Settled<'_>, why: &str) -> Problem {
        let entity = &self.offers.entity.name;
        let what = format!("golden column {:?}: a value {why}", column.name);
        let problem =
            Problem::new(Kind::Project, what).at(Place::file(format!("entities/{entity}.toml")));
        match settled.said.first() {
            Some(said) => problem.hint(format!(
                "a person says so: take it back with karat review undo {entity} --decision {}",
                said.number
            )),
            None => problem,
        }
    }
}

/// Encodes the values of a golden column: a list as one, else the only value, or those of a union
/// in one text.
pub fn encode(
    column: &GoldenColumn,
    kind: &ColumnType,
    values: &[&str],
    out: &mut Encoder,
) -> Result<(), Finding> {
    if *kind == ColumnType::TextArray {
        out.list(values.iter().copied(), values.len());
        return Ok(());
    }
    let joined;
    let text = match (column.rule, values) {
        (_, []) => return out.value(&Value::Null, kind),
        (Rule::Union, many) => {
            joined = many.join("; ");
            joined.as_str()
        }
        (_, [one, ..]) => one,
    };
    out.value(&read::read(kind.kind(), text)?, kind)
}

/// A probability with four decimals.
pub fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

fn position(members: &[u32], record: u32) -> usize {
    members.binary_search(&record).unwrap_or(0)
}
