//! The store fails: every route that needs it says 503, gives no verdict, and everything is as it was afterwards.

use hallpass_store::Fault;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestServer};

/// Every operation that needs the store; `{id}` is a user's.
fn operations() -> Vec<(Method, &'static str, Option<Value>)> {
    let credentials = || Some(json!({"email": "new@example.com", "password": PASSWORD}));
    vec![
        (Method::POST, "/auth/register", credentials()),
        (Method::POST, "/auth/login", credentials()),
        (Method::POST, "/auth/refresh", None),
        (Method::POST, "/auth/logout", None),
        (Method::POST, "/auth/logout-all", None),
        (Method::GET, "/auth/me", None),
        (Method::GET, "/auth/sessions", None),
        (Method::DELETE, "/auth/sessions/01890a5d-ac96-774b-bcce-b302099a8057", None),
        (
            Method::POST,
            "/auth/password",
            Some(json!({"current_password": PASSWORD, "new_password": "corridor 1893 x"})),
        ),
        (Method::GET, "/admin/users", None),
        (Method::POST, "/admin/users", credentials()),
        (Method::GET, "/admin/users/{id}", None),
        (Method::PATCH, "/admin/users/{id}", Some(json!({"status": "suspended"}))),
        (Method::DELETE, "/admin/users/{id}", None),
        (Method::POST, "/admin/users/{id}/unlock", None),
        (Method::POST, "/admin/users/{id}/logout", None),
        (Method::GET, "/admin/keys", None),
        (Method::POST, "/admin/keys/rotate", Some(json!({"force": true}))),
        (Method::DELETE, "/admin/keys/nobody", None),
        (Method::GET, "/admin/audit", None),
        (Method::GET, "/readyz", None),
    ]
}

async fn try_everything(root: &mut Client, id: &str) {
    for (method, path, body) in operations() {
        let mut call = root.call(method.clone(), &path.replace("{id}", id));
        if path != "/auth/refresh" && path != "/auth/login" && path != "/auth/register" && path != "/readyz" {
            call = call.bearer();
        }
        if let Some(body) = body {
            call = call.json(&body);
        }
        let answer = call.send().await;
        assert_eq!(answer.status.as_u16(), 503, "{method} {path}: {}", answer.text());
        let answer = answer.refused(503, "unavailable").leaves_cookie();
        assert!(answer.header("retry-after").is_some());
    }
}

#[tokio::test]
async fn a_store_that_fails_is_503_on_every_route_and_changes_nothing() {
    for fault in [Fault::Before, Fault::AtCommit] {
        let server = TestServer::new().await;
        let mut root = server.admin("root@example.com").await;
        let mut ada = server.user("ada@example.com").await;
        let id = server.id_of("ada@example.com").await.to_string();
        let keys = root.get("/admin/keys").bearer().send().await.expect(200).json();
        server.faults.break_everything(fault);
        try_everything(&mut root, &id).await;
        server.faults.mend();
        assert_eq!(root.get("/admin/keys").bearer().send().await.expect(200).json(), keys);
        assert_eq!(
            root.get("/admin/users").bearer().send().await.expect(200).json()["items"].as_array().map(Vec::len),
            Some(2)
        );
        root.login("root@example.com", PASSWORD).await.expect(200);
        root.refresh().await.expect(200);
        ada.me().await.expect(200);
        ada.refresh().await.expect(200);
    }
}

#[tokio::test]
async fn what_needs_no_store_goes_on_without_it() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    server.faults.break_everything(Fault::Before);
    ada.get("/auth/verify").bearer().send().await.expect(200);
    for path in ["/.well-known/jwks.json", "/healthz", "/metrics", "/openapi.json", "/docs", "/problems/unavailable"] {
        server.client().get(path).send().await.expect(200);
    }
}

#[tokio::test]
async fn a_fault_in_the_middle_of_a_login_spends_neither_attempt_nor_lock() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..20 {
        server.faults.break_everything(Fault::Before);
        ada.login("ada@example.com", PASSWORD).await.refused(503, "unavailable");
        server.faults.mend();
    }
    ada.login("ada@example.com", PASSWORD).await.expect(200);
}
