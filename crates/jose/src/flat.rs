//! Claims as nearly every issuer writes them: one object of plain texts and whole numbers, without white space.
//!
//! Such a payload is read in one pass and borrowed, at less than half of what a parser takes. Whatever looks different
//! (an escape, a fraction, a list, a repeated name) is left to the parser, which refuses or reads it: nothing is
//! accepted here that is refused there.

use serde::de::value::{Error as ReadError, MapAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

/// More members are left to the parser: repeated names are found by comparing each with each.
const MAX_MEMBERS: usize = 12;
/// So many digits are always an `i64`.
const MAX_DIGITS: usize = 18;

/// The claims of RFC 7519 that a policy looks at, seen on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Registered<'a> {
    pub(crate) iss: Option<&'a str>,
    pub(crate) aud: Option<&'a str>,
    pub(crate) iat: Option<i64>,
    pub(crate) exp: Option<i64>,
    pub(crate) nbf: Option<i64>,
}

/// Reads a type from a payload. None leaves it to the parser, whose verdict stands.
pub(crate) fn read<'a, T: Deserialize<'a>>(payload: &'a str) -> Option<(T, Registered<'a>)> {
    let mut rest = Rest { text: payload, at: 0 };
    rest.take(b'{')?;
    let mut members =
        Members { rest, has_more: true, names: [(0, ""); MAX_MEMBERS], len: 0, registered: Registered::default() };
    let value = T::deserialize(MapAccessDeserializer::new(&mut members)).ok()?;
    let is_whole = !members.has_more && members.rest.at == payload.len();
    is_whole.then_some((value, members.registered))
}

/// The members of an object, one after the other.
struct Members<'a> {
    rest: Rest<'a>,
    has_more: bool,
    names: [(u64, &'a str); MAX_MEMBERS],
    len: usize,
    registered: Registered<'a>,
}

/// The value of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scalar<'a> {
    /// A text without escapes.
    Text(&'a str),
    /// A whole number that is not negative.
    Number(i64),
}

impl<'a> Members<'a> {
    #[inline]
    fn name(&mut self) -> Option<&'a str> {
        let name = self.rest.text()?;
        self.rest.take(b':')?;
        let tag = tag(name);
        let is_it = |known: &(u64, &str)| known.0 == tag && (name.len() <= size_of::<u64>() || known.1 == name);
        if self.names[..self.len].iter().any(is_it) {
            return None;
        }
        *self.names.get_mut(self.len)? = (tag, name);
        self.len += 1;
        Some(name)
    }

    #[inline]
    fn value(&mut self) -> Option<Scalar<'a>> {
        let is_text = self.rest.peek()? == b'"';
        let value = if is_text { Scalar::Text(self.rest.text()?) } else { Scalar::Number(self.rest.number()?) };
        self.has_more = match self.rest.next()? {
            b',' => true,
            b'}' => false,
            _ => return None,
        };
        self.note(value)?;
        Some(value)
    }

    /// None when a registered claim is of another type than it must be.
    #[inline]
    fn note(&mut self, value: Scalar<'a>) -> Option<()> {
        const ISS: u64 = tag("iss");
        const AUD: u64 = tag("aud");
        const IAT: u64 = tag("iat");
        const EXP: u64 = tag("exp");
        const NBF: u64 = tag("nbf");
        let registered = &mut self.registered;
        match (self.names[self.len - 1].0, value) {
            (ISS, Scalar::Text(iss)) => registered.iss = Some(iss),
            (AUD, Scalar::Text(aud)) => registered.aud = Some(aud),
            (IAT, Scalar::Number(iat)) => registered.iat = Some(iat),
            (EXP, Scalar::Number(exp)) => registered.exp = Some(exp),
            (NBF, Scalar::Number(nbf)) => registered.nbf = Some(nbf),
            (ISS | AUD | IAT | EXP | NBF, _) => return None,
            _ => {}
        }
        Some(())
    }
}

fn not_flat() -> ReadError {
    ReadError::custom("not flat")
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        if !self.has_more {
            return Ok(None);
        }
        let name = self.name().ok_or_else(not_flat)?;
        seed.deserialize(Scalar::Text(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        seed.deserialize(self.value().ok_or_else(not_flat)?)
    }
}

/// The first bytes of a name, which are all of it for the registered ones: no call to compare three letters. Names
/// hold no NUL, so a shorter name has another tag.
const fn tag(name: &str) -> u64 {
    let (bytes, mut tag, mut at) = (name.as_bytes(), 0, 0);
    while at < bytes.len() && at < size_of::<u64>() {
        tag |= (bytes[at] as u64) << (8 * at);
        at += 1;
    }
    tag
}

/// What is still to be read.
struct Rest<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Rest<'a> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    #[inline]
    fn take(&mut self, expected: u8) -> Option<()> {
        (self.next()? == expected).then_some(())
    }

    #[inline]
    fn text(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let begin = self.at;
        let len = plain_len(self.text.as_bytes().get(begin..)?)?;
        self.at = begin + len;
        self.take(b'"')?;
        self.text.get(begin..begin + len)
    }

    #[inline]
    fn number(&mut self) -> Option<i64> {
        let digits = self.text.as_bytes().get(self.at..)?;
        // Ten digits are seconds since the epoch, until the year 2286: the first eight at a stroke.
        let (mut value, mut len) = match digits.first_chunk().and_then(|word| eight_digits(*word)) {
            Some(value) => (value, 8),
            None => (0, 0),
        };
        while let Some(digit @ b'0'..=b'9') = digits.get(len) {
            if len == MAX_DIGITS {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
            len += 1;
        }
        self.at += len;
        let has_leading_zero = len > 1 && digits[0] == b'0';
        (len > 0 && !has_leading_zero).then_some(value)
    }
}

/// The number that eight digits spell; none if one of them is no digit.
#[inline]
const fn eight_digits(word: [u8; 8]) -> Option<i64> {
    const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
    const HIGH_NIBBLES: u64 = u64::from_le_bytes([0xf0; 8]);
    let word = u64::from_le_bytes(word);
    // Both the byte and the byte six above it must be in 0x30 to 0x3f: that is 0x30 to 0x39.
    let six_above = word.wrapping_add(u64::from_le_bytes([6; 8]));
    if word & HIGH_NIBBLES != ZEROS || six_above & HIGH_NIBBLES != ZEROS {
        return None;
    }
    // Pairs of digits, pairs of pairs, and the two halves.
    let digits = word - ZEROS;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let all = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    Some(all.cast_signed())
}

/// How many bytes stand before the first quote, backslash or control character; none if there is none of them.
#[inline]
fn plain_len(bytes: &[u8]) -> Option<usize> {
    let (words, _) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return Some(index * 8 + special.trailing_zeros() as usize / 8);
        }
    }
    let done = words.len() * 8;
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    bytes[done..].iter().position(is_special).map(|len| done + len)
}

/// The high bit of the first byte that is special, and of none before it. (Of later ones, perhaps wrongly: a borrow
/// runs upwards.)
const fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    const fn zero_bytes(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word & HIGHS
    }
    let quote = zero_bytes(word ^ (ONES * b'"' as u64));
    let backslash = zero_bytes(word ^ (ONES * b'\\' as u64));
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
    quote | backslash | control
}

impl<'de> IntoDeserializer<'de, ReadError> for Scalar<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Scalar<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self {
            Self::Text(text) => visitor.visit_borrowed_str(text),
            Self::Number(number) => visitor.visit_u64(number.unsigned_abs()),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self {
            Self::Text(text) => text.into_deserializer().deserialize_enum(name, variants, visitor),
            Self::Number(_) => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::json;

    /// A type that leaves members aside.
    #[derive(Deserialize)]
    struct Few {
        a: i64,
    }

    /// The members, and what was seen of the registered ones.
    fn members(text: &str) -> Option<(Map<String, Value>, Registered<'_>)> {
        read(text)
    }

    #[test]
    fn what_is_flat_is_read_and_the_rest_is_left_to_the_parser() {
        let (flat, seen) = members(r#"{"iss":"https://a","exp":1800000000,"ü":"é","zero":0}"#).expect("flat");
        assert_eq!(Value::Object(flat), json!({"iss": "https://a", "exp": 1_800_000_000, "ü": "é", "zero": 0}));
        assert_eq!((seen.iss, seen.exp, seen.aud), (Some("https://a"), Some(1_800_000_000), None));
        for other in [
            "",
            "{}",
            "[]",
            r#"{"a":1"#,
            r#"{"a":1}x"#,
            r#"{"a":1} "#,
            r#" {"a":1}"#,
            r#"{"a": 1}"#,
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a":01}"#,
            r#"{"a":-1}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1e3}"#,
            r#"{"a":"\u0041"}"#,
            r#"{"a":"b\"}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":true}"#,
            r#"{"a":null}"#,
            r#"{"a":["b"]}"#,
            r#"{"a":{}}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":}"#,
            r#"{"a"}"#,
            r"{a:1}",
            r#"{"a":1000000000000000000}"#,
            r#"{"a":9999999999999999999}"#,
            "{\"a\":\"b",
            r#"{"iss":1}"#,
            r#"{"aud":1}"#,
            r#"{"iat":"1"}"#,
            r#"{"exp":"1"}"#,
            r#"{"nbf":"1"}"#,
            r#"{"longer than a word 1":1,"longer than a word 1":1}"#,
        ] {
            assert!(members(other).is_none(), "{other}");
        }
        let many: Vec<String> = (0..=MAX_MEMBERS).map(|n| format!("\"{n}\":{n}")).collect();
        assert!(members(&format!("{{{}}}", many[1..].join(","))).is_some());
        assert!(members(&format!("{{{}}}", many.join(","))).is_none());
        assert!(members(r#"{"longer than a word 1":1,"longer than a word 2":1}"#).is_some());
        assert!(read::<Few>(r#"{"a":1,"b":2}"#).is_some_and(|(few, _)| few.a == 1));
    }

    #[test]
    fn a_text_ends_at_the_first_special_byte_wherever_it_stands() {
        for special in (0..0x20).chain([b'"', b'\\']) {
            for len in 0..20 {
                // Whatever comes behind it, such as what makes a borrow run.
                for behind in [0x00, 0x21, b'"', 0x7f, 0x80, 0xff] {
                    let bytes = [vec![0x80; len], vec![special], vec![behind; 9]].concat();
                    assert_eq!(plain_len(&bytes), Some(len), "{special} {behind}");
                }
            }
        }
        let plain: Vec<u8> = (0x20..=0xff).filter(|byte| !matches!(byte, b'"' | b'\\')).collect();
        assert_eq!(plain_len(&plain), None);
    }

    proptest! {
        /// Eight bytes are a number exactly when each of them is a digit, and then it is the one they spell.
        #[test]
        fn eight_digits_are_what_they_spell(
            bytes in prop::array::uniform8(prop_oneof![9 => b'0'..=b'9', 1 => any::<u8>()]),
        ) {
            let are_digits = bytes.iter().all(u8::is_ascii_digit);
            let spelt = str::from_utf8(&bytes).ok().filter(|_| are_digits).and_then(|text| text.parse().ok());
            prop_assert_eq!(eight_digits(bytes), spelt);
        }

        /// Nothing is read here that the parser would not read, and nothing is read otherwise.
        #[test]
        fn agrees_with_the_parser(text in r#"[{]("[a-c\\\u{0}-\u{20}"é]{0,3}":?("[a-c\\"é\n]{0,4}"|[-0-9.e]{0,20}|null|\[\]),?){0,4}[}]?[ }]?"#) {
            if let Some((flat, _)) = members(&text) {
                prop_assert_eq!(json::parse_object(text.as_bytes()).ok(), Some(flat));
            }
        }

        /// And what the serializer writes of such claims is read.
        #[test]
        fn reads_what_is_written(members in prop::collection::btree_map("[a-z]{1,8}", prop_oneof![
            "[ -!#-\\[\\]-~é]{0,12}".prop_map(Value::from), (0..=i64::MAX / 10).prop_map(Value::from),
        ], 1..12)) {
            let written: Map<String, Value> = members.into_iter().collect();
            let text = serde_json::to_string(&written).expect("JSON");
            prop_assert_eq!(super::read(&text).map(|(flat, _)| flat), Some(written));
        }
    }
}
