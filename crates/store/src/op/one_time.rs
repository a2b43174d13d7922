//! What is good once and was sent to a user: kept as hashes, replaced by the next request, spent in the operation that it
//! allows.

use std::fmt;

use hallpass_model::one_time::{MOST_TRIES, Purpose};
use hallpass_model::secret::Secret;
use hallpass_model::{OneTimeId, Timestamp, UserId};

use super::{Mode, Operation};
use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row};

const PUT: &str = "INSERT INTO one_time_tokens \
    (id, purpose, address_key, user_id, secret_hash, code_hash, tries, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6, 0, $7) \
    ON CONFLICT (purpose, address_key) DO UPDATE SET id = excluded.id, user_id = excluded.user_id, \
    secret_hash = excluded.secret_hash, code_hash = excluded.code_hash, tries = 0, expires_at = excluded.expires_at";
const BY_ID: &str = "SELECT id, user_id, secret_hash, code_hash, tries, expires_at FROM one_time_tokens \
    WHERE id = $1 AND purpose = $2";
const BY_ADDRESS: &str = "SELECT id, user_id, secret_hash, code_hash, tries, expires_at FROM one_time_tokens \
    WHERE purpose = $2 AND address_key = $1";
const COUNT_TRY: &str = "UPDATE one_time_tokens SET tries = tries + 1 WHERE id = $1";
const FORGET: &str = "DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose = $2";
const FORGET_ALL: &str = "DELETE FROM one_time_tokens WHERE user_id = $1";
const SPEND: &str = "DELETE FROM one_time_tokens WHERE id = $1";

/// A value that is about to be sent, as the store keeps it.
#[derive(Clone)]
pub struct NewOneTime {
    pub id: OneTimeId,
    pub purpose: Purpose,
    /// The keyed hash of the address that it is sent to.
    pub address_key: [u8; 32],
    pub user: UserId,
    /// SHA-256 of the link's secret.
    pub secret_hash: Secret<32>,
    /// A keyed hash of the code.
    pub code_hash: Secret<32>,
    pub expires_at: Timestamp,
}

impl fmt::Debug for NewOneTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewOneTime({}, {})", self.id, self.purpose.as_str())
    }
}

/// What a user presents.
#[derive(Debug, Clone)]
pub enum Presented {
    /// What stood in the link.
    Link { id: OneTimeId, secret_hash: Secret<32> },
    /// What was typed, with the address that it was sent to.
    Code { address_key: [u8; 32], code_hash: Secret<32> },
}

/// A value that fits and is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fitting {
    pub id: OneTimeId,
    pub user: UserId,
}

struct Stored {
    id: OneTimeId,
    user: UserId,
    secret_hash: Secret<32>,
    code_hash: Secret<32>,
    tries: u32,
    expires_at: Timestamp,
}

impl FromRow for Stored {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self {
            id: OneTimeId::from_bytes(columns.array()?),
            user: columns.user_id()?,
            secret_hash: Secret::new(columns.array()?),
            code_hash: Secret::new(columns.array()?),
            tries: columns.count()?,
            expires_at: columns.time()?,
        })
    }
}

/// Whether a value fits, before anything expensive is done for it. A wrong code is counted. Nothing is spent.
#[derive(Debug)]
pub struct CheckOneTime {
    pub purpose: Purpose,
    pub presented: Presented,
    pub now: Timestamp,
}

impl Operation for CheckOneTime {
    type Output = Option<Fitting>;
    const NAME: &'static str = "check_one_time";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Fitting>> {
        check(conn, self.purpose, &self.presented, self.now).await
    }
}

/// Keeps a value in place of an earlier one for the same purpose and address.
pub(super) async fn put<C: Conn>(conn: &mut C, new: &NewOneTime) -> Result<()> {
    let (id, user) = (new.id.as_bytes().into(), new.user.as_bytes().into());
    let (secret, code) = (new.secret_hash.expose().into(), new.code_hash.expose().into());
    let (purpose, address) = (new.purpose.as_str().into(), (&new.address_key).into());
    let params = [id, purpose, address, user, secret, code, new.expires_at.into()];
    conn.execute(PUT, &params).await.map(drop)
}

/// Finds what fits. A wrong code is counted, and the last one allowed makes the value void.
pub(super) async fn check<C: Conn>(
    conn: &mut C,
    purpose: Purpose,
    presented: &Presented,
    now: Timestamp,
) -> Result<Option<Fitting>> {
    let found: Option<Stored> = match presented {
        Presented::Link { id, .. } => conn.row(BY_ID, &[id.as_bytes().into(), purpose.as_str().into()]).await?,
        Presented::Code { address_key, .. } => {
            conn.row(BY_ADDRESS, &[address_key.into(), purpose.as_str().into()]).await?
        }
    };
    let Some(stored) = found.filter(|stored| now < stored.expires_at) else { return Ok(None) };
    let fits = match presented {
        Presented::Link { secret_hash, .. } => *secret_hash == stored.secret_hash,
        Presented::Code { code_hash, .. } => *code_hash == stored.code_hash,
    };
    if fits {
        return Ok(Some(Fitting { id: stored.id, user: stored.user }));
    }
    // A secret of 256 bits is not guessed; counting there would let whoever knows the id use up the tries.
    if matches!(presented, Presented::Code { .. }) {
        let sql = if stored.tries + 1 >= MOST_TRIES { SPEND } else { COUNT_TRY };
        conn.execute(sql, &[stored.id.as_bytes().into()]).await?;
    }
    Ok(None)
}

/// Takes a value; whether this was the first time.
pub(super) async fn spend<C: Conn>(conn: &mut C, id: OneTimeId) -> Result<bool> {
    Ok(conn.execute(SPEND, &[id.as_bytes().into()]).await? == 1)
}

/// Makes a user's value of one purpose void: what it would change has been changed in another way.
pub(super) async fn forget<C: Conn>(conn: &mut C, user: UserId, purpose: Purpose) -> Result<()> {
    conn.execute(FORGET, &[user.as_bytes().into(), purpose.as_str().into()]).await.map(drop)
}

/// Makes all values of a user void: they were sent to an address that is no longer the user's.
pub(super) async fn forget_all<C: Conn>(conn: &mut C, user: UserId) -> Result<()> {
    conn.execute(FORGET_ALL, &[user.as_bytes().into()]).await.map(drop)
}
