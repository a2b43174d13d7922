//! The command line after a call for help: who is locked out, what happened to an address, a forgotten password.

use serde_json::{Value, json};

use crate::process::{Running, Site, http};

async fn guess(server: &Running, email: &str) -> u16 {
    let body = json!({"email": email, "password": "a wrong guess"});
    http().post(server.url("/auth/login")).json(&body).send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn locks_are_listed_and_ended_by_address_whether_an_account_has_it_or_not() {
    let site = Site::with(&["limits.login_max=100"]);
    let server = site.serve();
    let (email, _) = server.first_admin().expect("an admin");
    for _ in 0..5 {
        assert_eq!(guess(&server, &email).await, 401);
        assert_eq!(guess(&server, "nobody@example.com").await, 401);
    }
    let list = |more: &[&str]| site.run(&[&["--json", "users", "locks"], more].concat()).expect(0).json();
    let all = list(&[]);
    let addresses: Vec<_> = all.as_array().expect("locks").iter().map(|lock| lock["email"].clone()).collect();
    assert_eq!(addresses, [json!("nobody@example.com"), json!(email)]);
    assert!(all[0]["user"].is_null() && all[1]["user"].is_string(), "{all}");
    assert_eq!(list(&["Nobody@example.com"])[0], all[0]);
    let table = site.run(&["users", "locks"]).expect(0).stdout;
    assert!(table.contains("nobody@example.com") && table.contains("no account"), "{table}");
    let ended = site.run(&["users", "unlock", "nobody@example.com"]).expect(0).stdout;
    assert_eq!(ended, "nobody@example.com may try again\n");
    assert_eq!(guess(&server, "nobody@example.com").await, 401);
    let id = all[1]["user"].as_str().expect("an id");
    let shown = site.run(&["--json", "users", "unlock", id]).expect(0).json();
    assert_eq!(shown["email"], email);
    assert_eq!(list(&[]), json!([]));
    let again = site.run(&["users", "unlock", &email]).expect(0).stdout;
    assert_eq!(again, format!("{email} had no failures to forget\n"));
    assert_eq!(site.run(&["--json", "users", "unlock", "nonsense"]).expect(1).error(), "validation_failed");
}

#[tokio::test]
async fn what_happened_to_an_address_is_read_from_the_log() {
    let site = Site::new();
    let server = site.serve();
    let (email, _) = server.first_admin().expect("an admin");
    for _ in 0..5 {
        guess(&server, &email).await;
    }
    guess(&server, "nobody@example.com").await;
    let list = |more: &[&str]| site.run(&[&["--json", "audit", "list"], more].concat()).expect(0).json();
    let events = |more: &[&str]| -> Vec<String> {
        let rows = list(more);
        let rows = rows.as_array().expect("rows").iter();
        rows.map(|row| row["event"].as_str().expect("a name").to_owned()).collect()
    };
    let of_admin = events(&["--email", &email]);
    assert_eq!(of_admin[..2], ["account.locked", "login.failed"]);
    assert_eq!(of_admin.last().map(String::as_str), Some("user.created"));
    assert_eq!(events(&["--email", "nobody@example.com"]), ["login.failed"]);
    let id = list(&["--email", &email, "--event", "user.created"])[0]["user"].as_str().expect("an id").to_owned();
    assert_eq!(events(&["--user", &id]), of_admin);
    assert_eq!(events(&["--ip", "127.0.0.1", "--event", "account.locked"]), ["account.locked"]);
    assert!(events(&["--until", "2020-01-01T00:00:00Z"]).is_empty());
    assert_eq!(events(&["--since", "2020-01-01T00:00:00Z"]), events(&[]));
    let cut = site.run(&["audit", "list", "--limit", "1"]).expect(0);
    assert!(cut.stderr.contains("raise --limit"), "{}", cut.stderr);
    for wrong in [["--since", "yesterday"], ["--event", "nothing"], ["--ip", "300.1.1.1"]] {
        site.run(&[&["audit", "list"], &wrong[..]].concat()).expect(2);
    }
    site.run(&["audit", "list", "--user", &id, "--email", &email]).expect(2);
}

async fn login(server: &Running, body: Value) -> (u16, Value) {
    let answer = http().post(server.url("/auth/login")).json(&body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_one_time_password_or_by_one_from_standard_input() {
    let site = Site::new();
    let server = site.serve();
    let (email, first) = server.first_admin().expect("an admin");
    let with = |password: &str| json!({"email": email, "password": password, "delivery": "body"});
    let (_, opened) = login(&server, with(&first)).await;
    let made = site.run(&["--json", "users", "set-password", &email, "--generate"]).expect(0).json();
    let once = made["password"].as_str().expect("a password");
    assert!(made["password_expires_at"].is_string(), "{made}");
    assert_eq!(login(&server, with(&first)).await.0, 401);
    let refresh = json!({"refresh_token": opened["refresh_token"]});
    let refused = http().post(server.url("/auth/refresh")).json(&refresh).send().await.expect("an answer");
    assert_eq!(refused.status(), 401);
    assert_eq!(login(&server, with(once)).await.1["code"], "password_change_required");
    let renew = json!({"email": email, "password": once, "new_password": "corridor-warden 1893", "delivery": "body"});
    assert_eq!(login(&server, renew).await.0, 200);
    let set = ["users", "set-password", email.as_str(), "--password-stdin"];
    assert_eq!(site.feed("password\n", &[&["--json"], &set[..]].concat()).expect(1).error(), "validation_failed");
    site.feed("another-porter 1894\n", &set).expect(0);
    assert_eq!(login(&server, with("another-porter 1894")).await.0, 200, "chosen on the server, it is no one-time one");
    let rows = site.run(&["--json", "audit", "list", "--event", "password.reset"]).expect(0).json();
    let kinds: Vec<&Value> = rows.as_array().expect("rows").iter().map(|row| &row["detail"]["kind"]).collect();
    assert_eq!(kinds, ["chosen", "one-time"]);
    assert!(!rows.to_string().contains(once) && !site.log().contains(once), "the one-time password is written down");
    let unknown = site.run(&["--json", "users", "set-password", "who@example.com", "--generate"]).expect(1);
    assert_eq!(unknown.error(), "not_found");
}
