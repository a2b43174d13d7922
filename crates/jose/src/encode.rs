//! base64url without padding, strictly canonical.

use std::mem::MaybeUninit;

use base64_simd::{Out, URL_SAFE_NO_PAD};

use crate::Error;

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Room on the stack, which is not filled with zeros first: that would take longer than decoding into it.
pub(crate) const fn buffer<const LEN: usize>() -> [MaybeUninit<u8>; LEN] {
    [const { MaybeUninit::uninit() }; LEN]
}

/// Appends to a token.
pub(crate) fn encode_onto(bytes: &[u8], token: &mut String) {
    URL_SAFE_NO_PAD.encode_append(bytes, token);
}

/// Decodes into a fresh buffer.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, Error> {
    let bytes = URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| Error::Base64)?;
    check_trailing_bits(text)?;
    Ok(bytes)
}

/// Decodes into `buffer` and returns the filled part; refuses what does not fit.
pub(crate) fn decode_into<'a>(text: &str, buffer: &'a mut [MaybeUninit<u8>]) -> Result<&'a [u8], Error> {
    if text.len() * 3 / 4 > buffer.len() {
        return Err(Error::Base64);
    }
    check_trailing_bits(text)?;
    let decoded = URL_SAFE_NO_PAD.decode(text.as_bytes(), Out::from_uninit_slice(buffer));
    decoded.map(|filled| &*filled).map_err(|_| Error::Base64)
}

/// The unused bits of the last character must be zero (RFC 4648 §3.5): else one token has several spellings.
fn check_trailing_bits(text: &str) -> Result<(), Error> {
    let unused = match text.len() % 4 {
        0 => return Ok(()),
        2 => 0b1111,
        3 => 0b11,
        _ => return Err(Error::Base64),
    };
    let last = text.as_bytes().last().copied().and_then(value).ok_or(Error::Base64)?;
    if last & unused == 0 { Ok(()) } else { Err(Error::Base64) }
}

const fn value(c: u8) -> Option<u8> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_takes_exactly_what_it_is_long() {
        for len in [1, 2, 3, 64, 256, 1023, 1024] {
            let bytes = vec![0xa5; len];
            let text = encode(&bytes);
            let mut buffer = buffer::<1024>();
            assert_eq!(decode_into(&text, &mut buffer[..len]), Ok(bytes.as_slice()), "{len}");
            assert_eq!(decode_into(&text, &mut buffer[..len - 1]), Err(Error::Base64), "{len}");
        }
    }
}
