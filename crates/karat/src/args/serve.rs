//! `karat serve` as typed.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args as Group, value_parser};

pub const EXAMPLES: &str = "Examples:\n  karat serve\n  \
    karat serve --listen 0.0.0.0:4747 --public https://karat.example.com\n  \
    karat serve --listen 0.0.0.0:443 --tls-cert fullchain.pem --tls-key privkey.pem";

#[derive(Debug, Group)]
pub struct Serve {
    /// Where to listen; 127.0.0.1 is for this machine alone
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4747")]
    pub listen: SocketAddr,
    /// A certificate with those that lead to a known authority, as PEM: TLS without a proxy
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// What people type to get here, where that is another name, or a proxy in front speaks TLS
    #[arg(long, value_name = "URL")]
    pub public: Option<String>,
    /// A proxy on another machine whose X-Forwarded-For is true; one on this machine is known
    #[arg(long, value_name = "ADDRESS", requires = "public")]
    pub proxy: Vec<IpAddr>,
    /// How large an uploaded file may be, in millions of bytes
    #[arg(long, value_name = "MB", default_value_t = 50)]
    pub upload_limit: u64,
    /// How many pages are made at one time, each over one to three connections; others wait
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = value_parser!(u8).range(1..))]
    pub at_once: u8,
    /// Print a link that makes an admin, also where there is one: for when nobody knows a password
    #[arg(long)]
    pub invite_admin: bool,
    /// Leave the queue to karat work
    #[arg(long)]
    pub no_work: bool,
    /// Confirm that a protected environment is served: people change it through the pages
    #[arg(long)]
    pub yes: bool,
}
