//! Writes a resolution: identities, memberships, evidence and golden records, in the open
//! transaction; only what differs is touched.

use karat_record::{Kind, Problem, Result};
use karat_resolve::{Clusters, Plan, Verdict, tiers::Evidence};
use karat_store::copy::{CHUNK, Chunk, Encoder};
use karat_store::resolution as store;
use karat_store::sync::{Changes, Sync};
use karat_store::{Session, Table};
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::sync::mpsc::{Sender, channel};

use super::golden::{Maker, Shape, Standing};
use super::people::Id;
use super::read::Records;
use super::summary::Summary;
use crate::project::Entity;

/// Everything that a resolution found.
pub struct Resolved<'a> {
    pub entity: &'a Entity,
    pub records: Records,
    pub plan: Plan,
    pub evidence: Evidence,
    pub clusters: Clusters,
    /// The id of each cluster.
    pub ids: FxHashMap<u32, Id>,
}

/// Chunks between encoding and sending.
const IN_FLIGHT: usize = 4;

/// Name of the temporary table that holds the wanted memberships.
const MEMBERS: &str = "karat_members";

/// Writes everything; fills in what the summary says of it.
pub async fn write(session: &Session, found: &Resolved<'_>, summary: &mut Summary) -> Result<()> {
    let name = &found.entity.name;
    let within = |column: &str| format!("t.{column} = '{}'", name.replace('\'', "''"));
    let best = found.best();
    let columns = store::members_columns();
    let table = Table::new("karat", "membership");
    let members = Sync {
        table: &table,
        columns: &columns,
        key: &["entity", "source", "key"],
        within: within("entity"),
        wanted: MEMBERS,
    };
    fill(session, &members, |send| found.encode_members(&best, send)).await?;
    summary.moves = store::identities(session, name, MEMBERS).await?;
    members.apply(session).await?;
    let columns = store::evidence_columns();
    let table = Table::new("karat", "evidence");
    let evidence = Sync {
        table: &table,
        columns: &columns,
        key: &["entity", "source_a", "key_a", "source_b", "key_b"],
        within: within("entity"),
        wanted: "karat_evidence",
    };
    bring(session, &evidence, |send| found.encode_evidence(send)).await?;
    let standings = found.standings(&best);
    for (_, standing) in &standings {
        *summary.confidence.entry(standing.confidence).or_default() += 1;
        summary.in_review += u64::from(standing.review);
    }
    summary.published = publish(session, found, &standings).await?;
    Ok(())
}

async fn publish(
    session: &Session,
    found: &Resolved<'_>,
    standings: &[(Vec<u32>, Standing)],
) -> Result<Changes> {
    let golden = &found.entity.golden;
    let shape = Shape::find(session, found.entity).await?;
    let sync = Sync {
        table: &golden.table,
        columns: &shape.columns,
        key: &[golden.id.as_str()],
        within: store::ours(&golden.id, &found.entity.name),
        wanted: "karat_golden",
    };
    bring(session, &sync, |send| found.encode_golden(&shape, standings, send)).await
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

async fn flush(out: &mut Encoder, send: &Sender<Chunk>, least: usize) -> Result<()> {
    if out.len() < least || out.is_empty() {
        return Ok(());
    }
    // A copy that ended early has its own, better problem.
    let gone = |_| Problem::new(Kind::Lost, "the copy ended early");
    send.send(out.take()).await.map_err(gone)
}

impl Resolved<'_> {
    /// For each record the strongest evidence that holds it in its cluster: score and tier.
    fn best(&self) -> Vec<Option<(u16, u8)>> {
        let mut best: Vec<Option<(u16, u8)>> = vec![None; self.records.frame.len()];
        for pair in self.evidence.pairs.iter().filter(|p| p.verdict == Verdict::Auto) {
            if self.clusters.of[pair.a as usize] != self.clusters.of[pair.b as usize] {
                continue;
            }
            for record in [pair.a, pair.b] {
                let known = &mut best[record as usize];
                if known.is_none_or(|(score, _)| pair.score > score) {
                    *known = Some((pair.score, pair.tier));
                }
            }
        }
        best
    }

    async fn encode_members(&self, best: &[Option<(u16, u8)>], send: Sender<Chunk>) -> Result<()> {
        let mut out = Encoder::with_capacity(CHUNK);
        for record in 0..self.records.frame.len() as u32 {
            out.begin(6);
            out.plain_text(&self.entity.name);
            out.plain_text(self.records.source(record));
            out.plain_text(self.records.key(record));
            out.uuid(&self.ids[&self.clusters.of[record as usize]]);
            match best[record as usize] {
                Some((score, tier)) => {
                    out.int2(score as i16);
                    out.plain_text(&self.plan.tiers[tier as usize].name);
                }
                None => {
                    out.null();
                    out.null();
                }
            }
            flush(&mut out, &send, CHUNK).await?;
        }
        flush(&mut out, &send, 0).await
    }

    async fn encode_evidence(&self, send: Sender<Chunk>) -> Result<()> {
        let mut out = Encoder::with_capacity(CHUNK);
        let together =
            |a: u32, b: u32| self.clusters.of[a as usize] == self.clusters.of[b as usize];
        let merged =
            self.evidence.pairs.iter().filter(|p| p.verdict == Verdict::Auto && together(p.a, p.b));
        for pair in merged.chain(&self.clusters.reviews) {
            out.begin(10);
            out.plain_text(&self.entity.name);
            for record in [pair.a, pair.b] {
                out.plain_text(self.records.source(record));
                out.plain_text(self.records.key(record));
            }
            out.int2(pair.score as i16);
            out.plain_text(&self.plan.tiers[pair.tier as usize].name);
            let holding = self.plan.tiers.iter().enumerate();
            let names: Vec<&str> = holding
                .filter(|(i, _)| pair.pattern >> i & 1 == 1)
                .map(|(_, tier)| tier.name.as_str())
                .collect();
            out.list(names.iter().copied(), names.len());
            match pair.verdict {
                Verdict::Auto => {
                    out.plain_text("merged");
                    out.null();
                }
                Verdict::Review(reason) => {
                    out.plain_text("review");
                    out.plain_text(reason.name());
                }
            }
            flush(&mut out, &send, CHUNK).await?;
        }
        flush(&mut out, &send, 0).await
    }

    /// Every entity: its records, ascending, and its standing.
    fn standings(&self, best: &[Option<(u16, u8)>]) -> Vec<(Vec<u32>, Standing)> {
        let in_review: FxHashSet<u32> = self
            .clusters
            .reviews
            .iter()
            .flat_map(|p| [self.clusters.of[p.a as usize], self.clusters.of[p.b as usize]])
            .collect();
        let mut by_cluster: Vec<(u32, u32)> =
            self.clusters.of.iter().enumerate().map(|(r, root)| (*root, r as u32)).collect();
        by_cluster.sort_unstable();
        let standing = |cluster: &[(u32, u32)]| {
            let root = cluster[0].0;
            let members: Vec<u32> = cluster.iter().map(|(_, record)| *record).collect();
            let weakest = members.iter().map(|r| best[*r as usize].map_or(0, |(score, _)| score));
            let standing = Standing {
                id: self.ids[&root],
                confidence: if members.len() == 1 { 0 } else { weakest.min().unwrap_or(0) as i16 },
                review: in_review.contains(&root),
            };
            (members, standing)
        };
        by_cluster.chunk_by(|a, b| a.0 == b.0).map(standing).collect()
    }

    async fn encode_golden(
        &self,
        shape: &Shape,
        standings: &[(Vec<u32>, Standing)],
        send: Sender<Chunk>,
    ) -> Result<()> {
        let maker = Maker { entity: self.entity, records: &self.records, shape };
        let mut out = Encoder::with_capacity(CHUNK);
        for (members, standing) in standings {
            maker.row(members, standing, &mut out)?;
            flush(&mut out, &send, CHUNK).await?;
        }
        flush(&mut out, &send, 0).await
    }
}
