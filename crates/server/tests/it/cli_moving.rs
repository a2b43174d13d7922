//! Users of other systems keep their passwords: their exports are read, they log in, and their hashes are remade.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::cli::login;
use crate::process::{Ended, Site};

const PASSWORD: &str = "correct horse battery staple";
const BCRYPT: &str = "$2b$05$/I5Igvt9SxkvEV9q4LaPZO7qLkSkPrIctr4oZyrjBbXzqed.Z2Kq2";
const HASH_CONFIG: &str = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: \
    jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,\n  \
    base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n";

fn site() -> Site {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    site
}

/// A hash of the crate's vectors and its password.
fn vector(format: &str) -> (String, String) {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../password/tests/vectors/foreign.json")).expect("vectors");
    let vectors = vectors["vectors"].as_array().expect("a list");
    let found = vectors.iter().find(|vector| vector["format"] == format).unwrap_or_else(|| panic!("{format}"));
    let text = |name: &str| found[name].as_str().expect("a text").to_owned();
    (text("hash"), text("password"))
}

/// An export: the system, the file's name, its text, and the addresses in it with their passwords.
struct Sample {
    from: &'static str,
    name: &'static str,
    text: String,
    users: Vec<(&'static str, String)>,
}

fn keycloak() -> Sample {
    let user = |email: &str, format: &str| {
        let credential: Value = serde_json::from_str(&vector(format).0).expect("a credential");
        // The export has both documents as text.
        let text = |name: &str| match &credential[name] {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        json!({
            "id": format!("kc-{email}"), "username": email, "email": email, "enabled": true, "emailVerified": false,
            "credentials": [
                {"type": "otp", "secretData": "{}", "credentialData": "{}"},
                {"type": "password", "secretData": text("secretData"), "credentialData": text("credentialData")},
            ],
        })
    };
    let users = [
        ("k1@example.com", "keycloak-pbkdf2-sha256"),
        ("k2@example.com", "keycloak-pbkdf2-sha512"),
        ("k3@example.com", "keycloak-argon2"),
    ];
    let realm = json!({
        "realm": "shop", "roles": {"realm": [{"name": "users"}]},
        "users": users.map(|(email, format)| user(email, format)), "clients": [{"users": 1}],
    });
    let text = serde_json::to_string_pretty(&realm).expect("JSON");
    let users = users.map(|(email, format)| (email, vector(format).1)).to_vec();
    Sample { from: "keycloak", name: "shop-realm.json", text, users }
}

fn auth0() -> Sample {
    let line = |email: &str, hash: Value| {
        let user = json!({"_id": {"$oid": email}, "email": email, "email_verified": true, "tenant": "shop"});
        let mut user = user.as_object().expect("an object").clone();
        user.extend(hash.as_object().expect("an object").clone());
        Value::from(user).to_string() + "\n"
    };
    let custom = |algorithm: &str, format: &str| json!({"custom_password_hash": {"algorithm": algorithm, "hash": {"value": vector(format).0}}});
    let text = line("a1@example.com", json!({"passwordHash": vector("bcrypt-2b").0}))
        + &line("a2@example.com", custom("pbkdf2", "auth0-phc-pbkdf2"))
        + &line("a3@example.com", custom("argon2", "auth0-phc-argon2"));
    let users = ["a1@example.com", "a2@example.com", "a3@example.com"].map(|email| (email, PASSWORD.to_owned()));
    Sample { from: "auth0", name: "auth0.json", text, users: users.to_vec() }
}

fn clerk() -> Sample {
    let text = format!(
        "id,first_name,primary_email_address,verified_email_addresses,password_digest,password_hasher\n\
         user_1,Ada,c1@example.com,c1@example.com,{},bcrypt\n",
        vector("bcrypt-2b").0
    );
    Sample { from: "clerk", name: "clerk.csv", text, users: vec![("c1@example.com", PASSWORD.to_owned())] }
}

fn firebase() -> Sample {
    let user = json!({
        "localId": "fb1", "email": "f1@example.com", "emailVerified": true, "disabled": false,
        "passwordHash": "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
        "salt": "42xEC+ixf3L2lw==", "providerUserInfo": [],
    });
    let text = json!({"users": [user]}).to_string();
    Sample {
        from: "firebase",
        name: "firebase.json",
        text,
        users: vec![("f1@example.com", "user1password".to_owned())],
    }
}

fn supabase() -> Sample {
    let mut text =
        "--\n-- PostgreSQL database dump\n--\n\nCOPY auth.identities (id, email) FROM stdin;\n1\tx@example.com\n\
                    \\.\n\nCOPY auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, \
                    banned_until, raw_user_meta_data) FROM stdin;\n"
            .to_owned();
    let hash = vector("bcrypt-2b").0;
    for (id, email) in [("s-1", "s1@example.com"), ("s-2", "s2@example.com")] {
        let meta = r#"{"name": "tab\\tand \\\\ more"}"#;
        let cells = ["0", id, "authenticated", "authenticated", email, &hash, "2026-01-01 00:00:00+00", r"\N", meta];
        writeln!(text, "{}", cells.join("\t")).expect("a text");
    }
    text.push_str("\\.\n\nCOPY auth.other (id) FROM stdin;\n1\n\\.\n");
    let users = ["s1@example.com", "s2@example.com"].map(|email| (email, PASSWORD.to_owned()));
    Sample { from: "supabase", name: "auth.sql", text, users: users.to_vec() }
}

fn django() -> Sample {
    let formats = [
        ("d1@example.com", "django-pbkdf2-sha256"),
        ("d2@example.com", "django-bcrypt-sha256-2b"),
        ("d3@example.com", "django-argon2"),
    ];
    let row = |(pk, (email, format)): (usize, (&str, &str))| {
        let fields = json!({"password": vector(format).0, "username": "u", "email": email, "is_active": true});
        json!({"model": "auth.user", "pk": pk + 1, "fields": fields})
    };
    let rows: Vec<Value> = formats.into_iter().enumerate().map(row).collect();
    let users = formats.map(|(email, format)| (email, vector(format).1)).to_vec();
    Sample { from: "django", name: "users.json", text: serde_json::to_string_pretty(&rows).expect("JSON"), users }
}

fn wordpress() -> Sample {
    let text = format!(
        "ID,user_login,user_email,user_pass\n11,w1,w1@example.com,{}\n12,w2,w2@example.com,{}\n",
        vector("phpass").0,
        vector("wordpress-6.8").0
    );
    let users = vec![("w1@example.com", vector("phpass").1), ("w2@example.com", PASSWORD.to_owned())];
    Sample { from: "wordpress", name: "wp_users.csv", text, users }
}

fn csv() -> Sample {
    let (nt, ssha) = (vector("nt-hash"), vector("ldap-ssha"));
    let text = format!("email;password_hash;external_id\nn1@example.com;{};9\nn2@example.com;{};10\n", nt.0, ssha.0);
    Sample { from: "csv", name: "users.txt", text, users: vec![("n1@example.com", nt.1), ("n2@example.com", ssha.1)] }
}

fn samples() -> [Sample; 8] {
    [keycloak(), auth0(), clerk(), firebase(), supabase(), django(), wordpress(), csv()]
}

fn import(site: &Site, sample: &Sample, more: &[&str]) -> Ended {
    let file = site.write(sample.name, &sample.text);
    let config = site.write("hash-config.txt", HASH_CONFIG);
    let mut arguments = vec!["--json", "users", "import", "--from", sample.from, &file];
    if sample.from == "firebase" {
        arguments.extend(["--hash-config", &config]);
    }
    arguments.extend(more);
    site.run(&arguments)
}

/// What the store holds of a user.
fn stored(site: &Site, email: &str) -> String {
    let lines = site.run(&["users", "export", "--with-hashes"]).expect(0).stdout;
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let user = lines.into_iter().find(|user| user["email"] == email).unwrap_or_else(|| panic!("no {email}"));
    user["password_hash"].as_str().expect("a hash").to_owned()
}

#[tokio::test]
async fn users_of_every_system_are_imported_log_in_and_get_a_hash_of_today_once() {
    let site = site();
    for sample in samples() {
        let dry = import(&site, &sample, &["--dry-run"]).expect(0).json();
        assert_eq!((&dry["imported"], &dry["importable"]), (&json!(0), &json!(sample.users.len())), "{}", sample.from);
        let report = import(&site, &sample, &[]).expect(0).json();
        assert_eq!(report["imported"], sample.users.len(), "{}: {report}", sample.from);
        let again = import(&site, &sample, &["--dry-run"]).expect(1).json();
        assert_eq!(again["importable"], 0, "{}: every address is taken", sample.from);
    }
    for email in ["w1@example.com", "n1@example.com", "n2@example.com"] {
        assert!(stored(&site, email).starts_with("$wrap$"), "{email}");
    }
    let server = site.serve();
    for (email, password) in samples().into_iter().flat_map(|sample| sample.users) {
        assert_eq!(login(&server, email, "wrong").await.0, 401, "{email}");
        assert_eq!(login(&server, email, &password).await.0, 200, "{email}");
        let remade = stored(&site, email);
        // Keycloak's Argon2id has as much memory and more passes: it is good as it is.
        let passes = if email == "k3@example.com" { 5 } else { 1 };
        assert!(remade.starts_with(&format!("$argon2id$v=19$m=7168,t={passes},p=1$")), "{email}: {remade}");
        assert_eq!(login(&server, email, &password).await.0, 200, "{email}");
        assert_eq!(stored(&site, email), remade, "{email}: remade once");
    }
}

#[test]
fn ids_and_proved_addresses_come_along_and_leave_again() {
    let site = site();
    for sample in samples() {
        import(&site, &sample, &[]).expect(0);
    }
    let export = |site: &Site| site.run(&["users", "export", "--with-hashes"]).expect(0).stdout;
    let exported = export(&site);
    let of = |email: &str| -> Value {
        let rows = exported.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        rows.into_iter().find(|row| row["email"] == email).expect("a user")
    };
    let (known, unproved) = (of("f1@example.com"), of("k3@example.com"));
    assert_eq!(known["external_id"], "fb1");
    assert!(known["email_verified_at"].is_string(), "it was proved there: {known}");
    assert_eq!(unproved["external_id"], "kc-k3@example.com");
    assert!(unproved["email_verified_at"].is_null(), "it was not: {unproved}");
    let next = Site::new();
    next.run(&["migrate"]).expect(0);
    next.run(&["users", "import", &next.write("users.jsonl", &exported)]).expect(0);
    let sorted = |text: &str| -> Vec<String> {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&export(&next)), sorted(&exported), "nothing is lost on the way");
}

#[test]
fn a_proof_tries_passwords_and_imports_nothing() {
    let site = site();
    let sample = wordpress();
    let good = format!("address,password\nW1@example.com,{}\nw2@example.com,{PASSWORD}\n", vector("phpass").1);
    let good = site.write("good.csv", &good);
    let proved = import(&site, &sample, &["--prove", &good]).expect(0).json();
    assert_eq!(proved, json!({"verified": 2, "wrong": [], "missing": []}));
    let bad = site.write("bad.csv", &format!("w1@example.com,nope\nw2@example.com,{PASSWORD}\nw3@example.com,x\n"));
    let proved = import(&site, &sample, &["--prove", &bad]).expect(1).json();
    assert_eq!(proved, json!({"verified": 1, "wrong": ["w1@example.com"], "missing": ["w3@example.com"]}));
    assert_eq!(site.run(&["--json", "users", "list"]).expect(0).json(), json!([]));
}

#[test]
fn what_an_export_cannot_bring_is_named_with_its_line_and_no_hash_is_repeated() {
    let site = site();
    let sample = Sample {
        from: "django",
        name: "users.jsonl",
        text: [
            json!({"pk": 1, "fields": {"email": "x1@example.com", "password": "!unusable"}}).to_string(),
            json!({"pk": 2, "fields": {"email": "x2@example.com", "password": BCRYPT}}).to_string(),
            "no json".to_owned(),
            json!({"pk": 3, "fields": {"email": "X2@Example.com", "password": BCRYPT}}).to_string(),
            json!({"pk": 4, "fields": {"email": "x4@example.com", "password": "md5$salt$0123"}}).to_string(),
            json!({"pk": 2, "fields": {"email": "x5@example.com", "password": BCRYPT}}).to_string(),
            json!({"pk": 6, "fields": {"email": "x6@example.com", "password": "pbkdf2_sha256$99999999$s$YWFhYWFhYWFhYWFhYWFhYWFhYQ"}}).to_string(),
            json!({"pk": 7, "fields": {"email": "x7@example.com", "password": BCRYPT, "is_active": false}}).to_string(),
        ]
        .join("\n"),
        users: Vec::new(),
    };
    let dry = import(&site, &sample, &["--dry-run"]).expect(1).json();
    assert_eq!(
        (&dry["importable"], &dry["schemes"]),
        (&json!(3), &json!({"bcrypt": 3})),
        "a repeated id is seen later"
    );
    let ended = import(&site, &sample, &[]).expect(1);
    assert!(!format!("{ended:?}").contains("$2b$") && !format!("{ended:?}").contains("md5$"), "{ended:?}");
    let report = ended.json();
    let lines: Vec<&Value> = report["refused"].as_array().expect("rows").iter().map(|row| &row["line"]).collect();
    assert_eq!(
        (&report["imported"], lines),
        (&json!(2), vec![&json!(1), &json!(3), &json!(4), &json!(5), &json!(6), &json!(7)])
    );
    let users = site.run(&["--json", "users", "list", "--query", "x7"]).expect(0).json();
    assert_eq!(users[0]["status"], "suspended");
}

#[test]
fn a_list_that_is_cut_off_brings_what_came_before_and_names_the_line() {
    let site = site();
    let mut sample = keycloak();
    let cut = sample.text.rfind("k3@example.com").expect("the last user");
    sample.text.truncate(cut);
    let line = sample.text.lines().count();
    let report = import(&site, &sample, &[]).expect(1).json();
    assert_eq!((&report["imported"], &report["refused"][0]["line"]), (&json!(2), &json!(line)), "{report}");
    assert_eq!(report["unverified"], 2);
}

#[test]
fn firebase_needs_the_parameters_of_the_project() {
    let site = site();
    let file = site.write("firebase.json", &firebase().text);
    let ended = site.run(&["--json", "users", "import", "--from", "firebase", &file]);
    assert!(ended.code != 0 && ended.stderr.contains("--hash-config"), "{ended:?}");
    let config = site.write("config.txt", "algorithm: BCRYPT");
    let ended = site.run(&["--json", "users", "import", "--from", "firebase", "--hash-config", &config, &file]);
    assert_eq!(ended.expect(1).error(), "bad_hash_config");
}

/// Prints how long an import of many users takes, and how much memory.
#[test]
#[ignore = "measures time and memory, and asserts nothing; HALLPASS_ROWS changes the number of rows"]
#[allow(clippy::disallowed_methods, reason = "the one who measures hands the number of rows in")]
fn print_the_figures_of_a_big_import() {
    let site = site();
    let rows: usize = std::env::var("HALLPASS_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let mut text = "[\n".to_owned();
    for pk in 0..rows {
        let fields = json!({"email": format!("user{pk}@example.com"), "password": vector("django-pbkdf2-sha256").0});
        let end = if pk + 1 == rows { "\n]\n" } else { ",\n" };
        write!(text, "{}{end}", json!({"model": "auth.user", "pk": pk, "fields": fields})).expect("a text");
    }
    let file = site.write("users.json", &text);
    for more in [&["--dry-run"][..], &[]] {
        let arguments = [&["--json", "users", "import", "--from", "django", &file][..], more].concat();
        let begun = std::time::Instant::now();
        let mut child = site.command(&arguments).stdout(std::process::Stdio::null()).spawn().expect("it runs");
        let mut peak = String::new();
        while child.try_wait().expect("a child").is_none() {
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
            peak = status.lines().find(|line| line.starts_with("VmHWM")).map_or(peak, str::to_owned);
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        println!("{rows} rows of {} bytes {more:?}: {:.1?}, {peak}", text.len(), begun.elapsed());
    }
}
