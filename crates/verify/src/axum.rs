//! Extractors for axum: a handler that takes them cannot be reached without a good token.
//!
//! ```
//! use axum::{Router, routing::get};
//! use axum::extract::FromRef;
//! use hallpass_verify::{Verifier, axum::{Authenticated, RequireRole, Role}};
//!
//! #[derive(Clone)]
//! struct AppState { verifier: Verifier }
//! impl FromRef<AppState> for Verifier {
//!     fn from_ref(state: &AppState) -> Self { state.verifier.clone() }
//! }
//!
//! struct Admin;
//! impl Role for Admin { const NAMES: &'static [&'static str] = &["admin"]; }
//!
//! async fn orders(Authenticated(claims): Authenticated) -> String { format!("orders of {}", claims.subject) }
//! async fn audit(_: RequireRole<Admin>) -> &'static str { "for admins" }
//!
//! fn router(state: AppState) -> Router {
//!     Router::new().route("/orders", get(orders)).route("/audit", get(audit)).with_state(state)
//! }
//! ```

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{Claims, NoExtra, Refusal, Verifier};

/// A refusal on its way out, with the issuer that its document names.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// Why.
    pub refusal: Refusal,
    issuer: String,
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.refusal.response::<Body>(&self.issuer)
    }
}

/// The claims of the request's token. `Option<Authenticated>` lets requests without a token in, and still refuses bad
/// ones.
#[derive(Debug, Clone)]
pub struct Authenticated<T = NoExtra>(pub Arc<Claims<T>>);

impl<T> Deref for Authenticated<T> {
    type Target = Claims<T>;

    fn deref(&self) -> &Claims<T> {
        &self.0
    }
}

async fn verify<S, T>(parts: &Parts, state: &S) -> Result<Arc<Claims<T>>, Rejection>
where
    Verifier<T>: FromRef<S>,
    T: DeserializeOwned + Send + Sync + 'static,
{
    // A layer has done it already.
    if let Some(claims) = parts.extensions.get::<Arc<Claims<T>>>() {
        return Ok(claims.clone());
    }
    let verifier = Verifier::<T>::from_ref(state);
    let refused = |refusal| Rejection { refusal, issuer: verifier.issuer().to_owned() };
    verifier.verify_headers(&parts.headers).await.map_err(refused)
}

impl<S, T> FromRequestParts<S> for Authenticated<T>
where
    Verifier<T>: FromRef<S>,
    S: Send + Sync,
    T: DeserializeOwned + Send + Sync + 'static,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        verify(parts, state).await.map(Self)
    }
}

impl<S, T> OptionalFromRequestParts<S> for Authenticated<T>
where
    Verifier<T>: FromRef<S>,
    S: Send + Sync,
    T: DeserializeOwned + Send + Sync + 'static,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Rejection> {
        match verify(parts, state).await {
            Ok(claims) => Ok(Some(Self(claims))),
            Err(Rejection { refusal: Refusal::Missing, .. }) => Ok(None),
            Err(rejection) => Err(rejection),
        }
    }
}

/// A role, or several of which one suffices.
pub trait Role: Send + Sync + 'static {
    /// The names, as `role` spells them.
    const NAMES: &'static [&'static str];
}

/// The claims of a token whose role is `R`'s; 403 for another.
#[derive(Debug)]
pub struct RequireRole<R, T = NoExtra> {
    /// The claims.
    pub claims: Arc<Claims<T>>,
    role: PhantomData<fn() -> R>,
}

impl<S, R, T> FromRequestParts<S> for RequireRole<R, T>
where
    Verifier<T>: FromRef<S>,
    S: Send + Sync,
    R: Role,
    T: DeserializeOwned + Send + Sync + 'static,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let claims = verify(parts, state).await?;
        if R::NAMES.iter().any(|name| claims.has_role(name)) {
            return Ok(Self { claims, role: PhantomData });
        }
        Err(Rejection { refusal: Refusal::Forbidden, issuer: Verifier::<T>::from_ref(state).issuer().to_owned() })
    }
}
