//! What waits to be sent, and how much of it.

use hallpass_model::Timestamp;

use super::*;

#[tokio::test]
async fn a_message_that_was_not_sent_in_time_is_visibly_expired_and_holds_no_secret_any_more() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    user(&server, ADA).await;
    server.send_all_messages().await;
    forgot(&mut server.client(), ADA).await.expect(202);
    server.advance(Duration::from_secs(31 * 60));
    root.refresh().await.expect(200);
    assert_eq!(server.send_messages().await.failed, 1);
    let found = root.get("/admin/mail?state=expired").bearer().send().await.expect(200).json();
    assert_eq!(found["items"][0]["template"], "reset_password", "{found}");
    let settled: Timestamp = found["items"][0]["settled_at"].as_str().expect("a time").parse().expect("a time");
    assert!(settled > Timestamp::EPOCH);
    let id = found["items"][0]["id"].as_str().expect("an id").to_owned();
    root.post(&format!("/admin/mail/{id}/retry")).bearer().send().await.refused(404, "not_found");
}

#[tokio::test]
async fn three_mails_in_a_quarter_of_an_hour_are_enough_for_one_mailbox_whoever_asks() {
    let server = TestServer::new().await;
    user(&server, ADA).await;
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
async fn without_mail_the_routes_say_so_and_a_registration_needs_none() {
    let server = TestServer::with(|setup| setup.has_mail = false).await;
    let mut ada = server.client();
    ada.register(ADA).await.expect(201);
    forgot(&mut ada, ADA).await.refused(404, "no_mail");
    reset(&mut ada, json!({"token": "hpm_x", "new_password": NEW})).await.refused(404, "no_mail");
    ada.post("/auth/email/verify/request").bearer().send().await.refused(404, "no_mail");
    assert_eq!(server.send_messages().await.tried(), 0);
}

#[tokio::test]
async fn a_mail_is_written_in_the_language_of_the_browser() {
    let server = TestServer::new().await;
    user(&server, ADA).await;
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
