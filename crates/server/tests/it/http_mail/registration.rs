//! Registration where an address has to be proved before the account can be entered.

use super::*;

async fn server() -> TestServer {
    TestServer::with(|setup| setup.settings.mail.requires_proof = true).await
}

async fn login_with(client: &mut Client, email: &str, proof: Value) -> Answer {
    let body = json!({"email": email, "password": PASSWORD, "proof": proof});
    client.post("/auth/login").json(body).send().await
}

#[tokio::test]
async fn a_registration_opens_no_session_and_the_mail_with_the_password_does() {
    let server = server().await;
    let mut ada = server.client();
    let answer = ada.register(ADA).await.expect(202);
    assert!(answer.cookies().is_empty());
    assert_eq!(answer.json(), json!({"verify": "email"}));
    ada.login(ADA, PASSWORD).await.refused(403, "email_unverified");
    let mail = newest_to(&server, ADA).await;
    ada.login(ADA, "wrong horse battery").await.refused(401, "invalid_credentials");
    login_with(&mut ada, ADA, json!({"token": "hpm_x"})).await.refused(403, "email_unverified");
    login_with(&mut ada, ADA, json!({"code": "0000 0000"})).await.refused(400, "unfit_code");
    login_with(&mut ada, ADA, json!({"token": mail.token})).await.expect(200);
    assert!(is_verified(&mut ada).await);
    ada.login(ADA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_code_proves_as_well_and_a_proof_that_is_spent_keeps_nobody_out_later() {
    let server = server().await;
    let mut ada = server.client();
    ada.register(ADA).await.expect(202);
    let mail = newest_to(&server, ADA).await;
    login_with(&mut ada, ADA, json!({"code": mail.code})).await.expect(200);
    login_with(&mut ada, ADA, json!({"code": mail.code})).await.expect(200);
}

#[tokio::test]
async fn a_registration_is_answered_alike_whether_the_address_has_an_account_and_the_mail_tells() {
    let server = server().await;
    server.client_at("198.51.100.1").register(ADA).await.expect(202);
    mails(&server).await;
    server.advance(Duration::from_secs(60));
    let shape = |answer: &Answer| {
        let headers: Vec<_> =
            answer.headers.iter().filter(|(name, _)| *name != "x-request-id").map(|pair| format!("{pair:?}")).collect();
        (answer.status, headers, answer.text())
    };
    let taken = server.client_at("198.51.100.2").register("ADA@example.com").await;
    let told = newest_to(&server, ADA).await;
    let free = server.client_at("198.51.100.3").register("bob@example.com").await;
    assert_eq!(shape(&taken), shape(&free));
    assert!(told.subject.starts_with("You already have an account") && told.token.is_empty(), "{told:?}");
    assert!(newest_to(&server, "bob@example.com").await.subject.starts_with("Confirm your email address"));
}

#[tokio::test]
async fn who_registers_a_strangers_address_first_gets_nothing_from_it() {
    let server = server().await;
    let mut eve = server.client_at("203.0.113.66");
    eve.register(ADA).await.expect(202);
    mails(&server).await;
    server.advance(Duration::from_secs(60));
    // The owner comes, is told of an account, and sets a password of her own.
    let mut ada = server.client();
    ada.register(ADA).await.expect(202);
    mails(&server).await;
    server.advance(Duration::from_secs(1));
    forgot(&mut ada, ADA).await.expect(202);
    let mail = newest_to(&server, ADA).await;
    reset(&mut ada, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
    ada.login(ADA, NEW).await.expect(200);
    eve.login(ADA, PASSWORD).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn the_mail_is_sent_again_on_request_and_the_answer_tells_of_no_account() {
    let server = server().await;
    let mut ada = server.client();
    ada.register(ADA).await.expect(202);
    let first = newest_to(&server, ADA).await;
    server.advance(Duration::from_secs(1));
    let ask = |email: &str| json!({"email": email});
    let known = ada.post("/auth/email/verify/request").json(ask(ADA)).send().await.expect(202);
    let second = newest_to(&server, ADA).await;
    let mut stranger = server.client_at("198.51.100.1");
    let unknown = stranger.post("/auth/email/verify/request").json(ask("b@example.com"));
    let unknown = unknown.send().await.expect(202);
    assert_eq!(known.text(), unknown.text());
    assert_eq!(mails(&server).await.len(), 2);
    login_with(&mut ada, ADA, json!({"token": first.token})).await.refused(400, "unfit_code");
    login_with(&mut ada, ADA, json!({"token": second.token})).await.expect(200);
    ada.post("/auth/email/verify/request").json(ask(ADA)).send().await.expect(202);
    assert_eq!(mails(&server).await.len(), 2, "a proved address gets none");
}

#[tokio::test]
async fn a_right_password_without_a_proof_is_no_failure_and_locks_nothing() {
    let server = server().await;
    let mut ada = server.client();
    ada.register(ADA).await.expect(202);
    let mail = newest_to(&server, ADA).await;
    for _ in 0..8 {
        ada.login(ADA, PASSWORD).await.refused(403, "email_unverified");
    }
    login_with(&mut ada, ADA, json!({"token": mail.token})).await.expect(200);
}

#[tokio::test]
async fn accounts_that_an_administrator_made_or_that_are_older_need_no_proof() {
    let server = server().await;
    let mut root = server.admin("root@example.com").await;
    let body = json!({"email": "bob@example.com", "password": PASSWORD});
    root.post("/admin/users").bearer().json(body).send().await.expect(201);
    server.client().login("bob@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn five_wrong_codes_beside_the_right_password_make_the_right_one_void() {
    let server = server().await;
    let mut ada = server.client();
    ada.register(ADA).await.expect(202);
    let mail = newest_to(&server, ADA).await;
    let wrong = if mail.code == "0000 0000" { "0000 0001" } else { "0000 0000" };
    for _ in 0..5 {
        login_with(&mut ada, ADA, json!({"code": wrong})).await.refused(400, "unfit_code");
    }
    login_with(&mut ada, ADA, json!({"code": mail.code})).await.refused(400, "unfit_code");
}
