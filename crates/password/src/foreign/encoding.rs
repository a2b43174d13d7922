//! The encodings of other systems' hashes.

use base64_simd::STANDARD_NO_PAD;

/// Base64 as it is written anywhere: with or without padding, with the URL's signs, or with passlib's dot.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.trim_end_matches('=').bytes().map(sign).collect();
    STANDARD_NO_PAD.decode_to_vec(&text).ok()
}

const fn sign(byte: u8) -> u8 {
    match byte {
        b'-' | b'.' => b'+',
        b'_' => b'/',
        other => other,
    }
}

pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?)).collect()
}

/// A number in decimal digits and nothing else, within bounds.
pub(super) fn number(text: &str, bounds: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_plain && bounds.contains(number))
}

/// The parts of a text between dollar signs, if there are so many.
pub(super) fn parts<const N: usize>(text: &str) -> Option<[&str; N]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}

/// The value of `name=value` among values between commas; none when the name is there twice.
pub(super) fn value<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    let mut values = list.split(',').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

/// The alphabet of Unix crypt.
const CRYPT: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

pub(super) fn is_crypt(text: &str) -> bool {
    text.bytes().all(|byte| CRYPT.contains(&byte))
}

/// What a character of crypt's alphabet stands for.
pub(super) fn crypt_digit(character: char) -> Option<u32> {
    CRYPT.iter().position(|known| char::from(*known) == character).and_then(|place| place.try_into().ok())
}

/// Three bytes as four characters, the lowest bits first; a rest as fewer.
pub(super) fn crypt64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let value = group.iter().rev().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        for place in 0..=group.len() {
            text.push(char::from(CRYPT[usize::from((value >> (6 * place)).to_le_bytes()[0] & 63)]));
        }
    }
    text
}

pub(super) fn to_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
