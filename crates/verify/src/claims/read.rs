//! Reading claims: those that every verifier knows by their names, what is left by the type of whoever asked for it.
//!
//! By hand and not by `serde(flatten)`, which keeps a copy of every member before it looks at the first.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, de};
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
    extra: T,
}

impl<T> Stated<T> {
    /// The policy has compared `iss` with this issuer, of which all claims share one copy.
    pub(crate) fn by(self, issuer: Arc<str>) -> Claims<T> {
        let Self { subject, role, session, id, issued_at, expires_at, extra } = self;
        Claims { issuer, subject, role, session, id, issued_at, expires_at, extra }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Stated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader(PhantomData))
    }
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for Reader<T> {
    type Value = Stated<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Stated<T>, A::Error> {
        let (mut sub, mut role, mut sid, mut jti) = (None, None, None, None);
        let (mut iat, mut exp) = (None, None);
        let mut others = Vec::new();
        while let Some(name) = members.next_key()? {
            match name {
                Name::Sub => sub = Some(members.next_value()?),
                Name::Role => role = members.next_value()?,
                Name::Sid => sid = members.next_value()?,
                Name::Jti => jti = members.next_value()?,
                Name::Iat => iat = Some(members.next_value::<Seconds>()?.0),
                Name::Exp => exp = Some(members.next_value::<Seconds>()?.0),
                Name::Checked => drop(members.next_value::<de::IgnoredAny>()?),
                Name::Other(name) => others.push((name, members.next_value::<Value>()?)),
            }
        }
        let extra = T::deserialize(MapDeserializer::new(others.into_iter())).map_err(serde_json_to::<A>)?;
        Ok(Stated {
            subject: sub.ok_or_else(|| A::Error::missing_field("sub"))?,
            role,
            session: sid,
            id: jti,
            issued_at: iat.ok_or_else(|| A::Error::missing_field("iat"))?,
            expires_at: exp.ok_or_else(|| A::Error::missing_field("exp"))?,
            extra,
        })
    }
}

fn serde_json_to<'de, A: MapAccess<'de>>(error: serde_json::Error) -> A::Error {
    A::Error::custom(error)
}

/// The name of a member.
enum Name {
    Sub,
    Role,
    Sid,
    Jti,
    Iat,
    Exp,
    /// The policy has looked at it.
    Checked,
    Other(String),
}

impl From<Cow<'_, str>> for Name {
    fn from(name: Cow<'_, str>) -> Self {
        match name.as_bytes() {
            b"sub" => Self::Sub,
            b"role" => Self::Role,
            b"sid" => Self::Sid,
            b"jti" => Self::Jti,
            b"iat" => Self::Iat,
            b"exp" => Self::Exp,
            b"iss" | b"aud" | b"nbf" => Self::Checked,
            _ => Self::Other(name.into_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(Cow::Borrowed(name).into())
            }

            fn visit_string<E>(self, name: String) -> Result<Name, E> {
                Ok(Cow::<str>::Owned(name).into())
            }
        }
        deserializer.deserialize_identifier(Reader)
    }
}

/// A `NumericDate` (RFC 7519 §2): fractions, which some issuers write, are rounded down. The policy has seen to its range.
struct Seconds(i64);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Seconds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds since the epoch")
            }

            fn visit_u64<E: Error>(self, whole: u64) -> Result<Seconds, E> {
                i64::try_from(whole).map(Seconds).map_err(E::custom)
            }

            fn visit_i64<E>(self, whole: i64) -> Result<Seconds, E> {
                Ok(Seconds(whole))
            }

            #[allow(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
            fn visit_f64<E>(self, number: f64) -> Result<Seconds, E> {
                Ok(Seconds(number.floor() as i64))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
