//! A bucket that all machines of a project share: S3 and what speaks as it does, or Supabase.
//! Objects are called by the SHA-256 of their bytes, below a prefix.

mod endpoint;
mod s3;
mod supabase;
mod waiting;

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use karat_record::{Kind, Problem, Result};

pub use endpoint::Endpoint;
use s3::S3;
use supabase::Supabase;
use waiting::{come, wait};

use crate::storage::Content;
use crate::vault::Incoming;

/// How long a bucket that answered counts as one that answers.
const FRESH: Duration = Duration::from_secs(30);

/// How often something is tried that broke off.
const ATTEMPTS: u32 = 3;

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Where a bucket is, and what opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    S3 {
        /// None is AWS.
        endpoint: Option<Endpoint>,
        region: String,
        access_key: String,
        secret_key: Secret,
        /// Of credentials that end.
        session: Option<Secret>,
    },
    Supabase {
        /// Of the project: `https://REF.supabase.co`.
        url: Endpoint,
        key: Secret,
    },
}

/// A bucket as it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub name: String,
    /// Before the key of each object, without slashes around it; may be empty.
    pub prefix: String,
    pub place: Place,
}

/// A bucket. The connection is made when it is first needed.
#[derive(Clone)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    settings: Settings,
    store: OnceLock<Result<Store>>,
    answered: Mutex<Option<Instant>>,
}

#[derive(Clone)]
enum Store {
    S3(S3),
    Supabase(Supabase),
}

/// The objects of a bucket that are files of one sort.
#[derive(Clone, Debug)]
pub struct Objects {
    bucket: Bucket,
    sort: &'static str,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.settings.fmt(f)
    }
}

impl Bucket {
    pub fn new(settings: Settings) -> Bucket {
        let (store, answered) = (OnceLock::new(), Mutex::new(None));
        Bucket(Arc::new(Inner { settings, store, answered }))
    }

    /// What must not appear in anything that is printed.
    pub fn secrets(&self) -> Vec<String> {
        match &self.0.settings.place {
            Place::S3 { secret_key, session, .. } => {
                [Some(secret_key), session.as_ref()].into_iter().flatten()
            }
            Place::Supabase { key, .. } => [Some(key), None].into_iter().flatten(),
        }
        .map(|secret| secret.0.clone())
        .filter(|secret| !secret.is_empty())
        .collect()
    }

    /// The objects of one sort: `outputs`, `files`.
    pub fn objects(&self, sort: &'static str) -> Objects {
        Objects { bucket: self.clone(), sort }
    }

    /// Whether the bucket answers, and lets us in. One that did half a minute ago is not asked again.
    ///
    /// # Errors
    /// Why not.
    pub async fn answers(&self) -> Result<()> {
        let answered = || self.0.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered().is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(());
        }
        let store = self.store()?;
        come(async move {
            match store {
                Store::S3(s3) => s3.check().await,
                Store::Supabase(supabase) => supabase.check().await,
            }
        })
        .await??;
        *answered() = Some(Instant::now());
        Ok(())
    }

    fn store(&self) -> Result<Store> {
        let settings = &self.0.settings;
        let begin = || match &settings.place {
            Place::S3 { .. } => S3::new(settings).map(Store::S3),
            Place::Supabase { url, key } => Supabase::new(settings, url, key).map(Store::Supabase),
        };
        self.0.store.get_or_init(begin).clone()
    }
}

impl Objects {
    /// What the object of a hash is called.
    pub fn key(&self, sha256: &str) -> String {
        format!("{}/{}/{sha256}", self.folder(), &sha256[..2])
    }

    /// What stands before all their keys.
    fn folder(&self) -> String {
        match self.bucket.0.settings.prefix.as_str() {
            "" => self.sort.to_owned(),
            prefix => format!("{prefix}/{}", self.sort),
        }
    }

    /// How messages name an object.
    pub fn shown(&self, sha256: &str) -> String {
        format!("the object {} of bucket {}", self.key(sha256), self.bucket.0.settings.name)
    }

    /// Whether the bucket has these bytes, by their name and number.
    ///
    /// # Errors
    /// When the bucket does not say.
    pub fn has(&self, content: &Content) -> Result<bool> {
        let (store, key, bytes) = (self.bucket.store()?, self.key(&content.sha256), content.bytes);
        wait(async move { Ok(store.size(&key).await? == Some(bytes)) })?
    }

    /// The same for callers that are asynchronous.
    ///
    /// # Errors
    /// When the bucket does not say.
    pub async fn holds(&self, content: &Content) -> Result<bool> {
        let (store, key, bytes) = (self.bucket.store()?, self.key(&content.sha256), content.bytes);
        come(async move { Ok(store.size(&key).await? == Some(bytes)) }).await?
    }

    /// Puts a file into the bucket, unless it is there.
    ///
    /// # Errors
    /// When the bucket does not take it.
    pub fn put(&self, path: &Path, content: &Content) -> Result<()> {
        let (store, key, bytes) = (self.bucket.store()?, self.key(&content.sha256), content.bytes);
        let path = path.to_owned();
        wait(async move {
            if store.size(&key).await? == Some(bytes) {
                return Ok(());
            }
            match store {
                Store::S3(s3) => s3.put(&key, &path, bytes).await,
                Store::Supabase(supabase) => supabase.put(&key, &path, bytes).await,
            }
        })?
    }

    /// Reads an object into what `begin` begins, anew where it breaks off; `None` where there is none.
    ///
    /// # Errors
    /// When the bucket does not hand it out, or the disk does not take it.
    pub fn get(
        &self,
        sha256: &str,
        begin: impl Fn() -> Result<Incoming>,
    ) -> Result<Option<Incoming>> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (store, key, incoming) = (self.bucket.store()?, self.key(sha256), begin()?);
            let got = wait(async move {
                match store {
                    Store::S3(s3) => s3.get(&key, incoming).await,
                    Store::Supabase(supabase) => supabase.get(&key, incoming).await,
                }
            })?;
            match got {
                Err(problem) if problem.kind == Kind::Lost && attempt < ATTEMPTS => {}
                got => return got,
            }
        }
    }

    /// What the bucket has, in no order.
    ///
    /// # Errors
    /// When the bucket does not say.
    pub fn list(&self) -> Result<Vec<Content>> {
        let (store, folder) = (self.bucket.store()?, self.folder());
        let found = wait(async move {
            match store {
                Store::S3(s3) => s3.list(&folder).await,
                Store::Supabase(supabase) => supabase.list(&folder).await,
            }
        })??;
        let named = |(key, bytes): (String, u64)| {
            let sha256 = key.rsplit('/').next()?.to_owned();
            let is_one = sha256.len() == 64 && self.key(&sha256) == key;
            is_one.then_some(Content { sha256, bytes })
        };
        Ok(found.into_iter().filter_map(named).collect())
    }

    /// Removes an object; none is none too many.
    ///
    /// # Errors
    /// When the bucket keeps it.
    pub fn remove(&self, sha256: &str) -> Result<()> {
        let (store, key) = (self.bucket.store()?, self.key(sha256));
        wait(async move {
            match store {
                Store::S3(s3) => s3.remove(&key).await,
                Store::Supabase(supabase) => supabase.remove(&key).await,
            }
        })?
    }

    /// The store's own link to an object, which has a browser save it under `name`: it is good for
    /// `life`, for whoever has it. `header` says the same as `name`, as `Content-Disposition` says it.
    ///
    /// # Errors
    /// When the store gives none.
    pub async fn link(
        &self,
        sha256: &str,
        (name, header): (&str, &str),
        life: Duration,
    ) -> Result<String> {
        let (store, key) = (self.bucket.store()?, self.key(sha256));
        let (name, header) = (name.to_owned(), header.to_owned());
        come(async move {
            match store {
                Store::S3(s3) => s3.link(&key, &header, life).await,
                Store::Supabase(supabase) => supabase.link(&key, &name, life).await,
            }
        })
        .await?
    }
}

impl Store {
    /// How many bytes an object has; `None` where there is none.
    async fn size(&self, key: &str) -> Result<Option<u64>> {
        match self {
            Store::S3(s3) => s3.size(key).await,
            Store::Supabase(supabase) => supabase.size(key).await,
        }
    }
}

/// Takes the next bytes of an object.
fn take(incoming: &mut Incoming, bytes: &[u8]) -> Result<()> {
    incoming.write_all(bytes).map_err(|e| {
        let problem = Problem::new(Kind::Permission, format!("an object cannot be kept: {e}"));
        problem.hint("look for the place that is left on this machine's disk")
    })
}

/// That a bucket is not there.
fn no_bucket(name: &str) -> Problem {
    let problem = Problem::new(Kind::Connection, format!("there is no bucket {name}"));
    problem.hint("make it, or correct bucket below [storage] in karat.toml")
}

/// That a bucket refuses us.
fn refused(name: &str, why: &str, variables: &str) -> Problem {
    let what = format!("the bucket {name} refuses what is asked{why}");
    let hint = format!("check {variables}, and that they may read, write, list and remove there");
    Problem::new(Kind::Permission, what).hint(hint)
}

/// That nobody answers.
fn unreachable(place: &str) -> Problem {
    let problem = Problem::new(Kind::Connection, format!("the store at {place} cannot be reached"));
    problem.hint("check the address and the network, or whether the store runs")
}
