//! Firebase's scrypt: the key that is derived from the password encrypts the project's signer key, and that is stored.

use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::encoding::{base64, number, parts, value};
use super::scrypt::Cost;
use crate::scheme::HashError;
use crate::work::Work;

/// Bytes of a signer key, and so of a hash.
const SIGNER_BYTES: std::ops::RangeInclusive<usize> = 16..=128;

pub(crate) struct Firebase {
    cost: Cost,
    /// The salt of the user, and the separator of the project after it.
    salt: Vec<u8>,
    signer: Zeroizing<Vec<u8>>,
    hash: Vec<u8>,
}

impl Firebase {
    /// `$fbscrypt$v=1,n=14,r=8,p=1,ss=…,sk=…$salt$hash`, as Supabase writes it: `n` is Firebase's `mem_cost`, `r` its `rounds`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let [_, _, params, salt, hash] = parts(text)?;
        let param = |name| value(params, name);
        if param("v")? != "1" || param("p")? != "1" {
            return None;
        }
        let cost = Cost::new(number(param("n")?, 1..=21)?, number(param("r")?, 1..=128)?, 1)?;
        let mut salt = base64(salt)?;
        salt.extend(base64(param("ss")?)?);
        let (signer, hash) = (Zeroizing::new(base64(param("sk")?)?), base64(hash)?);
        let fits = salt.len() <= 128 && SIGNER_BYTES.contains(&signer.len()) && hash.len() == signer.len();
        fits.then_some(Self { cost, salt, signer, hash })
    }

    pub(super) fn matches(&self, password: &[u8]) -> Result<bool, HashError> {
        let key = self.cost.derive(password, &self.salt, 32)?;
        let made = encrypt(&key, &self.signer).ok_or(HashError::Failed)?;
        Ok(made.ct_eq(&self.hash).into())
    }

    pub(super) fn work(&self) -> Work {
        self.cost.work()
    }
}

/// AES-256-CTR from a counter of zero.
fn encrypt(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
    let mut text = text.to_vec();
    key.less_safe_encrypt(&mut text, EncryptionContext::Iv128(FixedLength::from([0; 16]))).ok()?;
    Some(text)
}
