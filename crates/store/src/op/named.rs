//! An end of sessions on the word of an access token, which is then refused by its own name as well.

use hallpass_model::revocation::Revocation;

use super::{Revoker, Revoking, revocation};
use crate::Result;
use crate::conn::Conn;

/// Runs an operation, and writes an entry for one token in the same transaction.
#[derive(Debug)]
pub struct Named<O> {
    /// What ends the sessions.
    pub operation: O,
    /// The entry of the token; none when it needs none.
    pub token: Option<Revocation>,
}

impl<O: Revoking> Revoking for Named<O> {
    type Output = O::Output;
    const NAME: &'static str = O::NAME;
    const CONTAINS: bool = O::CONTAINS;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<O::Output> {
        let output = self.operation.run(conn, revoker).await?;
        if let Some(Revocation { subject, until }) = &self.token {
            revocation::revoke(conn, revoker, subject.clone(), *until).await?;
        }
        Ok(output)
    }
}
