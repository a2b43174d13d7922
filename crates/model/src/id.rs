//! Typed identifiers: UUID version 7 (RFC 9562), so that rows sort by the instant of their creation.

use std::fmt;
use std::str::FromStr;

use uuid::{Builder, Uuid};

use crate::Timestamp;

/// The text was not a hyphenated UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057 is expected")]
pub struct ParseIdError;

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A version 7 id from an instant and 80 random bits, both handed in.
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                Self(Builder::from_unix_timestamp_millis(now.unsigned_millis(), &random).into_uuid())
            }

            /// The id as its 16 bytes, as the store keeps it.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id of these 16 bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            /// Reads exactly the form that `Display` writes: one id, one spelling.
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let id = Uuid::try_parse(text).map_err(|_| ParseIdError)?;
                let mut canonical = Uuid::encode_buffer();
                if id.hyphenated().encode_lower(&mut canonical) != text {
                    return Err(ParseIdError);
                }
                Ok(Self(id))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

typed_id! {
    /// A user: the `sub` of every token, never reused, never an address.
    UserId
}
typed_id! {
    /// A session, which is also the refresh family: the `sid` of its access tokens.
    SessionId
}
typed_id! {
    /// A registered service client.
    ClientId
}
typed_id! {
    /// What waits to be sent, or was sent: the name in its `Message-ID`.
    MessageId
}
typed_id! {
    /// A value that is good once and was sent to its user: what a link names beside its secret.
    OneTimeId
}

typed_id! {
    /// An endpoint that is told of events.
    WebhookId
}
typed_id! {
    /// A delivery that failed.
    StuckId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = UserId::new(Timestamp::from_millis(1_700_000_000_000), [7; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<UserId>(), Err(ParseIdError));
        assert_eq!(id.to_string().replace('-', "").parse::<UserId>(), Err(ParseIdError));
    }

    #[test]
    fn ids_sort_by_their_instant() {
        let early = SessionId::new(Timestamp::from_millis(1_000), [255; 10]);
        let late = SessionId::new(Timestamp::from_millis(1_001), [0; 10]);
        assert!(early < late);
    }
}
