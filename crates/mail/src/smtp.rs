//! A mail server: how it is spoken to, and what its refusals mean.

use std::sync::OnceLock;
use std::time::Duration;

use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// A server that does not answer in time is one that is down.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a mail did not leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No mail leaves now: the server does not answer, or the folder cannot be written.
    #[error("{0}")]
    Down(String),
    /// This mail may leave later.
    #[error("{0}")]
    Later(String),
    /// The other side does not want this mail.
    #[error("{0}")]
    Refused(String),
    /// The mailbox does not exist.
    #[error("{0}")]
    NoMailbox(String),
}

/// A mail server that mails can be handed to.
#[derive(Clone)]
pub(crate) struct Server(AsyncSmtpTransportBuilder);

/// Connections to it, which are kept for the next mail and end when this is dropped. None is opened before the first mail.
pub(crate) struct Connections<'a> {
    server: &'a Server,
    open: OnceLock<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Server {
    /// By its address.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn at(url: &str) -> Result<Self, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| error.to_string())?;
        Ok(Self(builder.timeout(Some(PATIENCE))))
    }

    pub(crate) const fn connections(&self) -> Connections<'_> {
        Connections { server: self, open: OnceLock::new() }
    }
}

impl Connections<'_> {
    /// Whether the server answers.
    ///
    /// # Errors
    /// What it says.
    pub(crate) async fn check(&self) -> Result<(), String> {
        match self.open().test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Hands a mail over.
    ///
    /// # Errors
    /// [`SendError`].
    pub(crate) async fn send(&self, message: Message) -> Result<(), SendError> {
        self.open().send(message).await.map(drop).map_err(|error| by_server(&error))
    }

    // Not before there is a runtime, and not beyond its end: the connections are kept by tasks of it.
    fn open(&self) -> &AsyncSmtpTransport<Tokio1Executor> {
        self.open.get_or_init(|| self.server.0.clone().build())
    }
}

/// 4xx: later; 5xx: never (RFC 5321 §4.2.1). What is no answer is a server that is down, and so is one that does not let us
/// in: the mail is not to blame.
fn by_server(error: &lettre::transport::smtp::Error) -> SendError {
    let words = error.to_string();
    let code = error.status().map(u16::from);
    match code {
        Some(530 | 534 | 535 | 538) => SendError::Down(words),
        Some(550 | 551 | 553) => SendError::NoMailbox(words),
        _ if error.is_permanent() => SendError::Refused(words),
        _ if error.is_transient() => SendError::Later(words),
        _ => SendError::Down(words),
    }
}
