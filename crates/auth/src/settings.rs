//! What the use cases are configured with: already validated.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hallpass_egress::{Client, Rules as EgressRules};
use hallpass_jose::Alg;
use hallpass_model::key::KeyPolicy;
use hallpass_model::rate_limit::Rules;
use hallpass_model::revocation::TOLERANCE;
use hallpass_model::session::RefreshPolicy;
use hallpass_model::{Role, Timestamp};
use hallpass_password::{Breached, Scheme};
use hallpass_token::{ACCESS_TOKEN_TYP, Policy};
use zeroize::Zeroizing;

use crate::mail::MailSettings;

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Anyone.
    Open,
    /// Admins and the command line only.
    Closed,
}

/// What a check of an access token asks about revocations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// The set in memory: what another replica revokes is refused here within a second.
    Replica,
    /// Redis as well, at each check: what another replica revokes is refused here at once.
    Strict,
}

/// What a check answers when it must ask Redis and gets no answer that can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnOutage {
    /// 503.
    Deny,
    /// What the set in memory says.
    Allow,
}

/// Access tokens.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// The `iss` of every token.
    pub issuer: String,
    /// The `aud` of every token.
    pub audience: String,
    /// How long an access token lives.
    pub access_ttl: Duration,
    /// How far the clocks of issuer and verifier may differ.
    pub leeway: Duration,
    /// What verified tokens may take in memory, in bytes.
    pub cache_bytes: usize,
    /// The algorithm that signs.
    pub algorithm: Alg,
    /// A configured HS256 secret, for setups that share it with another program.
    pub hs256_secret: Option<Arc<Zeroizing<Vec<u8>>>>,
}

/// Signing keys.
#[derive(Debug, Clone, Copy)]
pub struct KeySettings {
    /// The modulus of new RSA keys, in bits.
    pub rsa_bits: u32,
    /// How long a signing key signs.
    pub rotate_every: Duration,
    /// How long the JWKS may be cached.
    pub jwks_max_age: Duration,
}

/// Accounts and their passwords.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// Who may make an account.
    pub registration: Registration,
    /// The roles this installation knows.
    pub roles: Vec<Role>,
    /// How new passwords are hashed.
    pub scheme: Scheme,
    /// Passwords known from breaches, if there is a list: refused when chosen, and reported by a login.
    pub breached: Option<Arc<Breached>>,
    /// Who else is asked whether a new password is known from breaches.
    pub breach_service: Option<BreachService>,
}

/// A service that knows breached passwords, and how it is reached.
#[derive(Debug, Clone)]
pub struct BreachService {
    pub client: Client,
    /// What the first five digits of a password's SHA-1 hash are appended to.
    pub url: String,
}

/// The system that users move in from.
#[derive(Clone)]
pub struct LegacySettings {
    /// What reaches it.
    pub client: Client,
    /// Where it is asked.
    pub url: String,
    /// What the questions are signed with.
    pub secret: Arc<Zeroizing<Vec<u8>>>,
    /// When it is asked no more.
    pub until: Option<Timestamp>,
}

impl fmt::Debug for LegacySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacySettings").field("url", &self.url).field("until", &self.until).finish_non_exhaustive()
    }
}

/// Checks of revocations.
#[derive(Debug, Clone, Copy)]
pub struct DenylistSettings {
    /// What a check of an access token asks about revocations.
    pub consistency: Consistency,
    /// What it answers when it gets no answer.
    pub on_outage: OnOutage,
}

/// The configuration of the use cases, an area each.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Access tokens.
    pub token: TokenSettings,
    /// Signing keys.
    pub keys: KeySettings,
    /// The life of sessions and their refresh tokens.
    pub refresh: RefreshPolicy,
    /// Rate limits.
    pub rules: Rules,
    /// Accounts and their passwords.
    pub accounts: AccountSettings,
    /// Checks of revocations.
    pub denylist: DenylistSettings,
    /// Mail.
    pub mail: MailSettings,
    /// Where webhooks may go; none where there are no webhooks.
    pub webhooks: Option<EgressRules>,
    /// The system that users move in from at their first login, if there is one.
    pub legacy: Option<LegacySettings>,
    /// Whether browsers are given what makes them known to an address.
    pub knows_devices: bool,
    /// How long audit rows are kept.
    pub audit_retention: Duration,
}

impl Settings {
    /// How long after it was stamped a token may still be presented: its life, the leeway, and what clocks may
    /// differ by.
    pub fn revocation_ttl(&self) -> Duration {
        self.token.access_ttl + self.token.leeway + TOLERANCE
    }

    /// What this server asks of its own tokens.
    pub(crate) fn token_policy(&self) -> Policy {
        Policy {
            issuer: self.token.issuer.clone(),
            audience: self.token.audience.clone(),
            typ: ACCESS_TOKEN_TYP,
            leeway_secs: self.token.leeway.as_secs(),
            max_lifetime_secs: self.token.access_ttl.as_secs(),
        }
    }

    pub(crate) fn key_policy(&self) -> KeyPolicy {
        KeyPolicy {
            algorithm: self.token.algorithm.to_string(),
            rotate_every: self.keys.rotate_every,
            announce_for: if self.token.algorithm.is_symmetric() { Duration::ZERO } else { self.keys.jwks_max_age },
            revocation_ttl: self.revocation_ttl(),
        }
    }
}
