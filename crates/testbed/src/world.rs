//! What the worlds of the tests have in common: their beginning, their randomness, their settings.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hallpass_auth::{
    AccountSettings, Consistency, DenylistSettings, KeySettings, MailSettings, OnOutage, Random, RandomError,
    Registration, Settings, TokenSettings,
};
use hallpass_jose::Alg;
use hallpass_model::Role;
use hallpass_model::rate_limit::{Lockout, Rule, Rules};
use hallpass_model::session::RefreshPolicy;
use hallpass_password::Scheme;

/// 2027-01-15T08:00:00Z, in seconds since the epoch.
pub const START: i64 = 1_800_000_000;
/// The issuer of the tokens.
pub const ISSUER: &str = "https://auth.example";

/// `SplitMix64`: reproducible, and nothing else.
pub struct Seeded(Mutex<u64>);

impl Seeded {
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(seed)))
    }
}

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        let mut state = self.0.lock().map_err(|_| RandomError)?;
        for byte in buffer {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (z ^ (z >> 31)).to_le_bytes()[0];
        }
        Ok(())
    }
}

/// The defaults of the contract, with a quick algorithm and a cheap hash, and room for registrations.
pub fn settings() -> Settings {
    Settings {
        token: TokenSettings {
            issuer: "https://auth.example".to_owned(),
            audience: "https://api.example".to_owned(),
            access_ttl: Duration::from_secs(900),
            leeway: Duration::ZERO,
            algorithm: Alg::EdDsa,
            cache_bytes: 1 << 20,
            hs256_secret: None,
        },
        keys: KeySettings {
            rsa_bits: 2048,
            rotate_every: Duration::from_secs(90 * 24 * 3600),
            jwks_max_age: Duration::from_secs(300),
        },
        refresh: RefreshPolicy {
            idle: Duration::from_secs(7 * 24 * 3600),
            absolute: Duration::from_secs(30 * 24 * 3600),
            sliding: true,
            grace: Duration::from_secs(10),
        },
        rules: Rules {
            login: Rule {
                max: 10,
                window: Duration::from_secs(900),
                lockout: Lockout::new(5, Duration::from_secs(1800)),
            },
            register: Rule { max: 1000, window: Duration::from_secs(900), lockout: Lockout::NEVER },
            mail: Rule { max: 1000, window: Duration::from_secs(900), lockout: Lockout::NEVER },
            client_auth: Rule { max: 20, window: Duration::from_secs(900), lockout: Lockout::NEVER },
        },
        accounts: AccountSettings {
            registration: Registration::Open,
            roles: vec![Role::user(), Role::admin()],
            scheme: Scheme::insecure_for_tests(),
            breached: None,
            breach_service: None,
        },
        denylist: DenylistSettings { consistency: Consistency::Replica, on_outage: OnOutage::Deny },
        mail: MailSettings::default(),
        webhooks: Some(hallpass_egress::Rules::default()),
        legacy: None,
        knows_devices: true,
        audit_retention: Duration::from_secs(365 * 24 * 3600),
    }
}
