//! A visitor of the lab, with the sandbox they opened.

use http::Method;
use serde_json::{Value, json};

use super::{Answer, Client, TestServer};
use hallpass_lab::LabSettings;

pub const ADA: &str = "ada@lab.example";
pub const ADAS_PASSWORD: &str = "corridor seven, left";
pub const GRACE: &str = "grace@lab.example";
pub const GRACES_PASSWORD: &str = "the bell rings at nine";

/// A server whose lab has so many places.
pub async fn server_with_lab(max_sandboxes: usize) -> TestServer {
    TestServer::with(|setup| setup.lab = Some(LabSettings { max_sandboxes })).await
}

/// A visitor and the sandbox they opened.
#[derive(Clone)]
pub struct Visit {
    pub client: Client,
    pub base: String,
}

impl Visit {
    pub async fn open(mut client: Client) -> Self {
        let body = client.post("/lab/box").send().await.expect(201).json();
        Self { client, base: body["base"].as_str().expect("a base").to_owned() }
    }

    pub async fn ask(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let path = format!("{}{path}", self.base);
        let call = self.client.call(method, &path).without_cookie();
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub async fn login(&mut self, email: &str, password: &str) -> Answer {
        self.post("/auth/login", json!({"email": email, "password": password, "delivery": "body"})).await
    }

    pub async fn state(&mut self) -> Value {
        self.ask(Method::GET, "/state", None).await.expect(200).json()
    }

    /// What has come to its mailboxes, the newest first.
    pub async fn mails(&mut self) -> Vec<Value> {
        let body = self.ask(Method::GET, "/mails", None).await.expect(200).json();
        body["mails"].as_array().expect("mails").clone()
    }

    pub async fn advance(&mut self, seconds: u64) -> Value {
        self.post("/clock", json!({"advance_seconds": seconds})).await.expect(200).json()
    }

    pub async fn me(&mut self, token: &str) -> Answer {
        let path = format!("{}/auth/me", self.base);
        self.client.get(&path).bearing(token).without_cookie().send().await
    }

    pub async fn verdict(&mut self, token: &str) -> Value {
        self.post("/verify", json!({"token": token})).await.expect(200).json()
    }
}
