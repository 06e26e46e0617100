//! The part of an entity's records that a change can reach: those that share a blocking key with a
//! changed record now or did before, and all that evidence connects with any of these.

use karat_record::Result;
use tokio::sync::mpsc::Receiver;

use crate::copy::{Chunk, copy_in};
use crate::name::Table;
use crate::session::Session;

/// The temporary table of the records of the part.
pub const SCOPE: &str = "karat_scope";

/// The longest name that the server keeps whole, in bytes.
const LONGEST_NAME: usize = 63;

/// The table that keeps for each record of an entity its connected part and the digests of its
/// blocking keys.
pub fn blocked(entity: &str) -> Table {
    named("blocked", entity)
}

/// The table that keeps for each digest the parts of the records that have it, once for each
/// record.
pub fn blocks(entity: &str) -> Table {
    named("blocks", entity)
}

fn named(what: &str, entity: &str) -> Table {
    let name = format!("{what}_{entity}");
    if name.len() <= LONGEST_NAME {
        return Table::new("karat", name);
    }
    let step = |hash: u64, byte: u8| hash.wrapping_mul(31) ^ u64::from(byte);
    Table::new("karat", format!("{what}_{:016x}", name.bytes().fold(0, step)))
}

/// Rows of parts and keys: source, key, part, digests; and digest, part.
pub struct Kept {
    pub records: Receiver<Chunk>,
    pub blocks: Receiver<Chunk>,
}

/// Takes in parts and keys of all records anew.
pub async fn fill(session: &Session, entity: &str, rows: Kept) -> Result<()> {
    let (blocked, blocks) = (blocked(entity), blocks(entity));
    let make = format!(
        "drop table if exists {blocked}, {blocks};
         create table {blocked} (source text not null, key text not null, part bigint not null,
                                 keys bigint[] not null);
         create table {blocks} (digest bigint not null, part bigint not null)"
    );
    session.batch(&make).await?;
    add(session, entity, rows).await?;
    let index = format!(
        "set local maintenance_work_mem = '256MB';
         alter table {blocked} add primary key (source, key);
         create index on {blocked} (part);
         create index on {blocks} (digest);
         create index on {blocks} (part);
         analyze {blocked}, {blocks}"
    );
    session.batch(&index).await
}

/// Takes in those of the records of the part, in place of what was kept of them.
pub async fn renew(session: &Session, entity: &str, rows: Kept) -> Result<()> {
    let (blocked, blocks) = (blocked(entity), blocks(entity));
    let forget = format!(
        "delete from {blocked} b using {SCOPE} s where b.source = s.source and b.key = s.key;
         delete from {blocks} b using karat_part p where b.part = p.part"
    );
    session.batch(&forget).await?;
    add(session, entity, rows).await
}

async fn add(session: &Session, entity: &str, rows: Kept) -> Result<()> {
    let copy =
        format!("copy {} (source, key, part, keys) from stdin (format binary)", blocked(entity));
    copy_in(session, &copy, rows.records).await?;
    let copy = format!("copy {} (digest, part) from stdin (format binary)", blocks(entity));
    copy_in(session, &copy, rows.blocks).await.map(drop)
}

/// Forgets what was kept of an entity.
pub async fn forget(session: &Session, entity: &str) -> Result<()> {
    let gone = format!("drop table if exists {}, {}", blocked(entity), blocks(entity));
    session.batch(&gone).await
}

/// Keeps the large blocks of an entity, by digest, with the number of their records.
pub async fn keep_large(session: &Session, entity: &str, large: &[(i64, i64)]) -> Result<()> {
    session.execute("delete from karat.large_block where entity = $1", &[&entity]).await?;
    let (digests, records): (Vec<i64>, Vec<i64>) = large.iter().copied().unzip();
    let keep = "insert into karat.large_block (entity, digest, records) \
                select $1, l.digest, l.records from unnest($2::bigint[], $3::bigint[]) \
                as l (digest, records)";
    session.execute(keep, &[&entity, &digests, &records]).await.map(drop)
}

/// The digests of an entity's large blocks.
pub async fn large(session: &Session, entity: &str) -> Result<Vec<i64>> {
    let sql = "select digest from karat.large_block where entity = $1";
    Ok(session.rows(sql, &[&entity]).await?.iter().map(|row| row.get(0)).collect())
}

/// Makes the temporary table of the part that the records in `karat_changed` reach, given the
/// digests of their keys as they are now, each with the number of changed records that have it.
/// Blocks of more than `largest` records connect nobody. The number of records; none where they
/// are more than `most`.
pub async fn reach(
    session: &Session,
    entity: &str,
    now: &[(i64, i64)],
    (largest, most): (u32, u64),
) -> Result<Option<u64>> {
    let (blocked, blocks) = (blocked(entity).to_string(), blocks(entity).to_string());
    let (digests, counts): (Vec<i64>, Vec<i64>) = now.iter().copied().unzip();
    let with_table =
        |sql: &str| sql.replace("blocked_records", &blocked).replace("block_parts", &blocks);
    let touched = with_table(include_str!("../../queries/resolution/touched.sql"));
    let make = "create temp table karat_touched (digest bigint, before bigint, after bigint) \
                on commit drop";
    session.batch(make).await?;
    session.execute(&touched, &[&entity, &digests, &counts]).await?;
    session.batch("analyze karat_touched").await?;
    let largest = i64::from(largest);
    let large = include_str!("../../queries/resolution/large_blocks.sql");
    session.execute(large, &[&entity, &largest]).await?;
    session
        .batch(&format!(
            "create temp table karat_part (part bigint) on commit drop; \
         create temp table {SCOPE} (source text, key text) on commit drop"
        ))
        .await?;
    let parts = with_table(include_str!("../../queries/resolution/parts.sql"));
    session.execute(&parts, &[&entity, &largest]).await?;
    session.batch("analyze karat_part").await?;
    let scope = with_table(include_str!("../../queries/resolution/scope.sql"));
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let records = session.execute(&scope, &[&limit]).await?;
    if records > most {
        return Ok(None);
    }
    session.batch(&format!("analyze {SCOPE}")).await?;
    Ok(Some(records))
}

/// How many records are in `karat_changed`.
pub async fn changed(session: &Session) -> Result<u64> {
    let n: i64 = session.row("select count(*) from karat_changed", &[]).await?.get(0);
    Ok(n as u64)
}
