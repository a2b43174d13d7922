//! A tower layer: verifies, and puts the claims where handlers find them.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use serde::de::DeserializeOwned;
use tower_layer::Layer;
use tower_service::Service;

use crate::{NoExtra, Verifier};

/// Verifies every request. The claims are in the request's extensions as `Arc<Claims<T>>`; what does not verify is
/// answered here.
#[derive(Debug, Clone)]
pub struct VerifyLayer<T = NoExtra> {
    verifier: Verifier<T>,
    roles: Arc<[String]>,
}

impl<T> VerifyLayer<T> {
    /// Any good token passes.
    pub fn new(verifier: Verifier<T>) -> Self {
        Self { verifier, roles: Arc::new([]) }
    }

    /// Only tokens with one of these roles pass; the others get 403.
    pub fn any_role<R: Into<String>>(verifier: Verifier<T>, roles: impl IntoIterator<Item = R>) -> Self {
        Self { verifier, roles: roles.into_iter().map(Into::into).collect() }
    }
}

impl<S, T> Layer<S> for VerifyLayer<T> {
    type Service = VerifyService<S, T>;

    fn layer(&self, inner: S) -> Self::Service {
        VerifyService { inner, verifier: self.verifier.clone(), roles: self.roles.clone() }
    }
}

/// What [`VerifyLayer`] makes of a service.
#[derive(Debug, Clone)]
pub struct VerifyService<S, T = NoExtra> {
    inner: S,
    verifier: Verifier<T>,
    roles: Arc<[String]>,
}

impl<S, T, B, R> Service<Request<B>> for VerifyService<S, T>
where
    S: Service<Request<B>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    T: DeserializeOwned + Send + Sync + 'static,
    B: Send + 'static,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // The service that was found ready is the one to call; the clone takes its place.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let (verifier, roles) = (self.verifier.clone(), self.roles.clone());
        Box::pin(async move {
            match verifier.verify_headers(request.headers()).await {
                Err(refusal) => Ok(refusal.response(verifier.issuer())),
                Ok(claims) if !roles.is_empty() && !roles.iter().any(|role| claims.has_role(role)) => {
                    Ok(crate::Refusal::Forbidden.response(verifier.issuer()))
                }
                Ok(claims) => {
                    request.extensions_mut().insert(claims);
                    inner.call(request).await
                }
            }
        })
    }
}
