//! Known devices: a browser that has signed in to an address is no stranger to it. What it keeps is no credential: it only
//! decides against which counter its attempts at a password count, so that strangers who guess lock no owner out.
//!
//! A cookie holds the entries of up to three addresses, the newest first. Each entry has a tag over its address, so an entry for
//! one account is worthless for another. A stolen entry allows five guesses, and then none until the lock ends.

use std::time::Duration;

use base64_simd::URL_SAFE_NO_PAD as BASE64;
use hallpass_model::audit::Event;
use hallpass_model::rate_limit::{BucketKey, Lockout, Outcome, Rule};
use hallpass_model::secret::SecretText;
use hallpass_model::user::User;
use hallpass_model::{Email, Timestamp};
use hallpass_store::op::Attempt;
use subtle::ConstantTimeEq;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::rate_limit::{Granted, Refused};
use crate::{Error, Result};

/// How long a device is known after its last sign-in.
pub const DEVICE_LIVES: Duration = Duration::from_secs(180 * 24 * 60 * 60);
/// Addresses that one browser keeps.
const MOST: usize = 3;
const PREFIX: &str = "v1.";

const ID: usize = 16;
const NAMED: usize = ID + 8 + 4;
const ENTRY: usize = NAMED + 32;

/// What a browser keeps of one address.
#[derive(Clone, Copy)]
struct Entry {
    id: [u8; ID],
    issued: Timestamp,
    epoch: u32,
    tag: [u8; 32],
}

impl Entry {
    fn read(bytes: &[u8; ENTRY]) -> Self {
        let (id, rest) = bytes.split_first_chunk().unwrap_or((&[0; ID], &[]));
        let (issued, rest) = rest.split_first_chunk().unwrap_or((&[0; 8], &[]));
        let (epoch, rest) = rest.split_first_chunk().unwrap_or((&[0; 4], &[]));
        let tag = rest.first_chunk().unwrap_or(&[0; 32]);
        let issued = Timestamp::from_millis(i64::from_be_bytes(*issued));
        Self { id: *id, issued, epoch: u32::from_be_bytes(*epoch), tag: *tag }
    }

    /// All but the tag.
    fn named(&self) -> [u8; NAMED] {
        let mut bytes = [0; NAMED];
        bytes[..ID].copy_from_slice(&self.id);
        bytes[ID..ID + 8].copy_from_slice(&self.issued.millis().to_be_bytes());
        bytes[ID + 8..].copy_from_slice(&self.epoch.to_be_bytes());
        bytes
    }

    fn bytes(&self) -> Vec<u8> {
        [self.named().as_slice(), &self.tag].concat()
    }
}

/// The entries of a cookie. What is not of this form has none.
fn entries(cookie: Option<&SecretText>) -> Vec<Entry> {
    let text = cookie.and_then(|cookie| cookie.expose().strip_prefix(PREFIX));
    let Some(bytes) = text.and_then(|text| BASE64.decode_to_vec(text).ok()) else { return Vec::new() };
    let (chunks, rest) = bytes.as_chunks::<ENTRY>();
    if chunks.len() > MOST || !rest.is_empty() {
        return Vec::new();
    }
    chunks.iter().map(Entry::read).collect()
}

/// A device that an address knows, as far as its cookie tells: whether it was made a stranger since, the user's row does.
#[derive(Clone, Copy)]
pub(crate) struct KnownDevice {
    id: [u8; ID],
    epoch: u32,
}

impl Auth {
    /// The device of a request, if this address knows it. No store is asked: a forged cookie costs a hash.
    pub(crate) fn known_device(&self, ctx: &Ctx, email: &Email) -> Option<KnownDevice> {
        let known = entries(ctx.device.as_ref()).into_iter().find(|entry| self.is_of(entry, email))?;
        let is_fresh = known.issued + DEVICE_LIVES > ctx.now;
        is_fresh.then_some(KnownDevice { id: known.id, epoch: known.epoch })
    }

    /// What the browser keeps from now on, of this user and of who else has signed in there; none where devices are not
    /// known. Each sign-in makes another device of it: who has stolen an older cookie cannot use up the attempts of this one.
    pub(crate) fn remember_device(&self, ctx: &Ctx, user: &User) -> Result<Option<SecretText>> {
        if !self.settings().knows_devices {
            return Ok(None);
        }
        let mut entry = Entry { id: ctx.bytes()?, issued: ctx.now, epoch: user.device_epoch, tag: [0; 32] };
        entry.tag = self.device_tag(&entry, &user.email);
        let others = entries(ctx.device.as_ref()).into_iter().filter(|other| !self.is_of(other, &user.email));
        let kept: Vec<u8> = std::iter::once(entry).chain(others).take(MOST).flat_map(|entry| entry.bytes()).collect();
        Ok(Some(SecretText::new(format!("{PREFIX}{}", BASE64.encode_to_string(kept)))))
    }

    fn is_of(&self, entry: &Entry, email: &Email) -> bool {
        self.device_tag(entry, email).ct_eq(&entry.tag).into()
    }

    fn device_tag(&self, entry: &Entry, email: &Email) -> [u8; 32] {
        // What stands before the address is of one length, so that no address runs into it.
        let value = [entry.named().as_slice(), email.canonical().as_bytes()].concat();
        self.core().limiter_keys.key("device", &value)
    }

    fn device_bucket(&self, device: KnownDevice, email: &Email) -> BucketKey {
        let value = [device.id.as_slice(), email.canonical().as_bytes()].concat();
        self.core().limiter_keys.key("device attempts", &value)
    }

    /// Reserves an attempt at a password: of a device that the address knows in its own counter, of a stranger in that of the
    /// account. A device that has failed too often is a stranger until its lock ends.
    ///
    /// The attempt that is returned is the one that must be settled. The credential is read along with it, unless the caller
    /// has it already.
    pub(crate) async fn reserve_password(
        &self,
        ctx: &Ctx,
        attempt: Attempt,
        (email, read): (&Email, Option<&User>),
    ) -> Result<(Granted, Attempt, bool), Refused> {
        let device = self.known_device(ctx, email);
        if let Some(device) = device.filter(|device| read.is_none_or(|user| user.device_epoch == device.epoch))
            && let Some((granted, known)) = self.reserve_known(&attempt, device, (email, read)).await?
        {
            return Ok((granted, known, true));
        }
        Ok((self.reserve(&attempt, read.is_none()).await?, attempt, false))
    }

    /// None when the device is a stranger.
    async fn reserve_known(
        &self,
        attempt: &Attempt,
        device: KnownDevice,
        (email, read): (&Email, Option<&User>),
    ) -> Result<Option<(Granted, Attempt)>, Refused> {
        let mut known = attempt.clone();
        known.buckets.account = Some(self.device_bucket(device, email));
        known.rule = device_rule(&attempt.rule);
        known.lock_event = Event::DeviceLocked;
        let mut reserved = self.reserve(&known, read.is_none()).await;
        if reserved.as_ref().is_err_and(|refused| matches!(refused.error, Error::TooManyAttempts { .. })) {
            // Strangers behind the same address have used it up. What guards here is the counter of the device.
            known.buckets.address = None;
            reserved = self.reserve(&known, read.is_none()).await;
        }
        let granted = match reserved {
            Ok(granted) => granted,
            Err(Refused { error: Error::AccountLocked { .. }, .. }) => return Ok(None),
            Err(refused) => return Err(refused),
        };
        let user = read.or(granted.credential.as_ref().map(|known| &known.user));
        if user.is_some_and(|user| user.device_epoch == device.epoch) {
            return Ok(Some((granted, known)));
        }
        self.settle(&known, granted.backend, Outcome::Void, None).await?;
        Ok(None)
    }
}

/// A device is locked, whatever is done about strangers: it has a second chance as one of them.
const fn device_rule(rule: &Rule) -> Rule {
    Rule { lockout: Lockout { backs_off: false, ..rule.lockout }, ..*rule }
}
