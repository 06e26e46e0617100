//! The server's certificate, read again when somebody renews it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use karat_record::{Kind, Problem, Result};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);

/// Where the certificate and its key are.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate, and those that lead to a known authority, as PEM.
    pub certificate: PathBuf,
    /// Its private key, as PEM.
    pub key: PathBuf,
}

/// The certificate in force.
pub struct Tls {
    files: Files,
    known: Mutex<Known>,
}

struct Known {
    config: Arc<ServerConfig>,
    changed: Option<SystemTime>,
    looked: Instant,
}

impl Tls {
    /// # Errors
    /// Files that are not there, are none of certificate and key, or do not belong together.
    pub fn open(files: Files) -> Result<Tls> {
        let known = Known {
            changed: changed(&files),
            config: Arc::new(config(&files)?),
            looked: Instant::now(),
        };
        Ok(Tls { files, known: Mutex::new(known) })
    }

    /// What greets the next who comes. A renewed certificate that cannot be read changes nothing.
    pub fn acceptor(&self) -> TlsAcceptor {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.looked.elapsed() >= LOOK {
            known.looked = Instant::now();
            let changed = changed(&self.files);
            if changed != known.changed
                && let Ok(config) = config(&self.files)
            {
                known.changed = changed;
                known.config = Arc::new(config);
            }
        }
        TlsAcceptor::from(known.config.clone())
    }
}

/// When one of the files was changed last.
fn changed(files: &Files) -> Option<SystemTime> {
    let of = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    of(&files.certificate).max(of(&files.key))
}

fn config(files: &Files) -> Result<ServerConfig> {
    let Files { certificate, key } = files;
    let wrong = |path: &Path, e: &dyn std::fmt::Display| {
        let what = format!("{}: {e}", path.display());
        let hint = "--tls-cert is the certificate with those that lead to a known authority, and \
                    --tls-key its key, both as PEM";
        Problem::new(Kind::Usage, what).hint(hint)
    };
    let chain = CertificateDer::pem_file_iter(certificate);
    let chain = chain.and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
    let chain = chain.map_err(|e| wrong(certificate, &e))?;
    if chain.is_empty() {
        return Err(wrong(certificate, &"there is no certificate in it"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| wrong(key, &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret));
    let mut config = config.map_err(|e| wrong(key, &e))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn write(files: &Files) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(&files.certificate, made.cert.pem()).unwrap();
        fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    }

    #[test]
    fn a_renewed_certificate_is_in_force_and_a_spoilt_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name| folder.path().join(name);
        let files = Files { certificate: path("cert.pem"), key: path("key.pem") };
        assert!(Tls::open(files.clone()).is_err());
        write(&files);
        let tls = Tls::open(files.clone()).unwrap();
        // As if it had been looked at long ago, and had been written before.
        let look_again = || {
            let mut known = tls.known.lock().unwrap();
            known.looked = Instant::now().checked_sub(2 * LOOK).unwrap();
            known.changed = None;
        };
        let now = || {
            tls.acceptor();
            tls.known.lock().unwrap().config.clone()
        };
        let first = now();
        assert!(Arc::ptr_eq(&first, &now()), "it is not read each time");
        write(&files);
        look_again();
        let second = now();
        assert!(!Arc::ptr_eq(&first, &second));
        fs::write(&files.certificate, "-----BEGIN CERTIFICATE-----").unwrap();
        look_again();
        assert!(Arc::ptr_eq(&second, &now()));
    }
}
