//! What happens in a sandbox is in no metric: an operator's graphs are about real logins.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use metrics::{NoopRecorder, with_local_recorder};

/// A future that measures nothing.
pub(crate) struct Silent<F>(Pin<Box<F>>);

/// Makes a future measure nothing.
pub(crate) fn silent<F: Future>(future: F) -> Silent<F> {
    Silent(Box::pin(future))
}

impl<F: Future> Future for Silent<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        with_local_recorder(&NoopRecorder, || self.0.as_mut().poll(context))
    }
}
