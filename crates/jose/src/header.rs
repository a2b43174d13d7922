//! The protected header, when it is not byte for byte one of our own.

use serde_json::{Map, Value};

use crate::{Error, encode, json};

/// What a header says, once everything that must be refused is.
pub(crate) struct Header {
    pub(crate) alg: String,
    pub(crate) typ: Option<String>,
    pub(crate) kid: Option<String>,
}

impl Header {
    pub(crate) fn parse(segment: &str) -> Result<Self, Error> {
        let members = json::parse_object(&encode::decode(segment)?)?;
        if members.contains_key("crit") || members.contains_key("b64") {
            return Err(Error::Critical);
        }
        if ["jwk", "jku", "x5u", "x5c"].iter().any(|name| members.contains_key(*name)) {
            return Err(Error::EmbeddedKey);
        }
        if members.contains_key("enc") || members.contains_key("zip") {
            return Err(Error::NotCompact);
        }
        if text(&members, "cty")?.is_some_and(|cty| cty.to_ascii_lowercase().ends_with("jwt")) {
            return Err(Error::Nested);
        }
        Ok(Self {
            alg: text(&members, "alg")?.ok_or(Error::Header)?,
            typ: text(&members, "typ")?,
            kid: text(&members, "kid")?,
        })
    }

    /// RFC 7515 §4.1.9: compared without regard to case, `application/` may be left out.
    pub(crate) fn is_of_type(&self, expected: &str) -> bool {
        let Some(typ) = self.typ.as_deref() else { return false };
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ) == expected.to_ascii_lowercase()
    }
}

/// A member that must be a string if it is there at all: mistyped is not absent.
fn text(members: &Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::Header),
    }
}

/// The header segment of every token that a key signs.
pub(crate) fn segment(alg: crate::Alg, typ: &str, kid: &str) -> String {
    let header = serde_json::json!({ "alg": alg.as_str(), "kid": kid, "typ": typ });
    encode::encode(header.to_string())
}
