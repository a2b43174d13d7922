//! The layer and the extractors, in a router.

use axum::Router;
use axum::body::Body;
use axum::extract::FromRef;
use axum::routing::get;
use hallpass_verify::axum::{Authenticated, RequireRole, Role};
use hallpass_verify::testing::TestIssuer;
use hallpass_verify::{Verifier, VerifyLayer};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

#[derive(Clone)]
struct State(Verifier);

impl FromRef<State> for Verifier {
    fn from_ref(state: &State) -> Self {
        state.0.clone()
    }
}

struct Staff;

impl Role for Staff {
    const NAMES: &'static [&'static str] = &["admin", "editor"];
}

async fn whoami(claims: Authenticated) -> String {
    claims.subject.clone()
}

async fn maybe(claims: Option<Authenticated>) -> String {
    claims.map_or_else(|| "nobody".to_owned(), |claims| claims.subject.clone())
}

async fn staff(who: RequireRole<Staff>) -> String {
    who.claims.subject.clone()
}

fn router(verifier: &Verifier) -> Router {
    let state = State(verifier.clone());
    let layered = Router::new().route("/layered", get(whoami)).layer(VerifyLayer::new(verifier.clone()));
    let admins = Router::new().route("/admins", get(|| async { "in" }));
    let admins = admins.layer(VerifyLayer::any_role(verifier.clone(), ["admin"]));
    let extracted = Router::new().route("/me", get(whoami)).route("/maybe", get(maybe)).route("/staff", get(staff));
    extracted.merge(layered).merge(admins).with_state(state)
}

async fn ask(router: &Router, path: &str, token: Option<&str>) -> (StatusCode, String) {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let answer = router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
    let status = answer.status();
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8(body.to_vec()).expect("UTF-8"))
}

#[tokio::test]
async fn layer_and_extractors_let_the_right_ones_in() {
    let issuer = TestIssuer::new();
    let router = router(&issuer.verifier());
    let (user, editor, admin) = (issuer.token("u", "user"), issuer.token("e", "editor"), issuer.token("a", "admin"));
    for (path, nobody, for_user, for_editor, for_admin) in [
        ("/me", 401, 200, 200, 200),
        ("/layered", 401, 200, 200, 200),
        ("/maybe", 200, 200, 200, 200),
        ("/staff", 401, 403, 200, 200),
        ("/admins", 401, 403, 403, 200),
    ] {
        for (token, expected) in
            [(None, nobody), (Some(&user), for_user), (Some(&editor), for_editor), (Some(&admin), for_admin)]
        {
            let (status, body) = ask(&router, path, token.map(String::as_str)).await;
            assert_eq!(status.as_u16(), expected, "{path}: {body}");
            assert_eq!(body.contains("\"code\""), expected >= 400, "{body}");
        }
        let (status, body) = ask(&router, path, Some("x.y.z")).await;
        assert_eq!(status.as_u16(), 401, "{path}, a bad token is not no token: {body}");
    }
    assert_eq!(ask(&router, "/maybe", None).await.1, "nobody");
    assert_eq!(ask(&router, "/me", Some(&user)).await.1, "u");
}
