//! A server that speaks S3, verifies signatures and keeps objects as files.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// Who may come in.
pub const ACCESS_KEY: &str = "AKIDEXAMPLE";
/// What they know.
pub const SECRET_KEY: &str = "s3cr3t-of-the-bucket";
/// The one bucket that there is.
pub const BUCKET: &str = "karat-test";

/// A server on a port of its own, until it is dropped.
pub struct S3Server {
    pub address: SocketAddr,
    folder: tempfile::TempDir,
    /// Method, path and query of what was asked.
    asked: Arc<Mutex<Vec<String>>>,
    _runtime: Runtime,
}

impl S3Server {
    pub fn start() -> S3Server {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let (service, asked) = (builder.build(), Arc::<Mutex<Vec<String>>>::default());
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (address, log) = (listener.local_addr().unwrap(), asked.clone());
        runtime.spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else { continue };
                let (service, log) = (service.clone(), log.clone());
                let answer = service_fn(move |request: hyper::Request<Incoming>| {
                    log.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
                    let is_there = request.uri().path().starts_with(&format!("/{BUCKET}"));
                    let answer = Service::call(&service, request);
                    // The file system behind it would make any bucket.
                    async move { if is_there { answer.await } else { Ok(no_bucket()) } }
                });
                let io = TokioIo::new(socket);
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(io, answer),
                );
            }
        });
        S3Server { address, folder, asked, _runtime: runtime }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The keys of all objects, in order.
    pub fn keys(&self) -> Vec<String> {
        let root = self.folder.path().join(BUCKET);
        let (mut folders, mut found) = (vec![root.clone()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                match entry.path().is_dir() {
                    true => folders.push(entry.path()),
                    false => {
                        let path = entry.path();
                        found.push(path.strip_prefix(&root).unwrap().display().to_string());
                    }
                }
            }
        }
        found.sort();
        found
    }

    /// Where the bytes of an object lie.
    pub fn path(&self, key: &str) -> PathBuf {
        self.folder.path().join(BUCKET).join(key)
    }

    /// What was asked since the last time, by method.
    pub fn asked(&self, method: &str) -> Vec<String> {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap());
        asked.into_iter().filter(|line| line.starts_with(method)).collect()
    }
}

fn no_bucket() -> hyper::Response<s3s::Body> {
    let body = "<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>".to_owned();
    hyper::Response::builder().status(404).body(body.into()).unwrap()
}
