//! What users are told without having asked.

use super::*;

#[tokio::test]
async fn a_changed_password_is_told() {
    let server = TestServer::new().await;
    let mut ada = user(&server, ADA).await;
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    ada.post("/auth/password").bearer().json(body).send().await.expect(204);
    let mail = newest_to(&server, ADA).await;
    assert!(mail.subject.starts_with("Your password was changed") && mail.token.is_empty(), "{mail:?}");
}

#[tokio::test]
async fn a_stolen_session_is_told_once_and_its_row_is_of_the_same_transaction() {
    let server = TestServer::new().await;
    let mut ada = user(&server, ADA).await;
    let stolen = ada.cookie.clone();
    ada.refresh().await.expect(200);
    server.advance(Duration::from_secs(60));
    ada.refresh().await.expect(200);
    server.advance(Duration::from_secs(60));
    for _ in 0..3 {
        let mut thief = server.client_at("203.0.113.66");
        thief.cookie = stolen.clone();
        thief.refresh().await.expect(401);
    }
    let told: Vec<_> =
        mails(&server).await.into_iter().filter(|mail| mail.subject.starts_with("A session was signed out")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].to, ADA);
}

#[tokio::test]
async fn no_limit_of_the_mailbox_holds_a_notice_back() {
    let server = TestServer::new().await;
    let mut ada = user(&server, ADA).await;
    for client in 1..=9 {
        forgot(&mut server.client_at(&format!("198.51.100.{client}")), ADA).await.expect(202);
    }
    let before = mails(&server).await.len();
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    ada.post("/auth/password").bearer().json(body).send().await.expect(204);
    assert_eq!(mails(&server).await.len(), before + 1);
}
