//! Connections: who is at the other end, how long a request may take to come, and how they end.

use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower_http::add_extension::AddExtension;

use crate::tls::Tls;

/// How long the head of a request may take, and how long a connection is kept for another one.
const HEAD: Duration = Duration::from_secs(15);
/// Bytes of a head, more or less.
const LARGEST: usize = 64 << 10;
/// How long nobody is let in when a connection cannot be taken: there are too many of them.
const PAUSE: Duration = Duration::from_millis(100);

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Answers until `end` is done, and then what was begun.
pub async fn serve(
    listener: TcpListener,
    (routes, tls): (Router, Option<Tls>),
    end: impl Future<Output = ()>,
) {
    // Each connection holds one receiver until it has ended.
    let (ending, _) = watch::channel(());
    let mut end = pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let peer = Peer(peer.ip());
                let acceptor = tls.as_ref().map(Tls::acceptor);
                tokio::spawn(greet(stream, acceptor, (routes.clone(), peer), ending.subscribe()));
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
    drop(listener);
    ending.send_replace(());
    ending.closed().await;
}

/// Agrees on how to encrypt, where that is wanted, and answers.
async fn greet(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    to: (Router, Peer),
    ending: watch::Receiver<()>,
) {
    match acceptor {
        None => answer(stream, to, ending).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = timeout(HEAD, acceptor.accept(stream)).await {
                answer(stream, to, ending).await;
            }
        }
    }
}

async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    (routes, peer): (Router, Peer),
    mut ending: watch::Receiver<()>,
) {
    let mut http = Builder::new(TokioExecutor::new()).http1_only();
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(LARGEST);
    let service = TowerToHyperService::new(AddExtension::new(routes, peer));
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    // What goes wrong with a connection is the business of the other end.
    tokio::select! {
        ended = connection.as_mut() => drop(ended),
        _ = ending.changed() => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
}
