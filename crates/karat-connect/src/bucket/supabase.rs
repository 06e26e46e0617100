//! Supabase Storage, by its REST interface.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use karat_record::{Kind, Problem, Result};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode, Url, redirect};
use serde_json::{Value as Json, json};
use tokio::time::{sleep, timeout};

use super::{ATTEMPTS, Endpoint, Secret, Settings, no_bucket, refused, take, unreachable};
use crate::tls;
use crate::vault::Incoming;

/// How long connecting, an answer, or the next piece of a file may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The slowest network that files go up by, in bytes a second.
const SLOWEST: u64 = 64 * 1024;

/// Bytes that are read and sent at once.
const PIECE: usize = 256 * 1024;

/// Entries of a list that are asked for at once.
const PAGE: usize = 1000;

/// Folders that are listed at the same time.
const AT_ONCE: usize = 4;

/// What opens a bucket, for messages.
const VARIABLES: &str = "SUPABASE_SERVICE_KEY";

#[derive(Clone)]
pub struct Supabase {
    client: Client,
    url: Endpoint,
    key: Secret,
    bucket: String,
}

/// What Supabase says that it did not do.
struct Said {
    /// As in the body, where there is one: the answer's own is 400 for most.
    status: StatusCode,
    message: String,
}

impl Supabase {
    pub fn new(settings: &Settings, url: &Endpoint, key: &Secret) -> Result<Supabase> {
        tls::provide();
        // The key must not follow to another host.
        let client = Client::builder().connect_timeout(PATIENCE).redirect(redirect::Policy::none());
        let client = client.build().map_err(|e| {
            let problem = Problem::new(Kind::Connection, format!("no TLS for Supabase: {e}"));
            problem.hint("install the certificates of this system (ca-certificates)")
        })?;
        let (url, key, bucket) = (url.clone(), key.clone(), settings.name.clone());
        Ok(Supabase { client, url, key, bucket })
    }

    pub async fn check(&self) -> Result<()> {
        let url = self.at(&["bucket", &self.bucket])?;
        self.asked(|| self.request(Method::GET, &url))
            .await?
            .map_err(|said| self.problem(&said))?;
        Ok(())
    }

    pub async fn size(&self, key: &str) -> Result<Option<u64>> {
        let url = self.at(&["object", "authenticated", &self.bucket, key])?;
        match self.asked(|| self.request(Method::HEAD, &url)).await? {
            Ok(answer) => {
                let length = answer.headers().get(CONTENT_LENGTH);
                Ok(length.and_then(|length| length.to_str().ok()?.parse().ok()))
            }
            // An answer to HEAD has no body that says why: what is asked next does.
            Err(said) if matches!(said.status.as_u16(), 400 | 404) => Ok(None),
            Err(said) => Err(self.problem(&said)),
        }
    }

    pub async fn put(&self, key: &str, path: &Path, bytes: u64) -> Result<()> {
        // A file that cannot be read is no matter of the network.
        File::open(path).map_err(|e| Problem::io("read", path, &e))?;
        let url = self.at(&["object", &self.bucket, key])?;
        let request = || {
            let request = self.request(Method::POST, &url).header("x-upsert", "true");
            let request = request.header(CONTENT_TYPE, "application/octet-stream");
            let patience = PATIENCE + Duration::from_secs(bytes / SLOWEST);
            request.header(CONTENT_LENGTH, bytes).timeout(patience).body(body(path))
        };
        self.asked(request).await?.map(drop).map_err(|said| self.problem(&said))
    }

    pub async fn get(&self, key: &str, mut incoming: Incoming) -> Result<Option<Incoming>> {
        let url = self.at(&["object", "authenticated", &self.bucket, key])?;
        let mut answer = match self.asked(|| self.request(Method::GET, &url)).await? {
            Ok(answer) => answer,
            Err(said) if said.is_no_object() => return Ok(None),
            Err(said) => return Err(self.problem(&said)),
        };
        loop {
            match timeout(PATIENCE, answer.chunk()).await {
                Ok(Ok(Some(piece))) => take(&mut incoming, &piece)?,
                Ok(Ok(None)) => return Ok(Some(incoming)),
                Ok(Err(_)) | Err(_) => return Err(self.lost("a file did not come whole")),
            }
        }
    }

    /// All below a folder and its folders.
    pub async fn list(&self, folder: &str) -> Result<Vec<(String, u64)>> {
        let parts = self.entries(folder).await?.into_iter().filter(|(_, size)| size.is_none());
        let folders = parts.map(|(name, _)| format!("{folder}/{name}"));
        let found =
            stream::iter(folders.map(|folder| self.files(folder))).buffer_unordered(AT_ONCE);
        Ok(found.try_collect::<Vec<_>>().await?.concat())
    }

    async fn files(&self, folder: String) -> Result<Vec<(String, u64)>> {
        let entries = self.entries(&folder).await?.into_iter();
        Ok(entries.filter_map(|(name, size)| Some((format!("{folder}/{name}"), size?))).collect())
    }

    /// What a folder has: files with their sizes, and folders without.
    async fn entries(&self, folder: &str) -> Result<Vec<(String, Option<u64>)>> {
        let url = self.at(&["object", "list", &self.bucket])?;
        let mut found = Vec::new();
        loop {
            let order = json!({ "column": "name", "order": "asc" });
            let page = json!({
                "prefix": folder, "limit": PAGE, "offset": found.len(), "sortBy": order,
            });
            let listed = self.told(Method::POST, &url, &page).await?;
            let listed = listed.as_array().cloned().unwrap_or_default();
            found.extend(listed.iter().map(|entry| {
                let size = (!entry["id"].is_null()).then(|| entry["metadata"]["size"].as_u64());
                (
                    entry["name"].as_str().unwrap_or_default().to_owned(),
                    size.map(Option::unwrap_or_default),
                )
            }));
            if listed.len() < PAGE {
                return Ok(found);
            }
        }
    }

    pub async fn remove(&self, key: &str) -> Result<()> {
        let url = self.at(&["object", &self.bucket, key])?;
        match self.asked(|| self.request(Method::DELETE, &url)).await? {
            Err(said) if !said.is_no_object() => Err(self.problem(&said)),
            _ => Ok(()),
        }
    }

    pub async fn link(&self, key: &str, name: &str, life: Duration) -> Result<String> {
        let url = self.at(&["object", "sign", &self.bucket, key])?;
        let asked = json!({ "expiresIn": life.as_secs() });
        let told = self.told(Method::POST, &url, &asked).await?;
        let path = told["signedURL"].as_str().unwrap_or_default();
        let signed = Url::parse(&format!("{}/storage/v1{path}", self.url.text()));
        let signed = signed.ok().filter(|_| path.starts_with("/object/sign/"));
        let mut signed = signed.ok_or_else(|| self.lost("a link is none"))?;
        signed.query_pairs_mut().append_pair("download", name);
        Ok(signed.into())
    }

    /// An address of the interface, each part of which may hold slashes and nothing that means more.
    fn at(&self, parts: &[&str]) -> Result<Url> {
        let text = format!("{}/storage/v1/", self.url.text());
        let wrong = || Problem::new(Kind::Project, "SUPABASE_URL is no address");
        let mut url = Url::parse(&text).map_err(|_| wrong())?;
        let mut segments = url.path_segments_mut().map_err(|()| wrong())?;
        segments.pop_if_empty().extend(parts.iter().flat_map(|part| part.split('/')));
        drop(segments);
        Ok(url)
    }

    fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        let request = self.client.request(method, url.clone()).header("apikey", &self.key.0);
        request.header(AUTHORIZATION, format!("Bearer {}", self.key.0))
    }

    /// Asks for a document.
    async fn told(&self, method: Method, url: &Url, asked: &Json) -> Result<Json> {
        let request = || {
            let request = self.request(method.clone(), url).timeout(PATIENCE);
            request.header(CONTENT_TYPE, "application/json").body(asked.to_string())
        };
        let answer = self.asked(request).await?.map_err(|said| self.problem(&said))?;
        let text = answer.text().await.map_err(|_| self.lost("an answer did not come whole"))?;
        serde_json::from_str(&text).map_err(|_| self.lost("an answer is no JSON"))
    }

    /// Asks, and asks again where that may help.
    async fn asked(&self, request: impl Fn() -> RequestBuilder) -> Result<Result<Response, Said>> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let again = attempt < ATTEMPTS;
            match request().send().await {
                Ok(answer) if answer.status().is_success() => return Ok(Ok(answer)),
                Ok(answer) => {
                    let said = said(answer).await;
                    if !(again && said.is_passing()) {
                        return Ok(Err(said));
                    }
                }
                Err(_) if again => {}
                Err(error) if error.is_connect() => return Err(unreachable(self.url.text())),
                Err(error) if error.is_builder() => {
                    let problem = Problem::new(Kind::Project, "the key holds what no key can");
                    return Err(problem.hint(format!("check {VARIABLES}")));
                }
                Err(_) => return Err(self.lost("no answer came")),
            }
            sleep(Duration::from_millis(200) * attempt * attempt).await;
        }
    }

    /// What an answer means to who uses Karat.
    fn problem(&self, said: &Said) -> Problem {
        let why = match said.message.as_str() {
            "" => String::new(),
            message => format!(": {}", message.chars().take(200).collect::<String>()),
        };
        match said.status.as_u16() {
            404 => no_bucket(&self.bucket),
            401 | 403 => refused(&self.bucket, &why, VARIABLES),
            413 => {
                let what = format!("a file is larger than the bucket {} takes", self.bucket);
                let hint = "raise the file size limit of the bucket and of the project, or use the \
                            project's S3 address with kind = \"s3\"";
                Problem::new(Kind::Permission, what).hint(hint)
            }
            _ if said.is_passing() => self.lost(&format!("it is out of order{why}")),
            status => {
                let what = format!("Supabase does not do what is asked: {status}{why}");
                let hint = "check [storage] in karat.toml and SUPABASE_SERVICE_KEY";
                Problem::new(Kind::Connection, what).hint(hint)
            }
        }
    }

    fn lost(&self, why: &str) -> Problem {
        let what = format!("the store at {} broke off: {why}", self.url.text());
        Problem::new(Kind::Lost, what).hint("run the same command again in a while")
    }
}

impl Said {
    /// That an object is missing, and not its bucket.
    fn is_no_object(&self) -> bool {
        self.status == StatusCode::NOT_FOUND && !self.message.contains("ucket")
    }

    /// Whether it may be another thing in a moment.
    fn is_passing(&self) -> bool {
        self.status.is_server_error()
            || matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
    }
}

/// What an answer says that is none: `{"statusCode": "404", "error": ..., "message": ...}`.
async fn said(answer: Response) -> Said {
    let status = answer.status();
    let text = timeout(PATIENCE, answer.text()).await;
    let body: Json = text
        .ok()
        .and_then(Result::ok)
        .map_or(Json::Null, |text| serde_json::from_str(&text).unwrap_or_default());
    let code = &body["statusCode"];
    let code = code.as_u64().or_else(|| code.as_str()?.parse().ok());
    let own = code.and_then(|code| StatusCode::from_u16(code.try_into().ok()?).ok());
    let message = body["message"].as_str().unwrap_or_default().to_owned();
    Said { status: own.unwrap_or(status), message }
}

/// A file, read while it is sent.
fn body(path: &Path) -> Body {
    let pieces = stream::try_unfold((None, path.to_owned()), |(file, path)| async move {
        let mut file = match file {
            Some(file) => file,
            None => File::open(&path)?,
        };
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece)?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), (Some(file), path))))
    });
    Body::wrap_stream(pieces)
}
