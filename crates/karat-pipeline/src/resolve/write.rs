//! Writes a resolution: identities, memberships, evidence and golden records, in the open
//! transaction; only what differs is touched.

use karat_record::{Kind, Problem, Result};
use karat_store::copy::{CHUNK, Chunk, Encoder};
use karat_store::resolution::{self as store, Extent};
use karat_store::sync::{Changes, Sync};
use karat_store::{Session, Table};
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::sync::mpsc::{Sender, channel};

use super::custom;
use super::found::{Found, Link, Strength, weakest};
use super::golden::{Maker, Shape, Standing};
use super::offers::Offers;
use super::overrides;
use super::people::Id;
use super::read::Records;
use super::summary::Summary;
use crate::drift::Counts;
use crate::project::Entity;

/// Everything that a resolution found.
pub struct Resolved<'a> {
    pub entity: &'a Entity,
    pub records: Records,
    pub found: Found,
    /// The id of each cluster.
    pub ids: FxHashMap<u32, Id>,
    /// How much of the entity the records are.
    pub extent: Extent,
    pub counts: Counts,
}

/// Chunks between encoding and sending.
pub const IN_FLIGHT: usize = 4;

/// Name of the temporary table that holds the wanted memberships.
const MEMBERS: &str = "karat_members";

/// Writes everything; fills in what the summary says of it.
pub async fn write(session: &Session, found: &Resolved<'_>, summary: &mut Summary) -> Result<()> {
    let (name, extent) = (&found.entity.name, found.extent);
    store::publishing(session).await?;
    let columns = store::members_columns();
    let table = Table::new("karat", "membership");
    let members = Sync {
        table: &table,
        columns: &columns,
        key: &["entity", "source", "key"],
        within: extent.of_members(name),
        wanted: MEMBERS,
    };
    fill(session, &members, |send| found.encode_members(send)).await?;
    summary.moves = store::identities(session, name, (extent, MEMBERS)).await?;
    members.apply(session).await?;
    let columns = store::evidence_columns();
    let table = Table::new("karat", "evidence");
    let evidence = Sync {
        table: &table,
        columns: &columns,
        key: &["entity", "source_a", "key_a", "source_b", "key_b"],
        within: extent.of_evidence(name),
        wanted: "karat_evidence",
    };
    bring(session, &evidence, |send| found.encode_evidence(send)).await?;
    let standings = found.standings();
    for (_, standing) in &standings {
        *summary.confidence.entry(standing.strength.score).or_default() += 1;
        summary.in_review += u64::from(standing.review);
    }
    let mut conflicts = vec![0; found.entity.golden.columns.len()];
    summary.published = publish(session, found, &standings, &mut conflicts).await?;
    summary.conflicts = super::conflicts::by_column(found.entity, &conflicts);
    Ok(())
}

async fn publish(
    session: &Session,
    found: &Resolved<'_>,
    standings: &[(Vec<u32>, Standing)],
    conflicts: &mut [u64],
) -> Result<Changes> {
    let golden = &found.entity.golden;
    let (entity, records) = (found.entity, &found.records);
    let clusters = standings.iter().map(|(members, _)| members.as_slice());
    let answers = &custom::answers(session, entity, records, clusters).await?;
    let shape = Shape::find(session, found.entity).await?;
    let sync = Sync {
        table: &golden.table,
        columns: &shape.columns,
        key: &[golden.id.as_str()],
        within: store::ours(&golden.id, &found.entity.name, found.extent),
        wanted: "karat_golden",
    };
    let firsts = standings.iter().map(|(members, standing)| (&standing.id, members[0]));
    let overrides = &overrides::of(session, entity, firsts).await?;
    let offers = Offers { entity, records, answers, overrides };
    let maker = Maker { offers, shape: &shape, conflicts };
    bring(session, &sync, |send| encode_golden(maker, standings, send)).await
}

/// Brings a table to the encoded rows, the short way when it has none of ours.
async fn bring<E, F>(session: &Session, sync: &Sync<'_>, encode: E) -> Result<Changes>
where
    E: FnOnce(Sender<Chunk>) -> F,
    F: Future<Output = Result<()>>,
{
    if !sync.is_new(session).await? {
        fill(session, sync, encode).await?;
        return sync.apply(session).await;
    }
    let (send, receive) = channel(IN_FLIGHT);
    let (encoded, changes) = tokio::join!(encode(send), sync.copy(session, receive));
    let changes = changes?;
    encoded.map(|()| changes)
}

/// Runs an encoder beside the copy that takes its chunks.
async fn fill<E, F>(session: &Session, sync: &Sync<'_>, encode: E) -> Result<()>
where
    E: FnOnce(Sender<Chunk>) -> F,
    F: Future<Output = Result<()>>,
{
    let (send, receive) = channel(IN_FLIGHT);
    let (encoded, filled) = tokio::join!(encode(send), sync.fill(session, receive));
    filled?;
    encoded
}

pub async fn flush(out: &mut Encoder, send: &Sender<Chunk>, least: usize) -> Result<()> {
    if out.len() < least || out.is_empty() {
        return Ok(());
    }
    // A copy that ended early has its own, better problem.
    let gone = |_| Problem::new(Kind::Lost, "the copy ended early");
    send.send(out.take()).await.map_err(gone)
}

fn weight(strength: Strength, out: &mut Encoder) {
    match strength.weight {
        Some(weight) => out.real(weight),
        None => out.null(),
    }
}

impl Resolved<'_> {
    async fn encode_members(&self, send: Sender<Chunk>) -> Result<()> {
        let mut out = Encoder::with_capacity(CHUNK);
        for record in 0..self.records.frame.len() as u32 {
            out.begin(7);
            out.plain_text(&self.entity.name);
            out.plain_text(self.records.source(record));
            out.plain_text(self.records.key(record));
            out.uuid(&self.ids[&self.found.of[record as usize]]);
            match self.found.best[record as usize] {
                Some((strength, kind)) => {
                    out.int2(strength.score as i16);
                    out.plain_text(&self.found.kinds[kind as usize].name);
                    weight(strength, &mut out);
                }
                None => (0..3).for_each(|_| out.null()),
            }
            flush(&mut out, &send, CHUNK).await?;
        }
        flush(&mut out, &send, 0).await
    }

    async fn encode_evidence(&self, send: Sender<Chunk>) -> Result<()> {
        let mut out = Encoder::with_capacity(CHUNK);
        for link in self.found.merged.iter().chain(&self.found.reviews) {
            self.encode_link(link, &mut out);
            flush(&mut out, &send, CHUNK).await?;
        }
        flush(&mut out, &send, 0).await
    }

    fn encode_link(&self, link: &Link, out: &mut Encoder) {
        out.begin(11);
        out.plain_text(&self.entity.name);
        for record in [link.a, link.b] {
            out.plain_text(self.records.source(record));
            out.plain_text(self.records.key(record));
        }
        let kinds = &self.found.kinds;
        out.int2(link.strength.score as i16);
        out.plain_text(&kinds[link.kind as usize].name);
        let holding = kinds.iter().enumerate().filter(|(i, _)| link.holding >> i & 1 == 1);
        let names: Vec<&str> = holding.map(|(_, kind)| kind.name.as_str()).collect();
        out.list(names.iter().copied(), names.len());
        match link.reason {
            None => {
                out.plain_text("merged");
                out.null();
            }
            Some(reason) => {
                out.plain_text("review");
                out.plain_text(reason.name());
            }
        }
        weight(link.strength, out);
    }

    /// Every entity: its records, ascending, and its standing.
    fn standings(&self) -> Vec<(Vec<u32>, Standing)> {
        let found = &self.found;
        let cluster = |record: u32| found.of[record as usize];
        let reviews = found.reviews.iter();
        let in_review: FxHashSet<u32> =
            reviews.flat_map(|link| [cluster(link.a), cluster(link.b)]).collect();
        let mut by_cluster: Vec<(u32, u32)> =
            found.of.iter().enumerate().map(|(r, root)| (*root, r as u32)).collect();
        by_cluster.sort_unstable();
        let best = |record: &u32| found.best[*record as usize].map(|(strength, _)| strength);
        let standing = |cluster: &[(u32, u32)]| {
            let root = cluster[0].0;
            let members: Vec<u32> = cluster.iter().map(|(_, record)| *record).collect();
            let standing = Standing {
                id: self.ids[&root],
                strength: weakest(members.iter().map(best)),
                alone: members.len() == 1,
                review: in_review.contains(&root),
            };
            (members, standing)
        };
        by_cluster.chunk_by(|a, b| a.0 == b.0).map(standing).collect()
    }
}

async fn encode_golden(
    mut maker: Maker<'_>,
    standings: &[(Vec<u32>, Standing)],
    send: Sender<Chunk>,
) -> Result<()> {
    let mut out = Encoder::with_capacity(CHUNK);
    for (members, standing) in standings {
        maker.row(members, standing, &mut out)?;
        flush(&mut out, &send, CHUNK).await?;
    }
    flush(&mut out, &send, 0).await
}
