//! Accounts that an administrator makes, and mails that one has sent.

use super::*;

#[tokio::test]
async fn an_invitation_lets_its_owner_choose_the_password_within_a_week() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let body = json!({"email": "bob@example.com", "invite": true, "role": "admin"});
    let made = root.post("/admin/users").bearer().json(body).send().await.expect(201).json();
    assert_eq!((made["role"].as_str(), made["email_verified_at"].is_null()), (Some("admin"), true));
    server.client().login("bob@example.com", "").await.refused(401, "invalid_credentials");
    let mail = newest_to(&server, "bob@example.com").await;
    assert!(mail.subject.starts_with("You have an account") && mail.text.contains("/reset#hpm_"), "{mail:?}");
    server.advance(Duration::from_secs(6 * 24 * 60 * 60));
    let mut bob = server.client();
    reset(&mut bob, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
    bob.login("bob@example.com", NEW).await.expect(200);
    assert!(is_verified(&mut bob).await);
}

#[tokio::test]
async fn an_account_has_a_password_or_an_invitation() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let both = json!({"email": "bob@example.com", "invite": true, "password": PASSWORD});
    root.post("/admin/users").bearer().json(both).send().await.refused(422, "validation_failed");
    let none = json!({"email": "bob@example.com"});
    root.post("/admin/users").bearer().json(none).send().await.refused(422, "validation_failed");
    let taken = json!({"email": "root@example.com", "invite": true});
    root.post("/admin/users").bearer().json(taken).send().await.refused(409, "email_taken");
}

#[tokio::test]
async fn an_administrator_has_a_mail_sent_whatever_the_limits_of_the_mailbox() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = user(&server, ADA).await;
    for client in 1..=9 {
        forgot(&mut server.client_at(&format!("198.51.100.{client}")), ADA).await.expect(202);
    }
    mails(&server).await;
    server.advance(Duration::from_secs(1));
    let path = format!("/admin/users/{}/mail", server.id_of(ADA).await);
    root.post(&format!("{path}/verify_email")).bearer().send().await.expect(202);
    let mail = newest_to(&server, ADA).await;
    assert!(mail.subject.starts_with("Confirm your email address"), "{mail:?}");
    verify(&mut ada, json!({"token": mail.token})).await.expect(204);
    root.post(&format!("{path}/love_letter")).bearer().send().await.refused(404, "not_found");
    ada.post(&format!("{path}/verify_email")).bearer().send().await.refused(403, "forbidden");
}
