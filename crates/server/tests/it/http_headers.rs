//! Headers whose bytes are not ASCII, or not ours: what the server needs is read, and the rest is no obstacle.

use serde_json::json;

use crate::support::{Answer, Client, PASSWORD, SetCookie, TestServer};

/// Cookies of other programs, as bytes: UTF-8, Latin-1, no name, no value, no text at all.
const FOREIGN: &[&[u8]] =
    &["theme=é".as_bytes(), b"theme=\xe9", b"\xff\xfe=\x80", "naïve".as_bytes(), b"=x", b"a=b=c", b";;", b"q=\"a b\""];

/// The `Cookie` line of a token between two cookies of others.
fn line(foreign: &[u8], token: &str) -> Vec<u8> {
    [foreign, b"; refresh_token=", token.as_bytes(), b"; ", foreign].concat()
}

#[tokio::test]
async fn a_cookie_of_another_program_disables_neither_refresh_nor_logout() {
    let server = TestServer::new().await;
    for (n, foreign) in FOREIGN.iter().enumerate() {
        let mut ada = server.user(&format!("ada{n}@example.com")).await;
        let name = String::from_utf8_lossy(foreign);
        let cookie = ada.cookie.clone().expect("a cookie");
        let call = ada.post("/auth/refresh").without_cookie().header_bytes("cookie", &line(foreign, &cookie));
        let answer = call.send().await;
        assert_eq!(answer.status.as_u16(), 200, "refresh beside {name}: {}", answer.text());
        let cookie = ada.cookie.clone().expect("a cookie");
        let call = ada.post("/auth/logout").without_cookie().header_bytes("cookie", &line(foreign, &cookie));
        let answer = call.send().await;
        assert_eq!(answer.status.as_u16(), 204, "logout beside {name}: {}", answer.text());
        ada.me().await.refused(401, "invalid_token");
    }
}

#[tokio::test]
async fn a_refresh_cookie_with_foreign_bytes_is_a_token_that_is_not_ours() {
    let server = TestServer::new().await;
    for value in ["hpr_é".as_bytes(), b"hpr_\xff", b"\xe9"] {
        let bytes = [b"refresh_token=", value].concat();
        let call = server.client();
        let mut call = call;
        let answer = call.post("/auth/refresh").header_bytes("cookie", &bytes).send().await;
        answer.refused(401, "invalid_refresh_token").clears_cookie();
    }
}

/// What an answer does to cookies, but for the one that makes the browser known.
fn of_the_session(answer: &Answer) -> Vec<SetCookie> {
    answer.cookies().into_iter().filter(|cookie| cookie.name != "__Host-hp_device").collect()
}

/// A client that has the cookie of an earlier login, and beside it one that another path or host has set.
async fn with_two_cookies(server: &TestServer, email: &str) -> (Client, String) {
    let ada = server.user(email).await;
    let line = format!("refresh_token={}; refresh_token=planted", ada.cookie.clone().expect("a cookie"));
    (server.client(), line)
}

#[tokio::test]
async fn two_refresh_cookies_do_not_keep_anybody_from_logging_in_and_the_strays_are_cleared() {
    let server = TestServer::new().await;
    let (mut ada, line) = with_two_cookies(&server, "ada@example.com").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let answer = ada.post("/auth/login").header("cookie", &line).json(&body).send().await.expect(200);
    let cookies = of_the_session(&answer);
    let path_of = |cookie: &SetCookie| {
        let path = cookie.attributes.iter().find_map(|a| a.strip_prefix("Path="));
        path.expect("a path").to_owned()
    };
    let (cleared, set): (Vec<_>, Vec<_>) = cookies.iter().partition(|cookie| cookie.value.is_empty());
    assert_eq!(set.iter().map(|cookie| path_of(cookie)).collect::<Vec<_>>(), ["/auth"]);
    let mut paths: Vec<_> = cleared.iter().map(|cookie| path_of(cookie)).collect();
    paths.sort();
    assert_eq!(paths, ["/", "/auth/", "/auth/login", "/auth/logout", "/auth/refresh"]);
    for cookie in cleared {
        let kept: Vec<_> = cookie.attributes.iter().filter(|a| !a.starts_with("Path=")).map(String::as_str).collect();
        assert_eq!(
            (cookie.name.as_str(), kept),
            ("refresh_token", vec!["HttpOnly", "Max-Age=0", "SameSite=Strict", "Secure"])
        );
    }
    ada.refresh().await.expect(200);
}

#[tokio::test]
async fn one_refresh_cookie_or_none_leaves_nothing_to_clear() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..2 {
        assert_eq!(of_the_session(&ada.login("ada@example.com", PASSWORD).await.expect(200)).len(), 1);
    }
    assert_eq!(of_the_session(&server.client().login("ada@example.com", PASSWORD).await.expect(200)).len(), 1);
}

#[tokio::test]
async fn a_refusal_to_log_in_clears_nothing() {
    let server = TestServer::new().await;
    let (mut ada, line) = with_two_cookies(&server, "ada@example.com").await;
    let body = json!({"email": "ada@example.com", "password": "not the password 17"});
    let answer = ada.post("/auth/login").header("cookie", &line).json(&body).send().await;
    answer.refused(401, "invalid_credentials").leaves_cookie();
}

#[tokio::test]
async fn a_registration_clears_strays_too() {
    let server = TestServer::new().await;
    let (mut bob, line) = with_two_cookies(&server, "ada@example.com").await;
    let body = json!({"email": "bob@example.com", "password": PASSWORD});
    let answer = bob.post("/auth/register").header("cookie", &line).json(&body).send().await.expect(201);
    assert_eq!(of_the_session(&answer).len(), 6);
    bob.refresh().await.expect(200);
}

#[tokio::test]
async fn a_user_agent_outside_ascii_is_still_told_to_the_owner_of_the_session() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    for (bytes, expected) in [("Überbrowser/1".as_bytes(), "Überbrowser/1"), (b"old\xe9browser", "old\u{fffd}browser")]
    {
        let call = ada.post("/auth/login").without_cookie().agent_bytes(bytes);
        call.json(&body).send().await.expect(200);
        let sessions = ada.get("/auth/sessions").bearer().send().await.expect(200).json();
        let here = sessions["sessions"].as_array().expect("sessions").iter().find(|s| s["current"] == true);
        assert_eq!(here.expect("this one")["user_agent"], expected);
    }
}

/// A hop that a client writes into `X-Forwarded-For` must not hide the one that the trusted proxy has added after it:
/// it would be counted as the proxy, and share its limits with everybody behind it.
#[tokio::test]
async fn bytes_that_a_client_writes_do_not_hide_the_address_that_the_proxy_saw() {
    let server = TestServer::new().await;
    let mut eve = server.client_at("10.0.0.7");
    let body = json!({"email": "eve@example.com", "password": PASSWORD});
    let call = eve.post("/auth/register").header_bytes("x-forwarded-for", "é, 203.0.113.9".as_bytes());
    call.json(&body).send().await.expect(201);
    let sessions = eve.get("/auth/sessions").bearer().send().await.expect(200).json();
    assert_eq!(sessions["sessions"][0]["ip"], "203.0.113.9");
}

#[tokio::test]
async fn a_header_with_foreign_bytes_that_is_not_needed_fails_no_request() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let strange = "tröstlich".as_bytes();
    for name in [
        "user-agent",
        "x-request-id",
        "traceparent",
        "tracestate",
        "baggage",
        "referer",
        "last-event-id",
        "x-forwarded-for",
    ] {
        ada.get("/auth/me").bearer().header_bytes(name, strange).send().await.expect(200);
        ada.get("/.well-known/jwks.json").header_bytes(name, strange).send().await.expect(200);
    }
    ada.get("/.well-known/jwks.json").header_bytes("if-none-match", strange).send().await.expect(200);
    ada.get("/auth/me").header_bytes("authorization", b"Bearer \xe9").send().await.refused(400, "ambiguous_credential");
    ada.post("/auth/refresh").header_bytes("origin", strange).send().await.refused(403, "cross_site");
}

#[tokio::test]
async fn a_page_of_a_listed_origin_may_send_what_tracing_adds_and_read_what_it_needs() {
    let server = TestServer::new().await;
    let mut page = server.client();
    let call = page.call(http::Method::OPTIONS, "/auth/login").header("origin", "https://app.example");
    let call = call.header("access-control-request-method", "POST");
    let asked = "authorization,content-type,x-request-id,traceparent,tracestate,baggage";
    let preflight = call.header("access-control-request-headers", asked).send().await;
    let allowed = preflight.header("access-control-allow-headers").expect("allowed headers");
    let listed: Vec<&str> = allowed.split(',').map(str::trim).collect();
    for name in asked.split(',') {
        assert!(listed.contains(&name), "{name} is not in {allowed}");
    }
    let call = page.post("/auth/login").header("origin", "https://app.example");
    let answer = call.json(json!({"email": "ada@example.com", "password": "x"})).send().await.expect(401);
    let exposed = answer.header("access-control-expose-headers").expect("exposed headers");
    let exposed: Vec<&str> = exposed.split(',').map(str::trim).collect();
    let sent = answer.headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("ratelimit-"));
    let sent: Vec<&str> = sent.chain(["retry-after", "x-request-id", "www-authenticate"]).collect();
    assert!(sent.len() >= 7, "{sent:?}");
    for name in sent {
        assert!(exposed.contains(&name), "{name} is not in {exposed:?}");
    }
}

#[tokio::test]
async fn white_space_around_an_address_is_left_out() {
    let server = TestServer::new().await;
    let mut ada = server.client();
    let answer = ada.register(" ada@example.com\n").await.expect(201).json();
    assert_eq!(answer["user"]["email"], "ada@example.com");
    for spelled in ["ada@example.com ", "\tAda@Example.com", "\u{a0}ada@example.com\u{3000}"] {
        ada.login(spelled, PASSWORD).await.expect(200);
        server.client().register(spelled).await.refused(409, "email_taken");
    }
    for apart in ["ada @example.com", "ada@ example.com", "ada@exam ple.com", " ", "\u{200b}ada@example.com"] {
        server.client().register(apart).await.invalid("email");
    }
}
