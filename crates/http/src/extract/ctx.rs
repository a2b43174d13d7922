//! The context of a request: instant, randomness, client address, request id, read once.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use hallpass_auth::Ctx;
use http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

use super::client_ip::client_ip;
use super::cookie::device_cookie;
use super::marks::RequestMarks;
use crate::state::AppState;

/// The [`Ctx`] of a request.
#[derive(Debug, Clone)]
pub struct RequestCtx(pub Ctx);

impl Deref for RequestCtx {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.0
    }
}

impl FromRequestParts<AppState> for RequestCtx {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, state))
    }
}

impl RequestCtx {
    /// The same at this instant, for a handler that has waited for a body: how long that takes is the client's choice, and
    /// an instant from before must not hold a window open.
    pub(crate) fn after_body(mut self, state: &AppState) -> Self {
        self.0.now = state.clock().now();
        self
    }

    /// The same with what makes the browser known to addresses.
    pub(crate) fn in_browser(mut self, headers: &HeaderMap, state: &AppState) -> Self {
        self.0.device = device_cookie(headers, &state.http().cookie);
        self
    }

    pub(crate) fn of(parts: &Parts, state: &AppState) -> Self {
        let agent = parts.headers.get(USER_AGENT);
        let mut ctx = if let Some(marks) = parts.extensions.get::<RequestMarks>() {
            Self::new(state, marks, agent)
        } else {
            // Only a router without the layer comes here.
            let address = client_ip(&parts.headers, &parts.extensions, &state.http().trusted_proxies);
            Self::new(state, &RequestMarks { id: "".into(), address, caller: Arc::default() }, agent)
        };
        let languages = parts.headers.get(ACCEPT_LANGUAGE);
        ctx.0.languages = languages.and_then(|value| value.to_str().ok()).map(str::to_owned);
        ctx
    }

    /// Of a request with these marks, at this instant.
    pub(crate) fn new(state: &AppState, marks: &RequestMarks, agent: Option<&HeaderValue>) -> Self {
        Self(Ctx {
            now: state.clock().now(),
            random: state.random().clone(),
            ip: marks.address,
            user_agent: agent.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            languages: None,
            device: None,
            request_id: Some(marks.id.clone()),
            caller: marks.caller.clone(),
        })
    }
}
