//! `karat serve` as typed.

use std::net::{IpAddr, SocketAddr};

use clap::Args as Group;

pub const EXAMPLES: &str = "Examples:\n  karat serve\n  \
    karat serve --listen 0.0.0.0:4747 --public https://karat.example.com";

#[derive(Debug, Group)]
pub struct Serve {
    /// Where to listen; 127.0.0.1 is for this machine alone
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4747")]
    pub listen: SocketAddr,
    /// What people type to get here, where a proxy in front speaks TLS
    #[arg(long, value_name = "URL")]
    pub public: Option<String>,
    /// A proxy on another machine whose X-Forwarded-For is true; one on this machine is known
    #[arg(long, value_name = "ADDRESS", requires = "public")]
    pub proxy: Vec<IpAddr>,
    /// How large an uploaded file may be, in millions of bytes
    #[arg(long, value_name = "MB", default_value_t = 50)]
    pub upload_limit: u64,
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
