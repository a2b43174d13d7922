//! Passwords that others make: one-time ones, which their owner replaces at the next login.

use std::time::Duration;

use hallpass_model::Email;
use hallpass_password::Password;
use hallpass_store::op::Credential;
use zeroize::Zeroizing;

use crate::core::Auth;
use crate::ctx::{Ctx, Random, RandomError};
use crate::{Error, Result};

/// How long a one-time password is good: long enough to be handed over, short enough that one that was never used is
/// soon worth nothing.
pub(crate) const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Letters and digits that are not taken for one another: 32, so that five bits choose one without bias.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A password of 100 random bits in four groups.
///
/// # Errors
/// [`RandomError`].
pub fn generate_password(random: &dyn Random) -> Result<Zeroizing<String>, RandomError> {
    let mut bytes = Zeroizing::new([0; 20]);
    random.fill(bytes.as_mut())?;
    let mut text = Zeroizing::new(String::with_capacity(23));
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte & 31)]));
    }
    Ok(text)
}

/// What a login brings along: the password that was just proved, and the one that shall replace it.
pub(crate) struct Presented<'a> {
    pub(crate) password: &'a Password,
    pub(crate) replacement: Option<Password>,
}

/// Whether a right password may still be used: a one-time password ends.
pub(crate) fn is_good(known: &Credential, ctx: &Ctx) -> bool {
    known.user.one_time_until.is_none_or(|until| ctx.now < until)
}

impl Auth {
    /// The hash that this login must store; none when the password is its owner's own and stays.
    ///
    /// # Errors
    /// [`Error::PasswordChangeRequired`] for a one-time password without a replacement, [`Error::NotOneTime`] for a
    /// replacement of another one, [`Error::SamePassword`], [`Error::WeakPassword`], [`Error::Overloaded`],
    /// [`Error::Unavailable`].
    pub(crate) async fn replacement_hash(
        &self,
        known: &Credential,
        email: &Email,
        presented: Presented<'_>,
    ) -> Result<Option<String>> {
        match (known.user.one_time_until, presented.replacement) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Error::NotOneTime),
            (Some(_), None) => Err(Error::PasswordChangeRequired),
            // The client has sent both passwords: the time this takes tells it nothing.
            (Some(_), Some(new)) if new.expose() == presented.password.expose() => Err(Error::SamePassword),
            (Some(_), Some(new)) => self.hash_new_password(new, email).await.map(Some),
        }
    }
}
