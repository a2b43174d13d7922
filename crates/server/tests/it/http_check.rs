//! The gateway's check: who asks, whether the role is enough, and that no spelling of the question opens it.

use http::Method;

use crate::support::{Client, TestServer};

#[tokio::test]
async fn a_gateway_learns_who_asks_and_whether_the_role_is_enough() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let mut root = server.admin("root@example.com").await;
    let answer = ada.get("/auth/verify").bearer().send().await.expect(200);
    assert_eq!(answer.header("x-auth-user"), Some(server.id_of("ada@example.com").await.to_string()));
    assert_eq!(answer.header("x-auth-role").as_deref(), Some("user"));
    assert!(answer.header("x-auth-session").is_some());
    assert!(answer.body.is_empty());
    ada.get("/auth/verify?role=user").bearer().send().await.expect(200);
    ada.get("/auth/verify?role=admin").bearer().send().await.refused(403, "forbidden");
    root.get("/auth/verify?role=admin").bearer().send().await.expect(200);
    let refused = server.client().get("/auth/verify").send().await.refused(401, "missing_token");
    assert_eq!(refused.header("x-auth-user"), None);
}

/// Every spelling of a question for the role `admin`, with what a user and an admin are answered. 404 and 422 are
/// refusals, too: no gateway takes them for a pass.
const SPELLINGS: &[(&str, u16, u16)] = &[
    ("/auth/verify?role=admin", 403, 200),
    ("/auth/verify?role=%61dmin", 403, 200),
    ("/auth/verify?%72ole=admin", 403, 200),
    ("/auth/verify?Role=admin", 422, 422),
    ("/auth/verify?role[]=admin", 422, 422),
    ("/auth/verify?role=admin&role=admin", 422, 422),
    ("/auth/verify?role=user&role=admin", 422, 422),
    ("/auth/verify?role=", 422, 422),
    ("/auth/verify?role", 422, 422),
    ("/auth/verify?role=Admin", 422, 422),
    ("/auth/verify?role=admin/orders?x=y", 422, 422),
    ("/auth/verify?x=y;role=admin", 422, 422),
    ("/auth/verify/?role=admin", 403, 200),
    ("/auth/verify//?role=admin", 403, 200),
    ("/auth/verify/./?role=admin", 403, 200),
    ("/auth/verify/%2e/?role=admin", 403, 200),
    ("/auth/verify/?Role=admin", 403, 200),
    ("/auth/verify/?ROLE=admin", 403, 200),
    ("/auth/verify/?%72ole=admin", 403, 200),
    ("/auth/verify/?%2572ole=admin", 403, 200),
    ("/auth/verify/?role=%61dmin", 403, 200),
    ("/auth/verify/?+role=admin", 403, 200),
    ("/auth/verify/?%20role%20=admin", 403, 200),
    ("/auth/verify/?role[]=admin", 403, 200),
    ("/auth/verify/?roles=admin", 403, 200),
    ("/auth/verify/?role=admin&role=admin", 403, 200),
    ("/auth/verify/?role=user&role=admin", 403, 403),
    ("/auth/verify/?role=admin&role=user", 403, 403),
    ("/auth/verify/?role=", 403, 403),
    ("/auth/verify/?role", 403, 403),
    ("/auth/verify/?role=Admin", 403, 403),
    ("/auth/verify/?role=admin,user", 403, 403),
    ("/auth/verify/?x=y&role=admin", 403, 200),
    ("/auth/verify/?x=y;role=admin", 403, 200),
    ("/auth/verify/?x=y?role=admin", 403, 200),
    ("/auth/verify/?x=y%26role=admin", 403, 200),
    ("/auth/verify/?role=admin&x=y", 403, 200),
    ("/auth/verify/anything?role=admin", 403, 200),
    ("/auth/verify/orders/7/?x=y&role=admin", 403, 200),
    ("/auth/verify/%3Frole=admin", 403, 200),
    ("/auth/verify/%3frole%3dadmin", 403, 200),
    ("/auth/verify/;role=admin", 403, 200),
    ("/auth/verify/role=admin", 403, 200),
    ("/auth/verify%3Frole=admin", 404, 404),
    ("/auth/verify%2f?role=admin", 404, 404),
    ("/auth/verify;?role=admin", 404, 404),
    ("/auth//verify?role=admin", 404, 404),
    ("//auth/verify?role=admin", 404, 404),
    ("/Auth/Verify?role=admin", 404, 404),
    ("/auth/forwarded?role=admin", 404, 404),
];

#[tokio::test]
async fn a_role_asked_for_in_any_spelling_is_enforced_or_the_question_is_refused() {
    let server = TestServer::new().await;
    let (mut ada, mut root) = (server.user("ada@example.com").await, server.admin("root@example.com").await);
    let mut wrong = Vec::new();
    for (path, user, admin) in SPELLINGS {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            for (client, expected) in [(&mut ada, *user), (&mut root, *admin)] {
                let status = client.call(method.clone(), path).bearer().send().await.status.as_u16();
                if status != expected {
                    wrong.push(format!("{method} {path}: {status}, not {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a gateway asks about when it sends the original path along: nothing in it asks for a role.
const BELOW: &[&str] = &[
    "/auth/verify",
    "/auth/verify/",
    "/auth/verify/orders/7?x=y",
    "/auth/verify/role/admin?q=the+role+of+an+admin&parole=x&roleplay=admin",
    "/auth/verify//admin/keys",
    "/auth/verify/../../admin/users",
    "/auth/verify/%2e%2e/%00%ff",
    "/auth/verify/auth/logout",
    "/auth/forwarded/",
    "/auth/forwarded/orders/7?role=admin&x=y",
    "/auth/forwarded/x?role=user&role=admin",
    "/auth/forwarded/%2e%2e/%00%ff?%ff",
];

#[tokio::test]
async fn a_gateway_may_ask_with_any_method_and_below_any_path() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let id = server.id_of("ada@example.com").await.to_string();
    for path in BELOW {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let preflight = [("origin", "https://app.example"), ("access-control-request-method", "POST")];
            for headers in [&[][..], &preflight] {
                let mut guest = server.client();
                let call = headers.iter().fold(guest.call(method.clone(), path), |call, (n, v)| call.header(n, v));
                let refused = call.send().await.expect(401);
                assert_eq!(refused.header("x-auth-user"), None, "{method} {path}");
                assert_eq!(refused.header("www-authenticate").as_deref(), Some("Bearer"), "{method} {path}");
                let call = headers.iter().fold(ada.call(method.clone(), path), |call, (n, v)| call.header(n, v));
                let answer = call.bearer().send().await.expect(200);
                assert_eq!(answer.header("x-auth-user"), Some(id.clone()), "{method} {path}");
            }
        }
    }
    ada.me().await.expect(200);
}

/// A credential, the code and the challenge that every bearer route answers, and the status of all but the check.
struct Refused {
    credentials: &'static [&'static str],
    code: &'static str,
    challenge: &'static str,
    status: u16,
}

/// RFC 6750 §3.1: another scheme is no credential at all; more than one, or a `Bearer` without one, is a malformed
/// request; anything else is a token that does not verify.
const REFUSED: &[Refused] = &[
    Refused { credentials: &[], code: "missing_token", challenge: "Bearer", status: 401 },
    Refused { credentials: &[""], code: "missing_token", challenge: "Bearer", status: 401 },
    Refused { credentials: &["Basic YTpi"], code: "missing_token", challenge: "Bearer", status: 401 },
    Refused { credentials: &["Basic"], code: "missing_token", challenge: "Bearer", status: 401 },
    Refused { credentials: &["Token x"], code: "missing_token", challenge: "Bearer", status: 401 },
    Refused { credentials: &["Digest username=\"ada\""], code: "missing_token", challenge: "Bearer", status: 401 },
    Refused { credentials: &["Bearer"], code: AMBIGUOUS, challenge: MALFORMED, status: 400 },
    Refused { credentials: &["Bearer "], code: AMBIGUOUS, challenge: MALFORMED, status: 400 },
    Refused { credentials: &["Bearer a b"], code: AMBIGUOUS, challenge: MALFORMED, status: 400 },
    Refused { credentials: &["Bearer a, Bearer b"], code: AMBIGUOUS, challenge: MALFORMED, status: 400 },
    Refused { credentials: &["Bearer a", "Bearer b"], code: AMBIGUOUS, challenge: MALFORMED, status: 400 },
    Refused { credentials: &["Basic YTpi", "Bearer a"], code: AMBIGUOUS, challenge: MALFORMED, status: 400 },
    Refused { credentials: &["Bearer x.y.z"], code: "invalid_token", challenge: INVALID, status: 401 },
    Refused { credentials: &["Bearer  x.y.z"], code: "invalid_token", challenge: INVALID, status: 401 },
];
const AMBIGUOUS: &str = "ambiguous_credential";
const MALFORMED: &str = "Bearer error=\"invalid_request\"";
const INVALID: &str = "Bearer error=\"invalid_token\"";

/// Every kind of bearer route; a gateway knows 200, 401 and 403 only, so its check has no 400.
const ROUTES: &[(&str, &str, bool)] = &[
    ("GET", "/auth/me", false),
    ("GET", "/auth/sessions", false),
    ("GET", "/admin/users", false),
    ("POST", "/auth/logout", false),
    ("POST", "/auth/logout-all", false),
    ("GET", "/auth/verify", true),
    ("GET", "/auth/verify?role=admin", true),
    ("GET", "/auth/verify/orders", true),
    ("GET", "/auth/forwarded/orders", true),
];

async fn ask(
    client: &mut Client,
    (method, path, _): (&str, &str, bool),
    credentials: &[&str],
) -> crate::support::Answer {
    let call = client.call(Method::from_bytes(method.as_bytes()).expect("a method"), path);
    credentials.iter().fold(call, |call, value| call.header("authorization", value)).send().await
}

#[tokio::test]
async fn every_route_refuses_a_credential_with_the_same_code_and_challenge() {
    let server = TestServer::new().await;
    for Refused { credentials, code, challenge, status } in REFUSED {
        let mut bodies = std::collections::BTreeSet::new();
        for route in ROUTES {
            let expected = if route.2 { 401 } else { *status };
            let answer = ask(&mut server.client(), *route, credentials).await;
            assert_eq!(answer.status.as_u16(), expected, "{credentials:?} at {}: {}", route.1, answer.text());
            assert_eq!(answer.json()["code"], *code, "{credentials:?} at {}", route.1);
            assert_eq!(answer.header("www-authenticate").as_deref(), Some(*challenge), "{credentials:?} {}", route.1);
            bodies.insert((answer.json()["detail"].to_string(), answer.json()["type"].to_string()));
        }
        assert_eq!(bodies.len(), 1, "{credentials:?}: {bodies:?}");
    }
}

#[tokio::test]
async fn a_token_in_the_url_or_twice_is_refused_even_when_it_is_good() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let token = ada.token().to_owned();
    for (path, status) in
        [("/auth/me", 400), ("/auth/verify", 401), ("/auth/verify/x", 401), ("/auth/forwarded/x", 401)]
    {
        ada.get(&format!("{path}?access_token={token}")).bearer().send().await.refused(status, AMBIGUOUS);
        ada.get(path).bearer().bearing(&token).send().await.refused(status, AMBIGUOUS);
    }
    for path in ["/auth/verifyx", "/auth/verify*", "/auth/verify%2forders", "/auth/forwarded", "/auth/forwardedx"] {
        ada.get(path).bearer().send().await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn blanks_after_the_scheme_are_as_many_as_the_client_likes() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    let token = ada.token().to_owned();
    for scheme in ["Bearer ", "Bearer  ", "bEaReR    "] {
        for path in ["/auth/me", "/auth/verify"] {
            ada.get(path).header("authorization", &format!("{scheme}{token}")).send().await.expect(200);
        }
    }
}
