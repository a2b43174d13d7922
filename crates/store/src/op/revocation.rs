//! The denylist as it rests: every entry is written in the transaction of its cause.

use hallpass_model::audit::{AuditContext, AuditEntry, Event};
use hallpass_model::revocation::{FeedEntry, Kind, Revocation, Subject};
use hallpass_model::{SessionId, Timestamp, UserId};

use super::{Mode, Operation, Revoker, Revoking, audit};
use crate::conn::{Columns, Conn, FromRow, Row, Value};
use crate::{Error, Result};

/// The number comes from a row that stays locked until the commit, so that numbers are in the order of commits: a reader
/// that has seen one has seen every smaller one. It is never given out twice.
const NUMBER: &str = "UPDATE counters SET value = value + 1 WHERE name = 'revocations' RETURNING value";
const INSERT: &str = "INSERT INTO revocations (seq, kind, subject, issued_before, until) VALUES ($1, $2, $3, $4, $5)";
const SINCE: &str = "SELECT seq, kind, subject, issued_before, until FROM revocations \
    WHERE seq > $1 ORDER BY seq";
const COUNTERS: &str = "SELECT \
    (SELECT value FROM counters WHERE name = 'revocations'), \
    (SELECT value FROM counters WHERE name = 'key_ring'), \
    (SELECT COUNT(*) FROM meta WHERE name = 'migration.moved'), \
    (SELECT COALESCE(MAX(value), 0) FROM counters WHERE name = 'hash_work')";

/// Writes an entry that lives as long as the tokens it speaks of may.
pub(super) async fn revoke<C: Conn>(conn: &mut C, revoker: &Revoker, subject: Subject, until: Timestamp) -> Result<()> {
    revoker.note();
    let bytes: &[u8] = match &subject {
        Subject::Token(jti) => jti.as_bytes(),
        Subject::Session(session) => session.as_bytes(),
        Subject::User { user, .. } => user.as_bytes(),
    };
    let seq: i64 = conn.row(NUMBER, &[]).await?.ok_or(Error::Corrupt("counters are missing"))?;
    let (kind, issued_before) = (subject.kind().as_str(), subject.issued_before().map_or(Value::Null, Value::Int));
    conn.execute(INSERT, &[seq.into(), kind.into(), Value::Blob(bytes), issued_before, until.into()]).await?;
    conn.revoked(FeedEntry { seq, revocation: Revocation { subject, until } });
    Ok(())
}

/// Refuses one access token.
#[derive(Debug)]
pub struct RevokeToken {
    pub act: AuditContext,
    /// The token's `jti`.
    pub jti: String,
    /// When it expires.
    pub until: Timestamp,
}

impl Revoking for RevokeToken {
    type Output = ();
    const NAME: &'static str = "revoke_token";

    async fn run<C: Conn>(&self, conn: &mut C, revoker: &Revoker) -> Result<()> {
        revoke(conn, revoker, Subject::Token(self.jti.clone()), self.until).await?;
        audit::append(conn, &self.act, &AuditEntry::new(Event::TokenRevoked).detail("jti", &self.jti)).await
    }
}

/// What has changed since a place in the feed. Cheap: it is asked several times a second.
///
/// Entries that have ended are among them until they are pruned: whether one has ended is for each reader's clock to say,
/// and a clock that is wrong for a moment must not make its reader miss one.
#[derive(Debug)]
pub struct RevocationsSince {
    /// The place up to which the caller has read.
    pub seq: i64,
}

/// The entries after a place in the feed, and what else may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationFeed {
    /// In their order.
    pub entries: Vec<FeedEntry>,
    /// The highest number ever given out.
    pub last_seq: i64,
    /// The version of the key ring.
    pub key_ring_version: i64,
    /// Whether this store has moved: later revocations are in the other store.
    pub has_moved: bool,
    /// The most work that a password hash of some account takes, as far as it was noted ([`super::RaiseHashWork`]).
    pub hash_work: u64,
}

impl Operation for RevocationsSince {
    type Output = RevocationFeed;
    const NAME: &'static str = "revocations_since";
    const MODE: Mode = Mode::PointRead;

    /// From the beginning on: the whole set, at a start or for a reader that is far behind.
    fn reads_many(&self) -> bool {
        self.seq == 0
    }

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<RevocationFeed> {
        let Counters { last_seq, key_ring_version, has_moved, hash_work } =
            conn.row(COUNTERS, &[]).await?.ok_or(Error::Corrupt("counters are missing"))?;
        let entries = if last_seq > self.seq { conn.rows(SINCE, &[self.seq.into()]).await? } else { Vec::new() };
        Ok(RevocationFeed { entries, last_seq, key_ring_version, has_moved, hash_work })
    }
}

struct Counters {
    last_seq: i64,
    key_ring_version: i64,
    has_moved: bool,
    hash_work: u64,
}

impl FromRow for Counters {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        let (last_seq, key_ring_version) = (columns.int()?, columns.int()?);
        let (has_moved, hash_work) = (columns.int()? > 0, columns.int()?.try_into().unwrap_or_default());
        Ok(Self { last_seq, key_ring_version, has_moved, hash_work })
    }
}

impl FromRow for FeedEntry {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        let (seq, kind, subject) = (columns.int()?, columns.text()?, columns.blob()?);
        let (issued_before, until) = (columns.opt_int()?, columns.time()?);
        let id = || <[u8; 16]>::try_from(subject.as_slice()).map_err(|_| Error::Corrupt("revocation subject"));
        let kind = kind.parse().map_err(|_| Error::Corrupt("revocation kind"))?;
        let subject = match (kind, issued_before) {
            (Kind::Token, _) => {
                Subject::Token(String::from_utf8(subject).map_err(|_| Error::Corrupt("revocation subject"))?)
            }
            (Kind::Session, _) => Subject::Session(SessionId::from_bytes(id()?)),
            (Kind::User, Some(issued_before)) => Subject::User { user: UserId::from_bytes(id()?), issued_before },
            (Kind::User, None) => return Err(Error::Corrupt("revocation kind")),
        };
        Ok(Self { seq, revocation: Revocation { subject, until } })
    }
}
