//! Web addresses, written one way.

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "url",
    about: "a web address with scheme and host in lower case; default port and last slash go",
    passing: ("HTTPS://Example.com:443/Team/?id=1", "https://example.com/Team?id=1"),
    failing: Some("no website"),
    apply,
};

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    match url(text) {
        Ok(url) => Cleaned::Kept(url.into()),
        Err(why) => Cleaned::Dropped(why),
    }
}

/// Scheme, host, port, path, query and fragment. A text without scheme stays without: whether it
/// is served by http or https is not in it.
fn url(text: &str) -> Result<String, &'static str> {
    let bad = "is no web address";
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(bad);
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => (String::new(), text.trim_start_matches("//")),
    };
    if !["", "http", "https", "ftp"].contains(&scheme.as_str()) {
        return Err(bad);
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    if authority.contains('@') {
        return Err("holds a user's name");
    }
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let host = host.trim_end_matches('.').to_lowercase();
    if !is_host(&host) || !port.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad);
    }
    let is_default = matches!((scheme.as_str(), port), ("http", "80") | ("https", "443"));
    let port = if port.is_empty() || is_default { String::new() } else { format!(":{port}") };
    let (path, query) = tail.split_at(tail.find(['?', '#']).unwrap_or(tail.len()));
    let path = path.trim_end_matches('/');
    let scheme = if scheme.is_empty() { scheme } else { scheme + "://" };
    Ok(format!("{scheme}{host}{port}{path}{query}"))
}

/// A name of at least two labels, the last with a letter; or four numbers of an address.
fn is_host(host: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    let labels = host.split('.').count();
    let numbers = host.split('.').filter(|l| l.parse::<u8>().is_ok()).count();
    let last = host.rsplit('.').next().unwrap_or("");
    let is_name = labels >= 2 && last.chars().any(char::is_alphabetic);
    host.split('.').all(label) && (is_name || labels == 4 && numbers == 4)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn web_addresses_are_written_one_way() {
        let no = "no: is no web address";
        check(
            &RULE,
            "US",
            &[
                ("http://example.com", "http://example.com"),
                ("http://example.com/", "http://example.com"),
                ("HTTP://EXAMPLE.COM/Path/", "http://example.com/Path"),
                ("https://example.com:443/a", "https://example.com/a"),
                ("http://example.com:80", "http://example.com"),
                ("http://example.com:8080/", "http://example.com:8080"),
                ("https://example.com/?utm_source=x", "https://example.com?utm_source=x"),
                ("https://example.com/a?B=C#D", "https://example.com/a?B=C#D"),
                ("www.Example.com", "www.example.com"),
                ("//example.com/a", "example.com/a"),
                ("http://192.0.2.1/a", "http://192.0.2.1/a"),
                ("https://bücher.example", "https://bücher.example"),
                ("mailto:jane@example.com", "no: holds a user's name"),
                ("gopher://example.com", no),
                ("https://jane@example.com", "no: holds a user's name"),
                ("https://example", no),
                ("example", no),
                ("http://exa mple.com", no),
                ("http://-a.com", no),
                ("12.5", no),
                ("n/a", "no: is a placeholder"),
            ],
        );
    }
}
