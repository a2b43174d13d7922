//! The client, and what it refuses.

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Response, Url};

use crate::address::is_global;
use crate::resolver::{Guarded, NotGlobal};

/// What a client may do.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Hosts, by name or address, that may be on this machine or its networks.
    pub allow: Vec<String>,
    /// How long a request may take, from the name to the last byte.
    pub timeout: Duration,
    /// How large the body of an answer may be.
    pub max_body: usize,
    /// Authorities that are trusted beside those of the system, PEM.
    pub authorities: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { allow: Vec::new(), timeout: Duration::from_secs(2), max_body: 64 << 10, authorities: Vec::new() }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client: {0}")]
pub struct Unusable(#[from] reqwest::Error);

/// Why there is no answer. It holds nothing of the other side's making.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("an https address without user and password is needed")]
    BadRequest,
    #[error("the host is on this machine or its networks, and egress.allow does not name it")]
    NotAllowed,
    #[error("no answer in time")]
    Timeout,
    #[error("the answer is too large")]
    TooLarge,
    #[error("the host cannot be reached, or does not speak HTTP over TLS as it should")]
    Unreachable,
}

/// An answer, whatever its status; a redirect is one like any other.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What a receiver has said, without its body.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub status: StatusCode,
    pub headers: HeaderMap,
}

/// Names and values of a request's header.
pub type Headers<'a> = [(&'a str, &'a str)];

/// Sends requests to elsewhere. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    allowed: Arc<[String]>,
    max_body: usize,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl Client {
    /// A client under these rules.
    ///
    /// # Errors
    /// An authority is no certificate, or TLS cannot be set up.
    pub fn new(rules: &Rules) -> Result<Self, Unusable> {
        let allowed: Arc<[String]> = rules.allow.iter().map(|host| host.to_ascii_lowercase()).collect();
        let pem = |text: &String| Certificate::from_pem(text.as_bytes());
        let authorities = rules.authorities.iter().map(pem).collect::<Result<Vec<_>, _>>()?;
        let mut builder = reqwest::Client::builder()
            .https_only(true)
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .retry(reqwest::retry::never())
            .timeout(rules.timeout)
            // A connection that is kept would be used for a name that has moved since.
            .pool_max_idle_per_host(0)
            .dns_resolver(Guarded { allowed: allowed.clone() });
        if !authorities.is_empty() {
            builder = builder.tls_certs_merge(authorities);
        }
        Ok(Self { inner: builder.build()?, allowed, max_body: rules.max_body })
    }

    /// Asks for a document.
    ///
    /// # Errors
    /// An [`Error`].
    pub async fn get(&self, url: &str, headers: &Headers<'_>) -> Result<Answer, Error> {
        let response = self.send(Method::GET, url, (headers, Bytes::new())).await?;
        self.whole(response).await
    }

    /// Hands something over.
    ///
    /// # Errors
    /// An [`Error`].
    pub async fn post(&self, url: &str, headers: &Headers<'_>, body: Bytes) -> Result<Answer, Error> {
        let response = self.send(Method::POST, url, (headers, body)).await?;
        self.whole(response).await
    }

    /// Hands something over to a receiver whose status alone counts. Of the body no more than the bound is read, so that a
    /// receiver can write its answer in peace; what is larger, slow or broken off is left unread.
    ///
    /// # Errors
    /// An [`Error`].
    pub async fn deliver(&self, url: &str, headers: &Headers<'_>, body: Bytes) -> Result<Receipt, Error> {
        let mut response = self.send(Method::POST, url, (headers, body)).await?;
        let mut length = 0;
        while length < self.max_body
            && let Ok(Some(chunk)) = response.chunk().await
        {
            length += chunk.len();
        }
        Ok(Receipt { status: response.status(), headers: std::mem::take(response.headers_mut()) })
    }

    /// Whether a request to this address could be sent at all. A name is looked up only when it is.
    ///
    /// # Errors
    /// [`Error::BadRequest`], [`Error::NotAllowed`].
    pub fn check(&self, url: &str) -> Result<(), Error> {
        self.allowed_url(url).map(drop)
    }

    async fn whole(&self, mut response: Response) -> Result<Answer, Error> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
            if body.len() + chunk.len() > self.max_body {
                return Err(Error::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let headers = std::mem::take(response.headers_mut());
        Ok(Answer { status: response.status(), headers, body: body.freeze() })
    }

    async fn send(&self, method: Method, url: &str, (headers, body): (&Headers<'_>, Bytes)) -> Result<Response, Error> {
        let url = self.allowed_url(url)?;
        let request = self.inner.request(method, url).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.map_err(|error| why(&error))
    }

    /// An address in the place of a name passes no resolver, and is looked at here. The parser has written every spelling of
    /// it (`0x7f.1`, `2130706433`) as one.
    fn allowed_url(&self, text: &str) -> Result<Url, Error> {
        let url = Url::parse(text).map_err(|_| Error::BadRequest)?;
        let host = url.host_str().filter(|_| url.scheme() == "https").ok_or(Error::BadRequest)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::BadRequest);
        }
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_near = bare.parse::<IpAddr>().is_ok_and(|address| !is_global(address));
        if is_near && !self.allowed.iter().any(|allowed| allowed == bare) { Err(Error::NotAllowed) } else { Ok(url) }
    }
}

fn why(error: &reqwest::Error) -> Error {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<NotGlobal>() {
            return Error::NotAllowed;
        }
        cause = inner.source();
    }
    if error.is_builder() {
        Error::BadRequest
    } else if error.is_timeout() {
        Error::Timeout
    } else {
        Error::Unreachable
    }
}
