//! Who encrypts what goes over HTTP.

/// Makes ring the TLS of this process, unless it has one.
pub fn provide() {
    // An error says that there is one.
    drop(rustls::crypto::ring::default_provider().install_default());
}
