//! What a verifier demands of claims. Policy and instant in, verdict out.

use std::ops::Range;

use hallpass_jose::{Member, Members};
use serde_json::{Map, Value};

use crate::Error;
use crate::claims::AccessClaims;

/// What [`verify_as`](crate::verify_as) can read claims into.
pub trait FromClaims: Sized {
    /// From any claims.
    fn from_members(members: Members<'_>) -> Option<Self>;
}

impl FromClaims for Map<String, Value> {
    fn from_members(members: Members<'_>) -> Option<Self> {
        Some(members.into_map())
    }
}

/// What a verifier demands. Issuer, audience and type are not optional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `iss` must be exactly this.
    pub issuer: String,
    /// `aud` must be, or contain, exactly this.
    pub audience: String,
    /// `typ` must be this, RFC 8725 §3.11.
    pub typ: &'static str,
    /// How far clocks may differ, in seconds.
    pub leeway_secs: u64,
    /// The longest life (`exp` − `iat`) that is believed, in seconds, even under a good signature.
    pub max_lifetime_secs: u64,
}

/// A token may be stamped ahead: `iat` counts whole seconds, and one minted in the second of a role change is stamped
/// after it, by a second for each change in that second. No RFC makes `iat` a bound; this one only catches clocks
/// that are far off.
const STAMPED_AHEAD_SECS: u64 = 60;
/// The last second of the year 9999.
const END_OF_TIME: i64 = 253_402_300_799;

impl Policy {
    /// Checks the times of a token against `now`, in seconds since the epoch. At `exp` itself it has expired.
    fn check_times(&self, iat: i64, exp: i64, nbf: Option<i64>, now: i64) -> Result<(), Error> {
        let in_range = |time: i64| (0..=END_OF_TIME).contains(&time);
        if !in_range(iat) || !in_range(exp) || !nbf.is_none_or(in_range) {
            return Err(Error::BadTime);
        }
        if exp < iat || exp.abs_diff(iat) > self.max_lifetime_secs {
            return Err(Error::LivesTooLong);
        }
        let good = self.good_at(iat, exp, nbf);
        if now >= good.end {
            return Err(Error::Expired);
        }
        if now < good.start { Err(Error::NotYetValid) } else { Ok(()) }
    }

    /// The instants at which a token with these times is good, in seconds since the epoch.
    pub fn good_at(&self, iat: i64, exp: i64, nbf: Option<i64>) -> Range<i64> {
        let from = nbf.unwrap_or(i64::MIN).max(iat.saturating_sub_unsigned(STAMPED_AHEAD_SECS));
        from.saturating_sub_unsigned(self.leeway_secs)..exp.saturating_add_unsigned(self.leeway_secs)
    }

    pub(crate) fn check(&self, claims: &AccessClaims<'_>, now: i64) -> Result<(), Error> {
        if claims.iss != self.issuer {
            return Err(Error::WrongIssuer);
        }
        if claims.aud != self.audience {
            return Err(Error::WrongAudience);
        }
        self.check_times(claims.iat, claims.exp, None, now)
    }

    /// The same for another issuer's claims, whose `aud` may be a list and whose times may have fractions.
    pub(crate) fn check_members(&self, claims: &Members<'_>, now: i64) -> Result<(), Error> {
        match claims.get("iss") {
            Some(Member::Text(iss)) if *iss == self.issuer => {}
            Some(Member::Text(_)) => return Err(Error::WrongIssuer),
            _ => return Err(Error::Claims),
        }
        self.check_audience(claims.get("aud"))?;
        let iat = time(claims, "iat")?.ok_or(Error::Claims)?;
        let exp = time(claims, "exp")?.ok_or(Error::Claims)?;
        self.check_times(iat, exp, time(claims, "nbf")?, now)
    }

    fn check_audience(&self, aud: Option<&Member<'_>>) -> Result<(), Error> {
        let is_ours = match aud {
            Some(Member::Text(one)) => *one == self.audience,
            Some(Member::Other(Value::Array(many))) if !many.is_empty() && many.iter().all(Value::is_string) => {
                many.iter().any(|each| each.as_str() == Some(&self.audience))
            }
            _ => return Err(Error::Claims),
        };
        if is_ours { Ok(()) } else { Err(Error::WrongAudience) }
    }
}

/// A `NumericDate`, RFC 7519 §2: a JSON number, fractions rounded down.
#[allow(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn time(claims: &Members<'_>, name: &str) -> Result<Option<i64>, Error> {
    let value = match claims.get(name) {
        None => return Ok(None),
        Some(Member::Text(_)) => return Err(Error::BadTime),
        Some(Member::Other(value)) => value,
    };
    if let Some(whole) = value.as_i64() {
        return Ok(Some(whole));
    }
    match value.as_f64() {
        Some(number) if value.is_f64() && (0.0..1e15).contains(&number) => Ok(Some(number.floor() as i64)),
        _ => Err(Error::BadTime),
    }
}
