//! A client with a cookie jar, that speaks to the router without a socket.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::answer::DEVICE;
use super::{Answer, rules};

/// One browser or one program.
#[derive(Clone)]
pub struct Client {
    router: Router,
    ip: IpAddr,
    /// The refresh cookie, as the last answer left it.
    pub cookie: Option<String>,
    /// The access token of the last login or refresh.
    pub access: Option<String>,
    /// What makes it known to addresses; sent once a test has asked for it.
    pub device: Option<String>,
    is_known: bool,
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self {
            router,
            ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            cookie: None,
            access: None,
            device: None,
            is_known: false,
        }
    }

    pub fn at(mut self, ip: IpAddr) -> Self {
        self.ip = ip;
        self
    }

    /// A browser that sends what makes it known to addresses. Others are strangers everywhere, as most programs are.
    pub fn known(mut self) -> Self {
        self.is_known = true;
        self
    }

    pub fn call(&mut self, method: Method, path: &str) -> Call<'_> {
        let request = Request::builder().method(method).uri(path).header("host", "auth.example");
        let request = request.header("user-agent", "tests/1");
        Call { client: self, request, body: Body::empty(), with_cookie: true }
    }

    pub fn get(&mut self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&mut self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub fn delete(&mut self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    pub fn patch(&mut self, path: &str) -> Call<'_> {
        self.call(Method::PATCH, path)
    }

    pub async fn register(&mut self, email: &str) -> Answer {
        self.post("/auth/register").json(json!({"email": email, "password": super::PASSWORD})).send().await
    }

    pub async fn login(&mut self, email: &str, password: &str) -> Answer {
        self.post("/auth/login").json(json!({"email": email, "password": password})).send().await
    }

    pub async fn refresh(&mut self) -> Answer {
        self.post("/auth/refresh").send().await
    }

    pub async fn me(&mut self) -> Answer {
        self.get("/auth/me").bearer().send().await
    }

    /// The access token.
    pub fn token(&self) -> &str {
        self.access.as_deref().expect("logged in")
    }

    fn keep(&mut self, answer: &Answer) {
        if let Some(cookie) = answer.refresh_cookie() {
            self.cookie = Some(cookie.value).filter(|value| !value.is_empty());
        }
        self.device = answer.device_cookie().or(self.device.take());
        if answer.status.is_success()
            && let Some(token) = answer.try_json().as_ref().and_then(|body| body["access_token"].as_str())
        {
            self.access = Some(token.to_owned());
        }
    }
}

/// A request being made.
pub struct Call<'a> {
    client: &'a mut Client,
    request: http::request::Builder,
    body: Body,
    with_cookie: bool,
}

impl Call<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// With another `User-Agent` than the one that all tests have.
    pub fn agent(self, agent: &str) -> Self {
        self.agent_bytes(agent.as_bytes())
    }

    pub fn agent_bytes(mut self, agent: &[u8]) -> Self {
        if let (Some(headers), Ok(value)) = (self.request.headers_mut(), http::HeaderValue::from_bytes(agent)) {
            headers.insert(http::header::USER_AGENT, value);
        }
        self
    }

    pub fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// With the access token of the last login or refresh.
    pub fn bearer(self) -> Self {
        let value = format!("Bearer {}", self.client.token());
        self.header("authorization", &value)
    }

    pub fn bearing(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn json(self, body: impl std::borrow::Borrow<Value>) -> Self {
        self.raw("application/json", body.borrow().to_string())
    }

    pub fn raw(mut self, content_type: &str, body: impl Into<Body>) -> Self {
        self.request = self.request.header("content-type", content_type);
        self.body = body.into();
        self
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// As a client that keeps no cookies.
    pub fn without_cookie(mut self) -> Self {
        self.with_cookie = false;
        self
    }

    /// Sends it, checks what holds for every answer, and keeps cookie and token.
    pub async fn send(mut self) -> Answer {
        if let Some(cookie) = self.client.cookie.as_ref().filter(|_| self.with_cookie) {
            self.request = self.request.header("cookie", format!("theme=dark; refresh_token={cookie}"));
        }
        if let Some(device) = self.client.device.as_ref().filter(|_| self.with_cookie && self.client.is_known) {
            self.request = self.request.header("cookie", format!("{DEVICE}={device}"));
        }
        let mut request = self.request.body(self.body).expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.client.ip, 40_000)));
        let asked = rules::Asked::of(&request);
        let response = self.client.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        rules::check(&asked, &answer);
        self.client.keep(&answer);
        answer
    }
}
