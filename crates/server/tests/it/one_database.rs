//! Several replicas on one PostgreSQL: what one does the others know, and what happens when it goes away.

use std::time::Duration;

use hallpass_testbed::Postgres;
use http::StatusCode;
use serde_json::{Value, json};

use crate::process::{Running, Site, http};
use crate::support::PASSWORD;

const MASTER_KEY: &str = "keys.master_key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// A replica: a machine of its own, with the database and the master key of the others.
fn replica(url: &str) -> Site {
    Site::with(&[&format!("database_url={url}"), MASTER_KEY])
}

async fn post(server: &Running, path: &str, body: Value) -> (StatusCode, Value) {
    let answer = http().post(server.url(path)).json(&body).send().await.expect("an answer");
    (answer.status(), answer.json().await.unwrap_or_default())
}

async fn me(server: &Running, access: &str) -> StatusCode {
    http().get(server.url("/auth/me")).bearer_auth(access).send().await.expect("an answer").status()
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned()
}

/// Polls, generously.
async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {what}");
}

#[tokio::test]
async fn a_session_of_one_replica_is_a_session_of_the_other_and_so_is_its_end() {
    let url = Postgres::schema();
    let (here, there) = (replica(&url), replica(&url));
    let (here, there) = (here.serve(), there.serve());
    assert!(here.first_admin().is_some() && there.first_admin().is_none(), "one of them made the admin");
    let account = json!({"email": "ada@example.com", "password": PASSWORD, "delivery": "body"});
    let (status, registered) = post(&here, "/auth/register", account).await;
    assert_eq!(status, StatusCode::CREATED, "{registered}");
    assert_eq!(me(&there, &text(&registered, "access_token")).await, StatusCode::OK);
    let presented = json!({"refresh_token": text(&registered, "refresh_token")});
    let (status, refreshed) = post(&there, "/auth/refresh", presented).await;
    assert_eq!(status, StatusCode::OK, "{refreshed}");
    let (status, _) = post(&here, "/auth/logout", json!({"refresh_token": text(&refreshed, "refresh_token")})).await;
    assert!(status.is_success(), "{status}");
    let access = text(&refreshed, "access_token");
    assert_eq!(me(&here, &access).await, StatusCode::UNAUTHORIZED);
    eventually("the other replica hears of the logout", async || me(&there, &access).await == StatusCode::UNAUTHORIZED)
        .await;
}

#[tokio::test]
async fn while_the_database_is_away_answers_are_503_and_afterwards_everything_goes_on() {
    let cluster = Postgres::durable();
    let site = replica(cluster.url());
    let server = site.serve();
    let account = json!({"email": "ada@example.com", "password": PASSWORD, "delivery": "body"});
    let (_, registered) = post(&server, "/auth/register", account).await;
    let (access, mut refresh) = (text(&registered, "access_token"), text(&registered, "refresh_token"));
    for stop in [Postgres::stop as fn(&Postgres), Postgres::crash] {
        stop(&cluster);
        let body = json!({"refresh_token": refresh});
        let answer = http().post(server.url("/auth/refresh")).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key("retry-after"));
        let login = json!({"email": "ada@example.com", "password": PASSWORD});
        assert_eq!(post(&server, "/auth/login", login).await.0, StatusCode::SERVICE_UNAVAILABLE);
        cluster.start_again();
        eventually("the database is found again", async || me(&server, &access).await == StatusCode::OK).await;
        let (status, refreshed) = post(&server, "/auth/refresh", json!({"refresh_token": refresh})).await;
        assert_eq!(status, StatusCode::OK, "the session outlived the outage: {refreshed}");
        refresh = text(&refreshed, "refresh_token");
    }
}

#[tokio::test]
async fn commands_work_on_the_database_and_show_no_password() {
    let url = Postgres::schema();
    let site = Site::with(&[&format!("database_url={}", url.replace("hallpass@", "hallpass:pa55word@")), MASTER_KEY]);
    assert_eq!(site.run(&["--json", "users", "list"]).expect(1).error(), "no_database");
    let migrated = site.run(&["--json", "migrate"]).expect(0);
    site.run(&["migrate"]).expect(0);
    let doctor = site.run(&["--json", "doctor"]);
    let config = site.run(&["--json", "config"]).expect(0);
    site.run(&["--json", "users", "list"]).expect(0);
    for ended in [migrated, doctor, config] {
        assert!(!format!("{ended:?}").contains("pa55word"), "{ended:?}");
        assert!(ended.stdout.contains("postgres://hallpass@127.0.0.1"), "{ended:?}");
    }
    assert!(!site.path("hallpass-data").exists(), "nothing is kept on this machine");
}

#[tokio::test]
async fn a_replica_without_the_master_key_is_told_where_to_get_it() {
    let url = Postgres::schema();
    let first = Site::with(&[&format!("database_url={url}")]);
    first.run(&["migrate"]).expect(0);
    let made = std::fs::read_to_string(first.path("hallpass-data/master.key")).expect("made at the first start");
    let second = Site::with(&[&format!("database_url={url}")]);
    let refused = second.run(&["--json", "migrate"]).expect(1);
    assert_eq!(refused.error(), "no_master_key");
    assert!(refused.stderr.contains("every replica"), "{refused:?}");
    assert!(!second.path("hallpass-data/master.key").exists(), "a second key would be of no use");
    let given = Site::with(&[&format!("database_url={url}"), &format!("keys.master_key={}", made.trim_end())]);
    given.run(&["migrate"]).expect(0);
    assert_eq!(replica(&url).run(&["--json", "migrate"]).expect(1).error(), "cannot_start", "another key does not fit");
}
