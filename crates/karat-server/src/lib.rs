//! The pages, and what programs ask over HTTP. No SQL, no rules: everything is asked of the
//! pipeline, and so is every change.

mod api;
mod app;
mod asset;
mod authorization;
mod connection;
mod failure;
mod fields;
mod frame;
mod health;
mod intake;
mod limit;
mod memo;
mod metrics;
mod page;
mod rejected;
mod routes;
mod secure;
mod signed;
mod tls;

pub use crate::tls::Files as TlsFiles;

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use karat_pipeline::project::Project;
use karat_pipeline::{account, queue};
use karat_record::{Kind, Problem, Reporter, Result};
use karat_store::Address;
use tokio::net::TcpListener;

use crate::app::App;
use crate::tls::Tls;

/// How the server is reached.
#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    /// What people type to get here, such as `https://karat.example.com`.
    pub public: Option<String>,
    /// What the server itself speaks TLS with; else a proxy does, or nobody.
    pub tls: Option<TlsFiles>,
    /// Proxies on other machines that say truly for whom they ask.
    pub proxies: Vec<IpAddr>,
    /// Pages that are made at one time, and files that come at one time; others wait.
    pub at_once: usize,
    /// Bytes that an upload may have.
    pub upload_limit: u64,
    /// Make a link for an admin, also where there is one.
    pub invite_admin: bool,
}

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    routes: Router,
    tls: Option<Tls>,
    /// Where it is found.
    pub url: String,
    /// The link that makes an admin, where there is none yet or one was asked for.
    pub first_link: Option<String>,
}

impl Server {
    /// Prepares the database and begins to listen.
    ///
    /// # Errors
    /// An address that is in use, one that others reach without TLS, or no database.
    pub async fn open(
        project: Project,
        address: Address,
        options: &Options,
        reporter: Arc<dyn Reporter>,
    ) -> Result<Server> {
        let tls = options.tls.clone().map(Tls::open).transpose()?;
        if !options.listen.ip().is_loopback() && options.public.is_none() && tls.is_none() {
            let what = format!("{} is reached by others, and nothing is encrypted", options.listen);
            return Err(Problem::new(Kind::Usage, what).hint(
                "listen on 127.0.0.1, give a certificate with --tls-cert and --tls-key, or put a \
                 proxy that speaks TLS in front and say --public https://NAME",
            ));
        }
        let cannot = |e| {
            let what = format!("cannot listen on {}: {e}", options.listen);
            Problem::new(Kind::Usage, what).hint("choose another with --listen ADDRESS:PORT")
        };
        let session = queue::open(&address).await?;
        let link = account::first_link(&session, options.invite_admin).await?;
        let listener = TcpListener::bind(options.listen).await.map_err(cannot)?;
        let local = listener.local_addr().map_err(cannot)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = options.public.clone().unwrap_or_else(|| format!("{scheme}://{local}"));
        let app = Arc::new(App::new(project, address, (&url, options), reporter)?);
        let routes = routes::routes(app.clone())?;
        app.foresee();
        let first_link = link.map(|secret| format!("{url}/welcome/{secret}"));
        Ok(Server { listener, routes, tls, url, first_link })
    }

    /// Answers until `end` is done, and then what was begun.
    pub async fn run(self, end: impl Future<Output = ()>) {
        connection::serve(self.listener, (self.routes, self.tls), end).await;
    }
}
