//! The members of an object as they stand in its text: what is a text is borrowed, everything else is a value.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::Error;
use crate::json::Strict;

/// The value of a member.
#[derive(Debug, Clone, PartialEq)]
pub enum Member<'a> {
    /// A text; borrowed, unless it has escapes.
    Text(Cow<'a, str>),
    /// Anything else.
    Other(Value),
}

impl Member<'_> {
    /// As a JSON value.
    pub fn into_value(self) -> Value {
        match self {
            Self::Text(text) => text.into(),
            Self::Other(value) => value,
        }
    }
}

/// The members of an object, each name once.
///
/// Names are looked for one by one: the objects that this is for have a dozen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Members<'a>(Vec<(Cow<'a, str>, Member<'a>)>);

impl<'a> Members<'a> {
    /// Parses a whole document, as strictly as [`parse_object`](crate::parse_object).
    ///
    /// # Errors
    /// [`Error::Json`].
    pub fn parse(document: &'a [u8]) -> Result<Self, Error> {
        // Checked once as a whole: from bytes, the parser would check each text by itself.
        let document = str::from_utf8(document).map_err(|_| Error::Json)?;
        let mut deserializer = serde_json::Deserializer::from_str(document);
        let members = deserializer.deserialize_map(MembersVisitor).map_err(|_| Error::Json)?;
        deserializer.end().map_err(|_| Error::Json)?;
        Ok(members)
    }

    /// The member of this name.
    pub fn get(&self, name: &str) -> Option<&Member<'a>> {
        self.0.iter().find(|(each, _)| each == name).map(|(_, member)| member)
    }

    /// Takes the member of this name out.
    pub fn take(&mut self, name: &str) -> Option<Member<'a>> {
        let place = self.0.iter().position(|(each, _)| each == name)?;
        Some(self.0.swap_remove(place).1)
    }

    /// All of them as JSON values.
    pub fn into_map(self) -> Map<String, Value> {
        self.0.into_iter().map(|(name, member)| (name.into_owned(), member.into_value())).collect()
    }
}

/// A text that is borrowed where it can be.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Self::Value, A::Error> {
        // A dozen claims are what an access token has.
        let mut members = Members(Vec::with_capacity(12));
        while let Some(name) = source.next_key_seed(Text)? {
            if members.get(&name).is_some() {
                return Err(A::Error::custom("duplicate member"));
            }
            members.0.push((name, source.next_value_seed(MemberVisitor)?));
        }
        Ok(members)
    }
}

/// A text is borrowed; everything else is [`Strict`]'s, one level below the object.
struct MemberVisitor;

impl MemberVisitor {
    const STRICT: Strict = Strict::MEMBER;
}

impl<'de> DeserializeSeed<'de> for MemberVisitor {
    type Value = Member<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Self::STRICT.expecting(f)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Member::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Member::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Self::STRICT.visit_unit().map(Member::Other)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Self::STRICT.visit_bool(value).map(Member::Other)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Self::STRICT.visit_i64(value).map(Member::Other)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Self::STRICT.visit_u64(value).map(Member::Other)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Self::STRICT.visit_f64(value).map(Member::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        Self::STRICT.visit_seq(items).map(Member::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        Self::STRICT.visit_map(members).map(Member::Other)
    }
}
