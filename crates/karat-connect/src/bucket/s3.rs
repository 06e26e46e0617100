//! S3, and what speaks as it does.

use std::error::Error as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use karat_record::{Kind, Problem, Result};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{ClientOptions, HttpError, HttpErrorKind};
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path as Key;
use object_store::signer::{Method, SignedUrlOptions, Signer};
use object_store::{Error, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart};

use super::{Place, Settings, no_bucket, refused, take, unreachable};
use crate::tls;
use crate::vault::Incoming;

/// Bytes that go up at once; more than these go in parts.
const PART: u64 = 8 * 1024 * 1024;

/// Parts on their way at the same time, which memory holds.
const AT_ONCE: usize = 2;

/// Parts that S3 puts together at most.
const MOST_PARTS: u64 = 10_000;

/// How long a request may stand still.
const PATIENCE: Duration = Duration::from_secs(120);

/// What S3 says of keys that are wrong, some of it as of a request that is.
const OF_KEYS: [&str; 6] = [
    "AccessDenied",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];

/// What opens a bucket, for messages.
const VARIABLES: &str = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

#[derive(Clone)]
pub struct S3 {
    store: Arc<AmazonS3>,
    name: String,
    /// The address, for messages.
    at: String,
}

impl S3 {
    pub fn new(settings: &Settings) -> Result<S3> {
        let Place::S3 { endpoint, region, access_key, secret_key, session } = &settings.place
        else {
            return Err(Problem::new(Kind::Internal, "a bucket that is not S3"));
        };
        tls::provide();
        let client = ClientOptions::new().with_timeout_disabled().with_read_timeout(PATIENCE);
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.name)
            .with_region(region)
            .with_access_key_id(access_key)
            .with_secret_access_key(&secret_key.0)
            .with_retry(RetryConfig {
                max_retries: 3,
                retry_timeout: Duration::from_secs(60),
                ..RetryConfig::default()
            });
        if let Some(session) = session {
            builder = builder.with_token(&session.0);
        }
        let mut is_plain = false;
        let mut at = format!("AWS S3 in {region}");
        match endpoint {
            Some(endpoint) => {
                is_plain = endpoint.is_plain();
                at = endpoint.text().to_owned();
                builder = builder.with_endpoint(&at);
            }
            // AWS gives each bucket a host; others are spoken to by path.
            None => {
                builder = builder.with_virtual_hosted_style_request(!settings.name.contains('.'))
            }
        }
        let store = builder.with_client_options(client.with_allow_http(is_plain)).build();
        let store = store.map_err(|e| {
            let problem = Problem::new(Kind::Project, format!("S3 cannot be spoken to: {e}"));
            problem.hint("look at [storage] in karat.toml")
        })?;
        Ok(S3 { store: Arc::new(store), name: settings.name.clone(), at })
    }

    pub async fn check(&self) -> Result<()> {
        let one = PaginatedListOptions { max_keys: Some(1), ..PaginatedListOptions::default() };
        let listed = self.store.list_paginated(None, one).await;
        listed.map(drop).map_err(|e| self.problem(&e))
    }

    pub async fn size(&self, key: &str) -> Result<Option<u64>> {
        match self.store.head(&Key::from(key)).await {
            Ok(found) => Ok(Some(found.size)),
            // Whether the bucket itself is missing, no answer to HEAD says.
            Err(Error::NotFound { .. }) => Ok(None),
            // An answer to HEAD has no body that says why: one to a list has.
            Err(error) => Err(self.check().await.err().unwrap_or_else(|| self.problem(&error))),
        }
    }

    pub async fn put(&self, key: &str, path: &Path, bytes: u64) -> Result<()> {
        let unread = |e: std::io::Error| Problem::io("read", path, &e);
        let mut file = File::open(path).map_err(unread)?;
        let key = Key::from(key);
        if bytes <= PART {
            let mut all = Vec::with_capacity(bytes as usize);
            file.read_to_end(&mut all).map_err(unread)?;
            let put = self.store.put(&key, all.into()).await;
            return put.map(drop).map_err(|e| self.problem(&e));
        }
        let upload = self.store.put_multipart(&key).await.map_err(|e| self.problem(&e))?;
        let part = PART.max(bytes.div_ceil(MOST_PARTS)) as usize;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, part);
        let mut buffer = vec![0; 256 * 1024];
        let sent = loop {
            if let Err(error) = upload.wait_for_capacity(AT_ONCE).await {
                break Err(self.problem(&error));
            }
            match file.read(&mut buffer) {
                Ok(0) => break Ok(()),
                Ok(read) => upload.write(&buffer[..read]),
                Err(error) => break Err(unread(error)),
            }
        };
        match sent {
            // Gives its parts up itself, where they cannot be put together.
            Ok(()) => upload.finish().await.map(drop).map_err(|e| self.problem(&e)),
            Err(problem) => {
                // Parts that cannot be given up either are left to the bucket's own rules.
                drop(upload.abort().await);
                Err(problem)
            }
        }
    }

    pub async fn get(&self, key: &str, mut incoming: Incoming) -> Result<Option<Incoming>> {
        let object = match self.store.get(&Key::from(key)).await {
            Ok(object) => object,
            Err(error @ Error::NotFound { .. }) if !code(&error).contains("NoSuchBucket") => {
                return Ok(None);
            }
            Err(error) => return Err(self.problem(&error)),
        };
        let mut pieces = object.into_stream();
        while let Some(piece) = pieces.next().await {
            take(&mut incoming, &piece.map_err(|e| self.problem(&e))?)?;
        }
        Ok(Some(incoming))
    }

    pub async fn list(&self, folder: &str) -> Result<Vec<(String, u64)>> {
        let objects = self.store.list(Some(&Key::from(folder)));
        let found = objects.map_ok(|object| (object.location.to_string(), object.size));
        found.try_collect().await.map_err(|e| self.problem(&e))
    }

    pub async fn remove(&self, key: &str) -> Result<()> {
        match self.store.delete(&Key::from(key)).await {
            Err(error @ Error::NotFound { .. }) if !code(&error).contains("NoSuchBucket") => Ok(()),
            removed => removed.map_err(|e| self.problem(&e)),
        }
    }

    pub async fn link(&self, key: &str, header: &str, life: Duration) -> Result<String> {
        let named = SignedUrlOptions::new().with_query([("response-content-disposition", header)]);
        let url = self.store.signed_url_opts(Method::GET, &Key::from(key), life, &named).await;
        url.map(String::from).map_err(|e| self.problem(&e))
    }

    /// What an error means to who uses Karat. Of the store's answer only its code is told.
    fn problem(&self, error: &Error) -> Problem {
        let code = code(error);
        let why = if code.is_empty() { String::new() } else { format!(": {code}") };
        match error {
            Error::NotFound { .. } => no_bucket(&self.name),
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
                refused(&self.name, &why, VARIABLES)
            }
            _ if OF_KEYS.contains(&code.as_str()) => refused(&self.name, &why, VARIABLES),
            _ if code == "NoSuchBucket" => no_bucket(&self.name),
            _ if is_of_connecting(error) => unreachable(&self.at),
            // A wrong region, or a name that no bucket can have.
            _ if is_of_asking(error) => {
                let what =
                    format!("the store at {} does not understand what is asked{why}", self.at);
                let hint = "check region, endpoint and bucket below [storage] in karat.toml";
                Problem::new(Kind::Connection, what).hint(hint)
            }
            _ => {
                let what = format!("the store at {} broke off{why}", self.at);
                Problem::new(Kind::Lost, what).hint("run the same command again in a while")
            }
        }
    }
}

/// The `<Code>` of S3's answer.
fn code(error: &Error) -> String {
    let text = error.to_string();
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map(|(code, _)| code.to_owned()).unwrap_or_default()
}

fn is_of_connecting(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        let http = error.downcast_ref::<HttpError>();
        if http.is_some_and(|http| http.kind() == HttpErrorKind::Connect) {
            return true;
        }
        source = error.source();
    }
    false
}

/// Whether the store's answer is a 3xx or 4xx.
fn is_of_asking(error: &Error) -> bool {
    let text = error.to_string();
    let status = text.split_once("status code: ").map(|(_, rest)| rest.starts_with(['3', '4']));
    status.unwrap_or(false) && !text.contains("status code: 429")
        || text.contains("Received redirect without LOCATION")
}
