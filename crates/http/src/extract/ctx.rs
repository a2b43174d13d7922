//! The context of a request: instant, randomness, client address, request id, read once.

use std::convert::Infallible;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use hallpass_auth::Ctx;
use http::header::USER_AGENT;
use http::request::Parts;

use super::client_ip::client_ip;
use super::marks::{RequestCaller, RequestId};
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

    pub(crate) fn of(parts: &Parts, state: &AppState) -> Self {
        let agent = parts.headers.get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        Self(Ctx {
            now: state.clock().now(),
            random: state.random().clone(),
            ip: client_ip(parts, &state.http().trusted_proxies),
            user_agent: agent.map(std::borrow::Cow::into_owned),
            request_id: parts.extensions.get::<RequestId>().map(|id| id.0.clone()),
            caller: parts.extensions.get::<RequestCaller>().map(|caller| caller.0.clone()).unwrap_or_default(),
        })
    }
}
