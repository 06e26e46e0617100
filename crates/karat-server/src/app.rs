//! What every answer is made with.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
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

use crate::Options;
use crate::connection::Peer;
use crate::failure::Failure;
use crate::limit::Limit;
use crate::memo::Memo;

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
    /// Entities that somebody has searched since the process began.
    searched: Mutex<BTreeSet<String>>,
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
            searched: Mutex::default(),
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

    /// Looks for golden records by a text, from behind an id where one is given. What a table of
    /// Karat's own lacks for that is made meanwhile, once.
    pub async fn search(
        &self,
        session: &Session,
        entity: &Entity,
        (text, after): (&str, Option<&str>),
        limit: u32,
    ) -> Result<Vec<Found>> {
        if !text.is_empty() && self.is_first_search(&entity.name) {
            self.make_searchable(entity);
        }
        let golden = &entity.golden;
        let (table, id, columns) = (&golden.table, golden.id.as_str(), &words(entity)[..]);
        let wanted = Wanted { table, id, columns, text, after, limit };
        golden::search(session, &wanted).await
    }

    /// Makes what searching for golden records lacks, while everything goes on.
    fn make_searchable(&self, entity: &Entity) {
        let (address, table) = (self.address.clone(), entity.golden.table.clone());
        let columns = words(entity);
        tokio::spawn(async move {
            // Searching goes on without it.
            if let Ok(session) = Session::open(&address).await {
                drop(golden::make_searchable(&session, &table, &columns).await);
            }
        });
    }

    /// Makes ahead what takes long when it is asked for first, while everything goes on.
    pub fn foresee(self: &Arc<App>) {
        for at in 0..self.project.entities.len() {
            self.make_searchable(&self.project.entities[at]);
            let app = self.clone();
            tokio::spawn(async move { drop(app.weigh(&app.project.entities[at]).await) });
        }
    }

    async fn weigh(&self, entity: &Entity) -> Result<()> {
        let session = self.session().await?;
        if let Some(state) = status::entity(&session, entity).await?.state {
            self.weights(&session, &entity.name, &state.resolved).await?;
        }
        Ok(())
    }

    fn is_first_search(&self, entity: &str) -> bool {
        let mut searched = self.searched.lock().unwrap_or_else(PoisonError::into_inner);
        searched.insert(entity.to_owned())
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
    pub async fn waiting(&self, session: &Session, limit: u32, unsure: bool) -> Result<Waiting> {
        let version = review::version(session).await?;
        let name = if unsure { "unsure" } else { "undecided" };
        let found = review::list(session, None, limit, unsure);
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
