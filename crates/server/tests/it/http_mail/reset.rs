//! A forgotten password is replaced.

use hallpass_store::Fault;

use super::*;

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_the_link_every_session_ends_and_none_begins() {
    let server = TestServer::new().await;
    let mut ada = user(&server, ADA).await;
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
    user(&server, ADA).await;
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
    user(&server, ADA).await;
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
    user(&server, ADA).await;
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
    let void = root.get("/admin/mail?state=void&limit=10").bearer().send().await.expect(200).json();
    assert_eq!(void["items"].as_array().map(Vec::len), Some(1), "{void}");
    assert!(void["items"][0]["user"].is_null(), "{void}");
}

#[tokio::test]
async fn a_newer_mail_a_new_password_and_time_each_make_a_link_void() {
    let server = TestServer::new().await;
    let mut ada = user(&server, ADA).await;
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
    mails(&server).await;
    server.advance(Duration::from_secs(901));
    forgot(&mut browser, ADA).await.expect(202);
    let third = newest(&server).await;
    server.advance(Duration::from_secs(30 * 60));
    reset(&mut browser, json!({"token": third.token, "new_password": PASSWORD})).await.refused(400, "unfit_code");
}

#[tokio::test]
async fn a_reset_lifts_the_lock_that_strangers_closed_and_leaves_a_suspension() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    user(&server, ADA).await;
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
    user(&server, ADA).await;
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
    user(&server, ADA).await;
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
