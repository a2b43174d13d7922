//! Operations that may revoke: a kind of their own, so that only what also tells the other replicas can run them.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Mode, Operation};
use crate::Result;
use crate::conn::Conn;

/// A unit of atomicity that may write entries of the denylist.
///
/// It is no [`Operation`], so [`Store::write`](crate::Store::write) does not take it:
///
/// ```compile_fail
/// # async fn end(store: hallpass_store::Store, operation: hallpass_store::op::RevokeSession) {
/// store.write(operation).await;
/// # }
/// ```
pub trait Revoking: Send + Sync + 'static {
    /// What it answers.
    type Output: Send + 'static;
    /// Its name in metrics and in tests that make it fail.
    const NAME: &'static str;
    /// As [`Operation::FIRST_MAY_BE_ALL`].
    const FIRST_MAY_BE_ALL: bool = false;
    /// As [`Operation::CONTAINS`].
    const CONTAINS: bool = false;

    /// Runs inside a transaction.
    ///
    /// # Errors
    /// A storage fault; then the transaction is rolled back.
    fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// The permission to write an entry of the denylist. Only an operation that [`Store::revoke`](crate::Store::revoke)
/// runs is given one.
#[derive(Debug)]
pub struct Revoker {
    has_revoked: AtomicBool,
}

impl Revoker {
    const fn new() -> Self {
        Self { has_revoked: AtomicBool::new(false) }
    }

    pub(super) fn note(&self) {
        self.has_revoked.store(true, Ordering::Relaxed);
    }
}

/// The output of an operation that may have revoked, locked until the other replicas can know of it.
#[must_use = "what was revoked must reach the other replicas before it is answered"]
#[derive(Debug)]
pub struct Unmirrored<T> {
    output: T,
    has_revoked: bool,
}

impl<T> Unmirrored<T> {
    /// The output, after `mirror` has told the other replicas. It is not awaited when nothing was revoked.
    pub async fn mirrored(self, mirror: impl Future<Output = ()> + Send) -> T {
        if self.has_revoked {
            mirror.await;
        }
        self.output
    }
}

/// What the engines run.
pub(crate) struct Run<O>(pub(crate) O);

impl<O: Revoking> Operation for Run<O> {
    type Output = Unmirrored<O::Output>;
    const NAME: &'static str = O::NAME;
    const MODE: Mode = Mode::Write;
    const FIRST_MAY_BE_ALL: bool = O::FIRST_MAY_BE_ALL;
    const CONTAINS: bool = O::CONTAINS;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let revoker = Revoker::new();
        let output = self.0.run(conn, &revoker).await?;
        Ok(Unmirrored { output, has_revoked: revoker.has_revoked.into_inner() })
    }
}
