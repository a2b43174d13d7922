//! What browsers are told: who may ask from where, what may be kept, what a page may do.

use hallpass_http::problem::ALL;
use http::Method;

use crate::support::{Client, PASSWORD, TestServer};
use serde_json::json;

/// The routes that read or set the refresh cookie.
const COOKIE_ROUTES: [&str; 5] = ["/auth/register", "/auth/login", "/auth/refresh", "/auth/logout", "/auth/logout-all"];

/// A request as a browser's page would send it.
async fn from_page(client: &mut Client, path: &str, headers: &[(&str, &str)]) -> crate::support::Answer {
    let mut call = client.post(path);
    for (name, value) in headers {
        call = call.header(name, value);
    }
    match path {
        "/auth/login" => call.json(json!({"email": "ada@example.com", "password": PASSWORD})).send().await,
        "/auth/register" => {
            let fresh = format!("page{}@example.com", headers.iter().map(|(_, value)| value.len()).sum::<usize>());
            call.json(json!({"email": fresh, "password": PASSWORD})).send().await
        }
        "/auth/logout-all" => call.bearer().send().await,
        _ => call.send().await,
    }
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_on_every_cookie_route_and_no_cookie_is_touched() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    for path in COOKIE_ROUTES {
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://sibling.auth.example")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://auth.example")],
            &[("origin", "https://auth.example.evil")],
            &[("origin", "https://auth.example:444")],
        ] {
            from_page(&mut ada, path, headers).await.refused(403, "cross_site").leaves_cookie();
        }
    }
    ada.refresh().await.expect(200).sets_cookie();
    ada.me().await.expect(200);
}

#[tokio::test]
async fn the_own_page_a_listed_page_and_programs_may_ask() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    for headers in [
        &[("sec-fetch-site", "same-origin"), ("origin", "https://auth.example")][..],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://auth.example")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://app.example")],
        &[],
    ] {
        from_page(&mut ada, "/auth/refresh", headers).await.expect(200).sets_cookie();
        from_page(&mut ada, "/auth/login", headers).await.expect(200).sets_cookie();
    }
    from_page(&mut ada, "/auth/logout", &[("sec-fetch-site", "same-origin")]).await.expect(204).clears_cookie();
}

#[tokio::test]
async fn cors_names_exactly_the_listed_origin_and_nobody_else() {
    let server = TestServer::new().await;
    let preflight = async |origin: &str| {
        let mut page = server.client();
        let call = page.call(Method::OPTIONS, "/auth/refresh").header("origin", origin);
        call.header("access-control-request-method", "POST").send().await
    };
    let allowed = preflight("https://app.example").await;
    assert_eq!(allowed.header("access-control-allow-origin").as_deref(), Some("https://app.example"));
    assert_eq!(allowed.header("access-control-allow-credentials").as_deref(), Some("true"));
    let near_misses = [
        "https://app.example.evil",
        "https://evil-app.example",
        "https://evil.app.example",
        "http://app.example",
        "https://app.example:8443",
        "https://APP.example",
        "https://app.example/",
        "https://app.exampl",
        "null",
        "*",
        "https://app.example https://evil.example",
    ];
    for origin in near_misses {
        let refused = preflight(origin).await;
        assert_eq!(refused.header("access-control-allow-origin"), None, "{origin}");
    }
    let mut page = server.client();
    let answer = page.get("/.well-known/jwks.json").header("origin", "https://app.example").send().await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin").as_deref(), Some("https://app.example"));
    assert!(varies_by_origin(&answer), "a cache would give one origin's answer to another");
    assert!(varies_by_origin(&page.get("/.well-known/jwks.json").send().await));
}

#[tokio::test]
async fn answers_name_the_listed_origin_with_credentials_and_another_none() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let allowed = |answer: &crate::support::Answer| {
        (answer.header("access-control-allow-origin"), answer.header("access-control-allow-credentials"))
    };
    let listed = ("https://app.example", Some("https://app.example".to_owned()), Some("true".to_owned()));
    for (origin, name, credentials) in [listed, ("https://evil.example", None, None), ("null", None, None)] {
        for path in ["/auth/me", "/auth/verify", "/nothing", "/healthz"] {
            let answer = ada.get(path).bearer().header("origin", origin).send().await;
            assert_eq!(allowed(&answer), (name.clone(), credentials.clone()), "{origin} {path}");
            assert!(varies_by_origin(&answer), "{path}");
        }
        let answer = ada.post("/auth/refresh").header("origin", origin).send().await;
        assert_eq!(allowed(&answer), (name.clone(), credentials), "{origin}");
        assert_eq!(answer.status.is_success(), name.is_some(), "{origin}");
    }
    for path in ["/.well-known/jwks.json", "/.well-known/oauth-authorization-server"] {
        let public = ada.get(path).header("origin", "https://evil.example").send().await.expect(200);
        assert_eq!(allowed(&public), (Some("*".to_owned()), None), "anybody may read {path}, without credentials");
        assert!(public.header("cache-control").is_some_and(|kept| kept.starts_with("public, max-age=")), "{path}");
    }
}

#[tokio::test]
async fn without_listed_origins_no_answer_speaks_of_cors() {
    let server = TestServer::with(|setup| setup.http.cors_origins.clear()).await;
    let mut page = server.client();
    for origin in ["https://app.example", "https://auth.example", "null"] {
        let call = page.call(Method::OPTIONS, "/auth/refresh").header("origin", origin);
        let answers = [
            call.header("access-control-request-method", "POST").send().await,
            page.get("/healthz").header("origin", origin).send().await,
        ];
        for answer in answers {
            let spoken = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(spoken.map(http::HeaderName::as_str), None, "{origin}");
        }
    }
}

fn varies_by_origin(answer: &crate::support::Answer) -> bool {
    let values = answer.headers.get_all("vary").iter();
    values.filter_map(|value| value.to_str().ok()).any(|value| value.to_ascii_lowercase().contains("origin"))
}

#[tokio::test]
async fn a_request_id_is_the_callers_when_it_is_sane_and_a_new_one_when_not() {
    let server = TestServer::new().await;
    let mut guest = server.client();
    let sane = guest.get("/healthz").header("x-request-id", "trace-1.A_b").send().await.expect(200);
    assert_eq!(sane.header("x-request-id").as_deref(), Some("trace-1.A_b"));
    let long = "x".repeat(129);
    let mut seen = std::collections::BTreeSet::new();
    for odd in ["", "a b", "a\"b", "<script>", "a;b", long.as_str()] {
        let answer = guest.get("/healthz").header("x-request-id", odd).send().await.expect(200);
        let id = answer.header("x-request-id").expect("an id");
        assert!(id != odd && seen.insert(id), "{odd}");
    }
}

#[tokio::test]
async fn challenges_follow_rfc_6750() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let challenge = |answer: &crate::support::Answer| answer.header("www-authenticate").expect("a challenge");
    let bare = ada.get("/auth/me").send().await.refused(401, "missing_token");
    assert_eq!(challenge(&bare), "Bearer");
    let invalid = ada.get("/auth/me").bearing("x.y.z").send().await.refused(401, "invalid_token");
    assert_eq!(challenge(&invalid), "Bearer error=\"invalid_token\"");
    let insufficient = ada.get("/admin/users").bearer().send().await.refused(403, "forbidden");
    assert_eq!(challenge(&insufficient), "Bearer error=\"insufficient_scope\"");
}

#[tokio::test]
async fn every_reason_to_refuse_a_token_looks_the_same_from_outside() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let expired = ada.token().to_owned();
    server.advance(std::time::Duration::from_secs(901));
    ada.refresh().await.expect(200);
    let revoked = ada.token().to_owned();
    ada.post("/auth/logout").bearer().send().await.expect(204);
    let mut bodies = std::collections::BTreeSet::new();
    for token in ["x", "x.y.z", "eyJhbGciOiJub25lIn0.e30.", &expired, &revoked] {
        bodies.insert(ada.get("/auth/me").bearing(token).send().await.expect(401).text());
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_only() {
    let server = TestServer::new().await;
    let mut phone = server.user("ada@example.com").await;
    let mut laptop = server.client_at("198.51.100.9");
    laptop.login("ada@example.com", PASSWORD).await.expect(200);
    let mut eve = server.user("eve@example.com").await;
    let body = laptop.get("/auth/sessions").bearer().send().await.expect(200).json();
    let sessions = body["sessions"].as_array().expect("sessions").clone();
    assert_eq!(sessions.len(), 2);
    let (here, there): (Vec<_>, Vec<_>) = sessions.iter().partition(|session| session["current"] == true);
    assert_eq!(
        (here.len(), here[0]["ip"].as_str(), here[0]["user_agent"].as_str()),
        (1, Some("198.51.100.9"), Some("tests/1"))
    );
    let path = format!("/auth/sessions/{}", there[0]["id"].as_str().expect("an id"));
    eve.delete(&path).bearer().send().await.refused(404, "not_found");
    phone.me().await.expect(200);
    laptop.delete(&path).bearer().send().await.expect(204);
    phone.me().await.refused(401, "invalid_token");
    phone.refresh().await.refused(401, "invalid_refresh_token");
    laptop.delete(&path).bearer().send().await.refused(404, "not_found");
    laptop.me().await.expect(200);
}

#[tokio::test]
async fn the_key_set_may_be_cached_and_asked_for_again_cheaply() {
    let server = TestServer::new().await;
    let mut guest = server.client();
    let answer = guest.get("/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(answer.header("cache-control").as_deref(), Some("public, max-age=300"));
    assert_eq!(answer.header("content-type").as_deref(), Some("application/jwk-set+json"));
    let tag = answer.header("etag").expect("an ETag");
    for given in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
        let again = guest.get("/.well-known/jwks.json").header("if-none-match", &given).send().await.expect(304);
        assert!(again.body.is_empty());
    }
    guest.get("/.well-known/jwks.json").header("if-none-match", "\"other\"").send().await.expect(200);
    for key in answer.json()["keys"].as_array().expect("keys") {
        let names: Vec<&str> = key.as_object().expect("a key").keys().map(String::as_str).collect();
        assert!(["d", "p", "q", "dp", "dq", "qi", "k"].iter().all(|private| !names.contains(private)), "{names:?}");
    }
}

#[tokio::test]
async fn a_symmetric_key_is_never_published() {
    let server = TestServer::with(|setup| setup.settings.token.algorithm = hallpass_jose::Alg::Hs256).await;
    let mut ada = server.user("ada@example.com").await;
    ada.me().await.expect(200);
    assert_eq!(server.client().get("/.well-known/jwks.json").send().await.expect(200).json(), json!({"keys": []}));
}

#[tokio::test]
async fn every_error_code_has_a_page_that_explains_it() {
    let server = TestServer::new().await;
    for kind in ALL {
        let page = server.client().get(&format!("/problems/{}", kind.code)).send().await.expect(200);
        assert_eq!(page.header("content-type").as_deref(), Some("text/html; charset=utf-8"));
        let text = page.text();
        assert!(text.contains(kind.code) && text.contains("<h1"), "{text}");
        assert_loads_nothing_from_outside(&text);
    }
    server.client().get("/problems/nothing").send().await.refused(404, "not_found");
}

/// No reference to another host, and nothing inline that the policy would have to allow.
fn assert_loads_nothing_from_outside(text: &str) {
    for outside in
        ["src=\"http", "href=\"http", "url(http", "src=\"//", "href=\"//", "@import", "fetch(\"http", "style=\""]
    {
        assert!(!text.contains(outside), "{outside} in {text}");
    }
    assert!(!text.contains("<script>") && !text.contains("onclick="), "an inline script: {text}");
}

#[tokio::test]
async fn probes_and_metrics_answer_the_operator() {
    let server = TestServer::new().await;
    assert_eq!(server.client().get("/healthz").send().await.expect(200).text(), "ok\n");
    assert_eq!(server.client().get("/readyz").send().await.expect(200).text(), "ready\n");
    let metrics = server.client().get("/metrics").send().await.expect(200);
    assert!(metrics.header("content-type").is_some_and(|kind| kind.starts_with("text/plain; version=0.0.4")));
}
