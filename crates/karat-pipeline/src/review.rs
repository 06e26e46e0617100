//! What people decide, put on record: pairs, whole entities, and what is taken back.

use karat_record::{Kind, Problem, Result};
use karat_store::review::{self as store, Decision, Record, Verdict};
use karat_store::{Session, overrides};

use crate::resolve;

/// A decision on its way.
#[derive(Clone, Copy)]
pub struct Deciding<'a> {
    pub session: &'a Session,
    pub author: &'a str,
    pub entity: &'a str,
    pub verdict: Verdict,
    pub reason: Option<&'a str>,
}

/// A decision on record: its number, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    pub number: i64,
    pub done: String,
}

impl Deciding<'_> {
    /// Two records, each as SOURCE:KEY, are what the verdict says.
    ///
    /// # Errors
    /// Texts that are no two records.
    pub async fn pair(self, a: &str, b: &str) -> Result<Noted> {
        let pair = pair(a, b)?;
        let done = match self.verdict {
            Verdict::Same => "they are the same; the next karat run obeys it",
            Verdict::Different => "they are not the same; the next karat run obeys it",
            Verdict::Unsure => "it cannot be told",
        };
        self.note(&[pair], done.to_owned()).await
    }

    /// All records of the entities are one: each with the first of all.
    ///
    /// # Errors
    /// Ids that name no entity, or none but one record.
    pub async fn merge(self, ids: &[String]) -> Result<Noted> {
        let mut records = Vec::new();
        for id in ids {
            records.extend(self.members(id).await?);
        }
        let named = ids.len();
        records.sort();
        let all = records.len();
        records.dedup();
        if records.len() * named == all {
            let problem = Problem::new(Kind::Usage, "these ids are of one entity already");
            return Err(problem.hint("name the ids of two entities"));
        }
        let pairs: Vec<(Record, Record)> =
            records[1..].iter().map(|record| (records[0].clone(), record.clone())).collect();
        let done = format!("{} records are one entity; the next karat run obeys it", records.len());
        self.note(&pairs, done).await
    }

    /// Some records of an entity leave it: each is another than each that stays.
    ///
    /// # Errors
    /// Records that are not of the entity, or all that are.
    pub async fn split(self, id: &str, records: &[String]) -> Result<Noted> {
        let members = self.members(id).await?;
        let mut leaving =
            records.iter().map(|text| record(text)).collect::<Result<Vec<Record>>>()?;
        leaving.sort();
        leaving.dedup();
        if leaving.is_empty() {
            let problem = Problem::new(Kind::Usage, "no record would leave");
            return Err(problem.hint("name those that are not of this entity"));
        }
        if let Some(stranger) = leaving.iter().find(|record| !members.contains(record)) {
            let what = format!("{}:{} is no record of entity {id}", stranger.0, stranger.1);
            let all: Vec<String> = members.iter().map(|(s, k)| format!("{s}:{k}")).collect();
            return Err(
                Problem::new(Kind::Usage, what).hint(format!("its records: {}", all.join(" ")))
            );
        }
        let staying: Vec<&Record> = members.iter().filter(|m| !leaving.contains(m)).collect();
        if staying.is_empty() {
            let problem = Problem::new(Kind::Usage, "no record would stay");
            return Err(problem.hint("name only those that are not of this entity"));
        }
        let apart = |leaves: &Record, stays: &Record| match leaves < stays {
            true => (leaves.clone(), stays.clone()),
            false => (stays.clone(), leaves.clone()),
        };
        let pairs: Vec<(Record, Record)> = leaving
            .iter()
            .flat_map(|leaves| staying.iter().map(move |stays| apart(leaves, stays)))
            .collect();
        let (leave, stay) = (leaving.len(), staying.len());
        let done = format!("{leave} records leave, {stay} stay; the next karat run obeys it");
        self.note(&pairs, done).await
    }

    async fn members(self, id: &str) -> Result<Vec<Record>> {
        let id = resolve::shown(&resolve::id(id)?);
        let members = store::members(self.session, self.entity, &id).await?;
        match members.is_empty() {
            false => Ok(members),
            true => {
                let what = format!("{} has no entity {id}", self.entity);
                Err(Problem::new(Kind::Usage, what).hint("ids are in the golden table"))
            }
        }
    }

    async fn note(self, pairs: &[(Record, Record)], done: String) -> Result<Noted> {
        let Deciding { entity, verdict, author, reason, .. } = self;
        let decision = Decision { entity, verdict, author, reason };
        let number = store::decide(self.session, &decision, pairs).await?;
        Ok(Noted { number, done })
    }
}

/// What is taken back.
#[derive(Clone, Copy, Debug)]
pub enum Undone<'a> {
    /// The last decision on two records, each as SOURCE:KEY.
    Pair(&'a str, &'a str),
    /// The decision of this number, with all that it was decided together with.
    Number(i64),
}

/// Takes a decision back.
///
/// # Errors
/// None such is in force.
pub async fn undo(session: &Session, by: (&str, &str), which: Undone<'_>) -> Result<()> {
    let undone = match which {
        Undone::Pair(a, b) => {
            let (a, b) = pair(a, b)?;
            store::undo(session, by, (&a, &b)).await?
        }
        Undone::Number(act) => {
            store::undo_act(session, by, act).await? > 0
                || overrides::undo(session, by, act).await?
        }
    };
    if undone {
        return Ok(());
    }
    let problem = Problem::new(Kind::Usage, "there is no such decision in force");
    Err(problem.hint("karat review decisions lists them"))
}

fn record(text: &str) -> Result<Record> {
    let parts = text.split_once(':');
    parts.map(|(source, key)| (source.to_owned(), key.to_owned())).ok_or_else(needed)
}

/// Two records, the smaller one first.
fn pair(a: &str, b: &str) -> Result<(Record, Record)> {
    let (a, b) = (record(a)?, record(b)?);
    match a.cmp(&b) {
        std::cmp::Ordering::Less => Ok((a, b)),
        std::cmp::Ordering::Greater => Ok((b, a)),
        std::cmp::Ordering::Equal => Err(needed()),
    }
}

fn needed() -> Problem {
    Problem::new(Kind::Usage, "two different records are needed, as SOURCE:KEY")
        .hint("take them from karat review list")
}
