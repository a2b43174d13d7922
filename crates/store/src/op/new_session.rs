//! The row of a session that begins.

use hallpass_model::audit::AuditContext;
use hallpass_model::refresh_token::TokenHash;
use hallpass_model::{SessionId, Timestamp, UserId};

use crate::Result;
use crate::conn::Conn;

const INSERT: &str = "INSERT INTO sessions (id, user_id, generation, current_hash, created_at, last_used_at, \
    expires_at, absolute_expires_at, ip, user_agent) VALUES ($1, $2, 0, $3, $4, $4, $5, $6, $7, $8)";

/// A session about to be opened; address and agent come with the act.
#[derive(Debug, Clone)]
pub struct NewSession {
    pub id: SessionId,
    pub user: UserId,
    /// The hash of its first refresh token.
    pub first_hash: TokenHash,
    /// The idle end.
    pub expires_at: Timestamp,
    /// The absolute end.
    pub absolute_expires_at: Timestamp,
}

pub(super) async fn insert<C: Conn>(conn: &mut C, act: &AuditContext, session: &NewSession) -> Result<()> {
    let ip = act.ip.map(|ip| ip.to_string());
    let params = [
        session.id.as_bytes().into(),
        session.user.as_bytes().into(),
        (&session.first_hash).into(),
        act.at.into(),
        session.expires_at.into(),
        session.absolute_expires_at.into(),
        ip.as_deref().into(),
        act.user_agent.as_deref().into(),
    ];
    conn.execute(INSERT, &params).await.map(|_| ())
}
