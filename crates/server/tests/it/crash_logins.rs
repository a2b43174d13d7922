//! `kill -9` while right passwords are hashed: the account is locked no longer than by wrong ones, and not unseen.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::PASSWORD;
use crate::process::{Running, Site, http};

const EMAIL: &str = "ada@example.com";
/// A hash so slow that no attempt is settled when the process dies.
const SLOW: [&str; 3] = ["password.scheme=bcrypt", "password.bcrypt_cost=13", "password.hash_threads=1"];

fn database(site: &Site) -> rusqlite::Connection {
    rusqlite::Connection::open(site.path("hallpass-data/hallpass.db")).expect("opens")
}

/// An installation with one user, not served.
fn installation() -> Site {
    let site = Site::with(&SLOW);
    site.run(&["migrate"]).expect(0);
    site.feed(PASSWORD, &["users", "create", EMAIL, "--password-stdin"]).expect(0);
    site
}

async fn login(base: String) -> Option<(u16, Value)> {
    let body = json!({"email": EMAIL, "password": PASSWORD, "delivery": "body"});
    let answer = http().post(format!("{base}/auth/login")).json(&body).send().await.ok()?;
    Some((answer.status().as_u16(), answer.json().await.ok()?))
}

/// Kills the server when so many right logins are reserved and none is settled.
async fn kill_with_logins_in_flight(site: &Site, logins: i64) {
    let mut server = site.serve();
    let base = server.url("");
    let asked: Vec<_> = (0..logins).map(|_| tokio::spawn(login(base.clone()))).collect();
    let raw = database(site);
    let pending = || raw.query_row("SELECT SUM(pending) FROM account_attempts", [], |row| row.get::<_, Option<i64>>(0));
    for _ in 0..500 {
        if pending().expect("reads") == Some(logins) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.kill();
    for login in asked {
        assert_eq!(login.await.expect("ends"), None, "a login was answered before the crash");
    }
    assert_eq!(pending().expect("reads"), Some(logins), "every reservation stands");
}

fn locks(site: &Site) -> Value {
    site.run(&["--json", "users", "locks"]).expect(0).json()
}

async fn logged_in(server: &Running) -> (u16, Value) {
    login(server.url("")).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_right_logins_that_died_leave_the_fifth_free_and_lock_nothing() {
    let site = installation();
    kill_with_logins_in_flight(&site, 4).await;
    let server = site.serve();
    assert_eq!(logged_in(&server).await.0, 200);
    assert_eq!(locks(&site), json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_right_logins_that_died_are_an_ordinary_audited_lock_after_a_minute() {
    let site = installation();
    kill_with_logins_in_flight(&site, 5).await;
    // A minute passes while nothing runs.
    database(&site).execute("UPDATE account_attempts SET touched_at = touched_at - 61000", []).expect("writes");
    let server = site.serve();
    let (status, body) = logged_in(&server).await;
    assert_eq!((status, &body["code"]), (429, &json!("account_locked")), "{body}");
    assert_eq!(locks(&site)[0]["email"], EMAIL);
    let rows = site.run(&["--json", "audit", "list", "--email", EMAIL, "--event", "account.locked"]).expect(0).json();
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    assert_eq!(rows[0]["detail"]["cause"], "abandoned attempts");
    let until: i64 = database(&site)
        .query_row(
            "SELECT locked_until - CAST(strftime('%s', 'now') AS INTEGER) * 1000 FROM account_attempts",
            [],
            |row| row.get(0),
        )
        .expect("reads");
    assert!((1..=30 * 60 * 1000).contains(&until), "locked for {until} ms, lockout_for is half an hour");
    site.run(&["users", "unlock", EMAIL]).expect(0);
    assert_eq!(logged_in(&server).await.0, 200);
}
