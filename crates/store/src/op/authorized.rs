//! Acts of an admin: done only if the caller is still one.

use hallpass_model::user::Status;
use hallpass_model::{Role, SessionId, Timestamp, UserId};

use super::{Mode, Operation, Revoker, Revoking};
use crate::conn::{Columns, Conn, FromRow, Row};
use crate::{Error, Result};

const STANDING: &str = "SELECT u.role, u.status, s.revoked_at FROM users u JOIN sessions s ON s.user_id = u.id \
    WHERE u.id = $1 AND s.id = $2";

/// Who acts: a user, by a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub user: UserId,
    /// The session of the access token.
    pub session: SessionId,
}

/// What the store says of a caller today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// An active admin by a live session.
    Admin,
    /// An admin, by a live session.
    Other,
    /// Suspended, deleted, or the session has ended.
    Ended,
}

/// Reads the standing of a caller.
#[derive(Debug)]
pub struct FindStanding(pub Caller);

impl Operation for FindStanding {
    type Output = Standing;
    const NAME: &'static str = "find_standing";
    const MODE: Mode = Mode::PointRead;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Standing> {
        standing(conn, &self.0).await
    }
}

async fn standing<C: Conn>(conn: &mut C, caller: &Caller) -> Result<Standing> {
    let params = [caller.user.as_bytes().into(), caller.session.as_bytes().into()];
    let found: Option<Found> = conn.row(STANDING, &params).await?;
    Ok(match found {
        Some(Found { role, status, revoked_at: None }) if status.may_enter() => {
            if role.is_admin() {
                Standing::Admin
            } else {
                Standing::Other
            }
        }
        _ => Standing::Ended,
    })
}

/// An operation that is run only if its caller is an admin inside the same transaction: between a check before it and
/// its commit the caller may have been demoted.
#[derive(Debug)]
pub struct Authorized<O> {
    /// Who must be an admin; none for the operator, who holds the store itself.
    pub by: Option<Caller>,
    /// What is done then.
    pub operation: O,
}

/// The caller is not an admin any more; nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unauthorized(pub Standing);

impl<O> Authorized<O> {
    async fn check<C: Conn>(&self, conn: &mut C) -> Result<std::result::Result<(), Unauthorized>> {
        let Some(caller) = &self.by else { return Ok(Ok(())) };
        Ok(match standing(conn, caller).await? {
            Standing::Admin => Ok(()),
            other => Err(Unauthorized(other)),
        })
    }
}

impl<O: Operation> Operation for Authorized<O> {
    type Output = std::result::Result<O::Output, Unauthorized>;
    const NAME: &'static str = O::NAME;
    const MODE: Mode = O::MODE;
    const CONTAINS: bool = O::CONTAINS;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        match self.check(conn).await? {
            Ok(()) => self.operation.run(conn).await.map(Ok),
            Err(unauthorized) => Ok(Err(unauthorized)),
        }
    }
}

impl<O: Revoking> Revoking for Authorized<O> {
    type Output = std::result::Result<O::Output, Unauthorized>;
    const NAME: &'static str = O::NAME;
    const CONTAINS: bool = O::CONTAINS;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<Self::Output> {
        match self.check(conn).await? {
            Ok(()) => self.operation.run(conn, revoker).await.map(Ok),
            Err(unauthorized) => Ok(Err(unauthorized)),
        }
    }
}

struct Found {
    role: Role,
    status: Status,
    revoked_at: Option<Timestamp>,
}

impl FromRow for Found {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            role: columns.role()?,
            status: columns.text()?.parse().map_err(|_| Error::Corrupt("status"))?,
            revoked_at: columns.opt_time()?,
        })
    }
}
