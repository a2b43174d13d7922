//! What the use cases are configured with: already validated.

use std::time::Duration;

use hallpass_jose::Alg;
use hallpass_model::Role;
use hallpass_model::key::KeyPolicy;
use hallpass_model::limit::LoginLimits;
use hallpass_model::revocation::TOLERANCE;
use hallpass_model::session::RefreshPolicy;
use hallpass_password::Scheme;

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Anyone.
    Open,
    /// Admins and the command line only.
    Closed,
}

/// Whom a check of an access token asks about revocations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// The set in memory: what another replica revokes is refused here within a second.
    Replica,
    /// Redis as well, at each check: what another replica revokes is refused here at once.
    Strict,
}

/// What a check says when it must ask Redis and gets no answer that can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnOutage {
    /// It says nothing: 503.
    Deny,
    /// It goes by the set in memory.
    Allow,
}

/// The configuration of the use cases.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The `iss` of every token.
    pub issuer: String,
    /// The `aud` of every token.
    pub audience: String,
    /// How long an access token lives.
    pub access_ttl: Duration,
    /// How far the clocks of issuer and verifier may differ.
    pub leeway: Duration,
    /// The algorithm that signs.
    pub algorithm: Alg,
    /// The modulus of new RSA keys, in bits.
    pub rsa_bits: u32,
    /// A configured HS256 secret, for setups that share it with another program.
    pub hs256_secret: Option<std::sync::Arc<zeroize::Zeroizing<Vec<u8>>>>,
    /// How long a signing key signs.
    pub rotate_every: Duration,
    /// How long the JWKS may be cached.
    pub jwks_max_age: Duration,
    /// The life of refresh families.
    pub refresh: RefreshPolicy,
    /// The login guard.
    pub limits: LoginLimits,
    /// Registrations per client address and login window.
    pub register_max: u32,
    /// How new passwords are hashed.
    pub scheme: Scheme,
    /// Who may make an account.
    pub registration: Registration,
    /// The roles this installation knows.
    pub roles: Vec<Role>,
    /// How long audit rows are kept.
    pub audit_retention: Duration,
    /// Whom a check of an access token asks about revocations.
    pub consistency: Consistency,
    /// What it says when it gets no answer.
    pub on_outage: OnOutage,
}

impl Settings {
    /// How long after it was stamped a token may still be presented: its life, the leeway, and what clocks may
    /// differ by.
    pub fn revocation_ttl(&self) -> Duration {
        self.access_ttl + self.leeway + TOLERANCE
    }

    pub(crate) fn key_policy(&self) -> KeyPolicy {
        KeyPolicy {
            algorithm: self.algorithm.to_string(),
            rotate_every: self.rotate_every,
            announce_for: if self.algorithm.is_symmetric() { Duration::ZERO } else { self.jwks_max_age },
            revocation_ttl: self.revocation_ttl(),
        }
    }

    /// The limits of a registration: the same window, a budget of its own, no account to lock.
    pub fn register_limits(&self) -> LoginLimits {
        LoginLimits { max: self.register_max, lockout_failures: u32::MAX, ..self.limits }
    }
}
