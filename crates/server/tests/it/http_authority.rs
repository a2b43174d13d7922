//! What an admin does is done by the role of today, which the store knows, and not by what a token says.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use hallpass_store::Fault;
use http_body_util::channel::{Channel, Sender};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{PASSWORD, TestServer};

/// A body of which half has been read when this returns; the rest is in the hands of the test.
async fn half_read<T>(text: String, send: impl FnOnce(Body) -> JoinHandle<T>) -> (JoinHandle<T>, HeldBack) {
    let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
    let answer = send(Body::new(body));
    let (first, rest) = text.split_at(1);
    sender.send_data(first.to_owned().into()).await.expect("it is read");
    // There is room for it when the first piece was taken.
    sender.send_data(Bytes::from_static(b" ")).await.expect("it is read");
    (answer, HeldBack { sender, rest: rest.to_owned().into() })
}

struct HeldBack {
    sender: Sender<Bytes, Infallible>,
    rest: Bytes,
}

impl HeldBack {
    async fn let_go(mut self) {
        self.sender.send_data(self.rest).await.expect("it is waited for");
    }
}

#[tokio::test]
async fn an_admin_who_is_demoted_while_the_body_is_on_its_way_changes_nothing() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut bob = server.admin("bob@example.com").await;
    let path = format!("/admin/users/{}", server.id_of("bob@example.com").await);
    server.user("mallory@example.com").await;
    let friend = format!("/admin/users/{}", server.id_of("mallory@example.com").await);
    let send =
        |body| tokio::spawn(async move { bob.patch(&friend).bearer().raw("application/json", body).send().await });
    let (acting, held) = half_read(json!({"role": "admin"}).to_string(), send).await;
    root.patch(&path).bearer().json(json!({"role": "user"})).send().await.expect(200);
    server.advance(Duration::from_secs(2));
    held.let_go().await;
    let said = acting.await.expect("an answer");
    assert!(matches!(said.status.as_u16(), 401 | 403), "{}", said.text());
    let shown = root.get("/admin/users?q=mallory").bearer().send().await.expect(200).json();
    assert_eq!(shown["items"][0]["role"], "user", "the friend of a demoted admin");
}

#[tokio::test]
async fn an_admin_whose_session_ends_while_the_body_is_on_its_way_changes_nothing() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut thief = root.clone();
    let send = |body| {
        tokio::spawn(async move { thief.post("/admin/users").bearer().raw("application/json", body).send().await })
    };
    let text = json!({"email": "x@example.com", "password": PASSWORD}).to_string();
    let (acting, held) = half_read(text, send).await;
    root.post("/auth/logout").bearer().send().await.expect(204);
    held.let_go().await;
    acting.await.expect("an answer").refused(401, "invalid_token");
}

#[tokio::test]
async fn a_store_that_cannot_say_who_is_an_admin_is_503_and_never_a_verdict() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let path = format!("/admin/users/{}", server.id_of("root@example.com").await);
    server.faults.break_only("find_standing", Fault::Before);
    for route in ["/admin/users", "/admin/keys", "/admin/audit", "/admin/stats", "/admin/config", path.as_str()] {
        root.get(route).bearer().send().await.refused(503, "unavailable");
    }
    server.faults.mend();
    root.get("/admin/users").bearer().send().await.expect(200);
}

/// The token that a late repeat brings is as old as its rotation, and says how long it is good for.
#[tokio::test]
async fn a_repeat_says_what_is_left_of_its_token() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let mut late = ada.clone();
    let rotated = ada.refresh().await.expect(200);
    assert_eq!(rotated.json()["expires_in"], 900);
    server.advance(Duration::from_secs(7));
    let repeated = late.refresh().await.expect(200);
    assert_eq!(repeated.json()["expires_in"], 893);
    late.me().await.expect(200);
}

/// Whoever sends the body late does not choose the instant at which the token counts as presented.
#[tokio::test]
async fn a_refresh_whose_body_comes_late_is_judged_by_the_time_of_its_body() {
    let server = TestServer::new().await;
    let mut ada = server.client();
    ada.register("ada@example.com").await.expect(201);
    let text = json!({"refresh_token": ada.cookie.clone().expect("a cookie")}).to_string();
    let mut late = server.client();
    let send =
        |body| tokio::spawn(async move { late.post("/auth/refresh").raw("application/json", body).send().await });
    let (acting, held) = half_read(text, send).await;
    ada.refresh().await.expect(200);
    server.advance(Duration::from_secs(11));
    held.let_go().await;
    acting.await.expect("an answer").refused(401, "token_reuse");
}
