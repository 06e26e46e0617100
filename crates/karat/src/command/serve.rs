//! `karat serve`: the project's pages, and a worker of its queue.

use std::sync::Arc;

use karat_pipeline::base::Base;
use karat_pipeline::queue::Stop;
use karat_record::{Reporter, Result};
use karat_server::{Options, Server, TlsFiles};
use serde_json::json;

use super::work::{listen, worker};
use super::{Done, Shell};
use crate::Ending;
use crate::args::Serve;

pub async fn run(shell: &mut Shell, serve: &Serve) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    shell.agreed(&project, &base, serve.yes)?;
    let reporter = shell.reporter()?;
    let tls = serve.tls_cert.clone().zip(serve.tls_key.clone());
    let options = Options {
        listen: serve.listen,
        public: serve.public.clone(),
        tls: tls.map(|(certificate, key)| TlsFiles { certificate, key }),
        proxies: serve.proxy.clone(),
        invite_admin: serve.invite_admin,
        at_once: serve.at_once.into(),
        upload_limit: serve.upload_limit.saturating_mul(1_000_000),
    };
    let stop = Stop::default();
    listen(&stop)?;
    let server = Server::open(project, base.address.clone(), &options, reporter.clone()).await?;
    shell.output.line(format!("serving {}; end it with Ctrl-C", server.url));
    if let Some(link) = &server.first_link {
        shell.output.line(format!(
            "{}; this link makes an admin, once, within a day:\n  {link}",
            if serve.invite_admin { "on demand" } else { "nobody can sign in yet" }
        ));
    }
    shell.output.document(&json!({ "url": server.url, "first_link": server.first_link }));
    let leave = stop.leave.clone();
    let serving = server.run(async move { leave.cancelled().await });
    match serve.no_work {
        true => {
            serving.await;
            drop(base);
        }
        false => {
            let serving = async {
                serving.await;
                Ok(())
            };
            tokio::try_join!(serving, work(shell, base, (reporter, stop)))?;
        }
    }
    Ok(Ending::Done)
}

async fn work(
    shell: &Shell,
    base: Base,
    (reporter, stop): (Arc<dyn Reporter>, Stop),
) -> Result<()> {
    worker(shell, base, reporter).run(stop).await.map(drop)
}
