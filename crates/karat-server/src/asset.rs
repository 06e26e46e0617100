//! The style and the scripts of the pages.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};

use crate::failure::Failure;

/// Part of the addresses of assets, so that a new program gets new ones.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const STYLE: &str = include_str!("../assets/style.css");
const BACK: &str = include_str!("../assets/back.js");
const LIVE: &str = include_str!("../assets/live.js");
const REVIEW: &str = include_str!("../assets/review.js");
const UPLOAD: &str = include_str!("../assets/upload.js");

/// What the pages are drawn with. Their addresses carry the program's version, so that browsers may
/// keep them.
pub async fn asset(Path(name): Path<String>) -> Result<(HeaderMap, String), Failure> {
    let (kind, text) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", [karat_chart::STYLE, STYLE].concat()),
        "back.js" => ("text/javascript; charset=utf-8", BACK.to_owned()),
        "live.js" => ("text/javascript; charset=utf-8", LIVE.to_owned()),
        "review.js" => ("text/javascript; charset=utf-8", REVIEW.to_owned()),
        "upload.js" => ("text/javascript; charset=utf-8", UPLOAD.to_owned()),
        _ => return Err(Failure::NotThere),
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    Ok((headers, text))
}
