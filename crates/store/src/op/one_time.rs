//! What is good once and was sent to a user: kept as hashes, replaced by the next request, spent in the operation that it
//! allows.

use std::fmt;

use hallpass_model::one_time::{MOST_TRIES, Purpose};
use hallpass_model::secret::Secret;
use hallpass_model::{OneTimeId, Timestamp, UserId};

use super::{Mode, Operation};
use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row, Value};

const PUT: &str = "INSERT INTO one_time_tokens \
    (id, purpose, address_key, user_id, secret_hash, code_hash, flow_hash, digits_hash, payload, tries, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10) \
    ON CONFLICT (purpose, address_key) DO UPDATE SET id = excluded.id, user_id = excluded.user_id, \
    secret_hash = excluded.secret_hash, code_hash = excluded.code_hash, flow_hash = excluded.flow_hash, \
    digits_hash = excluded.digits_hash, payload = excluded.payload, tries = 0, expires_at = excluded.expires_at";
const BY_ID: &str = select!(one_time, "FROM one_time_tokens WHERE id = $1 AND purpose = $2");
const BY_ADDRESS: &str = select!(one_time, "FROM one_time_tokens WHERE purpose = $2 AND address_key = $1");
const IS_PENDING: &str = "SELECT COUNT(*) FROM one_time_tokens WHERE purpose = $1 AND address_key = $2 AND user_id <> $3 AND expires_at > $4";
const COUNT_TRY: &str = "UPDATE one_time_tokens SET tries = tries + 1 WHERE id = $1";
const FORGET: &str = "DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose = $2";
const FORGET_ALL: &str = "DELETE FROM one_time_tokens WHERE user_id = $1";
const FORGET_ALL_BUT_UNDO: &str = "DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose <> 'undo_email'";
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
    /// Where it works, if not everywhere.
    pub flow: Option<Flow>,
    /// What it changes something to, sealed.
    pub payload: Option<Vec<u8>>,
    pub expires_at: Timestamp,
}

/// The browser that asked for a value, as the store keeps it.
#[derive(Clone)]
pub struct Flow {
    /// SHA-256 of the secret in its cookie.
    pub flow_hash: Secret<32>,
    /// A keyed hash of the digits that it shows.
    pub digits_hash: Secret<32>,
}

impl fmt::Debug for NewOneTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewOneTime({}, {})", self.id, self.purpose.as_str())
    }
}

/// What a user presents.
#[derive(Debug, Clone)]
pub struct Presented {
    pub value: PresentedValue,
    /// Where the user is, for a value that does not work everywhere.
    pub place: Place,
}

/// Where a user presents a value.
#[derive(Debug, Clone)]
pub enum Place {
    /// Anywhere.
    Unknown,
    /// In a browser with this secret in its cookie, of which this is the SHA-256.
    Browser(Secret<32>),
    /// In another one, with the digits that the first one shows: their keyed hash.
    Digits(Secret<32>),
}

/// The value that a user presents.
#[derive(Debug, Clone)]
pub enum PresentedValue {
    /// What stood in the link.
    Link { id: OneTimeId, secret_hash: Secret<32> },
    /// What was typed, with the address that it was sent to.
    Code { address_key: [u8; 32], code_hash: Secret<32> },
}

/// A value that fits and is still good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitting {
    pub id: OneTimeId,
    pub purpose: Purpose,
    pub user: UserId,
    pub payload: Option<Vec<u8>>,
}

struct Stored {
    id: OneTimeId,
    user: UserId,
    secret_hash: Secret<32>,
    code_hash: Secret<32>,
    flow_hash: Option<Secret<32>>,
    digits_hash: Option<Secret<32>>,
    payload: Option<Vec<u8>>,
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
            flow_hash: columns.opt_array()?.map(Secret::new),
            digits_hash: columns.opt_array()?.map(Secret::new),
            payload: columns.opt_blob()?,
            tries: columns.count()?,
            expires_at: columns.time()?,
        })
    }
}

impl Stored {
    fn is(&self, value: &PresentedValue) -> bool {
        match value {
            PresentedValue::Link { secret_hash, .. } => *secret_hash == self.secret_hash,
            PresentedValue::Code { code_hash, .. } => *code_hash == self.code_hash,
        }
    }

    fn works_at(&self, place: &Place) -> bool {
        match (&self.flow_hash, place) {
            (None, _) => true,
            (Some(_), Place::Unknown) => false,
            (Some(flow), Place::Browser(presented)) => flow == presented,
            (Some(_), Place::Digits(presented)) => self.digits_hash.as_ref() == Some(presented),
        }
    }
}

/// Whether a value fits, before anything expensive is done for it. A wrong code is counted. Nothing is spent.
#[derive(Debug)]
pub struct CheckOneTime {
    /// Any of these.
    pub purposes: &'static [Purpose],
    pub presented: Presented,
    pub now: Timestamp,
}

impl Operation for CheckOneTime {
    type Output = Option<Fitting>;
    const NAME: &'static str = "check_one_time";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Option<Fitting>> {
        check(conn, self.purposes, &self.presented, self.now).await
    }
}

/// Keeps a value in place of an earlier one for the same purpose and address.
pub(super) async fn put<C: Conn>(conn: &mut C, new: &NewOneTime) -> Result<()> {
    let (id, user) = (new.id.as_bytes().into(), new.user.as_bytes().into());
    let (secret, code) = (new.secret_hash.expose().into(), new.code_hash.expose().into());
    let (purpose, address) = (new.purpose.as_str().into(), (&new.address_key).into());
    let flow_hash = new.flow.as_ref().map(|flow| flow.flow_hash.expose());
    let digits_hash = new.flow.as_ref().map(|flow| flow.digits_hash.expose());
    let (flow, digits) = (flow_hash.into(), digits_hash.into());
    let payload = new.payload.as_deref().map_or(Value::Null, Value::Blob);
    let params = [id, purpose, address, user, secret, code, flow, digits, payload, new.expires_at.into()];
    conn.execute(PUT, &params).await.map(drop)
}

/// Finds what fits. Something wrong is counted, and the last one allowed makes the value void.
pub(super) async fn check<C: Conn>(
    conn: &mut C,
    purposes: &'static [Purpose],
    presented: &Presented,
    now: Timestamp,
) -> Result<Option<Fitting>> {
    for purpose in purposes {
        let Some(stored) = find(conn, *purpose, &presented.value).await?.filter(|stored| now < stored.expires_at)
        else {
            continue;
        };
        if stored.is(&presented.value) && stored.works_at(&presented.place) {
            let Stored { id, user, payload, .. } = stored;
            return Ok(Some(Fitting { id, purpose: *purpose, user, payload }));
        }
        if is_guessable(presented, &stored) {
            let sql = if stored.tries + 1 >= MOST_TRIES { SPEND } else { COUNT_TRY };
            conn.execute(sql, &[stored.id.as_bytes().into()]).await?;
        }
    }
    Ok(None)
}

/// A secret of 256 bits is not guessed: counting there would let whoever knows the id use up the tries. Digits are.
fn is_guessable(presented: &Presented, stored: &Stored) -> bool {
    match (&presented.value, &presented.place) {
        (PresentedValue::Code { .. }, _) => true,
        (PresentedValue::Link { .. }, Place::Digits(_)) => stored.is(&presented.value),
        (PresentedValue::Link { .. }, Place::Browser(_) | Place::Unknown) => false,
    }
}

async fn find<C: Conn>(conn: &mut C, purpose: Purpose, value: &PresentedValue) -> Result<Option<Stored>> {
    match value {
        PresentedValue::Link { id, .. } => conn.row(BY_ID, &[id.as_bytes().into(), purpose.as_str().into()]).await,
        PresentedValue::Code { address_key, .. } => {
            conn.row(BY_ADDRESS, &[address_key.into(), purpose.as_str().into()]).await
        }
    }
}

/// Whether a mailbox is kept for another user, who may yet undo a change of address.
pub(super) async fn is_reserved<C: Conn>(
    conn: &mut C,
    address_key: &[u8; 32],
    user: UserId,
    now: Timestamp,
) -> Result<bool> {
    let params = [Purpose::UndoEmail.as_str().into(), address_key.into(), user.as_bytes().into(), now.into()];
    Ok(conn.row::<i64>(IS_PENDING, &params).await?.unwrap_or_default() > 0)
}

/// Takes a value; whether this was the first time.
pub(super) async fn spend<C: Conn>(conn: &mut C, id: OneTimeId) -> Result<bool> {
    Ok(conn.execute(SPEND, &[id.as_bytes().into()]).await? == 1)
}

/// Makes a user's value of one purpose void: what it would change has been changed in another way.
pub(super) async fn forget<C: Conn>(conn: &mut C, user: UserId, purpose: Purpose) -> Result<()> {
    conn.execute(FORGET, &[user.as_bytes().into(), purpose.as_str().into()]).await.map(drop)
}

/// Makes the values of a user void but those that undo a change of address: whoever has changed it must not be able to.
pub(super) async fn forget_all_but_undo<C: Conn>(conn: &mut C, user: UserId) -> Result<()> {
    conn.execute(FORGET_ALL_BUT_UNDO, &[user.as_bytes().into()]).await.map(drop)
}

/// Makes all values of a user void: they were sent to an address that is no longer the user's.
pub(super) async fn forget_all<C: Conn>(conn: &mut C, user: UserId) -> Result<()> {
    conn.execute(FORGET_ALL, &[user.as_bytes().into()]).await.map(drop)
}
