//! Values that are refused, each alone and with its code.

use hallpass_server::config::Config;

use crate::config::{flags, refused};

/// Every unsafe or senseless setting, and the name of the reason for which it is refused.
const REFUSED: &[(&str, &str, &str)] = &[
    ("listen", "8080", "bad_value"),
    ("listen", "localhost:8080", "bad_value"),
    ("data_dir", "", "empty_value"),
    ("database_url", "postgres://", "bad_value"),
    ("database_url", "postgres://localhost/hallpass?sslmode=sometimes", "bad_value"),
    ("database_url", "postgres://localhost/hallpass?sslmod=require", "bad_value"),
    ("database_url", "mysql://localhost/hallpass", "bad_value"),
    ("redis_url", "localhost:6379", "bad_value"),
    ("redis_url", "redis+sentinel://localhost", "bad_value"),
    ("denylist.consistency", "strict", "incomplete_denylist"),
    ("issuer", "auth.example", "bad_issuer"),
    ("issuer", "ftp://auth.example", "bad_issuer"),
    ("issuer", "https://auth.example/", "bad_issuer"),
    ("issuer", "https://auth.example?x=1", "bad_issuer"),
    ("issuer", "https://auth.example#x", "bad_issuer"),
    ("issuer", "https://Auth.example", "bad_issuer"),
    ("issuer", "https://user@auth.example", "bad_issuer"),
    ("issuer", "https://example.com/auth", "issuer_path"),
    ("issuer", "https://example.com/a/b", "issuer_path"),
    ("issuer", "http://localhost:8080/hallpass", "issuer_path"),
    ("issuer", "https://auth.example//", "bad_issuer"),
    ("issuer", "http://auth.example", "insecure_issuer"),
    ("registration", "maybe", "bad_value"),
    ("roles", "user,admin,not a role", "bad_value"),
    ("admin_email", "nobody", "bad_value"),
    ("trusted_proxies", "0.0.0.0/0", "bad_proxy"),
    ("trusted_proxies", "::/0", "bad_proxy"),
    ("trusted_proxies", "proxy.local", "bad_proxy"),
    ("cors_origins", "*", "cors_wildcard"),
    ("cors_origins", "https://*.example", "cors_wildcard"),
    ("cors_origins", "null", "cors_wildcard"),
    ("cors_origins", "https://app.example/", "bad_origin"),
    ("cors_origins", "app.example", "bad_origin"),
    ("cors_origins", "http://app.example", "insecure_origin"),
    ("token.algorithm", "none", "bad_value"),
    ("token.algorithm", "hs256", "bad_value"),
    ("token.access_ttl", "59s", "out_of_range"),
    ("token.access_ttl", "61m", "out_of_range"),
    ("token.access_ttl", "900", "bad_value"),
    ("token.leeway", "61s", "out_of_range"),
    ("token.cache_mib", "1025", "out_of_range"),
    ("password.bcrypt_lanes", "5", "out_of_range"),
    ("token.cache_mib", "16 MB", "bad_value"),
    ("token.hs256_secret", "secret", "weak_secret"),
    ("token.hs256_secret", "your-256-bit-secret-your-256-bit-secret", "weak_secret"),
    ("token.hs256_secret", "Jq8rWm2ZtY5vXc7nBk4hGf9dSa1lPo3iUe6y", "unused_secret"),
    ("token.refresh_ttl", "59m", "out_of_range"),
    ("token.refresh_ttl", "91d", "out_of_range"),
    ("token.refresh_absolute_ttl", "6d", "out_of_range"),
    ("token.refresh_sliding", "yes", "bad_value"),
    ("token.refresh_grace", "61s", "out_of_range"),
    ("cookie.name", "", "empty_value"),
    ("cookie.name", "a b", "bad_value"),
    ("cookie.name", "__Host-refresh", "cookie_prefix"),
    ("cookie.path", "auth", "bad_value"),
    ("cookie.path", "/; Domain=example", "bad_value"),
    ("cookie.same_site", "Strict-ish", "bad_value"),
    ("password.scheme", "md5", "bad_value"),
    ("password.bcrypt_cost", "9", "bcrypt_cost_too_low"),
    ("password.bcrypt_cost", "17", "bcrypt_cost_too_high"),
    ("password.bcrypt_cost", "twelve", "bad_value"),
    ("password.argon2_memory_kib", "8", "out_of_range"),
    ("password.argon2_iterations", "0", "out_of_range"),
    ("limits.login_max", "0", "out_of_range"),
    ("limits.lockout_failures", "0", "out_of_range"),
    ("limits.max_connections", "0", "out_of_range"),
    ("limits.header_timeout", "0s", "out_of_range"),
    ("keys.master_key", "c2hvcnQ", "bad_master_key"),
    ("keys.master_key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "bad_master_key"),
    ("keys.rotate_every", "5m", "out_of_range"),
    ("keys.jwks_max_age", "0s", "out_of_range"),
    ("keys.rsa_bits", "1024", "bad_value"),
    ("denylist.on_outage", "ignore", "bad_value"),
    ("tls.cert_file", "cert.pem", "incomplete_tls"),
    ("tls.key_file", "key.pem", "incomplete_tls"),
    ("log.format", "xml", "bad_value"),
    ("log.level", "a=b=c", "bad_value"),
    ("log.level", "warning", "bad_value"),
    ("log.level", "", "empty_value"),
    ("audit.retention", "1h", "out_of_range"),
    ("legacy.url", "https://old.example/login", "no_secret"),
    ("legacy.secret", "whsec_c2hvcnQ=", "weak_secret"),
    ("legacy.secret", "a plain text of more than 24 bytes", "weak_secret"),
    ("legacy.until", "soon", "bad_value"),
];

#[test]
fn what_is_unsafe_is_refused_with_its_reason() {
    for (key, value, code) in REFUSED {
        let errors = refused(&flags(&[(key, value)]));
        let codes: Vec<_> = errors.0.iter().map(|error| error.code).collect();
        assert_eq!(codes, [*code], "{key} = {value}: {errors}");
    }
}

#[test]
fn passwords_are_sent_to_an_https_address_only() {
    let secret = ("legacy.secret", "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    for url in ["http://old.example/login", "https://127.0.0.1/login", "https://user:word@old.example/", "old.example"]
    {
        let errors = refused(&flags(&[("legacy.url", url), secret]));
        assert_eq!((errors.0[0].code, errors.0[0].key.as_str()), ("bad_value", "legacy.url"), "{url}: {errors}");
    }
    let config = Config::load(&flags(&[("legacy.url", "https://old.example/login"), secret])).expect("fine");
    assert!(!format!("{:?}", config.auth.legacy).contains("7, 7"), "no secret is shown");
}
