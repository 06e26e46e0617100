//! The address of a store of objects.

use reqwest::Url;

/// An address that may be spoken to: by TLS, or on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Reads an address.
    ///
    /// # Errors
    /// Why it cannot be one, as the end of a sentence that begins with what was read.
    pub fn parse(text: &str) -> Result<Endpoint, &'static str> {
        let url = Url::parse(text.trim_end_matches('/')).map_err(|_| "is not a URL")?;
        let Some(host) = url.host_str() else { return Err("has no host") };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("holds a user name, which belongs into the environment");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("ends with more than a path");
        }
        match url.scheme() {
            "https" => Ok(Endpoint(url)),
            "http" if is_own(host) => Ok(Endpoint(url)),
            "http" => Err("is not https, and not on this machine"),
            _ => Err("does not begin with https://"),
        }
    }

    /// Without a slash at its end.
    pub fn text(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether it is spoken to without TLS.
    pub fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }
}

/// Whether a host is this machine.
fn is_own(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for (text, found) in [
            ("https://s3.example.com/", Ok("https://s3.example.com")),
            ("https://a.supabase.co/storage/v1/s3", Ok("https://a.supabase.co/storage/v1/s3")),
            ("http://127.0.0.1:9000", Ok("http://127.0.0.1:9000")),
            ("http://[::1]:9000", Ok("http://[::1]:9000")),
            ("http://localhost:9000", Ok("http://localhost:9000")),
            ("http://s3.example.com", Err("is not https, and not on this machine")),
            ("http://127.0.0.1.example.com", Err("is not https, and not on this machine")),
            ("s3.example.com", Err("is not a URL")),
            ("ftp://s3.example.com", Err("does not begin with https://")),
            (
                "https://me:word@s3.example.com",
                Err("holds a user name, which belongs into the environment"),
            ),
            ("https://s3.example.com/?a=b", Err("ends with more than a path")),
        ] {
            let read = Endpoint::parse(text);
            assert_eq!(read.as_ref().map(Endpoint::text).map_err(|why| *why), found, "{text}");
        }
    }
}
