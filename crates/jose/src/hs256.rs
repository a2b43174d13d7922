//! HMAC-SHA-256 (RFC 2104) with the state after the padded secret computed once a key.
//!
//! `aws-lc-rs` allocates and copies three contexts for each message, which is a fifth of the time of a short one.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Error;

/// A secret as HMAC uses it. Wiped when dropped.
#[derive(Clone)]
pub(crate) struct Secret(Hmac<Sha256>);

impl Secret {
    pub(crate) fn new(bytes: &[u8]) -> Result<Self, Error> {
        Hmac::new_from_slice(bytes).map(Self).map_err(|_| Error::BadKey)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 32] {
        self.after(message).finalize().into_bytes().into()
    }

    /// In constant time; a shortened tag is no tag.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8]) -> Result<(), Error> {
        self.after(message).verify_slice(tag).map_err(|_| Error::Signature)
    }

    fn after(&self, message: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(message);
        mac
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;

    use super::*;

    /// Lengths around the block of 64 bytes, for the secret and for the message.
    #[test]
    fn tags_are_those_of_another_library_and_no_other_passes() {
        let bytes: Vec<u8> = (0..200_u8).map(|place| place.wrapping_mul(151)).collect();
        for secret in 0..bytes.len() {
            let ours = Secret::new(&bytes[..secret]).expect("any length");
            let theirs = hmac::Key::new(hmac::HMAC_SHA256, &bytes[..secret]);
            for message in [0, 1, 55, 56, 63, 64, 65, 119, 128, 200] {
                let message = &bytes[..message];
                let tag = ours.sign(message);
                assert_eq!(tag, hmac::sign(&theirs, message).as_ref(), "{secret}, {}", message.len());
                assert_eq!(ours.verify(message, &tag), Ok(()));
                assert!((0..32).all(|length| ours.verify(message, &tag[..length]).is_err()), "shortened");
                assert!(ours.verify(message, &[&tag[..], &[0]].concat()).is_err(), "extended");
            }
        }
    }

    #[test]
    fn a_tag_with_any_bit_changed_is_refused() {
        let secret = Secret::new(&[7; 32]).expect("a key");
        let tag = secret.sign(b"message");
        for bit in 0..256_usize {
            let mut changed = tag;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(secret.verify(b"message", &changed), Err(Error::Signature), "{bit}");
        }
    }
}
