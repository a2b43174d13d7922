//! Reading claims: those that every verifier knows by their names, the rest by the type that the caller has chosen.

use std::sync::Arc;

use hallpass_jose::{Member, Members};
use hallpass_token::FromClaims;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Claims;

/// What a payload says. It becomes [`Claims`] once the seal was found good; on its own it is not to be had.
pub(crate) struct Stated<T> {
    subject: String,
    role: Option<String>,
    session: Option<String>,
    id: Option<String>,
    issued_at: i64,
    expires_at: i64,
    /// `nbf`.
    pub(crate) not_before: Option<i64>,
    extra: T,
}

impl<T> Stated<T> {
    /// The policy has compared `iss` with this issuer, of which all claims share one copy.
    pub(crate) fn by(self, issuer: Arc<str>) -> Claims<T> {
        let Self { subject, role, session, id, issued_at, expires_at, extra, .. } = self;
        Claims { issuer, subject, role, session, id, issued_at, expires_at, extra }
    }
}

impl<T: DeserializeOwned> FromClaims for Stated<T> {
    fn from_members(mut members: Members<'_>) -> Option<Self> {
        // The policy has looked at these.
        for checked in ["iss", "aud"] {
            members.take(checked);
        }
        Some(Self {
            subject: text(members.take("sub"))??,
            role: text(members.take("role"))?,
            session: text(members.take("sid"))?,
            id: text(members.take("jti"))?,
            issued_at: seconds(members.take("iat"))?,
            expires_at: seconds(members.take("exp"))?,
            not_before: seconds(members.take("nbf")),
            extra: T::deserialize(Value::Object(members.into_map())).ok()?,
        })
    }
}

/// A text that may be absent, or said to be so; anything else is not to be understood.
#[allow(clippy::option_option, reason = "not understood, or not there")]
fn text(member: Option<Member<'_>>) -> Option<Option<String>> {
    match member {
        None | Some(Member::Other(Value::Null)) => Some(None),
        Some(Member::Text(text)) => Some(Some(text.into_owned())),
        Some(Member::Other(_)) => None,
    }
}

/// A `NumericDate` (RFC 7519 §2): fractions, which some issuers write, are rounded down. The policy has seen to its range.
#[allow(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
fn seconds(member: Option<Member<'_>>) -> Option<i64> {
    let Some(Member::Other(number)) = member else { return None };
    number.as_i64().or_else(|| number.as_f64().map(|number| number.floor() as i64))
}
