//! A service that knows breached passwords, asked by the first five digits of a hash.

use std::time::Duration;

use hallpass_auth::BreachService;
use hallpass_egress::{Client, Rules};
use hallpass_testbed::https::HttpsServer;
use serde_json::json;

use crate::support::{PASSWORD, TestServer};

/// Its SHA-1 begins with `51205`; the rest stands in the answers below.
const STOLEN: &str = "plum trellis anvil 31";
const NEW: &str = "corridor-warden 1893";

async fn server(service: &HttpsServer, allow: &[&str]) -> TestServer {
    let rules = Rules {
        allow: allow.iter().map(|host| (*host).to_owned()).collect(),
        authorities: vec![service.authority.clone()],
        timeout: Duration::from_secs(10),
        ..Rules::default()
    };
    let client = Client::new(&rules).expect("a client");
    let url = format!("https://localhost:{}/range/", service.port);
    TestServer::with(|setup| setup.settings.accounts.breach_service = Some(BreachService { client, url })).await
}

fn answer(lines: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{lines}")
}

async fn register(server: &TestServer, password: &str) -> crate::support::Answer {
    let body = json!({"email": "ada@example.com", "password": password});
    server.client().post("/auth/register").json(&body).send().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_the_service_knows_is_refused_and_others_are_not() {
    let lines = "0000000000000000000000000000000000A:3\r\nDB5EB85943FC0463BBC771268F733BAE7DE:2\r\n";
    let service = HttpsServer::start(&answer(lines)).await;
    let server = server(&service, &["localhost"]).await;
    register(&server, STOLEN).await.invalid("password");
    assert_eq!(service.connections(), 1);
    register(&server, "password1").await.invalid("password");
    assert_eq!(service.connections(), 1, "nobody is asked about a password that is refused anyway");
    register(&server, PASSWORD).await.expect(201);
    let mut ada = server.client();
    ada.login("ada@example.com", PASSWORD).await.expect(200);
    let asked = service.connections();
    let change = json!({"current_password": PASSWORD, "new_password": STOLEN});
    ada.post("/auth/password").bearer().json(&change).send().await.invalid("new_password");
    let change = json!({"current_password": PASSWORD, "new_password": NEW});
    ada.post("/auth/password").bearer().json(&change).send().await.expect(204);
    assert_eq!(service.connections(), asked + 2);
    ada.login("ada@example.com", NEW).await.expect(200);
    assert_eq!(service.connections(), asked + 2, "a login asks nobody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn padding_is_no_entry() {
    let service = HttpsServer::start(&answer("DB5EB85943FC0463BBC771268F733BAE7DE:0\r\n")).await;
    register(&server(&service, &["localhost"]).await, STOLEN).await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_gives_no_answer_keeps_nobody_out() {
    for fault in ["HTTP/1.1 503 Busy\r\nconnection: close\r\n\r\n", "no HTTP"] {
        let service = HttpsServer::start(fault).await;
        register(&server(&service, &["localhost"]).await, STOLEN).await.expect(201);
        assert_eq!(service.connections(), 1, "{fault}");
    }
    // A service on this machine that no configuration names is not called.
    let service = HttpsServer::start(&answer("DB5EB85943FC0463BBC771268F733BAE7DE:2\r\n")).await;
    register(&server(&service, &[]).await, STOLEN).await.expect(201);
    assert_eq!(service.connections(), 0);
}
