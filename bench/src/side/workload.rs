//! What one connection does, again and again.

use std::mem;

use serde::Deserialize;
use serde_json::json;

use super::client::Connection;
use crate::Outcome;

/// Long enough for every policy.
const PASSWORD: &str = "correct horse 4711 bench";

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Work {
    Verify,
    Refresh,
    Login,
}

impl Work {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Refresh => "refresh",
            Self::Login => "login",
        }
    }
}

/// A user at a connection: an account of their own, and a session unless the work is to log in.
pub(crate) struct Visitor {
    connection: Connection,
    work: Work,
    /// What the work sends each time, where that does not change.
    request: Vec<u8>,
    refresh_token: Option<String>,
}

/// What matters of an answer with tokens, without a copy.
#[derive(Deserialize)]
struct Tokens<'a> {
    access_token: &'a str,
    refresh_token: &'a str,
}

fn email(number: usize) -> String {
    format!("bench{number}@example.com")
}

/// Makes an account.
pub(crate) async fn register(connection: &mut Connection, number: usize) -> Outcome<()> {
    let body = json!({"email": email(number), "password": PASSWORD}).to_string();
    let request = connection.post("/auth/register", body.as_bytes());
    match connection.send(&request).await? {
        (201, _) => Ok(()),
        (status, body) => Err(refused("no account", status, body)),
    }
}

fn refused(what: &str, status: u16, body: &[u8]) -> Box<dyn std::error::Error + Send + Sync> {
    format!("{what}: {status} {}", String::from_utf8_lossy(body)).into()
}

impl Visitor {
    /// With a session that is open, whose refresh token this is; it logs in if there is none.
    pub(crate) async fn new(port: u16, work: Work, number: usize, refresh_token: Option<String>) -> Outcome<Self> {
        let credentials = json!({"email": email(number), "password": PASSWORD, "delivery": "body"}).to_string();
        let connection = Connection::open(port).await?;
        let request = connection.post("/auth/login", credentials.as_bytes());
        let mut visitor = Self { connection, work, request, refresh_token };
        if work != Work::Login {
            // An access token that lives for the whole turn.
            let access =
                if visitor.refresh_token.is_some() { visitor.refresh().await? } else { visitor.log_in().await? };
            visitor.request = visitor.connection.get("/auth/verify", &access);
        }
        Ok(visitor)
    }

    /// The refresh token that is current now, for the next turn.
    pub(crate) fn into_refresh_token(self) -> Option<String> {
        self.refresh_token
    }

    pub(crate) async fn step(&mut self) -> Outcome<()> {
        match self.work {
            Work::Verify => match self.connection.send(&self.request).await? {
                (200, _) => Ok(()),
                (status, body) => Err(refused("not verified", status, body)),
            },
            Work::Refresh => self.refresh().await.map(drop),
            Work::Login => self.log_in().await.map(drop),
        }
    }

    /// Answers with the access token.
    async fn refresh(&mut self) -> Outcome<String> {
        let body = format!("{{\"refresh_token\":\"{}\"}}", self.refresh_token.as_deref().unwrap_or_default());
        let request = self.connection.post("/auth/refresh", body.as_bytes());
        self.tokens(&request).await
    }

    async fn log_in(&mut self) -> Outcome<String> {
        let request = mem::take(&mut self.request);
        let access = self.tokens(&request).await;
        self.request = request;
        access
    }

    async fn tokens(&mut self, request: &[u8]) -> Outcome<String> {
        let (status, body) = self.connection.send(request).await?;
        if status != 200 {
            return Err(refused("no tokens", status, body));
        }
        let tokens: Tokens<'_> = serde_json::from_slice(body)?;
        self.refresh_token = Some(tokens.refresh_token.to_owned());
        Ok(tokens.access_token.to_owned())
    }
}
