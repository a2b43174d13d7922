//! A sign-in from an unknown device is told, and can be disowned.

use std::time::Duration;

use serde_json::json;

use super::{ADA, NEW, mails, newest_to, reset, verified};
use crate::support::{PASSWORD, TestServer};

const DAY: Duration = Duration::from_secs(24 * 3600);
const SUBJECT: &str = "New sign-in to your account";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

async fn notices(server: &TestServer) -> usize {
    mails(server).await.iter().filter(|mail| mail.subject.starts_with(SUBJECT)).count()
}

#[tokio::test]
async fn a_sign_in_from_an_unknown_device_is_told_three_times_a_day_and_one_from_a_known_device_never() {
    let server = TestServer::new().await;
    let mut ada = verified(&server, ADA).await.known();
    server.client_at("198.51.100.1").login(ADA, PASSWORD).await.expect(200);
    assert_eq!(notices(&server).await, 0, "the account is young");
    server.advance(DAY);
    ada.login(ADA, PASSWORD).await.expect(200);
    assert_eq!(notices(&server).await, 0, "the device is known");
    // What strangers ask for uses up no notice.
    for _ in 0..3 {
        server
            .client_at("198.51.100.2")
            .post("/auth/password/forgot")
            .json(json!({"email": ADA}))
            .send()
            .await
            .expect(202);
    }
    for n in 0..5 {
        let body = json!({"email": ADA, "password": PASSWORD});
        let mut stranger = server.client_at(&format!("198.51.100.{}", 10 + n));
        stranger.post("/auth/login").agent(FIREFOX).json(body).send().await.expect(200);
        server.advance(Duration::from_secs(60));
    }
    assert_eq!(notices(&server).await, 3);
    let told = mails(&server).await.into_iter().find(|mail| mail.subject.starts_with(SUBJECT)).expect("a mail");
    assert!(told.text.contains("Firefox, Linux, from 198.51.100.1"), "{}", told.text);
    server.advance(DAY);
    server.client_at("198.51.100.30").login(ADA, PASSWORD).await.expect(200);
    assert_eq!(notices(&server).await, 4);
}

#[tokio::test]
async fn who_says_this_was_not_me_throws_everyone_out_and_chooses_a_new_password() {
    let server = TestServer::new().await;
    let mut ada = verified(&server, ADA).await.known();
    server.advance(DAY);
    let mut thief = server.client_at("198.51.100.1").known();
    thief.login(ADA, PASSWORD).await.expect(200);
    let told = newest_to(&server, ADA).await;
    assert!(told.subject.starts_with(SUBJECT), "{}", told.subject);
    let disown = json!({"token": told.token});
    // Looking is no answer: the link leads to a page.
    ada.get("/undo").send().await.expect(200);
    // A program that presses the button types no address, or another one.
    for (typed, refused) in [(json!(""), 422), (json!("eve@example.com"), 400)] {
        let body = json!({"token": told.token, "email": typed});
        server.client().post("/auth/device/disown").json(body).send().await.expect(refused);
    }
    let typed = json!({"token": told.token, "email": "Ada@Example.com"});
    server.client().post("/auth/device/disown").json(typed).send().await.expect(204);
    for session in [&mut ada, &mut thief] {
        session.refresh().await.expect(401);
        session.login(ADA, PASSWORD).await.refused(401, "invalid_credentials");
    }
    server.client().post("/auth/device/disown").json(&disown).send().await.refused(400, "unfit_code");
    let mail = newest_to(&server, ADA).await;
    assert!(mail.subject.starts_with("Set a new password"), "{}", mail.subject);
    reset(&mut server.client(), json!({"token": mail.token, "new_password": NEW})).await.expect(204);
    ada.login(ADA, NEW).await.expect(200);
    // No device is known any more, the thief's least of all.
    let mut root = server.admin("root@example.com").await;
    let path = "/admin/audit?event=device.disowned";
    let rows = root.get(path).bearer().send().await.expect(200).json();
    assert_eq!(rows["items"][0]["detail"]["password"], "removed");
    for n in 0..5 {
        thief = thief.at(format!("203.0.113.{n}").parse().expect("an address"));
        thief.login(ADA, "wrong guess").await.expect(401);
    }
    server.client_at("203.0.113.9").login(ADA, NEW).await.refused(429, "account_locked");
}

#[tokio::test]
async fn a_link_of_another_purpose_disowns_nothing() {
    let server = TestServer::new().await;
    let mut ada = verified(&server, ADA).await;
    super::forgot(&mut ada, ADA).await.expect(202);
    let mail = newest_to(&server, ADA).await;
    let disown = json!({"token": mail.token});
    ada.post("/auth/device/disown").json(disown).send().await.refused(400, "unfit_code");
    ada.post("/auth/device/disown").json(json!({"token": ""})).send().await.invalid("token");
    ada.login(ADA, PASSWORD).await.expect(200);
}
