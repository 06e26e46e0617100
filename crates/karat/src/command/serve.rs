//! `karat serve`: the project's pages.

use karat_record::{Kind, Problem, Result};
use karat_server::{Options, Server};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::{Done, Shell};
use crate::Ending;
use crate::args::Serve;

pub async fn run(shell: &mut Shell, serve: &Serve) -> Done {
    let project = shell.project()?;
    let base = shell.base(&project)?;
    let reporter = shell.reporter()?;
    let options = Options { listen: serve.listen, public: serve.public.clone() };
    let end = asked_to_end()?;
    let server = Server::open(project, base.address.clone(), &options, reporter).await?;
    shell.output.line(format!("serving {}; end it with Ctrl-C", server.url));
    if let Some(link) = &server.first_link {
        shell.output.line(format!(
            "nobody can sign in yet; this link makes the first admin, once, within a day:\n  {link}"
        ));
    }
    shell.output.document(&json!({ "url": server.url, "first_link": server.first_link }));
    server.run(end).await?;
    Ok(Ending::Done)
}

/// Done when somebody wants the process to end.
fn asked_to_end() -> Result<impl Future<Output = ()> + Send + 'static> {
    let cannot = |e: std::io::Error| Problem::new(Kind::Internal, format!("no signals: {e}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
