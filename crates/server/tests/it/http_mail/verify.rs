//! An address is proved.

use serde_json::json;

use super::*;

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
