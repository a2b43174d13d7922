//! What is good once: a secret for the link, eight digits for the eye, and what the store keeps of both.

use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD as BASE64;
use hallpass_model::one_time::Purpose;
use hallpass_model::secret::{Secret, SecretText};
use hallpass_model::{Email, OneTimeId};
use hallpass_store::op;
use zeroize::Zeroizing;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// What a link carries begins with it, so that a secret in a log is found by a search.
const PREFIX: &str = "hpm_";
/// An id and 256 random bits.
const LENGTH: usize = 16 + 32;
/// Codes there are. One that is drawn above the greatest multiple of this in 32 bits is drawn again: no code is likelier.
const CODES: u32 = 100_000_000;

/// What a user presents, as it was typed or followed.
#[derive(Debug, Clone)]
pub enum Presented {
    /// From the link.
    Link(SecretText),
    /// The digits, with the address that they were sent to.
    Code { email: String, code: SecretText },
}

/// A value about to be sent.
pub(super) struct Made {
    pub(super) stored: op::NewOneTime,
    pub(super) link: SecretText,
    pub(super) code: SecretText,
}

impl Auth {
    /// Makes a value for a user, to be sent to this address.
    pub(super) fn make_one_time(
        &self,
        ctx: &Ctx,
        purpose: Purpose,
        (user, email): (hallpass_model::UserId, &Email),
    ) -> Result<Made> {
        let id = OneTimeId::new(ctx.now, ctx.bytes()?);
        let secret: Secret<32> = ctx.secret()?;
        let code = draw_code(ctx)?;
        let address_key = self.recipient_key(email);
        let stored = op::NewOneTime {
            id,
            purpose,
            address_key,
            user,
            secret_hash: hash(secret.expose()),
            code_hash: self.code_hash(&address_key, code.expose()),
            expires_at: ctx.now + purpose.good_for(),
        };
        let mut bytes = Zeroizing::new([0; LENGTH]);
        bytes[..16].copy_from_slice(id.as_bytes());
        bytes[16..].copy_from_slice(secret.expose());
        let link = SecretText::new(format!("{PREFIX}{}", BASE64.encode_to_string(bytes.as_ref())));
        Ok(Made { stored, link, code })
    }

    /// What the store is asked for.
    pub(super) fn presented(&self, presented: &Presented) -> Result<op::Presented> {
        match presented {
            Presented::Link(text) => read_link(text.expose()).ok_or(Error::UnfitOneTime),
            Presented::Code { email, code } => {
                let address_key = self.recipient_key(&Email::parse(email)?);
                // People copy the space in the middle along.
                let digits: Zeroizing<String> = Zeroizing::new(code.expose().split_whitespace().collect());
                let code_hash = self.code_hash(&address_key, &digits);
                Ok(op::Presented::Code { address_key, code_hash })
            }
        }
    }

    /// The name of a mailbox in the store: whoever steals a copy does not read from it who was ever asked for.
    pub(super) fn recipient_key(&self, email: &Email) -> [u8; 32] {
        self.core().limiter_keys.key("mailbox", email.canonical().as_bytes())
    }

    /// Keyed, since all codes are tried in a second by one who has the hash alone.
    fn code_hash(&self, address_key: &[u8; 32], code: &str) -> Secret<32> {
        let value = Zeroizing::new([address_key.as_slice(), code.as_bytes()].concat());
        Secret::new(self.core().limiter_keys.key("mail code", &value))
    }
}

fn draw_code(ctx: &Ctx) -> Result<SecretText> {
    loop {
        let drawn = u32::from_be_bytes(ctx.bytes()?);
        if drawn < u32::MAX - u32::MAX % CODES {
            return Ok(SecretText::new(format!("{:08}", drawn % CODES)));
        }
    }
}

fn hash(secret: &[u8]) -> Secret<32> {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, secret).as_ref());
    Secret::new(hash)
}

fn read_link(text: &str) -> Option<op::Presented> {
    let encoded = text.strip_prefix(PREFIX)?;
    let bytes = Zeroizing::new(BASE64.decode_to_vec(encoded).ok()?);
    let (id, secret) = bytes.split_first_chunk::<16>()?;
    (bytes.len() == LENGTH).then(|| op::Presented::Link { id: OneTimeId::from_bytes(*id), secret_hash: hash(secret) })
}
