//! One connection to the database.

use std::sync::Arc;
use std::time::Duration;

use karat_record::{Kind, Problem, Result};
use rustls::ClientConfig;
use tokio_postgres::config::Host;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Row, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::acting::Acting;
use crate::address::{Address, Trust};
use crate::param::Param;
use crate::pool::{Lent, Pool, SESSION};
use crate::problem::{self, explain};
use crate::tether::{Canceller, Claim, Tied};
use crate::tls;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a brief statement may take.
const BRIEF: Duration = Duration::from_secs(10);

/// One connection. Dropping it ends it, and with it any open transaction: the task in the
/// background says goodbye to the server when the client is gone.
pub struct Session {
    pub(crate) client: Lent,
    acting: Acting,
    /// To the attempt at a job that it works for.
    tied: Option<Tied>,
}

/// A statement's parameters.
pub(crate) type Params<'a> = &'a [&'a dyn Param];

/// The same as the driver takes them.
fn typed<'a>(params: Params<'a>) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    params.iter().map(|param| (param.value(), param.kind())).collect()
}

impl Session {
    /// Connects, or takes a connection that is kept for this address. The session is named `karat`
    /// to whoever looks at the server, and after its job where it works for one.
    ///
    /// # Errors
    /// What stands in the way (host, port, password, database, TLS) and what to do about it.
    pub async fn open(address: &Address) -> Result<Session> {
        if let Some(tether) = &address.tether {
            tether.check()?;
        }
        let pool = address.pool();
        let connection = match pool.and_then(Pool::take) {
            Some(connection) => connection,
            None => connected(address).await?,
        };
        let client = Lent::new(connection, pool.cloned());
        let tied = address.tether.as_ref().map(|tether| tether.tie(client.canceller.clone()));
        Ok(Session { client, acting: address.acting.clone(), tied })
    }

    /// Connects ahead for the next who opens a session, where connections are kept: the server reads
    /// what every resolution needs to know of its tables, while something else is done.
    pub fn foresee(address: &Address) {
        let Some(pool) = address.pool().cloned() else { return };
        let address = address.clone();
        tokio::spawn(async move {
            if let Ok(connection) = connected(&address).await {
                let client = Lent::new(connection, Some(pool));
                drop(client.batch_execute(include_str!("../queries/own/foresee.sql")).await);
            }
        });
    }

    /// Whether it may go on: an attempt that was stopped sends nothing more.
    pub(crate) fn check(&self) -> Result<()> {
        self.tied.as_ref().map_or(Ok(()), |tied| tied.tether.check())
    }

    /// The attempt at a job that it works for.
    pub(crate) fn claim(&self) -> Option<&Claim> {
        self.tied.as_ref().map(|tied| tied.tether.claim())
    }

    /// For whom and through what it acts.
    pub(crate) fn acting(&self) -> &Acting {
        &self.acting
    }

    /// All rows of a statement that is over soon, or is cancelled.
    ///
    /// # Errors
    /// `Kind::Lost` when it took too long; whether it was done is not known then.
    pub(crate) async fn brief(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        self.check()?;
        match tokio::time::timeout(BRIEF, self.client.query_typed(sql, &typed(params))).await {
            Ok(rows) => rows.map_err(|e| explain(&e)),
            Err(_) => {
                drop(tokio::time::timeout(BRIEF, self.client.canceller.cancel()).await);
                let seconds = BRIEF.as_secs();
                let what = format!("the database did not answer within {seconds} seconds");
                Err(Problem::new(Kind::Lost, what))
            }
        }
    }

    /// The same session, its changes attributed to a run.
    pub fn within(mut self, run: Option<i64>) -> Session {
        self.acting.run = run;
        self
    }

    /// Runs statements without parameters.
    pub(crate) async fn batch(&self, sql: &str) -> Result<()> {
        self.check()?;
        self.client.batch_execute(sql).await.map_err(|e| explain(&e))
    }

    /// Runs statements without parameters, where a condition holds.
    pub(crate) async fn batch_if(&self, condition: bool, sql: &str) -> Result<()> {
        if condition { self.batch(sql).await } else { Ok(()) }
    }

    /// Runs one statement; the number of rows it touched.
    pub(crate) async fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64> {
        self.check()?;
        self.client.execute_typed(sql, &typed(params)).await.map_err(|e| explain(&e))
    }

    /// The first value of a query without parameters, by the simple protocol: the extended one
    /// leaves a portal, and so a snapshot, open until the transaction ends, for which
    /// `create index concurrently` would wait.
    pub(crate) async fn simple(&self, sql: &str) -> Result<Option<String>> {
        self.check()?;
        let messages = self.client.simple_query(sql).await.map_err(|e| explain(&e))?;
        let first = messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok(first.map(str::to_owned))
    }

    /// All rows of a query.
    pub(crate) async fn rows(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        self.check()?;
        self.client.query_typed(sql, &typed(params)).await.map_err(|e| explain(&e))
    }

    /// The one row of a query.
    pub(crate) async fn row(&self, sql: &str, params: Params<'_>) -> Result<Row> {
        self.check()?;
        self.client.query_typed_one(sql, &typed(params)).await.map_err(|e| explain(&e))
    }

    /// The row of a query that may have none.
    pub(crate) async fn maybe_row(&self, sql: &str, params: Params<'_>) -> Result<Option<Row>> {
        self.check()?;
        self.client.query_typed_opt(sql, &typed(params)).await.map_err(|e| explain(&e))
    }

    /// Runs one statement in a transaction of its own, which says who acts; the number of rows it
    /// touched.
    pub(crate) async fn act(&self, sql: &str, params: Params<'_>) -> Result<u64> {
        self.begin().await?;
        let touched = self.execute(sql, params).await?;
        self.commit().await.map(|()| touched)
    }

    /// The row of a statement that may give none, in a transaction of its own, which says who acts.
    pub(crate) async fn act_row(&self, sql: &str, params: Params<'_>) -> Result<Option<Row>> {
        self.begin().await?;
        let row = self.maybe_row(sql, params).await?;
        self.commit().await.map(|()| row)
    }

    /// Begins a transaction that says who acts; it ends with `commit`, or is undone when the
    /// session is dropped.
    pub async fn begin(&self) -> Result<()> {
        self.batch(&format!("begin; {}", self.acting.said())).await
    }

    /// Begins a transaction all of whose statements see the database as it is now.
    pub async fn begin_still(&self) -> Result<()> {
        let said = self.acting.said();
        self.batch(&format!("begin isolation level repeatable read; {said}")).await
    }

    /// Commits the open transaction. Of an attempt at a job it commits only while that is in force.
    pub async fn commit(&self) -> Result<()> {
        match self.claim() {
            Some(claim) => self.batch(&format!("{}; commit", claim.fence())).await,
            None => self.batch("commit").await,
        }
    }

    /// Undoes the open transaction.
    pub async fn rollback(&self) -> Result<()> {
        self.batch("rollback").await
    }

    /// The server's version, such as `15.18`.
    pub async fn server_version(&self) -> Result<String> {
        let version: String = self.row("show server_version", &[]).await?.get(0);
        Ok(version.split(' ').next().unwrap_or(&version).to_owned())
    }
}

/// A new connection.
async fn connected(address: &Address) -> Result<(Client, Canceller)> {
    let mut config = address.config.clone();
    config.application_name("karat").connect_timeout(CONNECT_TIMEOUT);
    if let Some(tether) = &address.tether {
        config.application_name(tether.claim().application());
    }
    let local = matches!(config.get_hosts().first(), Some(Host::Unix(_)));
    let (client, tls) = if local {
        let (client, connection) = config.connect(NoTls).await.map_err(refused(address))?;
        tokio::spawn(async move { drop(connection.await) });
        (client, None)
    } else {
        let tls = MakeRustlsConnect::new(tls_config(address.trust)?);
        let connecting = config.connect(tls.clone());
        let (client, connection) = connecting.await.map_err(refused(address))?;
        tokio::spawn(async move { drop(connection.await) });
        (client, Some(tls))
    };
    client.batch_execute(SESSION).await.map_err(|e| explain(&e))?;
    let canceller = Canceller { token: client.cancel_token(), tls };
    Ok((client, canceller))
}

fn refused(address: &Address) -> impl Fn(tokio_postgres::Error) -> Problem + '_ {
    move |error| problem::refused(address, &error)
}

fn tls_config(trust: Trust) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|e| Problem::new(Kind::Internal, format!("TLS cannot be set up: {e}")))?;
    Ok(match trust {
        Trust::Any => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(tls::AnyCertificate(provider)))
            .with_no_client_auth(),
        Trust::Verified => {
            builder.with_root_certificates(tls::known_authorities()?).with_no_client_auth()
        }
    })
}
