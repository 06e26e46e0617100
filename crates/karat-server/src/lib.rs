//! The pages, and what programs ask over HTTP. No SQL, no rules: everything is asked of the
//! pipeline, and so is every change.

mod api;
mod app;
mod asset;
mod authorization;
mod connection;
mod failure;
mod frame;
mod health;
mod intake;
mod limit;
mod page;
mod routes;
mod secure;
mod signed;

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

/// How the server is reached.
#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    /// What people type to get here, such as `https://karat.example.com`; where a proxy speaks TLS.
    pub public: Option<String>,
    /// Proxies on other machines that say truly for whom they ask.
    pub proxies: Vec<IpAddr>,
    /// Bytes that an upload may have.
    pub upload_limit: u64,
    /// Make a link for an admin, also where there is one.
    pub invite_admin: bool,
}

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    routes: Router,
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
        if !options.listen.ip().is_loopback() && options.public.is_none() {
            let what = format!("{} is reached by others, and nothing is encrypted", options.listen);
            return Err(Problem::new(Kind::Usage, what).hint(
                "listen on 127.0.0.1, or put a proxy that speaks TLS in front and say \
                 --public https://NAME",
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
        let url = options.public.clone().unwrap_or_else(|| format!("http://{local}"));
        let app = App::new(project, address, (&url, options), reporter)?;
        let routes = routes::routes(Arc::new(app))?;
        let first_link = link.map(|secret| format!("{url}/welcome/{secret}"));
        Ok(Server { listener, routes, url, first_link })
    }

    /// Answers until `end` is done, and then what was begun.
    pub async fn run(self, end: impl Future<Output = ()>) {
        connection::serve(self.listener, self.routes, end).await;
    }
}
