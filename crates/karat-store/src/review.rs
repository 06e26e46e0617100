//! Pairs that wait for a person, and what people decided.

use karat_record::Result;
use serde::Serialize;
use utoipa::ToSchema;

use crate::session::Session;

/// A record of an entity: source and key.
pub type Record = (String, String);

/// A pair to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pair {
    pub entity: String,
    #[schema(value_type = [String; 2])]
    pub a: Record,
    #[schema(value_type = [String; 2])]
    pub b: Record,
    pub score: i16,
    pub tier: String,
    pub reason: String,
    /// Records of the entities that a decision would make one or keep apart.
    pub records: (i64, i64),
}

/// Pairs that wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub total: u64,
    /// Pairs about which somebody was asked already, and was not sure.
    pub unsure: u64,
    /// The first of them.
    pub pairs: Vec<Pair>,
}

/// What a person decides about pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Same,
    Different,
    /// Cannot be told; the pair is not asked about again.
    Unsure,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Verdict::Same => "same",
            Verdict::Different => "different",
            Verdict::Unsure => "unsure",
        }
    }
}

/// A decision to be made: one act of a person on one or more pairs of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    pub entity: &'a str,
    pub verdict: Verdict,
    /// Who decides.
    pub author: &'a str,
    pub reason: Option<&'a str>,
}

/// An act on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Act {
    pub number: i64,
    pub entity: String,
    pub verdict: String,
    pub author: String,
    /// UTC, to the minute.
    pub at: String,
    pub reason: Option<String>,
    pub pairs: i64,
    /// Who took it back.
    pub undone_by: Option<String>,
    /// Its first pair.
    pub a: Option<String>,
    pub b: Option<String>,
    /// Of the verdict `set` instead: the entity, the golden field, and its values.
    pub id: Option<String>,
    pub field: Option<String>,
    pub values: Option<Vec<String>>,
}

/// The pairs that wait, first those of which a decision changes most; or, with `unsure`, those
/// about which nobody is sure.
pub async fn list(
    session: &Session,
    entity: Option<&str>,
    limit: u32,
    unsure: bool,
) -> Result<Waiting> {
    let sql = include_str!("../queries/review/list.sql");
    let rows = session.rows(sql, &[&entity, &i64::from(limit), &unsure]).await?;
    let count = session.row(include_str!("../queries/review/count.sql"), &[&entity]).await?;
    let count = |name: &str| count.get::<_, i64>(name) as u64;
    let pair = |row: &tokio_postgres::Row| Pair {
        entity: row.get("entity"),
        a: (row.get("source_a"), row.get("key_a")),
        b: (row.get("source_b"), row.get("key_b")),
        score: row.get("score"),
        tier: row.get("tier"),
        reason: row.get("reason"),
        records: (row.get("records_a"), row.get("records_b")),
    };
    let pairs = rows.iter().map(pair).collect();
    let total = count(if unsure { "unsure" } else { "waiting" });
    Ok(Waiting { total, unsure: count("unsure"), pairs })
}

/// What changes whenever what waits may have changed.
pub async fn version(session: &Session) -> Result<String> {
    Ok(session.row(include_str!("../queries/review/version.sql"), &[]).await?.get("version"))
}

/// Puts a decision on pairs on record; the number of the act. What was decided about these pairs
/// before counts no more.
pub async fn decide(
    session: &Session,
    decision: &Decision<'_>,
    pairs: &[(Record, Record)],
) -> Result<i64> {
    let columns = Columns::of(pairs);
    let Decision { entity, verdict, author, reason } = decision;
    let sql = include_str!("../queries/review/decide.sql");
    let [source_a, key_a, source_b, key_b] = &columns.0;
    let word = verdict.word();
    session.begin().await?;
    let made = session
        .row(sql, &[entity, source_a, key_a, source_b, key_b, &word, author, reason])
        .await?;
    let act: i64 = made.get(0);
    session.execute(include_str!("../queries/review/join_acts.sql"), &[&act]).await?;
    session.commit().await?;
    Ok(act)
}

/// Takes the last decision on two records back; false where there is none.
pub async fn undo(
    session: &Session,
    (entity, author): (&str, &str),
    (a, b): (&Record, &Record),
) -> Result<bool> {
    let sql = include_str!("../queries/review/undo.sql");
    Ok(session.act(sql, &[&entity, &a.0, &a.1, &b.0, &b.1, &author]).await? > 0)
}

/// Takes a whole act back; the number of pairs that it had decided.
pub async fn undo_act(session: &Session, (entity, author): (&str, &str), act: i64) -> Result<u64> {
    let sql = include_str!("../queries/review/undo_act.sql");
    session.act(sql, &[&entity, &act, &author]).await
}

/// What people decided, the last first.
pub async fn acts(session: &Session, entity: Option<&str>, limit: u32) -> Result<Vec<Act>> {
    let sql = include_str!("../queries/review/acts.sql");
    let rows = session.rows(sql, &[&entity, &i64::from(limit)]).await?;
    Ok(rows.iter().map(act).collect())
}

/// What people decided about the records and the golden fields of an entity and is in force, the last
/// first.
pub async fn of_entity(
    session: &Session,
    (entity, id): (&str, &str),
    limit: u32,
) -> Result<Vec<Act>> {
    let sql = include_str!("../queries/review/of_entity.sql");
    let rows = session.rows(sql, &[&entity, &id, &i64::from(limit)]).await?;
    Ok(rows.iter().map(act).collect())
}

fn act(row: &tokio_postgres::Row) -> Act {
    Act {
        number: row.get("act"),
        entity: row.get("entity"),
        verdict: row.get("verdict"),
        author: row.get("decided_by"),
        at: row.get("at"),
        reason: row.get("reason"),
        pairs: row.get("pairs"),
        undone_by: row.get("undone_by"),
        a: row.get("a"),
        b: row.get("b"),
        id: row.get("id"),
        field: row.get("field"),
        values: row.get("values"),
    }
}

/// The records of an entity, by its id or by one that it continues; none where there is no such
/// entity.
pub async fn members(session: &Session, entity: &str, id: &str) -> Result<Vec<Record>> {
    let sql = include_str!("../queries/review/members.sql");
    let rows = session.rows(sql, &[&entity, &id]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Sources and keys of the records of pairs, column by column.
struct Columns<'a>([Vec<&'a str>; 4]);

impl<'a> Columns<'a> {
    fn of(pairs: &'a [(Record, Record)]) -> Columns<'a> {
        let column = |part: fn(&(Record, Record)) -> &str| pairs.iter().map(part).collect();
        Columns([
            column(|(a, _)| &a.0),
            column(|(a, _)| &a.1),
            column(|(_, b)| &b.0),
            column(|(_, b)| &b.1),
        ])
    }
}
