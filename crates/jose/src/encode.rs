//! base64url without padding, strictly canonical: the unused bits of the last character must be zero (RFC 4648 §3.5),
//! else one token has several spellings. The library sees to it; the tests see to the library.

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
    URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| Error::Base64)
}

/// Decodes into `buffer` and returns the filled part; refuses what does not fit.
pub(crate) fn decode_into<'a>(text: &str, buffer: &'a mut [MaybeUninit<u8>]) -> Result<&'a [u8], Error> {
    if text.len() * 3 / 4 > buffer.len() {
        return Err(Error::Base64);
    }
    let decoded = URL_SAFE_NO_PAD.decode(text.as_bytes(), Out::from_uninit_slice(buffer));
    decoded.map(|filled| &*filled).map_err(|_| Error::Base64)
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

    #[test]
    fn bytes_have_one_spelling() {
        let bytes: Vec<u8> = (0..=127).collect();
        let ends = bytes.iter().flat_map(|one| bytes.iter().map(|two| [*one, *two]));
        let mut accepted = 0;
        for text in ends.flat_map(|end| [end.to_vec(), [b"A", &end[..]].concat()]) {
            let text = String::from_utf8(text).expect("ASCII");
            let decoded = decode(&text);
            assert_eq!(decode_into(&text, &mut buffer::<2>()).map(<[u8]>::to_vec), decoded, "{text}");
            if let Ok(decoded) = decoded {
                assert_eq!(encode(decoded), text);
                accepted += 1;
            }
        }
        // One byte has 256 spellings; two, of which the first begins with six zero bits, have 4 * 256.
        assert_eq!(accepted, 256 + 4 * 256);
    }
}
