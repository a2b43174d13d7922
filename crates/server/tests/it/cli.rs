//! Every command, on the real binary: what it does, what it prints for scripts, how it ends.

use hallpass_jose::{Alg, SigningKey, dangerous};
use serde_json::{Value, json};

use crate::process::{Ended, Running, Site, bare, http};

pub const PASSWORD: &str = "hall-monitor 4711";

/// Logs in with the refresh token in the body; the answer's status and body.
pub async fn login(server: &Running, email: &str, password: &str) -> (u16, Value) {
    let body = json!({"email": email, "password": password, "delivery": "body"});
    let answer = http().post(server.url("/auth/login")).json(&body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

pub async fn me(server: &Running, token: &str) -> u16 {
    http().get(server.url("/auth/me")).bearer_auth(token).send().await.expect("an answer").status().as_u16()
}

pub fn token(body: &Value) -> String {
    body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {body}")).to_owned()
}

/// Waits, for a bounded time, until the running server has heard of what a command did.
pub async fn until_refused(server: &Running, token: &str) {
    for _ in 0..100 {
        if me(server, token).await == 401 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the token is good for ever");
}

#[tokio::test]
async fn the_first_start_makes_an_admin_and_tells_the_password_once() {
    let site = Site::new();
    let server = site.serve();
    let (email, password) = server.first_admin().expect("an admin");
    assert_eq!(email, "admin@localhost");
    let (status, body) = login(&server, &email, &password).await;
    assert_eq!((status, body["user"]["role"].as_str()), (200, Some("admin")));
    assert_eq!(server.stop(), Some(0));
    let again = site.serve();
    assert_eq!(again.first_admin(), None);
    assert_eq!(login(&again, &email, &password).await.0, 200);
    assert!(!site.log().contains(&password), "the log holds the password");
}

#[tokio::test]
async fn what_a_command_changes_bites_in_the_running_server() {
    let site = Site::new();
    let server = site.serve();
    let made =
        site.feed(&format!("{PASSWORD}\n"), &["--json", "users", "create", "bob@example.com", "--password-stdin"]);
    let id = made.expect(0).json()["id"].as_str().expect("an id").to_owned();
    for (command, then) in [
        (&["users", "set-role", "bob@example.com", "admin"][..], 200),
        (&["users", "logout", "bob@example.com"], 200),
        (&["users", "suspend", id.as_str()], 401),
    ] {
        let (status, body) = login(&server, "bob@example.com", PASSWORD).await;
        assert_eq!(status, 200, "{body}");
        site.run(command).expect(0);
        until_refused(&server, &token(&body)).await;
        assert_eq!(login(&server, "bob@example.com", PASSWORD).await.0, then, "{command:?}");
    }
    site.run(&["users", "activate", &id]).expect(0);
    assert_eq!(login(&server, "bob@example.com", PASSWORD).await.0, 200);
}

#[tokio::test]
async fn unlock_ends_a_lockout() {
    let site = Site::new();
    let server = site.serve();
    let (email, password) = server.first_admin().expect("an admin");
    for _ in 0..5 {
        assert_eq!(login(&server, &email, "wrong").await.0, 401);
    }
    assert_eq!(login(&server, &email, &password).await.0, 429);
    site.run(&["users", "unlock", &email]).expect(0);
    assert_eq!(login(&server, &email, &password).await.0, 200);
}

#[test]
fn users_are_made_listed_and_refused() {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    let made = site.run(&["--json", "users", "create", "eve@example.com", "--role", "admin", "--generate"]).expect(0);
    assert_eq!(made.json()["password"].as_str().expect("a password").len(), 23);
    let create = |email| site.feed(PASSWORD, &["--json", "users", "create", email, "--password-stdin"]);
    create("bob@example.com").expect(0);
    assert_eq!(create("BOB@example.com").expect(1).error(), "email_taken");
    assert_eq!(create("nobody").expect(1).error(), "validation_failed");
    let list = |arguments: &[&str]| site.run(&[&["--json", "users", "list"], arguments].concat()).expect(0).json();
    assert_eq!(list(&[]).as_array().map(Vec::len), Some(2));
    assert_eq!(list(&["--query", "eve"])[0]["role"], "admin");
    let cut = site.run(&["--json", "users", "list", "--limit", "1"]).expect(0);
    assert_eq!(cut.json().as_array().map(Vec::len), Some(1));
    assert!(cut.stderr.contains("raise --limit"), "a script is told, too: {}", cut.stderr);
    let table = site.run(&["users", "list"]).expect(0).stdout;
    assert!(table.starts_with("ID") && table.contains("bob@example.com") && !table.contains('\u{1b}'), "{table}");
    let last_admin = site.run(&["--json", "users", "set-role", "eve@example.com", "user"]).expect(1);
    assert_eq!(last_admin.error(), "last_admin");
    assert_eq!(site.run(&["--json", "users", "suspend", "who@example.com"]).expect(1).error(), "not_found");
    let unknown = site.run(&["--json", "users", "set-role", "bob@example.com", "emperor"]).expect(1);
    assert_eq!(unknown.error(), "validation_failed");
}

#[tokio::test]
async fn keys_are_rotated_imported_revoked_and_exported() {
    let site = Site::new();
    let server = site.serve();
    let (email, password) = server.first_admin().expect("an admin");
    let access = token(&login(&server, &email, &password).await.1);
    // Sorted: keys that were made in the same millisecond have no order.
    let states = |ended: Ended| -> Vec<String> {
        let keys = ended.expect(0).json();
        let state = |key: &Value| key["state"].as_str().expect("a state").to_owned();
        let mut states: Vec<_> = keys.as_array().expect("keys").iter().map(state).collect();
        states.sort();
        states
    };
    assert_eq!(states(site.run(&["--json", "keys", "list"])), ["active", "announced"]);
    assert_eq!(states(site.run(&["--json", "keys", "rotate"])), ["active", "announced", "retired"]);
    assert_eq!(site.run(&["--json", "keys", "rotate"]).expect(1).error(), "key_not_ripe");
    assert_eq!(me(&server, &access).await, 200, "a retired key still verifies");
    let forced = states(site.run(&["--json", "keys", "rotate", "--force"]));
    assert_eq!(forced, ["active", "announced", "retired", "retired"]);
    let signer = dangerous::decode(&access).expect("a token").header["kid"].as_str().expect("a kid").to_owned();
    site.run(&["keys", "revoke", &signer]).expect(0);
    until_refused(&server, &access).await;
    assert_eq!(site.run(&["--json", "keys", "revoke", "nobody"]).expect(1).error(), "not_found");
    let own = SigningKey::generate(Alg::EdDsa).expect("a key");
    let file = site.write("own.pem", &private_pem(&own));
    let import = |site: &Site| site.run(&["--json", "keys", "import", &file, "--algorithm", "EdDSA"]).expect(0).json();
    assert_eq!(import(&site), json!({"kid": own.kid(), "imported": true}));
    assert_eq!(import(&site), json!({"kid": own.kid(), "imported": false}));
    let set = site.run(&["keys", "export-public"]).expect(0).json();
    assert!(set["keys"].as_array().expect("keys").iter().any(|key| key["kid"] == own.kid() && key["d"].is_null()));
    let pem = site.run(&["keys", "export-public", "--format", "pem"]).expect(0).stdout;
    assert!(pem.contains(&own.public_pem().expect("a public key")), "{pem}");
}

fn private_pem(key: &SigningKey) -> String {
    pem::encode(&pem::Pem::new("PRIVATE KEY", key.to_bytes().expect("bytes").to_vec()))
}

#[test]
fn service_clients_are_created_listed_and_revoked() {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    let made = site.run(&["--json", "clients", "create", "payments"]).expect(0).json();
    assert!(made["client_secret"].as_str().expect("a secret").starts_with("hpc_"));
    let id = made["client_id"].as_str().expect("an id");
    assert_eq!(site.run(&["--json", "clients", "create", "payments"]).expect(1).error(), "name_taken");
    let listed = site.run(&["--json", "clients", "list"]).expect(0);
    assert!(!listed.stdout.contains("hpc_") && listed.json()[0]["revoked_at"].is_null());
    site.run(&["clients", "revoke", id]).expect(0);
    assert!(site.run(&["--json", "clients", "list"]).expect(0).json()[0]["revoked_at"].is_string());
    assert_eq!(site.run(&["--json", "clients", "revoke", "x"]).expect(2).error(), "usage");
    let unknown = site.run(&["clients", "revive", "--json"]).expect(2);
    assert_eq!((unknown.error(), unknown.stdout.as_str()), ("usage".to_owned(), ""));
    assert!(site.run(&["clients", "revive"]).expect(2).stderr.starts_with("error: unrecognized subcommand 'revive'"));
}

#[test]
fn tokens_are_signed_read_and_verified_without_a_server() {
    let site = Site::new();
    let key = SigningKey::generate(Alg::Es256).expect("a key");
    let private = site.write("private.pem", &private_pem(&key));
    let public = site.write("public.jwk", &serde_json::to_string(&key.public_jwk()).expect("JSON"));
    let claims = json!({"iss": "https://a.example", "aud": "https://b.example", "sub": "1"}).to_string();
    let signed = site.run(&["token", "sign", "--key", &private, "--algorithm", "ES256", "--claims", &claims]).expect(0);
    let signed = signed.stdout.trim().to_owned();
    let decoded = site.feed(&signed, &["--json", "token", "decode", "-"]).expect(0).json();
    assert_eq!((&decoded["header"]["alg"], &decoded["verified"]), (&json!("ES256"), &json!(false)));
    let verify = |token: &str, key: &str, audience: &str| {
        let policy = ["--issuer", "https://a.example", "--audience", audience];
        site.run(&[&["--json", "token", "verify", token, "--key", key], &policy[..]].concat())
    };
    assert_eq!(verify(&signed, &public, "https://b.example").expect(0).json()["claims"]["sub"], "1");
    assert_eq!(verify(&signed, &public, "https://c.example").expect(1).error(), "wrong_aud");
    let other = SigningKey::generate(Alg::Es256).expect("a key");
    let other = site.write("other.jwk", &serde_json::to_string(&other.public_jwk()).expect("JSON"));
    assert_eq!(verify(&signed, &other, "https://b.example").expect(1).error(), "unknown_kid");
    assert_eq!(verify("a.b", &public, "https://b.example").expect(1).code, 1);
    assert_eq!(site.run(&["token", "sign", "--key", &private]).expect(2).code, 2);
}

#[test]
fn a_secret_that_anybody_knows_signs_nothing() {
    let site = Site::new();
    let weak = site.write("weak", "your-256-bit-secret-your-256-bit-secret\n");
    let refused = site.run(&["--json", "token", "sign", "--key", &weak, "--algorithm", "HS256"]).expect(1);
    assert_eq!(refused.error(), "weak_secret");
    let settings = ["--set", "token.algorithm=HS256", "--set", "token.hs256_secret=changeme"];
    let refused = site.run(&[&["--json", "serve"], &settings[..]].concat()).expect(1);
    assert_eq!(refused.error(), "weak_secret");
}

#[test]
fn passwords_are_hashed_verified_and_calibrated() {
    let site = Site::new();
    let hash = site.feed(PASSWORD, &["--json", "password", "hash", "--password-stdin"]).expect(0).json();
    let hash = hash["hash"].as_str().expect("a hash").to_owned();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    let verify = |password: &str| site.feed(password, &["--json", "password", "verify", &hash, "--password-stdin"]);
    assert_eq!(verify(PASSWORD).expect(0).json()["verified"], true);
    assert_eq!(verify("another").expect(1).json()["verified"], false);
    let found = site.run(&["--json", "password", "calibrate", "--target", "1ms"]).expect(0).json();
    assert_eq!((&found["cost"], &found["measured"][0]["cost"]), (&json!(10), &json!(10)), "never below the floor");
    assert_eq!(site.run(&["password", "hash"]).expect(2).code, 2, "there is no terminal to ask");
}

#[test]
fn the_configuration_is_shown_with_sources_and_without_secrets() {
    let site = Site::new();
    let secret = "Jq8rWm2ZtY5vXc7nBk4hGf9dSa1lPo3iUe6y";
    let mut command = site.command(&["--json", "--set", "token.algorithm=HS256", "config"]);
    command.env("HALLPASS_TOKEN__HS256_SECRET", secret);
    let ended = Ended::of(command.output().expect("it runs")).expect(0);
    assert!(!ended.stdout.contains(secret));
    let shown = ended.json();
    let of = |key: &str| shown.as_array().expect("keys").iter().find(|row| row["key"] == key).expect("the key").clone();
    assert_eq!(
        (&of("token.hs256_secret")["value"], &of("token.hs256_secret")["source"]),
        (&json!("********"), &json!("environment"))
    );
    assert_eq!(of("password.scheme")["source"], "flag");
    assert_eq!(of("token.access_ttl")["source"], "default");
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_so_by_its_exit_code() {
    let site = Site::new();
    let verdicts = |code| -> Vec<(String, String)> {
        let findings = site.run(&["--json", "doctor"]).expect(code).json();
        let text = |finding: &Value, name: &str| finding[name].as_str().expect("text").to_owned();
        findings.as_array().expect("findings").iter().map(|f| (text(f, "check"), text(f, "verdict"))).collect()
    };
    assert!(verdicts(0).contains(&("store".to_owned(), "warn".to_owned())), "nothing is there yet");
    site.run(&["migrate"]).expect(0);
    let healthy = verdicts(0);
    for check in ["configuration", "master key", "database", "store", "denylist", "clock", "signing keys"] {
        assert!(healthy.contains(&(check.to_owned(), "ok".to_owned())), "{check}: {healthy:?}");
    }
    let key = site.path("hallpass-data/master.key");
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&key, readable).expect("permissions");
    assert!(verdicts(1).contains(&("master key".to_owned(), "fail".to_owned())));
    let text = site.run(&["doctor"]).expect(1).stdout;
    assert!(text.contains("fail master key") && text.contains("chmod 600"), "{text}");
    assert_eq!(site.run(&["--json", "--set", "listen=x", "doctor"]).expect(1).json()[0]["verdict"], "fail");
}

#[test]
fn files_with_secrets_can_be_read_by_their_owner_only() {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    for name in ["hallpass-data", "hallpass-data/master.key", "hallpass-data/hallpass.db"] {
        let mode = std::fs::metadata(site.path(name)).expect("it is there").permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o077, 0, "{name}");
    }
}

#[test]
fn a_lost_or_foreign_master_key_is_told_apart_from_damage() {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    let key = site.path("hallpass-data/master.key");
    let own = std::fs::read(&key).expect("the key");
    let aside = site.path("aside");
    std::fs::rename(&key, &aside).expect("moved");
    assert_eq!(site.run(&["--json", "users", "list"]).expect(1).error(), "no_master_key");
    assert_eq!(site.run(&["--json", "--listen", "127.0.0.1:0", "serve"]).expect(1).error(), "no_master_key");
    std::fs::rename(&aside, &key).expect("moved back");
    std::fs::write(&key, "Jq8rWm2ZtY5vXc7nBk4hGf9dSa1lPo3iUe6yTr2WqA0\n").expect("written");
    assert_eq!(site.run(&["--json", "users", "list"]).expect(1).error(), "cannot_start");
    std::fs::write(&key, "rubbish").expect("written");
    assert_eq!(site.run(&["--json", "users", "list"]).expect(1).error(), "bad_master_key");
    std::fs::write(&key, own).expect("written");
    site.run(&["users", "list"]).expect(0);
}

#[test]
fn a_command_that_finds_no_database_makes_none() {
    let site = Site::new();
    for arguments in [&["users", "list"][..], &["keys", "list"], &["clients", "list"]] {
        assert_eq!(site.run(&[&["--json"], arguments].concat()).expect(1).error(), "no_database");
    }
    assert!(!site.path("hallpass-data").exists());
}

#[test]
fn the_api_description_is_printed_without_a_database() {
    let site = Site::new();
    let document = site.run(&["openapi"]).expect(0).json();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    assert!(document["paths"]["/auth/login"]["post"].is_object());
    assert!(!site.path("hallpass-data").exists());
}

#[test]
fn wrong_usage_ends_with_2_and_help_with_0() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = |arguments: &[&str]| Ended::of(bare(folder.path()).args(arguments).output().expect("it runs"));
    for wrong in [&["fly"][..], &["users"], &["users", "create"], &["--set", "x", "config"], &["token", "verify", "x"]]
    {
        let ended = ended(wrong).expect(2);
        assert!(ended.stdout.is_empty() && !ended.stderr.is_empty(), "{wrong:?}");
    }
    assert!(ended(&["--help"]).expect(0).stdout.contains("Usage: hallpass"));
    assert!(ended(&["--version"]).expect(0).stdout.starts_with("hallpass "));
    let unknown = ended(&["--set", "token.algoritm=x", "config"]).expect(1);
    assert!(unknown.stderr.contains("did you mean `token.algorithm`?"), "{}", unknown.stderr);
}

#[test]
fn a_port_that_is_taken_is_told_before_anything_is_made() {
    let site = Site::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let refused = site.run(&["--json", "--listen", &address, "serve"]).expect(1);
    assert_eq!(refused.error(), "cannot_serve");
    assert!(refused.stderr.contains(&address) && !site.path("hallpass-data").exists(), "{}", refused.stderr);
}

#[tokio::test]
async fn no_secret_reaches_the_log_however_much_is_logged() {
    for format in ["text", "json"] {
        let site = Site::with(&["log.level=trace", &format!("log.format={format}")]);
        let server = site.serve();
        let (email, password) = server.first_admin().expect("an admin");
        let (_, first) = login(&server, &email, &password).await;
        login(&server, &email, "a wrong password").await;
        let refresh = json!({"refresh_token": first["refresh_token"]});
        let next = http().post(server.url("/auth/refresh")).json(&refresh).send().await.expect("an answer");
        let next: Value = next.json().await.expect("JSON");
        assert_eq!(me(&server, &token(&next)).await, 200);
        assert_eq!(server.stop(), Some(0));
        let log = site.log();
        let (key, header) = (std::fs::read_to_string(site.path("hallpass-data/master.key")), "Bearer ey");
        let refresh = |body: &Value| body["refresh_token"].as_str().expect("a token").to_owned();
        for secret in [
            password.as_str(),
            "a wrong password",
            &token(&first),
            &token(&next),
            &refresh(&first),
            &refresh(&next),
            key.expect("the key").trim(),
            "$argon2id$",
            header,
        ] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
        assert!(log.contains("/auth/login"), "the log is empty: {log}");
        assert_eq!(format == "json", log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    }
}

#[test]
fn a_thumbprint_may_begin_with_a_hyphen() {
    let site = Site::new();
    let unknown = site.run(&["--json", "keys", "revoke", "x"]).expect(1).error();
    for kid in ["-Dk5Zc0mBx3vJ1h8nQ2", "--k5Zc0mBx3vJ1h8nQ2", "-hVq_8nQ2", "-"] {
        assert_eq!(site.run(&["--json", "keys", "revoke", kid]).expect(1).error(), unknown, "{kid}");
    }
    site.run(&["keys", "revoke", "--help"]).expect(0);
    assert_eq!(site.run(&["keys", "revoke", "x", "--json"]).expect(1).error(), unknown);
}
