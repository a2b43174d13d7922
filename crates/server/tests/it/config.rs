//! Configuration: layers, unknown keys, secrets in files, and what is refused as unsafe.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use hallpass_server::config::keys::KEYS;
use hallpass_server::config::layers::{Inputs, Source};
use hallpass_server::config::{Config, ConfigErrors};

pub fn flags(pairs: &[(&str, &str)]) -> Inputs {
    Inputs { flags: owned(pairs), ..Inputs::default() }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub fn refused(inputs: &Inputs) -> ConfigErrors {
    Config::load(inputs).expect_err("it must be refused")
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

/// A file that lives as long as the folder beside it.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hallpass.toml");
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

#[test]
fn the_defaults_are_the_contracts() {
    let config = Config::load(&Inputs::default()).expect("the defaults are safe");
    let auth = &config.auth;
    assert_eq!(
        (auth.token.issuer.as_str(), auth.token.audience.as_str()),
        ("http://localhost:8080", "http://localhost:8080")
    );
    assert_eq!(auth.token.algorithm.as_str(), "RS256");
    assert_eq!(auth.token.access_ttl.as_secs(), 15 * 60);
    assert_eq!(auth.token.leeway.as_secs(), 0);
    assert_eq!(auth.refresh.idle.as_secs(), 7 * 24 * 3600);
    assert_eq!(auth.refresh.absolute.as_secs(), 30 * 24 * 3600);
    assert!(auth.refresh.sliding);
    assert_eq!(auth.refresh.grace.as_secs(), 10);
    assert_eq!((auth.rules.login.max, auth.rules.login.window.as_secs()), (10, 900));
    assert_eq!((auth.rules.login.lockout.failures, auth.rules.login.lockout.duration.as_secs()), (5, 1800));
    assert_eq!(auth.accounts.scheme, hallpass_password::Scheme::bcrypt(12).expect("a cost"));
    assert_eq!(config.sockets.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.sockets.operator_listen, None);
    let cookie = &config.http.cookie;
    assert_eq!((cookie.name.as_str(), cookie.path.as_str()), ("refresh_token", "/auth"));
    assert_eq!((cookie.secure, cookie.same_site), (true, "Strict"));
    assert!(config.http.cors_origins.is_empty() && config.http.trusted_proxies.is_empty());
}

/// The tests below the configuration cannot ask it for its defaults. Where theirs differ, they differ here, too.
#[test]
fn the_settings_of_tests_are_the_defaults() {
    let defaults = Config::load(&Inputs::default()).expect("the defaults are safe").auth;
    let mut tests = hallpass_testbed::world::settings();
    // Quick, roomy, and of an issuer that has a name.
    tests.token.issuer.clone_from(&defaults.token.issuer);
    tests.token.audience.clone_from(&defaults.token.audience);
    tests.token.algorithm = defaults.token.algorithm;
    tests.token.cache_bytes = defaults.token.cache_bytes;
    tests.accounts.scheme = defaults.accounts.scheme;
    tests.rules.register.max = defaults.rules.register.max;
    tests.rules.mail.max = defaults.rules.mail.max;
    assert_eq!(format!("{tests:#?}"), format!("{defaults:#?}"));
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file() {
    let (_folder, path) = file("[token]\naccess_ttl = \"5m\"\nleeway = \"1s\"\nrefresh_grace = \"3s\"\n");
    let inputs = Inputs {
        file: Some(path),
        environment: variables(&[
            ("HALLPASS_TOKEN__LEEWAY", "2s"),
            ("HALLPASS_TOKEN__REFRESH_GRACE", "4s"),
            ("PATH", "x"),
        ]),
        flags: owned(&[("token.refresh_grace", "5s")]),
    };
    let config = Config::load(&inputs).expect("fine");
    assert_eq!((config.auth.token.access_ttl.as_secs(), config.raw.source("token.access_ttl")), (300, Source::File));
    assert_eq!((config.auth.token.leeway.as_secs(), config.raw.source("token.leeway")), (2, Source::Environment));
    assert_eq!((config.auth.refresh.grace.as_secs(), config.raw.source("token.refresh_grace")), (5, Source::Flag));
    assert_eq!(config.raw.source("token.algorithm"), Source::Default);
}

#[test]
fn lists_are_arrays_in_the_file_and_commas_in_the_environment() {
    let (_folder, path) = file("trusted_proxies = [\"10.0.0.0/8\", \"2001:db8::1\"]\n");
    let environment = variables(&[("HALLPASS_CORS_ORIGINS", "https://a.example, https://b.example")]);
    let config = Config::load(&Inputs { file: Some(path), environment, ..Inputs::default() }).expect("fine");
    assert_eq!(config.http.trusted_proxies.len(), 2);
    assert_eq!(config.http.cors_origins, ["https://a.example", "https://b.example"]);
}

#[test]
fn an_unknown_key_names_the_nearest_known_one_wherever_it_stands() {
    let (_folder, path) = file("[token]\nalgoritm = \"ES256\"\n");
    for inputs in [
        Inputs { file: Some(path), ..Inputs::default() },
        Inputs { environment: variables(&[("HALLPASS_TOKEN__ALGORITM", "ES256")]), ..Inputs::default() },
        flags(&[("token.algoritm", "ES256")]),
    ] {
        let errors = refused(&inputs);
        assert_eq!(errors.0[0].code, "unknown_key");
        assert!(errors.to_string().contains("did you mean `token.algorithm`?"), "{errors}");
    }
}

#[test]
fn a_secret_may_stand_in_a_file_and_then_nowhere_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("secret");
    let secret = "Jq8rWm2ZtY5vXc7nBk4hGf9dSa1lPo3iUe6y";
    std::fs::write(&path, format!("{secret}\n")).expect("a file");
    let path = path.display().to_string();
    let by_file = [("token.algorithm", "HS256"), ("token.hs256_secret_file", path.as_str())];
    let config = Config::load(&flags(&by_file)).expect("fine");
    assert_eq!(config.auth.token.hs256_secret.expect("a secret").as_slice(), secret.as_bytes());
    let environment =
        variables(&[("HALLPASS_TOKEN__HS256_SECRET_FILE", &path), ("HALLPASS_TOKEN__ALGORITHM", "HS256")]);
    let config = Config::load(&Inputs { environment, ..Inputs::default() }).expect("fine");
    assert_eq!(config.auth.token.hs256_secret.expect("a secret").as_slice(), secret.as_bytes());
    let twice = [by_file[0], by_file[1], ("token.hs256_secret", secret)];
    assert_eq!(refused(&flags(&twice)).0[0].code, "given_twice");
    let missing = [("token.hs256_secret_file", "/nowhere/secret")];
    assert_eq!(refused(&flags(&missing)).0[0].code, "unreadable_file");
}

#[test]
fn a_configuration_never_shows_its_secrets() {
    let secret = "Jq8rWm2ZtY5vXc7nBk4hGf9dSa1lPo3iUe6y";
    let inputs = flags(&[("token.algorithm", "HS256"), ("token.hs256_secret", secret)]);
    let config = Config::load(&inputs).expect("fine");
    assert!(!format!("{:?}", config.raw).contains(secret));
    let (_folder, path) = file(&format!("[token]\nhs256_secret = \"{secret}\" oops\n"));
    let errors = refused(&Inputs { file: Some(path), ..Inputs::default() });
    assert_eq!(errors.0[0].code, "bad_toml");
    assert!(!errors.to_string().contains(secret), "{errors}");
    assert!(errors.to_string().contains("line 2"), "{errors}");
}

#[test]
fn an_environment_value_that_is_not_utf8_is_an_error_that_names_the_variable() {
    let not_utf8 = OsString::from_vec(b"closed\xff".to_vec());
    let environment = vec![(OsString::from("HALLPASS_REGISTRATION"), not_utf8.clone()), ("OTHER".into(), not_utf8)];
    let errors = refused(&Inputs { environment, ..Inputs::default() });
    assert_eq!((errors.0.len(), errors.0[0].code), (1, "not_utf8"), "{errors}");
    assert_eq!(errors.0[0].key, "HALLPASS_REGISTRATION");
    let name = OsString::from_vec(b"HALLPASS_REGISTR\xc4TION".to_vec());
    let errors = refused(&Inputs { environment: vec![(name, "closed".into())], ..Inputs::default() });
    assert_eq!(errors.0[0].code, "not_utf8");
}

#[test]
fn an_empty_variable_is_an_error_for_every_key_alike() {
    for key in KEYS {
        let name = format!("HALLPASS_{}", key.name.to_ascii_uppercase().replace('.', "__"));
        for empty in ["", "  "] {
            let errors = refused(&Inputs { environment: variables(&[(&name, empty)]), ..Inputs::default() });
            let seen: Vec<_> = errors.0.iter().map(|error| (error.code, error.key.as_str())).collect();
            assert_eq!(seen, [("empty_value", name.as_str())], "{errors}");
        }
    }
    let errors = refused(&Inputs { environment: variables(&[("HALLPASS_CONFIG", "")]), ..Inputs::default() });
    assert_eq!(errors.0[0].code, "empty_value");
    let errors = refused(&Inputs { environment: variables(&[("HALLPASS_REDIS_URL_FILE", "")]), ..Inputs::default() });
    assert_eq!(errors.0[0].code, "empty_value");
}

#[test]
fn an_empty_flag_means_none_where_there_may_be_none_and_is_an_error_elsewhere() {
    for key in KEYS {
        let loaded = Config::load(&flags(&[(key.name, "")]));
        match loaded {
            Ok(_) => assert!(key.default.is_empty(), "{} has a default", key.name),
            Err(errors) => assert_eq!(errors.0[0].code, "empty_value", "{}: {errors}", key.name),
        }
    }
}

#[test]
fn a_file_with_an_empty_secret_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("secret");
    for empty in ["", "\n", " \r\n"] {
        std::fs::write(&path, empty).expect("a file");
        let errors = refused(&flags(&[("keys.master_key_file", &path.display().to_string())]));
        assert_eq!(errors.0[0].code, "unreadable_file", "{errors}");
    }
}

#[test]
fn variables_that_kubernetes_injects_for_a_service_are_passed_over_with_a_warning_and_mistyped_keys_are_not() {
    let injected = [("HALLPASS_PORT", "tcp://10.96.0.12:8080"), ("HALLPASS_SERVICE_HOST", "10.96.0.12")];
    let config = Config::load(&Inputs { environment: variables(&injected), ..Inputs::default() }).expect("fine");
    let warned: Vec<_> = config.warnings.iter().map(|warning| (warning.code, warning.key.as_str())).collect();
    assert_eq!(warned, [("service_variable", "HALLPASS_PORT"), ("service_variable", "HALLPASS_SERVICE_HOST")]);
    for mistyped in [("HALLPASS_PORT", "8080"), ("HALLPASS_SERVICE_HOST", "auth.example")] {
        let errors = refused(&Inputs { environment: variables(&[mistyped]), ..Inputs::default() });
        assert_eq!(errors.0[0].code, "unknown_key", "{errors}");
    }
}

#[test]
fn metrics_on_the_public_listener_of_an_https_issuer_are_warned_of() {
    let warned = |pairs: &[(&str, &str)]| {
        let config = Config::load(&flags(pairs)).expect("fine");
        config.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>()
    };
    let public = [("issuer", "https://auth.example"), ("listen", "0.0.0.0:8080")];
    assert_eq!(warned(&public), ["mail_to_files", "public_metrics"]);
    assert!(
        warned(&[public[0], public[1], ("operator_listen", "127.0.0.1:9090"), ("mail.transport", "off")]).is_empty()
    );
    assert!(warned(&[("listen", "0.0.0.0:8080")]).is_empty());
}

#[test]
fn what_is_unsafe_only_together_is_refused_too() {
    for (pairs, code) in [
        (&[("cookie.secure", "false"), ("issuer", "https://auth.example")][..], "insecure_cookie"),
        (&[("cookie.secure", "false"), ("cookie.same_site", "none")], "cookie_same_site"),
        (&[("cookie.secure", "false"), ("cookie.name", "__Secure-refresh")], "cookie_prefix"),
        (&[("keys.jwks_max_age", "1d"), ("keys.rotate_every", "36h")], "out_of_range"),
    ] {
        let errors = refused(&flags(pairs));
        assert_eq!(errors.0[0].code, code, "{pairs:?}: {errors}");
    }
    Config::load(&flags(&[("cookie.secure", "false"), ("issuer", "http://auth.example")])).expect("said aloud");
    Config::load(&flags(&[("cookie.name", "__Host-refresh"), ("cookie.path", "/")])).expect("kept its promise");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let errors =
        refused(&flags(&[("token.leeway", "x"), ("keys.rsa_bits", "1"), ("log.format", "y"), ("listen", "z")]));
    let keys: std::collections::BTreeSet<_> = errors.0.iter().map(|error| error.key.as_str()).collect();
    assert_eq!(keys, ["keys.rsa_bits", "listen", "log.format", "token.leeway"].into());
}

#[test]
fn a_fault_of_one_kind_hides_none_of_another() {
    let (_folder, path) = file(
        "listen = \"127.0.0.1:8080\"\naudience = \"open\n[token]\nalgoritm = \"ES256\"\naccess_ttl = \"2h\"\n\
         leeway = 5s\n[password]\nscheme = \"md5\"\nhash_threads = \"many\"\n",
    );
    let environment = variables(&[("HALLPASS_LOG__FORMAT", "xml"), ("HALLPASS_REGISTRATION", "")]);
    let inputs = Inputs { file: Some(path), environment, flags: owned(&[("keys.rsa_bits", "1024"), ("halp", "x")]) };
    let errors = refused(&inputs);
    let mut seen: Vec<_> = errors.0.iter().map(|error| (error.code, error.key.as_str())).collect();
    seen.retain(|(code, _)| *code != "bad_toml");
    let expected = [
        ("bad_value", "keys.rsa_bits"),
        ("bad_value", "log.format"),
        ("bad_value", "password.hash_threads"),
        ("bad_value", "password.scheme"),
        ("empty_value", "HALLPASS_REGISTRATION"),
        ("out_of_range", "token.access_ttl"),
        ("unknown_key", "halp"),
        ("unknown_key", "token.algoritm"),
    ];
    seen.sort_unstable();
    assert_eq!(seen, expected, "{errors}");
    let text = errors.to_string();
    assert!(text.contains("(line 2)") && text.contains("(line 6)"), "{text}");
}

#[test]
fn what_is_refused_alone_is_refused_among_others_too() {
    let absurd = |key: &str| (key.to_owned(), "\u{1}?".to_owned());
    let blamed = |flags: Vec<(String, String)>| -> std::collections::BTreeSet<String> {
        let loaded = Config::load(&Inputs { flags, ..Inputs::default() });
        loaded.err().into_iter().flat_map(|errors| errors.0).map(|error| error.key).collect()
    };
    let alone: std::collections::BTreeSet<String> =
        KEYS.iter().flat_map(|key| blamed(vec![absurd(key.name)])).filter(|key| !key.starts_with("tls.")).collect();
    let together = blamed(KEYS.iter().map(|key| absurd(key.name)).chain([absurd("no_such_key")]).collect());
    assert!(alone.len() > 40, "{alone:?}");
    let hidden: Vec<_> = alone.difference(&together).collect();
    assert!(hidden.is_empty() && together.contains("no_such_key"), "{hidden:?}");
}

#[test]
fn a_fault_is_not_followed_by_its_own_consequences() {
    let (_folder, path) = file("tls.key_file = \"key.pem\"\ntls.cert_file = \"cert.pem\n");
    let errors = refused(&Inputs { file: Some(path), ..Inputs::default() });
    let codes: Vec<_> = errors.0.iter().map(|error| error.code).collect();
    assert_eq!(codes, ["bad_toml"], "{errors}");
}

#[test]
fn every_key_of_the_table_is_explained_in_the_documentation() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    let text = std::fs::read_to_string(path).expect("docs/configuration.md");
    for key in KEYS {
        let default = if key.default.is_empty() { "–".to_owned() } else { format!("`{}`", key.default) };
        let row = format!("| `{}` | {default} | {} |", key.name, key.about);
        assert!(text.contains(&row), "missing: {row}");
    }
}
