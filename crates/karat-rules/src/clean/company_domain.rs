//! The host of a web address, without `www.`: what a company's pages and mailboxes share.

use super::{Cleaned, Context, Rule, is_placeholder};

pub(super) const RULE: Rule = Rule {
    name: "domain",
    about: "the host name of a web address in lower case, without www.",
    passing: ("https://www.Example.com/team?id=1", "example.com"),
    failing: Some("no website"),
    apply,
};

fn apply<'a>(text: &'a str, _: &Context) -> Cleaned<'a> {
    let text = text.trim();
    if is_placeholder(text) {
        return Cleaned::Dropped("is a placeholder");
    }
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = host.rsplit('@').next().unwrap_or("");
    let host = host.split(':').next().unwrap_or("").trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-');
    if host.contains('.') && host.split('.').all(label) {
        Cleaned::Kept(host.to_owned().into())
    } else {
        Cleaned::Dropped("is not a web address")
    }
}
