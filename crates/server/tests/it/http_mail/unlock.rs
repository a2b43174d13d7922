//! A lock is ended by who has the mailbox.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ADA, mails, newest_to, verified};
use crate::support::{Answer, Client, PASSWORD, TestServer};

async fn lock(server: &TestServer) {
    for n in 0..5 {
        server.client_at(&format!("198.51.100.{n}")).login(ADA, "wrong guess").await.expect(401);
    }
}

/// Asks for the mail; the cookie of this browser, and its digits.
async fn ask(client: &mut Client) -> (String, String) {
    let answer = client.post("/auth/unlock").json(json!({"email": ADA})).send().await.expect(202);
    let cookie = answer.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    (cookie, answer.json()["digits"].as_str().expect("digits").to_owned())
}

async fn confirm(client: &mut Client, cookie: Option<&str>, body: &Value) -> Answer {
    let call = client.post("/auth/unlock/confirm");
    cookie.into_iter().fold(call, |call, cookie| call.header("cookie", cookie)).json(body).send().await
}

#[tokio::test]
async fn a_link_or_a_code_ends_the_lock_where_it_was_asked_for_and_makes_the_browser_known() {
    let server = TestServer::new().await;
    verified(&server, ADA).await;
    for way in ["link", "code", "digits"] {
        lock(&server).await;
        let mut ada = server.client_at("203.0.113.1").known();
        ada.login(ADA, PASSWORD).await.refused(429, "account_locked");
        let (cookie, digits) = ask(&mut ada).await;
        let mail = newest_to(&server, ADA).await;
        assert!(mail.subject.starts_with("Unlock your account"), "{}", mail.subject);
        let body = match way {
            "link" => json!({"token": mail.token}),
            "code" => json!({"email": ADA, "code": mail.code}),
            _ => json!({"token": mail.token, "digits": digits}),
        };
        let cookie = (way != "digits").then_some(cookie.as_str());
        let ended = confirm(&mut ada, cookie, &body).await.expect(204);
        assert!(ended.device_cookie().is_some(), "it is known");
        assert!(ended.cookies().iter().all(|cookie| cookie.name != "refresh_token"), "no session begins");
        confirm(&mut ada, cookie, &body).await.refused(400, "unfit_code");
        // Strangers lock it again, and the browser is none of them.
        lock(&server).await;
        ada.login(ADA, PASSWORD).await.expect(200);
        server.client_at("203.0.113.2").login(ADA, PASSWORD).await.refused(429, "account_locked");
        server.advance(Duration::from_secs(1800));
    }
}

#[tokio::test]
async fn a_program_that_presses_the_button_of_a_mail_it_has_not_asked_for_unlocks_nothing() {
    let server = TestServer::new().await;
    verified(&server, ADA).await;
    lock(&server).await;
    // A stranger has the mail sent, and the owner's mail scanner opens it and presses what it finds.
    ask(&mut server.client_at("198.51.100.66")).await;
    let mail = newest_to(&server, ADA).await;
    let mut scanner = server.client_at("203.0.113.66");
    scanner.get("/").send().await.expect(200);
    confirm(&mut scanner, None, &json!({"token": mail.token})).await.refused(400, "unfit_code");
    server.client_at("203.0.113.2").login(ADA, PASSWORD).await.refused(429, "account_locked");
}

#[tokio::test]
async fn asking_answers_the_same_whether_an_account_has_the_address_or_is_locked() {
    let server = TestServer::new().await;
    let mut admin = server.admin("root@example.com").await;
    verified(&server, ADA).await;
    server.user("sue@example.com").await;
    let sue = format!("/admin/users/{}", server.id_of("sue@example.com").await);
    admin.patch(&sue).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
    let before = mails(&server).await.len();
    let mut answers = Vec::new();
    for (n, email) in [ADA, "nobody@example.com", "sue@example.com"].into_iter().enumerate() {
        let mut client = server.client_at(&format!("198.51.100.{n}"));
        let answer = client.post("/auth/unlock").json(json!({"email": email})).send().await.expect(202);
        let drawn = ["x-request-id", "set-cookie", "content-length"];
        let headers = answer.headers.iter().filter(|(name, _)| !drawn.contains(&name.as_str()));
        let headers: Vec<_> = headers.map(|(name, value)| (name.clone(), value.clone())).collect();
        answers.push((answer.keys(), headers));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(mails(&server).await.len(), before + 1, "one of the three gets a mail");
}
