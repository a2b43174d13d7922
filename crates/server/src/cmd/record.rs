//! A user as a file holds it: what `users export` writes is what `users import` reads.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// The names of the fields.
const FIELDS: [&str; 8] =
    ["email", "role", "status", "one_time_until", "password_hash", "password", "external_id", "email_verified_at"];

/// A row. It has no `Debug`: a hash belongs in no log.
#[derive(Default, Serialize)]
pub(super) struct Record {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<String>,
    /// A user who was suspended stays so, and does not come in by a move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    /// Without it a one-time password would become an ordinary one by a move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) one_time_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<String>,
    /// The id that the system before knew the user by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) external_id: Option<String>,
    /// When the address was proved to be the user's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email_verified_at: Option<String>,
    /// Whether the other system had proved that the address is the user's. None when it says nothing of it.
    #[serde(skip)]
    pub(super) is_verified: Option<bool>,
}

/// The field that a heading means, whatever its case and the blanks around it.
pub(super) fn known(heading: &str) -> Option<&'static str> {
    FIELDS.into_iter().find(|name| heading.trim().eq_ignore_ascii_case(name))
}

impl Record {
    /// The place of a field with a known name.
    pub(super) fn place(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "email" => Some(&mut self.email),
            "role" => Some(&mut self.role),
            "status" => Some(&mut self.status),
            "one_time_until" => Some(&mut self.one_time_until),
            "password_hash" => Some(&mut self.password_hash),
            "password" => Some(&mut self.password),
            "external_id" => Some(&mut self.external_id),
            "email_verified_at" => Some(&mut self.email_verified_at),
            _ => None,
        }
    }
}

/// A JSON object, read: the user, and the names that mean no field.
#[derive(Default)]
pub(super) struct Object {
    pub(super) record: Record,
    pub(super) extra: Vec<String>,
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::default();
        let mut seen = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let Some(known) = known(&name) else {
                map.next_value::<IgnoredAny>()?;
                object.extra.push(name);
                continue;
            };
            // Of two roles it is unclear which is meant.
            if seen.contains(&known) {
                return Err(A::Error::duplicate_field(known));
            }
            seen.push(known);
            let value = map.next_value()?;
            if let Some(place) = object.record.place(known) {
                *place = value;
            }
        }
        Ok(object)
    }
}
