//! What was set up before an address was proved does not survive the proof, by whatever way it is proved.

use super::*;

/// Somebody who has registered the address of another, and is signed in on two devices.
async fn hijacker(server: &TestServer) -> (Client, Client) {
    let first = user(server, ADA).await;
    let mut second = server.client();
    second.login(ADA, PASSWORD).await.expect(200);
    (first, second)
}

async fn is_shut_out(server: &TestServer, (mut first, mut second): (Client, Client)) {
    first.me().await.expect(401);
    first.refresh().await.refused(401, "invalid_refresh_token");
    second.me().await.expect(401);
    second.refresh().await.refused(401, "invalid_refresh_token");
    server.client_at("203.0.113.66").login(ADA, PASSWORD).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn by_a_reset() {
    let server = TestServer::new().await;
    let hijacker = hijacker(&server).await;
    let mut owner = server.client();
    forgot(&mut owner, ADA).await.expect(202);
    let mail = newest_to(&server, ADA).await;
    reset(&mut owner, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
    is_shut_out(&server, hijacker).await;
    owner.login(ADA, NEW).await.expect(200);
    assert!(is_verified(&mut owner).await);
}

#[tokio::test]
async fn by_a_sign_in_with_a_mail() {
    let server = TestServer::new().await;
    let hijacker = hijacker(&server).await;
    let mut owner = server.client();
    let asked = owner.post("/auth/magic").json(json!({"email": ADA})).send().await.expect(202);
    let mail = newest_to(&server, ADA).await;
    let body = json!({"token": mail.token, "digits": asked.json()["digits"]});
    owner.post("/auth/magic/confirm").json(body).send().await.expect(200);
    is_shut_out(&server, hijacker).await;
    owner.me().await.expect(200);
    assert!(is_verified(&mut owner).await);
}

#[tokio::test]
async fn by_an_invitation() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let hijacker = hijacker(&server).await;
    let path = format!("/admin/users/{}/mail/invitation", server.id_of(ADA).await);
    root.post(&path).bearer().send().await.expect(202);
    let mail = newest_to(&server, ADA).await;
    let mut owner = server.client();
    reset(&mut owner, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
    is_shut_out(&server, hijacker).await;
}

#[tokio::test]
async fn a_link_of_the_hijackers_own_change_is_void_by_then() {
    let server = TestServer::new().await;
    let (mut first, second) = hijacker(&server).await;
    let body = json!({"new_email": "eve@example.net", "current_password": PASSWORD});
    first.post("/auth/email").bearer().json(body).send().await.expect(202);
    let trap = newest_to(&server, "eve@example.net").await;
    let mut owner = server.client();
    forgot(&mut owner, ADA).await.expect(202);
    let mail = newest_to(&server, ADA).await;
    reset(&mut owner, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
    owner.login(ADA, NEW).await.expect(200);
    verify(&mut owner, json!({"token": trap.token})).await.refused(400, "unfit_code");
    is_shut_out(&server, (first, second)).await;
}

#[tokio::test]
async fn a_proof_by_who_is_signed_in_keeps_what_was_set_up() {
    let server = TestServer::new().await;
    let mut ada = user(&server, ADA).await;
    let mail = newest_to(&server, ADA).await;
    verify(&mut ada, json!({"token": mail.token})).await.expect(204);
    ada.me().await.expect(200);
    server.client().login(ADA, PASSWORD).await.expect(200);
}
