//! Golden values that an expression of the user's chooses, once per entity over what its records
//! offer.

use karat_record::Result;
use tokio::sync::mpsc::Receiver;

use crate::copy::{Chunk, copy_in};
use crate::schema::expression;
use crate::session::Session;

/// Checks that a text is one expression.
///
/// # Errors
/// Why not, in words.
pub fn expression(sql: &str) -> std::result::Result<(), String> {
    expression::check(sql)
}

/// Values in an offer's row: cluster, record, value, source, key, trust, changed.
pub const OFFER_COLUMNS: usize = 7;

/// For each cluster with an answer that is not null the answer as text, in the order of their
/// numbers. Within the open transaction; the offers are gone when it ends.
///
/// # Errors
/// What the server has against the expression.
pub async fn answers(
    session: &Session,
    sql: &str,
    offers: Receiver<Chunk>,
) -> Result<Vec<(u32, String)>> {
    session.batch(include_str!("../../queries/resolution/offers.sql")).await?;
    let copy = "copy karat_offers from stdin (format binary)";
    copy_in(session, copy, offers).await?;
    let ask = include_str!("../../queries/resolution/answers.sql").replace("an_expression", sql);
    let rows = session.rows(&ask, &[]).await?;
    let answer = |row: &tokio_postgres::Row| {
        let cluster: i64 = row.get(0);
        Some((cluster as u32, row.get::<_, Option<String>>(1)?))
    };
    let answers = rows.iter().filter_map(answer).collect();
    session.batch("drop table karat_offers").await.map(|()| answers)
}
