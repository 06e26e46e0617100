//! A server that answers as Supabase Storage does: most of what it refuses with 400, and the reason
//! in the body.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

pub const KEY: &str = "service-s3cr3t";
pub const BUCKET: &str = "karat-test";

/// What it has, and how often it is out of order yet.
#[derive(Default)]
pub struct Inner {
    pub objects: BTreeMap<String, Bytes>,
    pub broken: u32,
    /// Method and path of what was asked.
    pub asked: Vec<String>,
}

/// A server on a port of its own, until it is dropped.
pub struct SupabaseServer {
    pub address: SocketAddr,
    pub inner: Arc<Mutex<Inner>>,
    _runtime: Runtime,
}

impl SupabaseServer {
    pub fn start() -> SupabaseServer {
        let inner = Arc::<Mutex<Inner>>::default();
        let router = Router::new().fallback(answer).with_state(inner.clone());
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, router).await });
        SupabaseServer { address, inner, _runtime: runtime }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn keys(&self) -> Vec<String> {
        self.inner.lock().unwrap().objects.keys().cloned().collect()
    }
}

type Query2 = Query<HashMap<String, String>>;

async fn answer(
    State(inner): State<Arc<Mutex<Inner>>>,
    Query(query): Query2,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/storage/v1/").unwrap_or_default().to_owned();
    let method = parts.method.clone();
    let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("");
    inner.lock().unwrap().asked.push(format!("{method} {path}"));
    if let Some(left) = { inner.lock().unwrap().broken }.checked_sub(1) {
        inner.lock().unwrap().broken = left;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let signed = path.starts_with("object/sign/") && query.get("token").is_some_and(|t| t == "jwt");
    let known = header("apikey") == KEY && header("authorization") == format!("Bearer {KEY}");
    if !signed && !known {
        return refuse(&method, ("403", "Unauthorized", "signature verification failed"));
    }
    let upsert = header("x-upsert") == "true";
    let length = header("content-length").to_owned();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    if method == Method::POST && length != body.len().to_string() {
        return refuse(&method, ("411", "length", "an upload has to say how long it is"));
    }
    let mut inner = inner.lock().unwrap();
    let parts: Vec<&str> = path.split('/').collect();
    let (what, rest) = match parts.as_slice() {
        ["bucket", bucket] => ("bucket", vec![*bucket]),
        ["object", what @ ("authenticated" | "list" | "sign"), rest @ ..] => (*what, rest.to_vec()),
        ["object", rest @ ..] => ("object", rest.to_vec()),
        _ => return refuse(&method, ("404", "not_found", "Route not found")),
    };
    if rest[0] != BUCKET {
        return refuse(&method, ("404", "Bucket not found", "Bucket not found"));
    }
    let key = rest[1..].join("/");
    let there = inner.objects.get(&key).cloned();
    let missing = ("404", "not_found", "Object not found");
    match (method.as_str(), what, there) {
        ("GET", "bucket", _) => {
            json!({ "id": BUCKET, "public": false }).to_string().into_response()
        }
        ("POST", "object", Some(_)) if !upsert => {
            refuse(&method, ("409", "Duplicate", "The resource already exists"))
        }
        ("POST", "object", _) => {
            inner.objects.insert(key.clone(), body);
            json!({ "Id": "1", "Key": format!("{BUCKET}/{key}") }).to_string().into_response()
        }
        ("POST", "list", _) => list(&inner.objects, &body).into_response(),
        ("HEAD" | "GET", "authenticated", Some(bytes)) => Body::from(bytes).into_response(),
        ("GET", "sign", Some(bytes)) => {
            let name = query.get("download").cloned().unwrap_or_default();
            let attached = format!("attachment; filename={name}");
            ([("content-disposition", attached)], bytes).into_response()
        }
        ("POST", "sign", Some(_)) => {
            let life = serde_json::from_slice::<Json>(&body).unwrap()["expiresIn"].as_u64();
            assert_eq!(life, Some(60));
            json!({ "signedURL": format!("/object/sign/{BUCKET}/{key}?token=jwt") })
                .to_string()
                .into_response()
        }
        ("DELETE", "object", Some(_)) => {
            inner.objects.remove(&key);
            json!({ "message": "Successfully deleted" }).to_string().into_response()
        }
        _ => refuse(&method, missing),
    }
}

fn refuse(method: &Method, (code, error, message): (&str, &str, &str)) -> Response {
    let body = json!({ "statusCode": code, "error": error, "message": message }).to_string();
    let body = if method == Method::HEAD { String::new() } else { body };
    (StatusCode::BAD_REQUEST, body).into_response()
}

/// One level below a prefix: folders without an id, files with their sizes.
fn list(objects: &BTreeMap<String, Bytes>, asked: &[u8]) -> String {
    let asked: Json = serde_json::from_slice(asked).unwrap();
    let prefix = format!("{}/", asked["prefix"].as_str().unwrap().trim_end_matches('/'));
    let (mut folders, mut entries) = (HashSet::new(), Vec::new());
    for (key, bytes) in objects.iter().filter(|(key, _)| key.starts_with(&prefix)) {
        match key[prefix.len()..].split_once('/') {
            Some((folder, _)) if folders.insert(folder.to_owned()) => {
                entries.push(json!({ "name": folder, "id": null, "metadata": null }));
            }
            Some(_) => {}
            None => entries.push(json!({
                "name": &key[prefix.len()..], "id": "1", "metadata": { "size": bytes.len() },
            })),
        }
    }
    let number = |key: &str| asked[key].as_u64().unwrap() as usize;
    let page = entries.into_iter().skip(number("offset")).take(number("limit"));
    Json::Array(page.collect()).to_string()
}
