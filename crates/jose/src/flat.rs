//! Claims as nearly every issuer writes them: one object of plain texts and whole numbers, without white space.
//!
//! Such a payload is read in one pass and borrowed, at less than half of what a parser takes. Whatever looks different
//! (an escape, a fraction, a list, a repeated name) is left to the parser, which refuses or reads it: nothing is
//! accepted here that is refused there.

use serde_json::{Map, Value};

/// So many digits are always an `i64`.
const MAX_DIGITS: usize = 18;

/// Plain claims: those of RFC 7519 and of our own tokens by name, borrowed; what else there is, by value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "RFC 7519 §4.1 says what they are, the contract what `role` and `sid` are")]
pub struct Plain<'a> {
    pub iss: Option<&'a str>,
    pub aud: Option<&'a str>,
    pub sub: Option<&'a str>,
    pub role: Option<&'a str>,
    pub sid: Option<&'a str>,
    pub jti: Option<&'a str>,
    pub iat: Option<i64>,
    pub exp: Option<i64>,
    pub nbf: Option<i64>,
    /// The others.
    pub others: Map<String, Value>,
}

/// Reads a payload. None leaves it to the parser, whose verdict stands.
pub(crate) fn read(payload: &str) -> Option<Plain<'_>> {
    let mut rest = Rest { text: payload, at: 0 };
    let mut plain = Plain::default();
    rest.take(b'{')?;
    loop {
        let name = rest.text()?;
        rest.take(b':')?;
        plain.take(name, rest.scalar()?)?;
        match rest.next()? {
            b',' => {}
            b'}' => return (rest.at == payload.len()).then_some(plain),
            _ => return None,
        }
    }
}

impl<'a> Plain<'a> {
    /// None for a name that was there before, and for a value of another type than the claim must have.
    #[inline]
    fn take(&mut self, name: &str, value: Scalar<'a>) -> Option<()> {
        match (name.as_bytes(), value) {
            (b"iss", Scalar::Text(iss)) => once(&mut self.iss, iss),
            (b"aud", Scalar::Text(aud)) => once(&mut self.aud, aud),
            (b"sub", Scalar::Text(sub)) => once(&mut self.sub, sub),
            (b"role", Scalar::Text(role)) => once(&mut self.role, role),
            (b"sid", Scalar::Text(sid)) => once(&mut self.sid, sid),
            (b"jti", Scalar::Text(jti)) => once(&mut self.jti, jti),
            (b"iat", Scalar::Number(iat)) => once(&mut self.iat, iat),
            (b"exp", Scalar::Number(exp)) => once(&mut self.exp, exp),
            (b"nbf", Scalar::Number(nbf)) => once(&mut self.nbf, nbf),
            (b"iss" | b"aud" | b"sub" | b"role" | b"sid" | b"jti" | b"iat" | b"exp" | b"nbf", _) => None,
            (_, Scalar::Text(text)) => self.other(name, text.into()),
            (_, Scalar::Number(number)) => self.other(name, number.into()),
        }
    }

    #[cold]
    fn other(&mut self, name: &str, value: Value) -> Option<()> {
        self.others.insert(name.to_owned(), value).is_none().then_some(())
    }
}

/// A name stands once (RFC 7519 §4 leaves it open; two readers would see two tokens).
#[inline]
fn once<T>(claim: &mut Option<T>, value: T) -> Option<()> {
    claim.replace(value).is_none().then_some(())
}

/// The value of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scalar<'a> {
    /// A text without escapes.
    Text(&'a str),
    /// A whole number that is not negative.
    Number(i64),
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
        let begin = self.at + 1;
        let [b'"', body @ ..] = self.text.as_bytes().get(self.at..)? else { return None };
        let len = plain_len(body)?;
        if body.get(len) != Some(&b'"') {
            return None;
        }
        self.at = begin + len + 1;
        self.text.get(begin..begin + len)
    }

    #[inline]
    fn scalar(&mut self) -> Option<Scalar<'a>> {
        if self.peek()? == b'"' { self.text().map(Scalar::Text) } else { self.number().map(Scalar::Number) }
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
    // Most names and many values end within a word.
    match bytes.first_chunk().map(|word| special_bytes(u64::from_le_bytes(*word))) {
        Some(special) if special != 0 => Some(special.trailing_zeros() as usize / 8),
        _ => long_plain_len(bytes),
    }
}

#[inline(never)]
fn long_plain_len(bytes: &[u8]) -> Option<usize> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::json;

    /// All members that were read.
    fn members(text: &str) -> Option<Map<String, Value>> {
        let Plain { iss, aud, sub, role, sid, jti, iat, exp, nbf, mut others } = read(text)?;
        let texts = [("iss", iss), ("aud", aud), ("sub", sub), ("role", role), ("sid", sid), ("jti", jti)];
        others.extend(texts.iter().filter_map(|(name, text)| Some((name.to_string(), Value::from((*text)?)))));
        let times = [("iat", iat), ("exp", exp), ("nbf", nbf)];
        others.extend(times.iter().filter_map(|(name, time)| Some((name.to_string(), Value::from((*time)?)))));
        Some(others)
    }

    #[test]
    fn what_is_flat_is_read_and_the_rest_is_left_to_the_parser() {
        let plain = read(r#"{"iss":"https://a","exp":1800000000,"ü":"é","zero":0}"#).expect("flat");
        assert_eq!((plain.iss, plain.exp, plain.aud), (Some("https://a"), Some(1_800_000_000), None));
        assert_eq!(Value::Object(plain.others), json!({"ü": "é", "zero": 0}));
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
            r#"{"sub":1}"#,
            r#"{"role":1}"#,
            r#"{"sid":1}"#,
            r#"{"jti":1}"#,
            r#"{"exp":1,"exp":1}"#,
            r#"{"sub":"a","sub":"a"}"#,
            r#"{"sub":"a","b":1,"sub":1}"#,
            r#"{"longer than a word 1":1,"longer than a word 1":1}"#,
        ] {
            assert!(members(other).is_none(), "{other}");
        }
        assert!(members(r#"{"longer than a word 1":1,"longer than a word 2":1}"#).is_some());
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
        fn agrees_with_the_parser(text in r#"[{]("(exp|sub|[a-c\\\u{0}-\u{20}"é]{0,3})":?("[a-c\\"é\n]{0,4}"|[-0-9.e]{0,20}|null|\[\]),?){0,4}[}]?[ }]?"#) {
            if let Some(flat) = members(&text) {
                prop_assert_eq!(json::parse_object(text.as_bytes()).ok(), Some(flat));
            }
        }

        /// And what the serializer writes of such claims is read.
        #[test]
        fn reads_what_is_written(written in prop::collection::btree_map("[a-z]{1,8}", prop_oneof![
            "[ -!#-\\[\\]-~é]{0,12}".prop_map(Value::from), (0..=i64::MAX / 10).prop_map(Value::from),
        ], 1..12)) {
            let written: Map<String, Value> = written.into_iter().collect();
            let text = serde_json::to_string(&written).expect("JSON");
            prop_assert_eq!(members(&text), Some(written));
        }
    }
}
