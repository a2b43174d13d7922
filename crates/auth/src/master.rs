//! The master key, from which every other server-side key is derived, and which seals private keys at rest.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use hallpass_model::refresh_token::Codec;
use hallpass_model::secret::Secret;
use zeroize::Zeroizing;

use crate::ctx::{Ctx, RandomError};

/// 256 bits from a file or the environment. An attacker with it and the database has everything; the database alone gives
/// no signing key, no refresh token and no readable limiter row.
#[derive(Debug, Clone)]
pub struct MasterKey(Secret<32>);

/// The sealed bytes were not made by this master key for this purpose, or were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed under another master key, or damaged")]
pub struct SealBroken;

impl MasterKey {
    /// Takes the bytes over.
    pub const fn new(bytes: Secret<32>) -> Self {
        Self(bytes)
    }

    /// What writes and reads the refresh tokens of an installation with this key.
    ///
    /// # Errors
    /// `SealBroken` when the derivation fails.
    pub fn refresh_codec(&self) -> Result<Codec, SealBroken> {
        Ok(Codec::new(&self.derive(b"refresh token tag")?))
    }

    /// What chains the rows of the audit log.
    ///
    /// # Errors
    /// `SealBroken` when the derivation fails.
    pub fn audit_key(&self) -> Result<hallpass_store::AuditKey, SealBroken> {
        Ok(hallpass_store::AuditKey::new(&self.derive(b"audit chain")?))
    }

    /// A key for one purpose (RFC 5869; the label separates the domains).
    pub(crate) fn derive(&self, label: &'static [u8]) -> Result<Secret<32>, SealBroken> {
        let mut key = Zeroizing::new([0; 32]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, b"hallpass master v1")
            .extract(self.0.expose())
            .expand(&[label], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(key.as_mut()))
            .map_err(|_| SealBroken)?;
        Ok(Secret::new(*key))
    }

    fn sealing_key(&self) -> Result<LessSafeKey, SealBroken> {
        let key = self.derive(b"seal private keys")?;
        UnboundKey::new(&AES_256_GCM, key.expose()).map(LessSafeKey::new).map_err(|_| SealBroken)
    }

    /// Seals `plain` with AES-256-GCM under a random nonce, bound to `name` so that rows cannot be swapped.
    pub(crate) fn seal(&self, ctx: &Ctx, name: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE_LEN] = ctx.bytes()?;
        let mut sealed = nonce.to_vec();
        let mut body = plain.to_vec();
        self.sealing_key()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name.as_bytes()), &mut body)
            .map_err(|_| SealBroken)?;
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what [`MasterKey::seal`] sealed under the same name.
    pub(crate) fn open(&self, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealBroken)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .sealing_key()?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(name.as_bytes()), &mut body)
            .map_err(|_| SealBroken)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

/// Sealing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error(transparent)]
    Key(#[from] SealBroken),
}

/// Hashes addresses into limiter keys: bounded in length, separated by kind, and unreadable in a stolen database.
#[derive(Debug, Clone)]
pub(crate) struct LimiterKeys(hmac::Key);

impl LimiterKeys {
    pub(crate) fn new(key: &Secret<32>) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.expose()))
    }

    /// The key of `value` within `kind`. The kind's length is fixed by its terminator, so no value crosses kinds.
    pub(crate) fn key(&self, kind: &'static str, value: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(value);
        let mut key = [0; 32];
        key.copy_from_slice(context.sign().as_ref());
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctx::Random;
    use hallpass_model::Timestamp;
    use std::sync::Arc;

    struct Fixed;
    impl Random for Fixed {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
            buffer.fill(7);
            Ok(())
        }
    }

    fn ctx() -> Ctx {
        Ctx::local(Timestamp::EPOCH, Arc::new(Fixed))
    }

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let master = MasterKey::new(Secret::new([1; 32]));
        let sealed = master.seal(&ctx(), "kid-a", b"private").expect("seals");
        assert_eq!(master.open("kid-a", &sealed).expect("opens").as_slice(), b"private");
        assert_eq!(master.open("kid-b", &sealed), Err(SealBroken));
        assert_eq!(MasterKey::new(Secret::new([2; 32])).open("kid-a", &sealed), Err(SealBroken));
        let mut damaged = sealed;
        damaged[20] ^= 1;
        assert_eq!(master.open("kid-a", &damaged), Err(SealBroken));
        assert_eq!(master.open("kid-a", b"short"), Err(SealBroken));
    }

    #[test]
    fn limiter_keys_of_different_kinds_never_meet() {
        let keys = LimiterKeys::new(&Secret::new([3; 32]));
        assert_ne!(keys.key("login", b"x"), keys.key("register", b"x"));
        assert_eq!(keys.key("login", b"x"), keys.key("login", b"x"));
    }
}
