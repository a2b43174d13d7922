//! What is good once: a secret for the link, eight digits for the eye, and what the store keeps of both.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD as BASE64;
use hallpass_model::one_time::Purpose;
use hallpass_model::secret::{Secret, SecretText};
use hallpass_model::{Email, OneTimeId, UserId};
use hallpass_store::op;
use zeroize::Zeroizing;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// What a link carries begins with it, so that a secret in a log is found by a search.
const PREFIX: &str = "hpm_";
/// An id and 256 random bits.
const LENGTH: usize = 16 + 32;
/// Codes there are.
const CODES: u32 = 100_000_000;
/// Digits that a browser shows.
const DIGITS: u32 = 10_000;

/// What a user presents, and where.
#[derive(Debug, Clone)]
pub struct Presented {
    pub value: PresentedValue,
    pub place: Place,
}

/// What a user presents, as it was typed or followed.
#[derive(Debug, Clone)]
pub enum PresentedValue {
    /// From the link.
    Link(SecretText),
    /// The digits, with the address that they were sent to.
    Code { email: String, code: SecretText },
}

/// Where a user presents it.
#[derive(Debug, Clone)]
pub enum Place {
    /// Anywhere.
    Unknown,
    /// In the browser that asked for it: the secret of its cookie.
    Browser(SecretText),
    /// In another one, with the digits that the first one shows.
    Digits(SecretText),
}

impl PresentedValue {
    /// The same, wherever it is presented.
    pub const fn anywhere(self) -> Presented {
        Presented { value: self, place: Place::Unknown }
    }
}

/// What a notice carried, and the address that its reader types beside it: a program that presses buttons types nothing.
#[derive(Debug)]
pub struct Told<'a> {
    pub value: PresentedValue,
    /// Not asked of programs that know what they do.
    pub email: Option<&'a str>,
}

/// Whether an address that was typed is the one that the notice went to.
pub(super) fn is_addressed(typed: Option<&str>, to: &Email) -> Result<()> {
    let typed = typed.map(Email::parse).transpose()?;
    if typed.is_none_or(|typed| typed.canonical() == to.canonical()) { Ok(()) } else { Err(Error::UnfitOneTime) }
}

/// What the browser keeps that has asked for a value: only there it works.
#[derive(Debug, Clone)]
pub struct Started {
    /// The secret for its cookie.
    pub cookie: SecretText,
    /// The digits that it shows, for who follows the link in another browser.
    pub digits: SecretText,
}

/// What goes with a value beside its purpose.
#[derive(Default)]
pub(super) struct Extra {
    /// The browser where it works.
    pub(super) started: Option<Started>,
    /// What it changes something to; sealed in the store.
    pub(super) payload: Option<String>,
    /// What the mail names.
    pub(super) values: BTreeMap<String, String>,
}

/// A value about to be sent.
pub(super) struct Made {
    pub(super) stored: op::NewOneTime,
    pub(super) link: SecretText,
    pub(super) code: SecretText,
    pub(super) values: BTreeMap<String, String>,
}

impl Auth {
    /// Makes a value for a user, to be sent to this address.
    pub(super) fn make_one_time(
        &self,
        ctx: &Ctx,
        purpose: Purpose,
        (user, email): (UserId, &Email),
        extra: Extra,
    ) -> Result<Made> {
        let id = OneTimeId::new(ctx.now, ctx.bytes()?);
        let secret: Secret<32> = ctx.secret()?;
        let code = SecretText::new(format!("{:08}", draw(ctx, CODES)?));
        let address_key = self.recipient_key(email);
        let sealed = |text: String| self.seal_text(ctx, &payload_name(id), text.as_bytes());
        let stored = op::NewOneTime {
            id,
            purpose,
            address_key,
            user,
            secret_hash: hash(secret.expose()),
            code_hash: self.code_hash(&address_key, code.expose()),
            flow: extra.started.map(|started| self.flow(id, &started)),
            payload: extra.payload.map(sealed).transpose()?,
            expires_at: ctx.now + purpose.good_for(),
        };
        let mut bytes = Zeroizing::new([0; LENGTH]);
        bytes[..16].copy_from_slice(id.as_bytes());
        bytes[16..].copy_from_slice(secret.expose());
        let link = SecretText::new(format!("{PREFIX}{}", BASE64.encode_to_string(bytes.as_ref())));
        Ok(Made { stored, link, code, values: extra.values })
    }

    /// What a value changes something to.
    pub(super) fn payload(&self, fitting: &op::Fitting) -> Result<String> {
        let sealed = fitting.payload.as_deref().ok_or(Error::UnfitOneTime)?;
        let text = self.core().master.open(&payload_name(fitting.id), sealed).map_err(|_| Error::UnfitOneTime)?;
        String::from_utf8(text.to_vec()).map_err(|_| Error::UnfitOneTime)
    }

    fn flow(&self, id: OneTimeId, started: &Started) -> op::Flow {
        let digits_hash = self.digits_hash(id, started.digits.expose());
        op::Flow { flow_hash: hash(started.cookie.expose().as_bytes()), digits_hash }
    }

    /// What the store is asked for.
    pub(crate) fn presented(&self, presented: &Presented) -> Result<op::Presented> {
        let value = match &presented.value {
            PresentedValue::Link(text) => read_link(text.expose()).ok_or(Error::UnfitOneTime)?,
            PresentedValue::Code { email, code } => {
                let address_key = self.recipient_key(&Email::parse(email)?);
                let code_hash = self.code_hash(&address_key, &digits_of(code));
                op::PresentedValue::Code { address_key, code_hash }
            }
        };
        let place = match (&presented.place, &value) {
            (Place::Browser(cookie), _) => op::Place::Browser(hash(cookie.expose().as_bytes())),
            (Place::Digits(digits), op::PresentedValue::Link { id, .. }) => {
                op::Place::Digits(self.digits_hash(*id, &digits_of(digits)))
            }
            // A code is typed where it was asked for.
            (Place::Digits(_), op::PresentedValue::Code { .. }) | (Place::Unknown, _) => op::Place::Unknown,
        };
        Ok(op::Presented { value, place })
    }

    /// The name of a mailbox in the store: whoever steals a copy does not read from it who was ever asked for.
    pub(crate) fn recipient_key(&self, email: &Email) -> [u8; 32] {
        self.core().limiter_keys.key("mailbox", email.canonical().as_bytes())
    }

    /// Keyed, since all codes are tried in a second by one who has the hash alone.
    fn code_hash(&self, address_key: &[u8; 32], code: &str) -> Secret<32> {
        let value = Zeroizing::new([address_key.as_slice(), code.as_bytes()].concat());
        Secret::new(self.core().limiter_keys.key("mail code", &value))
    }

    fn digits_hash(&self, id: OneTimeId, digits: &str) -> Secret<32> {
        let value = Zeroizing::new([id.as_bytes().as_slice(), digits.as_bytes()].concat());
        Secret::new(self.core().limiter_keys.key("mail digits", &value))
    }
}

/// What the browser is given that asks for a value.
pub(super) fn start(ctx: &Ctx) -> Result<Started> {
    let secret: Secret<32> = ctx.secret()?;
    Ok(Started {
        cookie: SecretText::new(BASE64.encode_to_string(secret.expose())),
        digits: SecretText::new(format!("{:04}", draw(ctx, DIGITS)?)),
    })
}

/// A number below `count`. One that is drawn above the greatest multiple of it in 32 bits is drawn again: none is likelier.
fn draw(ctx: &Ctx, count: u32) -> Result<u32> {
    loop {
        let drawn = u32::from_be_bytes(ctx.bytes()?);
        if drawn < u32::MAX - u32::MAX % count {
            return Ok(drawn % count);
        }
    }
}

/// People copy the space in the middle along.
fn digits_of(text: &SecretText) -> Zeroizing<String> {
    Zeroizing::new(text.expose().split_whitespace().collect())
}

fn payload_name(id: OneTimeId) -> String {
    format!("payload {id}")
}

fn hash(secret: &[u8]) -> Secret<32> {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, secret).as_ref());
    Secret::new(hash)
}

fn read_link(text: &str) -> Option<op::PresentedValue> {
    let encoded = text.strip_prefix(PREFIX)?;
    let bytes = Zeroizing::new(BASE64.decode_to_vec(encoded).ok()?);
    let (id, secret) = bytes.split_first_chunk::<16>()?;
    let link = op::PresentedValue::Link { id: OneTimeId::from_bytes(*id), secret_hash: hash(secret) };
    (bytes.len() == LENGTH).then_some(link)
}
