//! A session begins with a value from a mail.

use std::time::Duration;

use hallpass_model::SessionId;
use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::one_time::Purpose;
use hallpass_model::user::User;

use super::{Prover, take};
use crate::conn::Conn;
use crate::op::new_session::{self, NewSession};
use crate::op::one_time::Presented;
use crate::op::user::{self, UserKey};
use crate::op::{Revoker, Revoking, login};
use crate::{Error, Result};

/// Opens a session for who has the mailbox.
pub struct EnterByMail {
    pub act: AuditContext,
    pub presented: Presented,
    pub session: NewSession,
    /// A session that ends with this one's beginning.
    pub ends: Option<SessionId>,
    /// How long the access tokens of sessions that end may still live.
    pub revocation_ttl: Duration,
}

/// What became of an [`EnterByMail`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnterByMailOutcome {
    /// The session is open, for the user as of now.
    Opened(Box<User>),
    /// The value does not fit, was used, or its user may not enter.
    Unfit,
}

impl Revoking for EnterByMail {
    type Output = EnterByMailOutcome;
    const NAME: &'static str = "enter_by_mail";
    const CONTAINS: bool = true;

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<EnterByMailOutcome> {
        let (act, user) = (&self.act, self.session.user);
        let known = user::credential(conn, &UserKey::Id(user)).await?;
        if !known.is_some_and(|known| known.user.status.may_enter()) {
            return Ok(EnterByMailOutcome::Unfit);
        }
        if take(conn, &[Purpose::SignIn], &self.presented, (act, user)).await?.is_none() {
            return Ok(EnterByMailOutcome::Unfit);
        }
        Prover { act, user, revocation_ttl: self.revocation_ttl }.prove_mailbox(conn, revoker).await?;
        new_session::insert(conn, act, &self.session).await?;
        login::note_entry(conn, act, &self.session, AuditEntry::new(Event::LoginSucceeded).detail("by", "mail"))
            .await?;
        login::end_previous(conn, revoker, act, self.ends.map(|ended| (ended, self.revocation_ttl))).await?;
        let user = user::credential(conn, &UserKey::Id(user)).await?;
        user.map(|user| EnterByMailOutcome::Opened(Box::new(user.user))).ok_or(Error::Corrupt("a user vanished"))
    }
}
