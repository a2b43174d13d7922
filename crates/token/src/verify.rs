//! Verification of access tokens: the signature, then the claims. In this order, and once.

use hallpass_jose::{KeySet, Verified, parse_object, verify_with};

use crate::Error;
use crate::claims::AccessClaims;
use crate::policy::{FromClaims, Policy};

/// Verifies an access token of ours. `now` in seconds since the epoch.
///
/// # Errors
/// The first reason to refuse it.
pub fn verify(token: &str, keys: &KeySet, policy: &Policy, now: i64) -> Result<Verified<AccessClaims>, Error> {
    verify_with(token, keys, Some(policy.typ), |payload| {
        // Checked once as a whole: from bytes, the parser would check each text by itself.
        let payload = str::from_utf8(payload).map_err(|_| Error::Claims)?;
        // The parser would take a list of the values for the claims. It refuses duplicates and unknown members.
        if !payload.trim_ascii_start().starts_with('{') {
            return Err(Error::Claims);
        }
        let claims = serde_json::from_str(payload).map_err(|_| Error::Claims)?;
        policy.check(&claims, now)?;
        Ok(claims)
    })
}

/// Verifies a token with other claims, such as another issuer's.
///
/// # Errors
/// The first reason to refuse it.
pub fn verify_as<C: FromClaims>(token: &str, keys: &KeySet, policy: &Policy, now: i64) -> Result<Verified<C>, Error> {
    verify_with(token, keys, Some(policy.typ), |payload| {
        let members = parse_object(payload)?;
        policy.check_members(&members, now)?;
        C::from_members(members).ok_or(Error::Claims)
    })
}
