//! Telling another program that something happened: signed as in Standard Webhooks 1.0, and not to
//! addresses that only this machine or its network reaches, unless they may be.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use karat_record::{Kind, Problem, Result};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use sha2::Sha256;

use crate::tls;

/// How long the other program may take to be reached, and to answer.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(30);

/// How secrets are written where people see them.
const SECRET: &str = "whsec_";

/// A message to be delivered.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The same each time that it is delivered.
    pub id: &'a str,
    pub body: &'a str,
    /// When it is sent, in seconds since 1970.
    pub at: i64,
}

/// What the other program made of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Yes,
    /// It wants no more of them.
    NoMore,
}

/// A secret as the other program is given it.
pub fn shown(secret: &[u8]) -> String {
    format!("{SECRET}{}", STANDARD.encode(secret))
}

/// The signature of a message.
pub fn signature(secret: &[u8], message: &Message<'_>) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key may have any length");
    let Message { id, body, at } = message;
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// A URL to which messages may go, as far as it can be told by itself.
///
/// # Errors
/// One that is none, holds a password, or leads to this machine or its network.
pub fn checked(url: &str, private: bool) -> Result<Url> {
    let wrong = |why: &str| {
        let what = format!("messages cannot go there: {why}");
        Problem::new(Kind::Usage, what).hint("a URL is like https://example.com/hooks/karat")
    };
    let url: Url = url.parse().map_err(|e| wrong(&format!("{e}")))?;
    let host = url.host_str().ok_or_else(|| wrong("it names no host"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it holds a name or a password"));
    }
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_near = host == "localhost" || address.is_ok_and(|address| !is_public(address));
    match (url.scheme(), private) {
        ("https", true) | ("http", true) => Ok(url),
        _ if is_near => Err(refused(host)),
        ("https", false) => Ok(url),
        _ => Err(wrong("it is not https")),
    }
}

fn refused(host: &str) -> Problem {
    let what = format!("{host} is an address of this machine or its network");
    Problem::new(Kind::Usage, what)
        .hint("where that is meant, write [webhooks] private = true into karat.toml")
}

/// Delivers a message. What does not go well may go well later, and is `Kind::Lost`.
///
/// # Errors
/// The other program cannot be reached, or does not take the message.
pub async fn deliver(
    url: &str,
    secret: &[u8],
    message: &Message<'_>,
    private: bool,
) -> Result<Taken> {
    let url = checked(url, private)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let lost = |e: reqwest::Error| {
        let what = match std::error::Error::source(&e) {
            // Without the URL, which may hold a token.
            Some(source) => format!("{host} cannot be told: {}", root(source)),
            None => format!("{host} cannot be told: {}", e.without_url()),
        };
        Problem::new(Kind::Lost, what).hint("it is tried again, later each time")
    };
    let request = client(private)?
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", message.id)
        .header("webhook-timestamp", message.at.to_string())
        .header("webhook-signature", signature(secret, message))
        .body(message.body.to_owned());
    let status = request.send().await.map_err(lost)?.status();
    match status {
        status if status.is_success() => Ok(Taken::Yes),
        StatusCode::GONE => Ok(Taken::NoMore),
        status => {
            let what = format!("{host} answered {status}");
            Err(Problem::new(Kind::Lost, what).hint("it is tried again, later each time"))
        }
    }
}

/// The first cause.
fn root<'a>(mut error: &'a (dyn std::error::Error + 'static)) -> &'a dyn std::error::Error {
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

fn client(private: bool) -> Result<Client> {
    // Fails where it was done before.
    tls::provide();
    let builder = Client::builder()
        .user_agent(concat!("karat/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .timeout(ANSWER);
    let builder = if private { builder } else { builder.dns_resolver(Public) };
    builder.build().map_err(|e| Problem::new(Kind::Internal, format!("no client: {e}")))
}

/// Finds the addresses of names, but for those that are not public: whoever owns a name may say that
/// it is one of ours.
struct Public;

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|found| is_public(found.ip())).collect();
            match public.is_empty() {
                true => Err(io::Error::other(refused(name.as_str()).what).into()),
                false => Ok(Box::new(public.into_iter()) as Addrs),
            }
        })
    }
}

/// Whether an address is one of the internet, by the registries of special addresses of the IANA
/// (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let is_shared = a == 100 && (64..128).contains(&b);
            let is_of_protocols = (a, b, c) == (192, 0, 0) || (a, b & 254) == (198, 18);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || v4.is_multicast()
                || is_shared
                || is_of_protocols
                || a == 0
                || a >= 240)
        }
        IpAddr::V6(v6) => {
            let parts = v6.segments();
            let inner = |high: u16, low: u16| {
                let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
                is_public(IpAddr::from([a, b, c, d]))
            };
            match parts {
                // Addresses of the older kind in those of the newer one.
                [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
                [0x2002, high, low, ..] => inner(high, low),
                // Only these are given to anybody.
                [first, second, ..] => {
                    first & 0xe000 == 0x2000 && (first, second) != (0x2001, 0xdb8)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_standard_does() {
        // Key, message and signature of the example in the specification of Standard Webhooks.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let message = Message { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body, at: 1_614_265_330 };
        let signature = signature(&secret, &message);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(shown(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn messages_do_not_go_to_this_network_unless_they_may() {
        for url in [
            "http://127.0.0.1/",
            "https://127.0.0.1:8080/x",
            "https://localhost/",
            "https://10.1.2.3/",
            "https://192.168.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
            "https://2130706433/",
            "https://0x7f.1/",
        ] {
            assert!(checked(url, false).is_err(), "{url}");
            assert!(checked(url, true).is_ok(), "{url}");
        }
        for url in ["https://example.com/hook", "https://93.184.216.34/", "https://[2606:2800::1]/"]
        {
            assert!(checked(url, false).is_ok(), "{url}");
        }
        for url in ["http://example.com/", "ftp://example.com/", "https://a:b@example.com/", "x"] {
            assert!(checked(url, false).is_err(), "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_not_told() {
        let found = Public.resolve("localhost".parse().unwrap()).await;
        let refused = found.err().unwrap().to_string();
        assert!(refused.contains("address of this machine"), "{refused}");
    }
}
