//! Where the database is: the URL that people give, what may be shown of it, and how its TLS
//! mode is to be honoured.

use karat_record::{Kind, Problem, Result};
use tokio_postgres::config::{Config, Host, SslMode};

use crate::acting::Acting;
use crate::pool::Pool;
use crate::tether::Tether;

/// A database by its URL. Shown without its password.
#[derive(Clone, Debug)]
pub struct Address {
    pub(crate) config: Config,
    pub(crate) trust: Trust,
    url: String,
    /// For whom those act who connect to it.
    pub acting: Acting,
    pool: Option<Pool>,
    /// The attempt at a job that those who connect to it are part of.
    pub tether: Option<Tether>,
}

/// How far the server's certificate is checked, in the words of libpq's `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// `disable`, `prefer`, `require`: encrypt where asked, accept any certificate.
    Any,
    /// `verify-ca`, `verify-full`: a certificate of a known authority for this host.
    Verified,
}

impl Address {
    /// Reads a `postgresql://` URL or a `key=value` string.
    ///
    /// # Errors
    /// A problem that does not repeat the text, because it may hold a password.
    pub fn parse(url: &str) -> Result<Address> {
        let (plain, trust) = split_sslmode(url.trim());
        let config: Config = plain.parse().map_err(|_| {
            Problem::new(Kind::Connection, "the database URL cannot be read").hint(
                "it looks like postgresql://USER:PASSWORD@HOST:5432/DATABASE; write %40 for @ and \
                 %2F for / inside a user or password",
            )
        })?;
        if config.get_hosts().is_empty() {
            return Err(Problem::new(Kind::Connection, "the database URL names no host")
                .hint("it looks like postgresql://USER:PASSWORD@HOST:5432/DATABASE"));
        }
        // The driver ends the password at the first @ and would show its rest as the host.
        if plain.contains("://") && plain.matches('@').count() > 1 {
            return Err(Problem::new(Kind::Connection, "the database URL has more than one @")
                .hint("write %40 for @ inside a user or password"));
        }
        let mut address = Address {
            config,
            trust,
            url: url.trim().to_owned(),
            acting: Acting::default(),
            pool: None,
            tether: None,
        };
        address.demand_tls_abroad();
        Ok(address)
    }

    /// TLS is mandatory for other machines unless the URL says otherwise.
    fn demand_tls_abroad(&mut self) {
        if !self.is_local() && !self.url.contains("sslmode") {
            self.config.ssl_mode(SslMode::Require);
        }
    }

    /// The same database for a program that connects again and again: up to so many connections
    /// that nobody uses are kept for the next who connects to this address or a copy of it.
    pub fn pooled(self, idle: usize) -> Address {
        Address { pool: Some(Pool::new(idle)), ..self }
    }

    /// The same database, by connections that are not kept: for what holds one as long as it is.
    pub(crate) fn apart(&self) -> Address {
        Address { pool: None, ..self.clone() }
    }

    /// Where connections are kept. Those of an attempt at a job are not: what cancels its statements
    /// must not meet those of somebody else.
    pub(crate) fn pool(&self) -> Option<&Pool> {
        self.pool.as_ref().filter(|_| self.tether.is_none())
    }

    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        self.config.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        })
    }

    /// The URL with everything in it; for the program that needs it, never for display.
    pub fn secret_url(&self) -> &str {
        &self.url
    }

    /// The variables by which PostgreSQL's own programs find it.
    pub fn libpq_variables(&self) -> Vec<(&'static str, String)> {
        let mut found = vec![("PGDATABASE", self.database().to_owned())];
        match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => found.push(("PGHOST", name.clone())),
            Some(Host::Unix(path)) => found.push(("PGHOST", path.display().to_string())),
            None => {}
        }
        found.extend(self.config.get_ports().first().map(|p| ("PGPORT", p.to_string())));
        found.extend(self.config.get_user().map(|u| ("PGUSER", u.to_owned())));
        found.extend(self.password().map(|p| ("PGPASSWORD", p)));
        if self.trust == Trust::Verified {
            found.push(("PGSSLMODE", "verify-full".to_owned()));
        }
        found
    }

    /// The name of the database.
    pub fn database(&self) -> &str {
        self.config.get_dbname().or(self.config.get_user()).unwrap_or("postgres")
    }

    /// Host, port and database for people: `db.example.com:5432/agents as karat`.
    pub fn shown(&self) -> String {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => {
                let port = self.config.get_ports().first().copied().unwrap_or(5432);
                format!("{name}:{port}")
            }
            Some(Host::Unix(_)) | None => "this machine".to_owned(),
        };
        let user = self.config.get_user().unwrap_or("?");
        format!("database {} on {host} as {user}", self.database())
    }

    fn password(&self) -> Option<String> {
        let password = self.config.get_password().map(|p| String::from_utf8_lossy(p).into_owned());
        password.filter(|p| !p.is_empty())
    }

    /// The secrets in it, which must not appear in anything that is printed. A password that is
    /// part of what is shown anyway (postgres:postgres@) or of most words is not among them:
    /// stars in all these places would tell it.
    pub fn secrets(&self) -> Vec<String> {
        let plain = |p: &String| p.len() < 4 || self.shown().contains(p.as_str());
        self.password().into_iter().filter(|p| !plain(p)).collect()
    }
}

/// Takes `sslmode=verify-*` out of the text, which the driver does not know, and remembers it.
fn split_sslmode(url: &str) -> (String, Trust) {
    for mode in ["verify-full", "verify-ca"] {
        let with = format!("sslmode={mode}");
        if url.contains(&with) {
            return (url.replace(&with, "sslmode=require"), Trust::Verified);
        }
    }
    // `allow` is a mode of libpq's for servers that we treat as `prefer` does.
    (url.replace("sslmode=allow", "sslmode=prefer"), Trust::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        let address = Address::parse("postgresql://joe:s3cret@db.example.com/sales").unwrap();
        assert_eq!(address.shown(), "database sales on db.example.com:5432 as joe");
        assert_eq!(address.secrets(), ["s3cret"]);
        let usual = Address::parse("postgresql://postgres:postgres@localhost/x").unwrap();
        assert!(usual.secrets().is_empty());
        assert!(usual.libpq_variables().contains(&("PGPASSWORD", "postgres".to_owned())));
    }

    #[test]
    fn a_bad_url_is_not_repeated() {
        for url in [
            "postgres://joe:s3cret@host:port/x",
            "nonsense s3cret",
            "postgresql:///x",
            "postgres://a:b@s3cr3t@h/x",
        ] {
            let problem = Address::parse(url).unwrap_err().to_string();
            assert!(!problem.contains("s3cret"), "{problem}");
        }
    }

    #[test]
    fn tls_is_demanded_of_other_machines_only() {
        let mode = |url| Address::parse(url).unwrap().config.get_ssl_mode();
        assert_eq!(mode("postgresql://a@db.example.com/x"), SslMode::Require);
        assert_eq!(mode("postgresql://a@db.example.com/x?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgresql://a@localhost/x"), SslMode::Prefer);
        let verified = Address::parse("postgresql://a@h/x?sslmode=verify-full").unwrap();
        assert_eq!(verified.trust, Trust::Verified);
    }
}
