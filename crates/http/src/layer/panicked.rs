//! A panic is a bug: one request fails, is logged without its text reaching the client, and the server lives on.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::problem::{Problem, registry};

pub(super) async fn answered(answer: impl Future<Output = Response>) -> Response {
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|cause| panicked(cause.as_ref()))
}

fn panicked(cause: &(dyn Any + Send)) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("(no text)"), "a handler panicked");
    metrics::counter!("hallpass_panics_total").increment(1);
    Problem::new(&registry::INTERNAL).into_response()
}
