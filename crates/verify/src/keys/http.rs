//! Keys over HTTP.

use std::time::Duration;

use super::{FetchError, Fetching, KeySource};

/// No key set is larger; a larger answer is an attack or a mistake.
const MAX_BYTES: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(5);

/// A URL that keys must not be fetched from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("keys are fetched over https only (or from this machine): {0}")]
pub struct UnsafeUrl(String);

impl UnsafeUrl {
    pub(crate) fn of(url: &str) -> Self {
        Self(url.to_owned())
    }
}

/// A JWK set at a URL.
#[derive(Debug, Clone)]
pub struct JwksUrl {
    url: String,
    client: reqwest::Client,
}

impl JwksUrl {
    /// The set at this URL: over https, or plain from this machine.
    ///
    /// # Errors
    /// [`UnsafeUrl`]: an attacker on the way could put keys of their own there.
    pub fn new(url: impl Into<String>) -> Result<Self, UnsafeUrl> {
        let url = url.into();
        let client = client(&url).ok_or_else(|| UnsafeUrl::of(&url))?;
        Ok(Self { url, client })
    }
}

/// A client for one trusted place: no redirects, which could lead anywhere. None for an unsafe URL.
pub(crate) fn client(url: &str) -> Option<reqwest::Client> {
    let parsed = reqwest::Url::parse(url).ok()?;
    let is_local = match parsed.host_str()? {
        "localhost" => true,
        host => host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()),
    };
    let is_safe = parsed.scheme() == "https" || (parsed.scheme() == "http" && is_local);
    let mut builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).connect_timeout(TIMEOUT);
    if is_local {
        // What is plain because it never leaves this machine must not leave it by a proxy of the environment.
        builder = builder.no_proxy();
    }
    is_safe.then(|| builder.build().ok()).flatten()
}

impl KeySource for JwksUrl {
    fn fetch(&self) -> Fetching<'_> {
        Box::pin(async move {
            let fetched = tokio::time::timeout(TIMEOUT, self.get()).await;
            fetched.map_err(|_| FetchError("it takes too long".to_owned()))?
        })
    }
}

impl JwksUrl {
    async fn get(&self) -> Result<String, FetchError> {
        let failed = |error: reqwest::Error| FetchError(error.without_url().to_string());
        // A cache on the way may hold the set of before: a fetch that a revoked key has caused must not get it.
        let request = self.client.get(&self.url).header("cache-control", "no-cache");
        let mut answer = request.send().await.map_err(failed)?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(FetchError(format!("status {}", answer.status())));
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(failed)? {
            body.extend_from_slice(&piece);
            if body.len() > MAX_BYTES {
                return Err(FetchError(format!("it is larger than {MAX_BYTES} bytes")));
            }
        }
        String::from_utf8(body).map_err(|_| FetchError("it is not UTF-8".to_owned()))
    }
}
