//! A lock is ended by who has the mailbox.

use serde_json::json;

use super::{ADA, mails, newest_to, verified};
use crate::support::{PASSWORD, TestServer};

async fn lock(server: &TestServer) {
    for n in 0..5 {
        server.client_at(&format!("198.51.100.{n}")).login(ADA, "wrong guess").await.expect(401);
    }
}

#[tokio::test]
async fn a_link_or_a_code_ends_the_lock_and_makes_the_browser_known() {
    let server = TestServer::new().await;
    verified(&server, ADA).await;
    for is_link in [true, false] {
        lock(&server).await;
        let mut ada = server.client_at("203.0.113.1").known();
        ada.login(ADA, PASSWORD).await.refused(429, "account_locked");
        ada.post("/auth/unlock").json(json!({"email": ADA})).send().await.expect(202);
        let mail = newest_to(&server, ADA).await;
        assert!(mail.subject.starts_with("Unlock your account"), "{}", mail.subject);
        let body = if is_link { json!({"token": mail.token}) } else { json!({"email": ADA, "code": mail.code}) };
        let ended = ada.post("/auth/unlock/confirm").json(&body).send().await.expect(204);
        assert!(ended.device_cookie().is_some() && ended.refresh_cookie().is_none(), "no session begins");
        ada.post("/auth/unlock/confirm").json(&body).send().await.refused(400, "unfit_code");
        // Strangers lock it again, and the browser is none of them.
        lock(&server).await;
        ada.login(ADA, PASSWORD).await.expect(200);
        server.client_at("203.0.113.2").login(ADA, PASSWORD).await.refused(429, "account_locked");
        server.advance(std::time::Duration::from_secs(1800));
    }
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
        let headers = answer.headers.iter().filter(|(name, _)| *name != "x-request-id");
        let headers: Vec<_> = headers.map(|(name, value)| (name.clone(), value.clone())).collect();
        answers.push((answer.text(), headers));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(mails(&server).await.len(), before + 1, "one of the three gets a mail");
}
