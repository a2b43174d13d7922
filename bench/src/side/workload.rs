//! What one connection does, again and again.

use hyper::StatusCode;
use hyper::header::HeaderValue;
use serde_json::{Value, json};

use super::client::Connection;
use crate::Outcome;

/// Long enough for every policy.
const PASSWORD: &str = "correct horse 4711 bench";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    credentials: Value,
    bearer: HeaderValue,
    refresh: Value,
}

fn email(number: usize) -> String {
    format!("bench{number}@example.com")
}

/// Makes an account.
pub(crate) async fn register(connection: &mut Connection, number: usize) -> Outcome<()> {
    let body = json!({"email": email(number), "password": PASSWORD});
    match connection.post("/auth/register", &body).await? {
        (StatusCode::CREATED, _) => Ok(()),
        (status, body) => Err(format!("no account: {status} {}", String::from_utf8_lossy(&body)).into()),
    }
}

impl Visitor {
    /// With a session that is open, whose refresh token this is; it logs in if there is none.
    pub(crate) async fn new(port: u16, work: Work, number: usize, refresh: Value) -> Outcome<Self> {
        let credentials = json!({"email": email(number), "password": PASSWORD, "delivery": "body"});
        let connection = Connection::open(port).await?;
        let bearer = HeaderValue::from_static("none");
        let mut visitor = Self { connection, work, credentials, bearer, refresh };
        match work {
            Work::Login => {}
            // An access token that lives for the whole turn.
            _ if visitor.refresh.is_string() => visitor.refresh().await?,
            _ => visitor.log_in().await?,
        }
        Ok(visitor)
    }

    /// The refresh token that is current now, for the next turn.
    pub(crate) fn into_refresh_token(self) -> Value {
        self.refresh
    }

    pub(crate) async fn step(&mut self) -> Outcome<()> {
        match self.work {
            Work::Verify => match self.connection.get("/auth/verify", &self.bearer).await? {
                StatusCode::OK => Ok(()),
                status => Err(format!("not verified: {status}").into()),
            },
            Work::Refresh => self.refresh().await,
            Work::Login => self.log_in().await,
        }
    }

    async fn refresh(&mut self) -> Outcome<()> {
        let body = json!({"refresh_token": self.refresh});
        let answer = self.connection.post("/auth/refresh", &body).await?;
        self.take(answer)
    }

    async fn log_in(&mut self) -> Outcome<()> {
        let answer = self.connection.post("/auth/login", &self.credentials).await?;
        self.take(answer)
    }

    fn take(&mut self, (status, body): (StatusCode, hyper::body::Bytes)) -> Outcome<()> {
        if status != StatusCode::OK {
            return Err(format!("no tokens: {status} {}", String::from_utf8_lossy(&body)).into());
        }
        let mut tokens: Value = serde_json::from_slice(&body)?;
        let access = tokens["access_token"].as_str().ok_or("no access token")?;
        self.bearer = HeaderValue::from_str(&format!("Bearer {access}"))?;
        self.refresh = tokens["refresh_token"].take();
        Ok(())
    }
}
