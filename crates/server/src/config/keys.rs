//! Every configuration key: its name, its default, what it is for.

/// A configuration key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The dotted name, as in `hallpass.toml`.
    pub name: &'static str,
    /// The default as text; empty when it is worked out or there is none.
    pub default: &'static str,
    /// Whether the value is never shown, and may be given as `<name>_file`.
    pub is_secret: bool,
    /// What it is for, in a line.
    pub about: &'static str,
}

const fn key(name: &'static str, default: &'static str, about: &'static str) -> Key {
    Key { name, default, is_secret: false, about }
}

const fn secret(name: &'static str, about: &'static str) -> Key {
    Key { name, default: "", is_secret: true, about }
}

/// The table. `docs/configuration.md` is checked against it.
pub const KEYS: &[Key] = &[
    key("listen", "127.0.0.1:8080", "address and port of the public listener, or unix:/path"),
    key("operator_listen", "", "the same for /healthz, /readyz and /metrics; the public listener when empty"),
    key("listen_mode", "660", "who may connect to a unix: socket, as the octal mode of its file"),
    key("data_dir", "./hallpass-data", "folder of the database and the master key"),
    secret("database_url", "sqlite:PATH or postgres://USER@HOST/NAME; a file in data_dir when empty"),
    secret(
        "redis_url",
        "Redis or Valkey, for several replicas; the denylist and the limits live without it when empty",
    ),
    key("issuer", "", "public address of this server, the `iss` of every token; localhost when empty"),
    key("audience", "", "the `aud` of every token; the issuer when empty"),
    key("registration", "open", "open: anyone may make an account; closed: admins and the command line only"),
    key("roles", "user,admin", "the roles that exist; `user` and `admin` always do"),
    key("admin_email", "admin@localhost", "address of the admin made at the first start"),
    key("trusted_proxies", "", "networks whose X-Forwarded-For is believed"),
    key("cors_origins", "", "origins whose pages may call with credentials"),
    key("token.algorithm", "RS256", "RS256, RS384, RS512, PS256, ES256, ES384, EdDSA or HS256"),
    key("token.access_ttl", "15m", "life of an access token, 1m to 1h"),
    key("token.leeway", "0s", "how far clocks may differ, at most 60s"),
    key("token.cache_mib", "16", "memory for verified tokens in MiB, at most 1024; with 0 each is verified anew"),
    secret("token.hs256_secret", "the shared secret of HS256, 32 bytes or more; made at the first start when empty"),
    key("token.refresh_ttl", "7d", "idle life of a session, 1h to 90d"),
    key("token.refresh_absolute_ttl", "30d", "longest life of a session, at most 365d"),
    key("token.refresh_sliding", "true", "whether a refresh prolongs the idle life"),
    key("token.refresh_grace", "10s", "how long the token consumed last is answered again, at most 60s; 0s never"),
    key("cookie.name", "refresh_token", "name of the refresh cookie"),
    key("cookie.path", "/auth", "path of the refresh cookie"),
    key("cookie.secure", "true", "whether the refresh cookie travels over https only"),
    key("cookie.same_site", "strict", "strict, lax or none"),
    key("password.scheme", "bcrypt", "how new hashes are made: bcrypt or argon2id; both are verified"),
    key("password.bcrypt_cost", "12", "10 to 16; `hallpass password calibrate` finds the one that takes 300 ms"),
    key("password.argon2_memory_kib", "19456", "memory of Argon2id in KiB"),
    key("password.argon2_iterations", "2", "passes of Argon2id"),
    key("password.argon2_parallelism", "1", "lanes of Argon2id"),
    key("password.hash_threads", "0", "cores that hash at the same time; 0 is all"),
    key("password.bcrypt_lanes", "4", "waiting logins that one core hashes at once, 1 to 4; 1 is the `bcrypt` crate"),
    key(
        "password.breached_file",
        "",
        "a list of breached passwords made by `hallpass breach build`; none of them may be chosen",
    ),
    key(
        "password.breached_api",
        "",
        "a service that is asked about new passwords by k-anonymity: https://api.pwnedpasswords.com/range/",
    ),
    key("password.hash_queue", "0", "logins that may wait for a hash; 0 is 16 a core"),
    key("limits.login_max", "10", "login attempts per client address and window"),
    key("limits.login_window", "15m", "that window"),
    key("limits.lockout_failures", "5", "failures in a row that lock an account"),
    key("limits.lockout_for", "30m", "how long"),
    key(
        "limits.stranger_backoff",
        "false",
        "slow strangers down after those failures, 30 s doubling to 15 min, in place of the lock",
    ),
    key("limits.register_max", "20", "registrations per client address and login window"),
    key(
        "limits.mail_max",
        "10",
        "mails that a client address may ask for, and codes that it may try, in a login window",
    ),
    key("limits.mail_per_hour", "1000", "mails that leave in an hour, in all; the others wait"),
    key("limits.streams_per_client", "128", "streams of the revocation feed for each service client, of 1024 in all"),
    key("limits.max_connections", "10000", "connections at once"),
    key(
        "limits.connections_per_address",
        "512",
        "connections at once of one client address; a trusted proxy has no such bound",
    ),
    key("limits.request_timeout", "30s", "how long a request may take"),
    key("limits.header_timeout", "10s", "how long a client may take to send its header, once it has begun"),
    key("limits.keep_alive", "75s", "how long a connection may be idle between two requests"),
    key(
        "limits.drain_notice",
        "",
        "how long /readyz fails before the listeners close when the server stops; when empty, 5s if listen is beyond this machine, else 0s",
    ),
    key("limits.drain_timeout", "20s", "how long requests under way may take when the server stops"),
    key(
        "mail.transport",
        "",
        "smtp; file: each mail is a file in data_dir/mail; or off; when empty, smtp if mail.url is set, else file",
    ),
    secret("mail.url", "the mail server: smtps://USER:PASSWORD@HOST or smtp://HOST:587?tls=required"),
    key("mail.from", "", "the sender, as in `Example <auth@example.com>`; hallpass@ the issuer's host when empty"),
    key("mail.language", "en", "the language of mails where no request says one: en or de"),
    key("mail.templates", "", "a folder with layouts and words of your own, made by `hallpass mail templates`"),
    key(
        "mail.require_verified",
        "",
        "whether an address must be proved before its account can be entered; when empty, true with smtp, else false",
    ),
    secret("keys.master_key", "32 bytes as base64url; made in data_dir/master.key at the first start when empty"),
    key("keys.rotate_every", "90d", "how long a signing key signs, at least 1h"),
    key("keys.jwks_max_age", "5m", "how long the key set may be cached, 10s to 1d"),
    key("keys.rsa_bits", "2048", "modulus of new RSA keys: 2048, 3072 or 4096"),
    key(
        "denylist.consistency",
        "replica",
        "replica: a check asks this process; strict: it asks Redis as well, each time",
    ),
    key("denylist.on_outage", "deny", "what a check answers when revocations cannot be read: deny (503) or allow"),
    key("tls.cert_file", "", "certificate chain, PEM; with tls.key_file the server speaks TLS itself"),
    key("tls.key_file", "", "its private key, PEM"),
    key("lab.enabled", "", "whether /lab is open; when empty, only if listen and issuer are on this machine alone"),
    key("lab.max_sandboxes", "64", "sandboxes of the lab at once, 1 to 1024; one visitor has 4 at most"),
    key("places.database", "", "a MaxMind DB file with cities or countries, to show where sessions are"),
    key("log.format", "text", "text or json"),
    key("log.level", "info", "error, warn, info, debug, trace, or tracing directives"),
    key(
        "legacy.url",
        "",
        "the system that users move in from: who has no account here is asked for there at the first login",
    ),
    secret("legacy.secret", "what signs those questions: whsec_ and base64, as Standard Webhooks have it"),
    key("legacy.until", "", "when nobody is asked for there any more, such as 2027-06-30T00:00:00Z"),
    key("egress.allow", "", "hosts on this machine or its networks that outgoing requests may go to"),
    key("audit.retention", "365d", "how long audit rows are kept, 1d to 3650d"),
];

/// The key of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The secret that `<name>_file` may stand for.
pub fn secret_of_file(name: &str) -> Option<&'static Key> {
    find(name.strip_suffix("_file")?).filter(|key| key.is_secret)
}

/// Whether a name is that of a key, or of a file with a secret.
pub fn is_known(name: &str) -> bool {
    find(name).or_else(|| secret_of_file(name)).is_some()
}

/// The known name that looks most like this one, if any does.
pub fn nearest(name: &str) -> Option<&'static str> {
    let likeness = |key: &Key| strsim::jaro_winkler(key.name, name).max(tail_likeness(key.name, name));
    KEYS.iter()
        .map(|key| (likeness(key), key.name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// A key named without its section is meant as often as one misspelt.
fn tail_likeness(known: &str, name: &str) -> f64 {
    let tail = |text: &str| text.rsplit('.').next().unwrap_or_default().to_owned();
    strsim::jaro_winkler(&tail(known), &tail(name)) * 0.95
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_key_that_was_meant() {
        assert_eq!(nearest("token.algoritm"), Some("token.algorithm"));
        assert_eq!(nearest("bcrypt_cost"), Some("password.bcrypt_cost"));
        assert_eq!(nearest("liste"), Some("listen"));
        assert_eq!(nearest("zzz"), None);
    }

    #[test]
    fn no_name_is_twice_in_the_table() {
        let names: std::collections::BTreeSet<_> = KEYS.iter().map(|key| key.name).collect();
        assert_eq!(names.len(), KEYS.len());
    }
}
