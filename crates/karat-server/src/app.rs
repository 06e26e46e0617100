//! What every answer is made with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Extensions, HeaderMap};
use karat_pipeline::account::{self, Person};
use karat_pipeline::context::Context;
use karat_pipeline::project::{Entity, Project};
use karat_pipeline::status;
use karat_record::{Reporter, Result};
use karat_store::golden::{self, Found, Wanted};
use karat_store::resolution::{self, Weighed};
use karat_store::review::{self, Waiting};
use karat_store::status::When;
use karat_store::{Acting, Address, Interface, Session};
use tokio::time::sleep;

use crate::Options;
use crate::connection::Peer;
use crate::failure::Failure;
use crate::limit::Limit;
use crate::memo::Memo;

/// How often it is looked whether something is to be made ahead.
const GLANCE: Duration = Duration::from_secs(5);
/// The pair to decide, and those that are listed beside it.
const PAIRS: u32 = 11;

/// The project, its database, and how the server is reached.
pub struct App {
    pub project: Project,
    address: Address,
    reporter: Arc<dyn Reporter>,
    url: String,
    /// Whose word is taken for who asks, besides that of this machine; none where no proxy is in
    /// front.
    proxies: Option<Vec<IpAddr>>,
    /// Whether TLS ends here, and not at a proxy.
    pub is_end: bool,
    /// Pages that are made at one time, and files that come at one time; others wait.
    pub at_once: usize,
    /// Bytes that an upload may have.
    pub upload_limit: u64,
    /// What the sessions of programs that show a password are named with; new in each process.
    pub salt: [u8; 32],
    /// What the pairs on record weigh, by entity.
    weights: Memo<Vec<Weighed>>,
    /// Pairs that wait, and those about which somebody was unsure.
    waiting: Memo<Waiting>,
    /// How often one address may try to come in.
    pub entering: Limit,
    /// How often one address may fetch by links.
    pub fetching: Limit,
}

impl App {
    pub fn new(
        project: Project,
        address: Address,
        (url, options): (&str, &Options),
        reporter: Arc<dyn Reporter>,
    ) -> Result<App> {
        let mut address = address.pooled(options.at_once);
        address.acting = Acting { person: None, interface: Interface::Page, run: None };
        let has_proxy = match options.tls {
            Some(_) => !options.proxies.is_empty(),
            None => options.public.is_some(),
        };
        Ok(App {
            project,
            address,
            reporter,
            url: url.to_owned(),
            proxies: has_proxy.then(|| options.proxies.clone()),
            is_end: options.tls.is_some(),
            at_once: options.at_once,
            upload_limit: options.upload_limit,
            entering: Limit::new(30, Duration::from_secs(6)),
            fetching: Limit::new(120, Duration::from_secs(1)),
            salt: account::salt()?,
            weights: Memo::default(),
            waiting: Memo::default(),
        })
    }

    /// From where a request comes. What it says of that itself counts only where a proxy has
    /// brought it, and of it only what the proxy has added: the last word.
    pub fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
        let peer = extensions.get::<Peer>();
        let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |Peer(address)| *address);
        let is_proxy = self.proxies.as_ref().is_some_and(|proxies| {
            let peer = peer.to_canonical();
            peer.is_loopback() || proxies.contains(&peer)
        });
        let said = headers.get_all("x-forwarded-for").iter().next_back();
        let said = said.filter(|_| is_proxy).and_then(|said| said.to_str().ok());
        said.and_then(|said| address(said.rsplit(',').next()?.trim())).unwrap_or(peer)
    }

    /// Whether browsers see pages come over TLS.
    pub fn is_secure(&self) -> bool {
        self.url.starts_with("https://")
    }

    /// What people type to get here.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection for what nobody is signed in for.
    pub async fn session(&self) -> Result<Session> {
        Session::open(&self.address).await
    }

    /// The address for what a person does.
    pub fn address(&self, person: &Person) -> Address {
        let mut address = self.address.clone();
        let (name, interface) = (person.name.clone(), person.through);
        address.acting = Acting { person: Some(name), interface, run: None };
        address
    }

    /// A connection for what a person does.
    pub async fn acting(&self, person: &Person) -> Result<Session> {
        Session::open(&self.address(person)).await
    }

    /// What the pipeline works with, at an address of `address`.
    pub fn context<'a>(&'a self, address: &'a Address) -> Context<'a> {
        Context { project: &self.project, address, reporter: self.reporter.clone(), run: None }
    }

    /// Looks for golden records by a text, from behind an id where one is given.
    pub async fn search(
        &self,
        session: &Session,
        entity: &Entity,
        (text, after): (&str, Option<&str>),
        limit: u32,
    ) -> Result<Vec<Found>> {
        let golden = &entity.golden;
        let (table, id, columns) = (&golden.table, golden.id.as_str(), &words(entity)[..]);
        let wanted = Wanted { table, id, columns, text, after, limit };
        golden::search(session, &wanted).await
    }

    /// Makes ahead what takes long when it is asked for first, and again after each resolution and each
    /// decision, while everything goes on.
    pub fn foresee(self: Arc<App>) {
        tokio::spawn(async move {
            let mut seen = None;
            loop {
                // What cannot be made now is made later, or when it is asked for.
                if let Ok(version) = self.version().await
                    && seen.as_ref() != Some(&version)
                    && self.make_ahead().await.is_ok()
                {
                    seen = Some(version);
                }
                sleep(GLANCE).await;
            }
        });
    }

    async fn version(&self) -> Result<String> {
        review::version(&self.session().await?).await
    }

    async fn make_ahead(&self) -> Result<()> {
        let session = self.session().await?;
        self.waiting(&session, false).await?;
        for entity in &self.project.entities {
            if let Some(state) = status::entity(&session, entity).await?.state {
                self.weights(&session, &entity.name, &state.resolved).await?;
            }
        }
        for entity in &self.project.entities {
            // In a table of somebody else searching goes on without it.
            let (table, words) = (&entity.golden.table, words(entity));
            drop(golden::make_searchable(&session, table, &words).await);
        }
        Ok(())
    }

    /// What the pairs of an entity weigh that are on record since its last resolution. They are
    /// counted once, however many ask.
    pub async fn weights(
        &self,
        session: &Session,
        entity: &str,
        resolved: &When,
    ) -> Result<Vec<Weighed>> {
        let counted = resolution::weights(session, entity);
        self.weights.get((entity, &resolved.at), counted).await
    }

    /// The first pairs of all entities that wait for somebody, as [`review::list`] has them.
    pub async fn waiting(&self, session: &Session, unsure: bool) -> Result<Waiting> {
        let version = review::version(session).await?;
        let name = if unsure { "unsure" } else { "undecided" };
        let found = review::list(session, None, PAIRS, unsure);
        self.waiting.get((name, &version), found).await
    }

    /// A declared entity.
    pub fn entity(&self, name: &str) -> Result<&Entity, Failure> {
        let found = self.project.entities.iter().find(|entity| entity.name == name);
        found.ok_or(Failure::NotThere)
    }
}

/// The columns of golden records whose words are looked for: those of a table of Karat's own.
fn words(entity: &Entity) -> Vec<String> {
    let golden = &entity.golden;
    let columns = golden.columns.iter().filter(|_| golden.implied);
    columns.map(|column| column.name.clone()).collect()
}

/// An address, whether or not its port is said.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port)
}
