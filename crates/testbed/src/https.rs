//! An https server on this machine that gives one answer to everything, and counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Certificate;

/// The server, for `localhost`; it ends with the runtime.
#[derive(Debug)]
pub struct HttpsServer {
    pub port: u16,
    /// What a client must trust.
    pub authority: String,
    connections: Arc<AtomicUsize>,
}

impl HttpsServer {
    /// Answers with these bytes, in which `{request}` stands for what was asked.
    ///
    /// # Panics
    /// When there is no port, or no certificate can be made.
    pub async fn start(answer: &str) -> Self {
        let made = Certificate::of("localhost");
        let acceptor = acceptor(&made);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, answer) = (connections.clone(), answer.to_owned());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(acceptor.clone(), stream, answer.clone()));
            }
        });
        Self { port, authority: made.authority, connections }
    }

    /// How often it was called.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

pub(crate) fn acceptor(made: &Certificate) -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_slice(made.certificate.as_bytes()).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_slice(made.key.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth().with_single_cert(chain, key).expect("they fit");
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, answer: String) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut request = [0; 4096];
    let length = stream.read(&mut request).await.unwrap_or(0);
    let answer = answer.replace("{request}", &String::from_utf8_lossy(&request[..length]));
    drop(stream.write_all(answer.as_bytes()).await);
    drop(stream.shutdown().await);
}
