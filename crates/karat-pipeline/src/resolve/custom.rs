//! Golden columns whose value an expression of the user's chooses: offers go to the database, one
//! answer per entity comes back. An answer has to be one of the values offered: nothing is made up.

use karat_record::{Kind, Place, Problem, Result};
use karat_resolve::survive::Offer;
use karat_store::Session;
use karat_store::copy::{CHUNK, Chunk, Encoder};
use karat_store::resolution as store;
use tokio::sync::mpsc::{Sender, channel};

use super::offers::{Answers, Offers};
use super::overrides::Overrides;
use super::read::Records;
use crate::project::Entity;

/// Chunks between encoding and sending.
const IN_FLIGHT: usize = 4;

/// The answers for these clusters, each of records in ascending order; within the open
/// transaction. They depend on no other cluster.
///
/// # Errors
/// An expression that the server refuses, or whose answer is none of the values offered.
pub async fn answers<'a>(
    session: &Session,
    entity: &Entity,
    records: &Records,
    clusters: impl Iterator<Item = &'a [u32]> + Clone,
) -> Result<Answers> {
    let mut answers = Answers::default();
    for (at, column) in entity.golden.columns.iter().enumerate() {
        let Some(sql) = &column.sql else { continue };
        let place = || Place::file(format!("entities/{}.toml", entity.name));
        let (send, receive) = channel(IN_FLIGHT);
        let (answers_yet, overrides) = (Answers::default(), Overrides::default());
        let offers = Offers { entity, records, answers: &answers_yet, overrides: &overrides };
        let sent = encode(offers, at, clusters.clone(), send);
        let (sent, asked) = tokio::join!(sent, store::answers(session, sql, receive));
        let asked = asked.map_err(|problem| {
            if problem.kind != Kind::Sql {
                return problem;
            }
            // Behind the colon the server repeats a value that does not fit.
            let why = problem.what.split(": \"").next().unwrap_or_default();
            let what = format!("golden column {:?}: {why}", column.name);
            let hint = "the expression is asked once per entity, over value, source, key, trust \
                        and changed of what its records offer";
            Problem::new(problem.kind, what).at(place()).hint(hint)
        })?;
        sent?;
        let mut wrong = 0;
        let mut asked = asked.into_iter().peekable();
        for (number, members) in clusters.clone().enumerate() {
            let Some((_, answer)) = asked.next_if(|(cluster, _)| *cluster as usize == number)
            else {
                continue;
            };
            let is_offered = offers.of(at, members).iter().any(|offer| offer.value == answer);
            wrong += u64::from(!is_offered);
            answers.insert((at, members[0]), answer);
        }
        if wrong > 0 {
            let what = format!(
                "golden column {:?}: for {wrong} entities the answer of sql is none of the values \
                 that their records offer",
                column.name
            );
            return Err(Problem::new(Kind::Project, what).at(place()).hint(
                "a rule chooses one of the values as they are; compute new ones in a view on the \
                 golden table",
            ));
        }
    }
    Ok(answers)
}

async fn encode<'a>(
    offers: Offers<'_>,
    at: usize,
    clusters: impl Iterator<Item = &'a [u32]>,
    send: Sender<Chunk>,
) -> Result<()> {
    let mut out = Encoder::with_capacity(CHUNK);
    // A copy that ended early has its own, better problem.
    let gone = |_| Problem::new(Kind::Lost, "the copy ended early");
    for (number, members) in clusters.enumerate() {
        for offer in offers.of(at, members) {
            row(&offers, number as i64, &offer, &mut out);
        }
        if out.len() >= CHUNK {
            send.send(out.take()).await.map_err(gone)?;
        }
    }
    if out.is_empty() {
        return Ok(());
    }
    send.send(out.take()).await.map_err(gone)
}

fn row(offers: &Offers<'_>, cluster: i64, offer: &Offer<'_>, out: &mut Encoder) {
    out.begin(store::OFFER_COLUMNS);
    out.int8(cluster);
    out.int8(offer.record.into());
    out.plain_text(offer.value);
    out.plain_text(offers.records.source(offer.record));
    out.plain_text(offers.records.key(offer.record));
    out.int8(offer.trust.into());
    match offer.changed {
        Some(changed) => out.int8(changed),
        None => out.null(),
    }
}
