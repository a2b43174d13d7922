//! Passwords that are known from breaches: nobody may choose one, and who has one is told at login.

use std::sync::Arc;
use std::time::Duration;

use hallpass_auth::admin::ImportUser;
use hallpass_model::user::Status;
use hallpass_model::{Email, Role};
use hallpass_password::{Breached, Incoming, List, ListKind, Password, Scheme};
use hallpass_store::Fault;
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestServer};

/// Strong enough but for being on the list.
const STOLEN: &str = "plum trellis anvil 31";
const NEW: &str = "corridor-warden 1893";
const ADA: &str = "ada@example.com";
const ALMOST_A_DAY: Duration = Duration::from_secs(24 * 60 * 60 - 1);

fn list() -> Arc<Breached> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("list.txt");
    std::fs::write(&path, format!("{STOLEN}\ncaf\u{e9} au lait 31\n")).expect("written");
    let list = List { path: &path, kind: ListKind::Plain, false_positives: 1e-9 };
    Arc::new(Breached::build(&list, |_| {}).expect("a filter"))
}

async fn server() -> TestServer {
    TestServer::with(|setup| setup.settings.accounts.breached = Some(list())).await
}

/// An account that had its password before there was a list.
async fn import(server: &TestServer, email: &str, password: &str) {
    let password = Password::from(password.to_owned());
    let hash = hallpass_password::hash(&password, Scheme::insecure_for_tests()).expect("hashes");
    let user = ImportUser {
        email: Email::parse(email).expect("an address"),
        role: Role::user(),
        password_hash: Incoming::parse(&hash).expect("readable"),
        status: Status::Active,
        one_time_until: None,
        external_id: None,
        email_verified_at: None,
    };
    let imported = server.auth.operator().import_users(&server.ctx(), vec![user]).await;
    assert_eq!(imported, Ok(vec![true]), "an import takes every password");
}

async fn events(root: &mut Client, event: &str) -> Vec<Value> {
    root.login("root@example.com", PASSWORD).await.expect(200);
    let body = root.get(&format!("/admin/audit?event={event}")).bearer().send().await.expect(200).json();
    body["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn a_breached_password_is_refused_wherever_a_person_chooses_one() {
    let server = server().await;
    let mut root = server.admin("root@example.com").await;
    let register = json!({"email": ADA, "password": STOLEN});
    let refused = server.client().post("/auth/register").json(&register).send().await.invalid("password");
    let told = refused.json()["errors"][0]["message"].clone();
    assert!(told.as_str().is_some_and(|told| told.contains("stolen passwords")), "{}", refused.text());
    // Another way to type what is on the list.
    let register = json!({"email": ADA, "password": "cafe\u{301} au lait 31"});
    server.client().post("/auth/register").json(&register).send().await.invalid("password");
    let create = json!({"email": ADA, "password": STOLEN, "role": "user"});
    root.post("/admin/users").bearer().json(&create).send().await.invalid("password");

    let mut ada = server.user(ADA).await;
    let change = json!({"current_password": PASSWORD, "new_password": STOLEN});
    ada.post("/auth/password").bearer().json(&change).send().await.invalid("new_password");
    ada.me().await.expect(200);

    let path = format!("/admin/users/{}/password", server.id_of(ADA).await);
    let once = root.post(&path).bearer().send().await.expect(200).json()["password"].clone();
    let renew = json!({"email": ADA, "password": once, "new_password": STOLEN});
    server.client().post("/auth/login").json(&renew).send().await.invalid("new_password");
    let renew = json!({"email": ADA, "password": once, "new_password": NEW});
    let answer = server.client().post("/auth/login").json(&renew).send().await.expect(200);
    assert!(!answer.keys().contains(&"password_breached".to_owned()), "{}", answer.text());

    let (operator, ctx, id) = (server.auth.operator(), server.ctx(), server.id_of(ADA).await);
    let refused = operator.set_password(&ctx, id, STOLEN.to_owned().into()).await;
    let refused = refused.expect_err("the operator's choice, too");
    assert!(matches!(refused, hallpass_auth::Error::WeakPassword(_)), "{refused:?}");
    assert!(events(&mut root, "password.breached").await.is_empty());
}

#[tokio::test]
async fn a_login_with_a_breached_password_succeeds_says_so_and_is_audited_once_a_day() {
    let server = server().await;
    let mut root = server.admin("root@example.com").await;
    import(&server, ADA, STOLEN).await;
    import(&server, "bob@example.com", STOLEN).await;
    let mut ada = server.client();
    for _ in 0..3 {
        let answer = ada.login(ADA, STOLEN).await.expect(200);
        assert_eq!(answer.json()["password_breached"], true);
    }
    // The answer to a refresh is silent: the password is not there.
    assert!(!ada.refresh().await.expect(200).keys().contains(&"password_breached".to_owned()));
    let id = server.id_of(ADA).await.to_string();
    let rows = events(&mut root, "password.breached").await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((&rows[0]["user"], &rows[0]["actor"]), (&id.clone().into(), &format!("user:{id}").into()));
    assert!(!json!(rows).to_string().contains("plum"));
    server.client().login("bob@example.com", STOLEN).await.expect(200);
    assert_eq!(events(&mut root, "password.breached").await.len(), 2, "each user has a day of their own");
    server.advance(ALMOST_A_DAY);
    ada.login(ADA, STOLEN).await.expect(200);
    assert_eq!(events(&mut root, "password.breached").await.len(), 2);
    server.advance(Duration::from_secs(1));
    ada.login(ADA, STOLEN).await.expect(200);
    assert_eq!(events(&mut root, "password.breached").await.len(), 3);
    let change = json!({"current_password": STOLEN, "new_password": NEW});
    ada.post("/auth/password").bearer().json(&change).send().await.expect(204);
    let answer = ada.login(ADA, NEW).await.expect(200);
    assert!(!answer.keys().contains(&"password_breached".to_owned()), "{}", answer.text());
}

#[tokio::test]
async fn a_wrong_password_is_not_said_to_be_breached() {
    let server = server().await;
    let mut root = server.admin("root@example.com").await;
    server.user(ADA).await;
    for email in [ADA, "nobody@example.com"] {
        let refused = server.client().login(email, STOLEN).await.refused(401, "invalid_credentials");
        assert!(!refused.text().contains("breached") && !refused.text().contains("stolen"), "{}", refused.text());
    }
    assert!(events(&mut root, "password.breached").await.is_empty());
}

#[tokio::test]
async fn an_audit_log_that_cannot_be_written_keeps_no_owner_of_a_breached_password_out() {
    let server = server().await;
    import(&server, ADA, STOLEN).await;
    server.faults.break_only("append_audit", Fault::AtCommit);
    let answer = server.client().login(ADA, STOLEN).await.expect(200);
    assert_eq!(answer.json()["password_breached"], true);
}

#[tokio::test]
async fn without_a_list_no_password_is_breached() {
    let server = TestServer::new().await;
    let body = json!({"email": ADA, "password": STOLEN});
    server.client().post("/auth/register").json(&body).send().await.expect(201);
    let answer = server.client().login(ADA, STOLEN).await.expect(200);
    assert!(!answer.keys().contains(&"password_breached".to_owned()), "{}", answer.text());
}
