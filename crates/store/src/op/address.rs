//! The addresses of users who are known by their ids.

use std::collections::{BTreeMap, BTreeSet};

use hallpass_model::UserId;

use super::{Mode, Operation};
use crate::Result;
use crate::conn::{Columns, Conn, FromRow, Row, Value};

const ADDRESSES: &str = "SELECT id, email FROM users WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Ids that one statement asks for.
const CHUNK: usize = 8;

/// The addresses of users; who is gone is left out.
#[derive(Debug)]
pub struct FindAddresses {
    pub users: BTreeSet<UserId>,
}

struct Named(UserId, String);

impl FromRow for Named {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self(columns.user_id()?, columns.text()?))
    }
}

impl Operation for FindAddresses {
    type Output = BTreeMap<UserId, String>;
    const NAME: &'static str = "find_addresses";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let (mut found, users) = (BTreeMap::new(), self.users.iter().collect::<Vec<_>>());
        for chunk in users.chunks(CHUNK) {
            // No user has an empty id.
            let mut params = [Value::Blob(&[]); CHUNK];
            for (param, user) in params.iter_mut().zip(chunk) {
                *param = Value::Blob(user.as_bytes());
            }
            let named = conn.rows::<Named>(ADDRESSES, &params).await?;
            found.extend(named.into_iter().map(|Named(id, email)| (id, email)));
        }
        Ok(found)
    }
}
