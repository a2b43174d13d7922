//! Users on their way from one installation to another, by `users export` and `users import`.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::process::{Running, Site, http};

const PASSWORD: &str = "hall-monitor 4711";

async fn login(server: &Running, email: &str, more: Value) -> (u16, Value) {
    let mut body = json!({"email": email, "password": PASSWORD, "delivery": "body"});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let answer = http().post(server.url("/auth/login")).json(&body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

fn create(site: &Site, email: &str, role: &str) {
    let arguments = ["users", "create", email, "--role", role, "--password-stdin"];
    site.feed(&format!("{PASSWORD}\n"), &arguments).expect(0);
}

/// An installation with an admin, a user, a suspended one, and one with a one-time password, which is returned.
fn inhabited() -> (Site, String) {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    for (email, role) in [("Ada@example.com", "admin"), ("bob@example.com", "user"), ("eve@example.com", "user")] {
        create(&site, email, role);
    }
    create(&site, "new@example.com", "user");
    site.run(&["users", "suspend", "eve@example.com"]).expect(0);
    let made = site.run(&["--json", "users", "set-password", "new@example.com", "--generate"]).expect(0).json();
    (site, made["password"].as_str().expect("a password").to_owned())
}

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
}

/// Users who arrived in the same millisecond have no order.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[tokio::test]
async fn who_moves_by_export_and_import_keeps_password_and_role_and_comes_in_no_further_than_before() {
    let (from, one_time) = inhabited();
    let file = from.path("users.jsonl").display().to_string();
    let done = from.run(&["--json", "users", "export", "--with-hashes", "--output", &file]).expect(0).json();
    assert_eq!(done, json!({"exported": 4, "with_hashes": true, "output": file}));
    let to = Site::new();
    to.run(&["migrate"]).expect(0);
    let report = to.run(&["--json", "users", "import", &file]).expect(0);
    assert_eq!((report.json()["imported"].clone(), report.stderr.as_str()), (json!(4), ""));
    let again = to.run(&["users", "export", "--with-hashes"]).expect(0).stdout;
    assert_eq!(sorted(&again), sorted(&std::fs::read_to_string(&file).expect("a file")), "nothing is lost");
    let server = to.serve();
    for (email, role) in [("ada@example.com", "admin"), ("bob@example.com", "user")] {
        let (status, body) = login(&server, email, json!({})).await;
        assert_eq!((status, body["user"]["role"].as_str()), (200, Some(role)), "{body}");
    }
    assert_eq!(login(&server, "eve@example.com", json!({})).await.0, 401, "she was suspended");
    assert_eq!(
        login(&server, "new@example.com", json!({"password": one_time})).await.1["code"],
        "password_change_required"
    );
    let renewed = json!({"password": one_time, "new_password": "corridor-warden 1893"});
    assert_eq!(login(&server, "new@example.com", renewed).await.0, 200);
    to.run(&["users", "activate", "eve@example.com"]).expect(0);
    assert_eq!(login(&server, "eve@example.com", json!({})).await.0, 200);
}

#[test]
fn an_export_has_hashes_only_when_they_are_asked_for_and_is_audited() {
    let (site, _) = inhabited();
    let without = site.run(&["--json", "users", "export"]).expect(0);
    assert!(!without.stdout.contains('$') && !without.stdout.contains("one_time"), "{}", without.stdout);
    assert_eq!(rows(&without.stdout)[2], json!({"email": "eve@example.com", "role": "user", "status": "suspended"}));
    assert_eq!(without.stderr, "4 users exported, without password hashes\n");
    let with = rows(&site.run(&["users", "export", "--with-hashes"]).expect(0).stdout);
    assert!(with.iter().all(|row| row["password_hash"].as_str().is_some_and(|hash| hash.starts_with('$'))));
    assert!(with[3]["one_time_until"].is_string() && with[1]["one_time_until"].is_null(), "{with:?}");
    let told = site.run(&["--json", "audit", "list", "--event", "users.exported"]).expect(0).json();
    let details: Vec<_> = told.as_array().expect("rows").iter().map(|row| row["detail"].clone()).collect();
    assert_eq!(details, [json!({"users": "4", "hashes": "yes"}), json!({"users": "4", "hashes": "no"})]);
    assert_eq!(told[0]["actor"], "operator");
    let back = site.run(&["--json", "users", "import", &site.write("users.jsonl", &without.stdout)]).expect(1).json();
    assert!(back["refused"][0]["reason"].as_str().is_some_and(|reason| reason.contains("--with-hashes")), "{back}");
}

#[test]
fn a_file_of_users_is_the_owners_alone_and_replaces_nothing_unasked() {
    let (site, _) = inhabited();
    let path = site.path("users.jsonl");
    let file = path.display().to_string();
    let export = |more: &[&str]| site.run(&[&["--json", "users", "export", "--output", file.as_str()], more].concat());
    let mode = || std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
    export(&[]).expect(0);
    assert_eq!(mode(), 0o600);
    std::fs::write(&path, "something dear").expect("writes");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("sets");
    assert_eq!(export(&["--with-hashes"]).expect(1).error(), "file_exists");
    assert_eq!(std::fs::read_to_string(&path).expect("reads"), "something dear");
    export(&["--with-hashes", "--overwrite"]).expect(0);
    assert_eq!((mode(), rows(&std::fs::read_to_string(&path).expect("reads")).len()), (0o600, 4));
    let link = site.path("link");
    std::os::unix::fs::symlink(&path, &link).expect("links");
    let through = ["--json", "users", "export", "--overwrite", "--output", &link.display().to_string()];
    assert_eq!(site.run(&through).expect(1).error(), "io");
    let nowhere = ["--json", "users", "export", "--output", "no/such/folder/users.jsonl"];
    assert_eq!(site.run(&nowhere).expect(1).error(), "io");
    site.run(&["users", "export", "--overwrite"]).expect(2);
    let left: Vec<_> =
        std::fs::read_dir(site.path(".")).expect("lists").map(|entry| entry.expect("one").file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("partial")), "{left:?}");
    let told = site.run(&["--json", "audit", "list", "--event", "users.exported"]).expect(0).json();
    assert_eq!(told.as_array().map(Vec::len), Some(2), "what was refused at once took nothing out: {told}");
}

#[test]
fn every_user_of_many_pages_is_exported_once() {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    let hash = "$2b$10$abcdefghijklmnopqrstuuLzJ3cPw0H0hU8vG8rXyq1F1yTtZcS6e";
    let line = |n| format!("{{\"email\": \"user{n}@example.com\", \"password_hash\": \"{hash}\"}}\n");
    let text = (0..2_500).map(line).collect::<String>();
    site.run(&["users", "import", &site.write("crowd.jsonl", &text)]).expect(0);
    for arguments in [&["users", "export", "--with-hashes"][..], &["users", "export"]] {
        let found = site.run(arguments).expect(0).stdout;
        assert_eq!(found.lines().count(), 2_500);
        let addresses: std::collections::BTreeSet<_> =
            rows(&found).iter().map(|row| row["email"].to_string()).collect();
        assert_eq!(addresses.len(), 2_500);
    }
}
