//! An address is changed, and changed back.

use super::*;

const NEW_ADDRESS: &str = "ada@new.example";

async fn change(client: &mut Client, to: &str, password: &str) -> Answer {
    let body = json!({"new_email": to, "current_password": password});
    client.post("/auth/email").bearer().json(body).send().await
}

async fn email_of(client: &mut Client) -> String {
    client.me().await.expect(200).json()["email"].as_str().expect("an address").to_owned()
}

#[tokio::test]
async fn a_new_address_takes_the_place_of_the_old_one_when_it_proves_itself() {
    let server = TestServer::new().await;
    let mut ada = verified(&server, ADA).await;
    let mut laptop = server.client();
    laptop.login(ADA, PASSWORD).await.expect(200);
    change(&mut ada, NEW_ADDRESS, "wrong horse battery").await.refused(403, "wrong_password");
    change(&mut ada, NEW_ADDRESS, PASSWORD).await.expect(202);
    assert_eq!(email_of(&mut ada).await, ADA, "not before it is proved");
    let mail = newest_to(&server, NEW_ADDRESS).await;
    assert!(mail.subject.starts_with("Confirm your new email address") && mail.text.contains(ADA), "{mail:?}");
    verify(&mut ada, json!({"token": mail.token})).await.expect(204);
    assert_eq!(email_of(&mut ada).await, NEW_ADDRESS);
    assert!(is_verified(&mut ada).await);
    laptop.refresh().await.refused(401, "invalid_refresh_token");
    server.client().login(ADA, PASSWORD).await.refused(401, "invalid_credentials");
    server.client().login(NEW_ADDRESS, PASSWORD).await.expect(200);
    let told = newest_to(&server, ADA).await;
    assert!(told.subject.starts_with("Your email address was changed"), "{told:?}");
    assert!(told.text.contains(NEW_ADDRESS) && told.text.contains("/undo#hpm_"), "{told:?}");
}

#[tokio::test]
async fn the_code_goes_with_the_new_address_and_another_account_can_use_neither() {
    let server = TestServer::new().await;
    let mut ada = verified(&server, ADA).await;
    let mut eve = server.user("eve@example.com").await;
    change(&mut ada, NEW_ADDRESS, PASSWORD).await.expect(202);
    let mail = newest_to(&server, NEW_ADDRESS).await;
    verify(&mut eve, json!({"token": mail.token})).await.refused(400, "unfit_code");
    verify(&mut eve, json!({"code": mail.code, "email": NEW_ADDRESS})).await.refused(400, "unfit_code");
    verify(&mut ada, json!({"code": mail.code})).await.refused(400, "unfit_code");
    verify(&mut ada, json!({"code": mail.code, "email": NEW_ADDRESS})).await.expect(204);
    assert_eq!(email_of(&mut ada).await, NEW_ADDRESS);
    assert_eq!(email_of(&mut eve).await, "eve@example.com");
}

#[tokio::test]
async fn a_taken_address_is_answered_alike_and_its_owner_is_told() {
    let server = TestServer::new().await;
    let mut ada = verified(&server, ADA).await;
    user(&server, "bob@example.com").await;
    let taken = change(&mut ada, "bob@example.com", PASSWORD).await.expect(202);
    let free = change(&mut ada, NEW_ADDRESS, PASSWORD).await.expect(202);
    assert_eq!(taken.text(), free.text());
    let told = newest_to(&server, "bob@example.com").await;
    assert!(told.subject.starts_with("You already have an account") && told.token.is_empty(), "{told:?}");
}

#[tokio::test]
async fn the_old_address_undoes_the_change_the_password_goes_and_every_session_ends() {
    let server = TestServer::new().await;
    let mut thief = verified(&server, ADA).await;
    change(&mut thief, "thief@example.net", PASSWORD).await.expect(202);
    let mail = newest_to(&server, "thief@example.net").await;
    verify(&mut thief, json!({"token": mail.token})).await.expect(204);
    let told = newest_to(&server, ADA).await;
    // What the thief can do by now does not keep the owner from it: another change, another password.
    forgot(&mut thief, "thief@example.net").await.expect(202);
    let mail = newest_to(&server, "thief@example.net").await;
    reset(&mut thief, json!({"token": mail.token, "new_password": NEW})).await.expect(204);
    let mut owner = server.client();
    let undo = json!({"token": told.token});
    // A program that presses the button types no address, or another one.
    for (typed, refused) in [("", 422), ("thief@example.net", 400)] {
        let body = json!({"token": told.token, "email": typed});
        owner.post("/auth/email/undo").json(body).send().await.expect(refused);
    }
    let typed = json!({"token": told.token, "email": ADA});
    owner.post("/auth/email/undo").json(typed).send().await.expect(204);
    thief.login("thief@example.net", NEW).await.refused(401, "invalid_credentials");
    thief.login(ADA, NEW).await.refused(401, "invalid_credentials");
    let mail = newest_to(&server, ADA).await;
    assert!(mail.subject.starts_with("Set a new password"), "{mail:?}");
    reset(&mut owner, json!({"token": mail.token, "new_password": "night-porter 1901"})).await.expect(204);
    owner.login(ADA, "night-porter 1901").await.expect(200);
    owner.post("/auth/email/undo").json(&undo).send().await.refused(400, "unfit_code");
}

#[tokio::test]
async fn an_address_that_may_be_given_back_is_kept_for_three_days() {
    let server = TestServer::new().await;
    let mut ada = verified(&server, ADA).await;
    let mut eve = verified(&server, "eve@example.com").await;
    change(&mut ada, NEW_ADDRESS, PASSWORD).await.expect(202);
    let mail = newest_to(&server, NEW_ADDRESS).await;
    verify(&mut ada, json!({"token": mail.token})).await.expect(204);
    server.client().register(ADA).await.refused(409, "email_taken");
    mails(&server).await;
    change(&mut eve, ADA, PASSWORD).await.expect(202);
    let mail = newest_to(&server, ADA).await;
    verify(&mut eve, json!({"token": mail.token})).await.refused(409, "email_taken");
    server.advance(Duration::from_secs(3 * 24 * 60 * 60));
    server.client().register(ADA).await.expect(201);
}

#[tokio::test]
async fn an_address_that_nobody_has_proved_cannot_take_the_account_back() {
    let server = TestServer::new().await;
    let mut ada = user(&server, "adda@example.com").await;
    change(&mut ada, ADA, PASSWORD).await.expect(202);
    let mail = newest_to(&server, ADA).await;
    verify(&mut ada, json!({"token": mail.token})).await.expect(204);
    let to_the_slip = mails(&server).await.into_iter().filter(|mail| mail.to == "adda@example.com");
    assert_eq!(to_the_slip.count(), 1, "the mail of the registration only");
}
