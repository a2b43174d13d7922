//! The use cases: tokens, sessions, passwords, limits, keys.

use std::sync::Arc;

use hallpass_auth::{
    AccountSettings, Consistency, DenylistSettings, KeySettings, MailSettings, OnOutage, Registration, Settings,
    TokenSettings,
};
use hallpass_egress::Rules as EgressRules;
use hallpass_jose::{Alg, is_weak_secret};
use hallpass_model::Role;
use hallpass_model::rate_limit::{Lockout, Rule, Rules};
use hallpass_model::session::RefreshPolicy;
use hallpass_password::{MAX_COST, MIN_COST, Scheme};
use zeroize::Zeroizing;

use super::origin::Issuer;
use super::{breached, legacy};
use crate::config::reader::{Reader, Refusal};

pub(super) fn settings(reader: &mut Reader<'_>, issuer: Option<&Issuer>) -> Option<Settings> {
    let token = token(reader, issuer);
    let refresh = refresh(reader);
    let rules = rules(reader);
    let accounts = accounts(reader);
    let keys = keys(reader);
    let audit_retention = reader.duration("audit.retention", ("1d", "3650d"));
    let denylist = denylist(reader);
    let allow = breached::allowed(reader);
    let legacy = legacy::settings(reader);
    Some(Settings {
        token: token?,
        keys: keys?,
        refresh: refresh?,
        rules: rules?,
        accounts: accounts?,
        denylist: denylist?,
        // Read with what sends it.
        mail: MailSettings::default(),
        webhooks: Some(EgressRules { allow: allow?, ..EgressRules::default() }),
        legacy,
        knows_devices: true,
        audit_retention: audit_retention?,
    })
}

fn accounts(reader: &mut Reader<'_>) -> Option<AccountSettings> {
    let scheme = scheme(reader);
    let registration = reader.choice("registration", &[("open", Registration::Open), ("closed", Registration::Closed)]);
    let roles = roles(reader);
    let breached = reader.with("password.breached_file", breached::open);
    let breach_service = breached::service(reader);
    Some(AccountSettings {
        registration: registration?,
        roles: roles?,
        scheme: scheme?,
        breached: breached?,
        breach_service,
    })
}

type SharedSecret = Arc<Zeroizing<Vec<u8>>>;

fn token(reader: &mut Reader<'_>, issuer: Option<&Issuer>) -> Option<TokenSettings> {
    let algorithm = reader.with("token.algorithm", |text| {
        let names: Vec<&str> = Alg::ALL.iter().map(|alg| alg.as_str()).collect();
        text.parse().map_err(|_| ("bad_value", format!("`{text}` is not one of {}", names.join(", "))))
    });
    let access_ttl = reader.duration("token.access_ttl", ("1m", "1h"));
    let leeway = reader.duration("token.leeway", ("0s", "60s"));
    let cache: Option<usize> = reader.number("token.cache_mib", 0..=1024);
    let secret = reader.with("token.hs256_secret", hs256_secret);
    let issuer = issuer?.text.clone();
    let audience = reader.text("audience").map_or_else(|| issuer.clone(), str::to_owned);
    let token = TokenSettings {
        issuer,
        audience,
        access_ttl: access_ttl?,
        leeway: leeway?,
        cache_bytes: cache? << 20,
        algorithm: algorithm?,
        hs256_secret: secret?,
    };
    if token.hs256_secret.is_some() && !token.algorithm.is_symmetric() {
        let message = format!("is set, but token.algorithm is {}: remove one of the two", token.algorithm);
        reader.refuse("unused_secret", "token.hs256_secret", message);
    }
    Some(token)
}

/// A secret that is short, known or guessable signs tokens for anyone (RFC 7518 §3.2; CVEs with default secrets).
fn hs256_secret(text: &str) -> Result<Option<SharedSecret>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    if is_weak_secret(text.as_bytes()) {
        let message = "is short, known or guessable: anyone could sign tokens with it. Make one with \
                       `openssl rand -base64 48`, or leave it out and hallpass makes one";
        return Err(("weak_secret", message.to_owned()));
    }
    Ok(Some(Arc::new(Zeroizing::new(text.as_bytes().to_vec()))))
}

fn refresh(reader: &mut Reader<'_>) -> Option<RefreshPolicy> {
    let idle = reader.duration("token.refresh_ttl", ("1h", "90d"));
    let absolute = reader.duration("token.refresh_absolute_ttl", ("1h", "365d"));
    let sliding = reader.flag("token.refresh_sliding");
    let grace = reader.duration("token.refresh_grace", ("0s", "60s"));
    let policy = RefreshPolicy { idle: idle?, absolute: absolute?, sliding: sliding?, grace: grace? };
    if policy.absolute < policy.idle {
        let message = "must not be shorter than token.refresh_ttl";
        reader.refuse("out_of_range", "token.refresh_absolute_ttl", message);
    }
    Some(policy)
}

/// Wrong credentials of one service client from one address, in a login window.
const CLIENT_FAILURES: u32 = 20;

fn rules(reader: &mut Reader<'_>) -> Option<Rules> {
    let max = reader.number("limits.login_max", 1..=100_000);
    let window = reader.duration("limits.login_window", ("1s", "1d"));
    let failures = reader.number("limits.lockout_failures", 1..=1000);
    let duration = reader.duration("limits.lockout_for", ("1s", "7d"));
    let backs_off = reader.flag("limits.stranger_backoff");
    let register_max = reader.number("limits.register_max", 1..=1_000_000);
    let mail_max = reader.number("limits.mail_max", 1..=100_000);
    let window = window?;
    Some(Rules {
        mail: Rule { max: mail_max?, window, lockout: Lockout::NEVER },
        login: Rule {
            max: max?,
            window,
            lockout: Lockout { backs_off: backs_off?, ..Lockout::new(failures?, duration?) },
        },
        register: Rule { max: register_max?, window, lockout: Lockout::NEVER },
        client_auth: Rule { max: CLIENT_FAILURES, window, lockout: Lockout::NEVER },
    })
}

fn scheme(reader: &mut Reader<'_>) -> Option<Scheme> {
    let is_bcrypt = reader.choice("password.scheme", &[("bcrypt", true), ("argon2id", false)]);
    let cost = reader.with("password.bcrypt_cost", bcrypt_cost);
    let memory = reader.number("password.argon2_memory_kib", 7168..=262_144);
    let iterations = reader.number("password.argon2_iterations", 1..=16);
    let parallelism = reader.number("password.argon2_parallelism", 1..=16);
    let argon2id = Scheme::argon2id(memory?, iterations?, parallelism?);
    if is_bcrypt? {
        return cost;
    }
    argon2id.map_err(|error| reader.refuse("weak_hash", "password.argon2_memory_kib", error.to_string())).ok()
}

fn bcrypt_cost(text: &str) -> Result<Scheme, Refusal> {
    let cost: u32 = text.parse().map_err(|_| ("bad_value", format!("`{text}` is not a whole number")))?;
    if cost < MIN_COST {
        let message = format!("{cost} makes stolen hashes too cheap to guess: {MIN_COST} at least, 12 is usual");
        return Err(("bcrypt_cost_too_low", message));
    }
    Scheme::bcrypt(cost)
        .map_err(|_| ("bcrypt_cost_too_high", format!("{cost} takes seconds a login: {MAX_COST} at most")))
}

fn roles(reader: &mut Reader<'_>) -> Option<Vec<Role>> {
    let mut roles: Vec<Role> =
        reader.list("roles", |text| text.parse().map_err(|_| ("bad_value", format!("`{text}` is not a role name"))))?;
    for always in [Role::user(), Role::admin()] {
        if !roles.contains(&always) {
            roles.push(always);
        }
    }
    Some(roles)
}

fn keys(reader: &mut Reader<'_>) -> Option<KeySettings> {
    let rotate_every = reader.duration("keys.rotate_every", ("1h", "3650d"));
    let jwks_max_age = reader.duration("keys.jwks_max_age", ("10s", "1d"));
    let rsa_bits = reader.choice("keys.rsa_bits", &[("2048", 2048), ("3072", 3072), ("4096", 4096)]);
    let keys = KeySettings { rotate_every: rotate_every?, jwks_max_age: jwks_max_age?, rsa_bits: rsa_bits? };
    if keys.rotate_every < keys.jwks_max_age * 2 {
        let message = "must be at least twice keys.jwks_max_age: a key is announced for that long before it signs";
        reader.refuse("out_of_range", "keys.rotate_every", message);
    }
    Some(keys)
}

/// Strict checks ask Redis. Without one there is nothing to ask, and the promise would be empty.
fn denylist(reader: &mut Reader<'_>) -> Option<DenylistSettings> {
    let consistencies = [("replica", Consistency::Replica), ("strict", Consistency::Strict)];
    let consistency = reader.choice("denylist.consistency", &consistencies);
    let on_outage = reader.choice("denylist.on_outage", &[("deny", OnOutage::Deny), ("allow", OnOutage::Allow)]);
    if consistency == Some(Consistency::Strict) && reader.text("redis_url").is_none() {
        reader.refuse("incomplete_denylist", "denylist.consistency", "strict needs redis_url: each check asks Redis");
    }
    Some(DenylistSettings { consistency: consistency?, on_outage: on_outage? })
}
