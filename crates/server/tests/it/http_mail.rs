//! What comes and goes by mail: an address is proved, a forgotten password is replaced.

use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_store::Fault;
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, TestServer};

const NEW: &str = "corridor-warden 1893";
const ADA: &str = "ada@example.com";

/// What a mail carried.
#[derive(Debug, Clone)]
struct Mail {
    to: String,
    subject: String,
    token: String,
    code: String,
    text: String,
}

/// Sends what waits, and reads all mails that were ever sent, the oldest first.
async fn mails(server: &TestServer) -> Vec<Mail> {
    while server.send_messages().await.tried() > 0 {}
    let Ok(folder) = std::fs::read_dir(server.mail_folder()) else { return Vec::new() };
    let mut files: Vec<_> = folder.map(|file| file.expect("a file").path()).collect();
    files.sort_by_key(|path| path.metadata().and_then(|data| data.modified()).expect("a time"));
    files.iter().map(|path| read(&std::fs::read_to_string(path).expect("reads"))).collect()
}

fn read(raw: &str) -> Mail {
    let text = raw.replace("=\r\n", "").replace("=3D", "=").replace("\r\n", "\n");
    let header = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().to_owned()
    };
    let token = text.split("hpm_").nth(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
        format!("hpm_{}", &rest[..end])
    });
    let code = text.lines().map(str::trim).find(|line| {
        line.len() == 9 && line.split(' ').all(|half| half.len() == 4 && half.bytes().all(|byte| byte.is_ascii_digit()))
    });
    Mail {
        to: header("To:"),
        subject: header("Subject:"),
        token: token.unwrap_or_default(),
        code: code.unwrap_or_default().to_owned(),
        text: text.clone(),
    }
}

async fn newest(server: &TestServer) -> Mail {
    mails(server).await.pop().expect("a mail")
}

async fn forgot(client: &mut Client, email: &str) -> Answer {
    client.post("/auth/password/forgot").json(json!({"email": email})).send().await
}

async fn reset(client: &mut Client, body: Value) -> Answer {
    client.post("/auth/password/reset").json(body).send().await
}

async fn verify(client: &mut Client, body: Value) -> Answer {
    client.post("/auth/email/verify").bearer().json(body).send().await
}

async fn is_verified(client: &mut Client) -> bool {
    !client.me().await.expect(200).json()["email_verified_at"].is_null()
}

#[tokio::test]
async fn a_registration_sends_a_mail_whose_link_proves_the_address_once() {
    let server = TestServer::new().await;
    let mut ada = server.client();
    ada.register(ADA).await.expect(201);
    assert!(!is_verified(&mut ada).await);
    let mail = newest(&server).await;
    assert_eq!(mail.to, ADA);
    assert!(mail.subject.starts_with("Confirm your email address"), "{mail:?}");
    assert!(mail.text.contains("/account#verify=hpm_"), "{mail:?}");
    verify(&mut ada, json!({"token": mail.token})).await.expect(204);
    assert!(is_verified(&mut ada).await);
    verify(&mut ada, json!({"token": mail.token})).await.refused(400, "unfit_code");
}

#[tokio::test]
async fn a_link_of_one_account_proves_nothing_for_another_one_who_is_signed_in() {
    let server = TestServer::new().await;
    let (mut ada, mut eve) = (server.client(), server.client());
    ada.register(ADA).await.expect(201);
    let mail = newest(&server).await;
    eve.register("eve@example.com").await.expect(201);
    verify(&mut eve, json!({"token": mail.token})).await.refused(400, "unfit_code");
    verify(&mut eve, json!({"code": mail.code})).await.refused(400, "unfit_code");
    assert!(!is_verified(&mut eve).await);
    verify(&mut ada, json!({"code": mail.code})).await.expect(204);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_the_link_every_session_ends_and_none_begins() {
    let server = TestServer::new().await;
    let mut ada = server.user(ADA).await;
    let mut browser = server.client();
    forgot(&mut browser, "ADA@example.com").await.expect(202);
    let mail = newest(&server).await;
    assert!(mail.to == ADA && mail.subject.starts_with("Set a new password"), "{mail:?}");
    let answer = reset(&mut browser, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
    assert!(answer.cookies().is_empty(), "a mailbox alone opens no session");
    ada.me().await.refused(401, "invalid_token");
    ada.refresh().await.refused(401, "invalid_refresh_token");
    browser.login(ADA, PASSWORD).await.refused(401, "invalid_credentials");
    browser.login(ADA, NEW).await.expect(200);
    assert!(is_verified(&mut browser).await, "whoever got the mail has the mailbox");
    reset(&mut browser, json!({"token": mail.token, "new_password": PASSWORD})).await.refused(400, "unfit_code");
    assert!(newest(&server).await.subject.starts_with("Your password was changed"));
}

#[tokio::test]
async fn a_code_goes_with_its_address_and_five_wrong_ones_make_the_right_one_void() {
    let server = TestServer::with(|setup| setup.settings.rules.mail.max = 1000).await;
    server.user(ADA).await;
    let mut browser = server.client();
    forgot(&mut browser, ADA).await.expect(202);
    let mail = newest(&server).await;
    let wrong = if mail.code == "0000 0000" { "0000 0001" } else { "0000 0000" };
    let with = |code: &str, email: &str| json!({"code": code, "email": email, "new_password": NEW});
    reset(&mut browser, with(&mail.code, "eve@example.com")).await.refused(400, "unfit_code");
    for _ in 0..4 {
        reset(&mut browser, with(wrong, ADA)).await.refused(400, "unfit_code");
    }
    reset(&mut browser, with(&mail.code.replace(' ', ""), ADA)).await.expect(204);
    forgot(&mut browser, ADA).await.expect(202);
    let mail = mails(&server).await.into_iter().rev().find(|mail| !mail.code.is_empty()).expect("a mail");
    for _ in 0..5 {
        reset(&mut browser, with("1111 1111", ADA)).await.refused(400, "unfit_code");
    }
    reset(&mut browser, with(&mail.code, ADA)).await.refused(400, "unfit_code");
    reset(&mut browser, json!({"token": mail.token, "new_password": NEW})).await.refused(400, "unfit_code");
}

#[tokio::test]
async fn a_weak_new_password_uses_nothing_up() {
    let server = TestServer::new().await;
    server.user(ADA).await;
    let mut browser = server.client();
    forgot(&mut browser, ADA).await.expect(202);
    let mail = newest(&server).await;
    for weak in ["short", "password1234", "ada@example.com"] {
        reset(&mut browser, json!({"token": mail.token, "new_password": weak})).await.refused(422, "validation_failed");
    }
    reset(&mut browser, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
}

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_alike_and_only_the_known_gets_a_mail() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user(ADA).await;
    let before = mails(&server).await.len();
    let (mut known, mut unknown) = (server.client_at("198.51.100.1"), server.client_at("198.51.100.2"));
    let answers = [forgot(&mut known, ADA).await, forgot(&mut unknown, "nobody@example.com").await];
    let shape = |answer: &Answer| {
        let names: Vec<_> = answer
            .headers
            .iter()
            .filter(|(name, _)| *name != "x-request-id")
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        (answer.status, names, answer.text())
    };
    assert_eq!(shape(&answers[0]), shape(&answers[1]));
    assert_eq!(mails(&server).await.len(), before + 1);
    let void = root.get("/admin/outbox?state=void&limit=10").bearer().send().await.expect(200).json();
    assert_eq!(void["items"].as_array().map(Vec::len), Some(1), "{void}");
    assert!(void["items"][0]["user"].is_null(), "{void}");
}

#[tokio::test]
async fn a_newer_mail_a_new_password_and_time_each_make_a_link_void() {
    let server = TestServer::new().await;
    let mut ada = server.user(ADA).await;
    let mut browser = server.client();
    forgot(&mut browser, ADA).await.expect(202);
    let first = newest(&server).await;
    server.advance(Duration::from_secs(1));
    forgot(&mut browser, ADA).await.expect(202);
    let second = newest(&server).await;
    assert_ne!(first.token, second.token);
    reset(&mut browser, json!({"token": first.token, "new_password": NEW})).await.refused(400, "unfit_code");
    ada.post("/auth/password")
        .bearer()
        .json(json!({"current_password": PASSWORD, "new_password": NEW}))
        .send()
        .await
        .expect(204);
    reset(&mut browser, json!({"token": second.token, "new_password": PASSWORD})).await.refused(400, "unfit_code");
    server.advance(Duration::from_secs(901));
    forgot(&mut browser, ADA).await.expect(202);
    let third = newest(&server).await;
    server.advance(Duration::from_secs(30 * 60));
    reset(&mut browser, json!({"token": third.token, "new_password": PASSWORD})).await.refused(400, "unfit_code");
}

#[tokio::test]
async fn three_mails_in_a_quarter_of_an_hour_are_enough_for_one_mailbox_whoever_asks() {
    let server = TestServer::new().await;
    server.user(ADA).await;
    let before = mails(&server).await.len();
    for client in 1..=9 {
        forgot(&mut server.client_at(&format!("198.51.100.{client}")), ADA).await.expect(202);
    }
    // The mail of the registration was the first.
    assert_eq!(mails(&server).await.len(), before + 2);
    server.advance(Duration::from_secs(15 * 60));
    forgot(&mut server.client_at("198.51.100.77"), ADA).await.expect(202);
    assert_eq!(mails(&server).await.len(), before + 3);
}

#[tokio::test]
async fn a_client_has_ten_mails_or_codes_in_a_window() {
    let server = TestServer::with(|setup| setup.settings.rules.mail.max = 10).await;
    let mut browser = server.client();
    for n in 0..10 {
        let answer = forgot(&mut browser, &format!("a{n}@example.com")).await.expect(202);
        assert_eq!(answer.header("ratelimit-remaining"), Some((9 - n).to_string()));
    }
    forgot(&mut browser, ADA).await.refused(429, "too_many_attempts");
    reset(&mut browser, json!({"code": "12345678", "email": ADA, "new_password": NEW}))
        .await
        .refused(429, "too_many_attempts");
    forgot(&mut server.client_at("198.51.100.1"), ADA).await.expect(202);
}

#[tokio::test]
async fn a_reset_lifts_the_lock_that_strangers_closed_and_leaves_a_suspension() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user(ADA).await;
    for _ in 0..5 {
        server.client_at("203.0.113.9").login(ADA, "wrong horse battery").await.expect(401);
    }
    server.client().login(ADA, PASSWORD).await.refused(429, "account_locked");
    let mut browser = server.client();
    forgot(&mut browser, ADA).await.expect(202);
    let mail = newest(&server).await;
    let path = format!("/admin/users/{}", server.id_of(ADA).await);
    root.patch(&path).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
    reset(&mut browser, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
    browser.login(ADA, NEW).await.refused(401, "invalid_credentials");
    root.patch(&path).bearer().json(json!({"status": "active"})).send().await.expect(200);
    browser.login(ADA, NEW).await.expect(200);
}

#[tokio::test]
async fn of_two_that_use_one_link_at_once_one_is_too_late() {
    let server = TestServer::new().await;
    server.user(ADA).await;
    let (mut one, mut two) = (server.client(), server.client());
    forgot(&mut one, ADA).await.expect(202);
    let mail = newest(&server).await;
    let (first, second) = tokio::join!(
        reset(&mut one, json!({"token": mail.token, "new_password": NEW})),
        reset(&mut two, json!({"token": mail.token, "new_password": "night-porter 1901"})),
    );
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 400]);
}

#[tokio::test]
async fn a_store_that_fails_is_no_verdict_and_uses_nothing_up() {
    let server = TestServer::new().await;
    server.user(ADA).await;
    let mut browser = server.client();
    forgot(&mut browser, ADA).await.expect(202);
    let mail = newest(&server).await;
    for operation in ["check_one_time", "reset_by_mail"] {
        server.faults.break_only(operation, Fault::Before);
        reset(&mut browser, json!({"token": mail.token, "new_password": NEW})).await.refused(503, "unavailable");
        server.faults.mend();
    }
    reset(&mut browser, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
}

#[tokio::test]
async fn a_message_that_was_not_sent_in_time_is_visibly_expired_and_holds_no_secret_any_more() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user(ADA).await;
    while server.send_messages().await.tried() > 0 {}
    forgot(&mut server.client(), ADA).await.expect(202);
    server.advance(Duration::from_secs(31 * 60));
    root.refresh().await.expect(200);
    assert_eq!(server.send_messages().await.failed, 1);
    let found = root.get("/admin/outbox?state=expired").bearer().send().await.expect(200).json();
    assert_eq!(found["items"][0]["template"], "reset_password", "{found}");
    let settled: Timestamp = found["items"][0]["settled_at"].as_str().expect("a time").parse().expect("a time");
    assert!(settled > Timestamp::EPOCH);
    let id = found["items"][0]["id"].as_str().expect("an id").to_owned();
    root.post(&format!("/admin/outbox/{id}/retry")).bearer().send().await.refused(404, "not_found");
}

#[tokio::test]
async fn a_mail_is_written_in_the_language_of_the_browser() {
    let server = TestServer::new().await;
    server.user(ADA).await;
    let body = json!({"email": ADA});
    server
        .client()
        .post("/auth/password/forgot")
        .header("accept-language", "de-AT,de;q=0.9,en;q=0.5")
        .json(body)
        .send()
        .await
        .expect(202);
    let mail = newest(&server).await;
    assert!(mail.subject.starts_with("Neues Passwort festlegen"), "{mail:?}");
}

#[tokio::test]
async fn without_mail_the_routes_say_so_and_a_registration_needs_none() {
    let server = TestServer::with(|setup| setup.has_mail = false).await;
    let mut ada = server.client();
    ada.register(ADA).await.expect(201);
    forgot(&mut ada, ADA).await.refused(404, "no_mail");
    reset(&mut ada, json!({"token": "hpm_x", "new_password": NEW})).await.refused(404, "no_mail");
    ada.post("/auth/email/verification").bearer().send().await.refused(404, "no_mail");
    assert_eq!(server.send_messages().await.tried(), 0);
}
