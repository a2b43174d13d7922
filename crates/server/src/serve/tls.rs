//! TLS by `rustls` over `aws-lc-rs`, with a certificate that may change while the server runs.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::Error::NoItemsFound;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// The certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds no PEM.
    #[error("{path}: {cause}")]
    File { path: PathBuf, cause: rustls::pki_types::pem::Error },
    /// Certificate and key do not fit each other, or are malformed.
    #[error("the TLS certificate and key cannot be used: {0}")]
    Config(#[from] rustls::Error),
}

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// The certificate in use, and where the next one will appear.
#[derive(Debug)]
pub(super) struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    loaded: Files,
    seen: Files,
}

/// What tells one version of the two files from another: device, inode, size and time of change.
type Files = [Option<(u64, u64, u64, i64, i64)>; 2];

impl Certificates {
    pub(super) fn load(certificate: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let seen = files(certificate, key);
        let current = Mutex::new(Current { config: load(certificate, key)?, loaded: seen, seen });
        Ok(Arc::new(Self { certificate: certificate.to_owned(), key: key.to_owned(), current }))
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For the next connection. Those that are open keep what they have.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.current().config.clone())
    }

    /// Loads the files as they are now. A pair that does not load changes nothing.
    pub(super) fn reload(&self) {
        let seen = files(&self.certificate, &self.key);
        let loaded = load(&self.certificate, &self.key);
        let result = if loaded.is_ok() { "loaded" } else { "failed" };
        metrics::counter!("hallpass_tls_reloads_total", "result" => result).increment(1);
        let mut current = self.current();
        (current.loaded, current.seen) = (seen, seen);
        match loaded {
            Ok(config) => {
                current.config = config;
                tracing::info!(certificate = %self.certificate.display(), "TLS certificate loaded");
            }
            Err(error) => tracing::warn!(%error, "the new TLS certificate does not load; the old one stays in use"),
        }
    }

    /// Loads the files whenever they have changed, and have then stayed as they are from one look to the next: of a pair
    /// that is being replaced one half may be new.
    pub(super) async fn follow(self: Arc<Self>) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let this = self.clone();
            // A disk may be slow, or a file on a network away.
            if tokio::task::spawn_blocking(move || this.look()).await.is_err() {
                tracing::error!("looking for a new TLS certificate failed");
            }
        }
    }

    fn look(&self) {
        let now = files(&self.certificate, &self.key);
        let is_due = {
            let mut current = self.current();
            let was_seen = std::mem::replace(&mut current.seen, now);
            now == was_seen && now != current.loaded
        };
        if is_due {
            self.reload();
        }
    }
}

fn files(certificate: &Path, key: &Path) -> Files {
    [certificate, key].map(|path| {
        let data = fs::metadata(path).ok()?;
        Some((data.dev(), data.ino(), data.size(), data.mtime(), data.mtime_nsec()))
    })
}

/// Reads certificate chain and private key.
fn load(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| TlsError::File { path, cause }
    };
    let chain = chain(certificate)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(failed(key))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The certificates of a file, the server's own first.
fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |cause| TlsError::File { path: path.to_owned(), cause };
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    // rustls would serve with an empty chain.
    let is_some = |chain: &Vec<_>| !chain.is_empty();
    read.map_err(failed).and_then(|chain| Some(chain).filter(is_some).ok_or_else(|| failed(NoItemsFound)))
}

/// Whether certificate and key can be served with, and the server's own certificate.
///
/// # Errors
/// A [`TlsError`].
pub fn check(certificate: &Path, key: &Path) -> Result<CertificateDer<'static>, TlsError> {
    load(certificate, key)?;
    let chain = chain(certificate)?;
    chain.into_iter().next().ok_or_else(|| rustls::Error::NoCertificatesPresented.into())
}
