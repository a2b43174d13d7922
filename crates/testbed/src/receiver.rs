//! A receiver of webhooks on this machine: it keeps what it is sent, and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::server::TlsStream;

use crate::Certificate;
use crate::https::acceptor;

/// What a receiver does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    Status(u16),
    /// A status, and further lines of the header.
    With(u16, &'static str),
    /// A status and a body.
    Body(u16, &'static str),
    /// Two hundred, and a body without an end.
    Endless,
    /// Nothing at all, for as long as the test lasts.
    Silence,
}

/// What a receiver was sent.
#[derive(Debug, Clone)]
pub struct Received {
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    /// The value of a header.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or_else(|| panic!("no header {name}: {self:?}"), |(_, value)| value.as_str())
    }
}

#[derive(Debug)]
struct State {
    next: Mutex<VecDeque<Reply>>,
    always: Mutex<Reply>,
    received: Mutex<Vec<Received>>,
    came: Semaphore,
}

/// The receiver, for `localhost`; it ends with the runtime.
#[derive(Debug, Clone)]
pub struct Receiver {
    pub port: u16,
    /// What a client must trust.
    pub authority: String,
    made: Certificate,
    state: Arc<State>,
}

impl Receiver {
    /// Takes everything.
    ///
    /// # Panics
    /// When there is no port, or no certificate can be made.
    pub async fn start() -> Self {
        Self::with(&Certificate::of("localhost")).await
    }

    /// Another one with the same certificate.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start_like(other: &Self) -> Self {
        Self::with(&other.made).await
    }

    async fn with(made: &Certificate) -> Self {
        let acceptor = acceptor(made);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let state = Arc::new(State {
            next: Mutex::default(),
            always: Mutex::new(Reply::Status(204)),
            received: Mutex::default(),
            came: Semaphore::new(0),
        });
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, state) = (acceptor.clone(), shared.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        state.serve(stream).await;
                    }
                });
            }
        });
        Self { port, authority: made.authority.clone(), made: made.clone(), state }
    }

    pub fn url(&self) -> String {
        format!("https://localhost:{}/hook", self.port)
    }

    /// What it answers to the next request, after what was said before.
    ///
    /// # Panics
    /// Never: the lock is not poisoned.
    pub fn next(&self, reply: Reply) {
        self.state.next.lock().expect("not poisoned").push_back(reply);
    }

    /// What it answers from now on.
    ///
    /// # Panics
    /// Never: the lock is not poisoned.
    pub fn always(&self, reply: Reply) {
        *self.state.always.lock().expect("not poisoned") = reply;
    }

    /// What it was sent since it was last asked.
    ///
    /// # Panics
    /// Never: the lock is not poisoned.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.state.received.lock().expect("not poisoned"))
    }

    /// Returns when another request has come.
    ///
    /// # Panics
    /// Never: the semaphore is not closed.
    pub async fn came(&self) {
        self.state.came.acquire().await.expect("open").forget();
    }
}

impl State {
    fn reply(&self) -> Reply {
        let next = self.next.lock().expect("not poisoned").pop_front();
        next.unwrap_or_else(|| self.always.lock().expect("not poisoned").clone())
    }

    async fn serve(&self, mut stream: TlsStream<tokio::net::TcpStream>) {
        let Some(received) = read(&mut stream).await else { return };
        self.received.lock().expect("not poisoned").push(received);
        self.came.add_permits(1);
        let head = |status: u16, more: &str| format!("HTTP/1.1 {status} Said\r\nconnection: close\r\n{more}\r\n");
        match self.reply() {
            Reply::Status(status) => drop(stream.write_all(head(status, "").as_bytes()).await),
            Reply::With(status, more) => drop(stream.write_all(head(status, more).as_bytes()).await),
            Reply::Body(status, body) => {
                let length = format!("content-length: {}\r\n", body.len());
                drop(stream.write_all(format!("{}{body}", head(status, &length)).as_bytes()).await);
            }
            Reply::Endless => {
                drop(stream.write_all(head(200, "").as_bytes()).await);
                while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
            }
            Reply::Silence => std::future::pending().await,
        }
        drop(stream.shutdown().await);
    }
}

async fn read(stream: &mut TlsStream<tokio::net::TcpStream>) -> Option<Received> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let length = stream.read(&mut chunk).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&chunk[..length]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let headers: Vec<(String, String)> = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let length =
            headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
        if body.len() >= length.unwrap_or(0_usize) {
            return Some(Received { headers, body: body.to_owned() });
        }
    }
}
