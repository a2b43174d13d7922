//! Every route × every credential, walked from the API description: who may do what is one table, to be reviewed.

use std::collections::BTreeSet;
use std::time::Duration;

use base64_simd::URL_SAFE_NO_PAD as BASE64;
use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, TestServer};

/// What an operation answers to nobody, to a user, to an admin.
#[derive(Clone, Copy)]
struct Row {
    method: &'static str,
    path: &'static str,
    body: fn() -> Option<Value>,
    nobody: u16,
    user: u16,
    admin: u16,
}

const fn row(method: &'static str, path: &'static str, [nobody, user, admin]: [u16; 3]) -> Row {
    Row { method, path, body: || None, nobody, user, admin }
}

const fn with(row: Row, body: fn() -> Option<Value>) -> Row {
    Row { body, ..row }
}

const EMAIL: &str = "{fresh}@example.com";

/// `{id}` is a fresh user's; `{seq}` is the first row of the audit log; `{kid}`, `{session}` and `{sid}` name nothing.
const TABLE: &[Row] = &[
    row("GET", "/.well-known/jwks.json", [200, 200, 200]),
    row("GET", "/.well-known/oauth-authorization-server", [200, 200, 200]),
    row("GET", "/admin/audit", [401, 403, 200]),
    row("GET", "/admin/audit/{seq}", [401, 403, 200]),
    row("GET", "/admin/keys", [401, 403, 200]),
    with(row("POST", "/admin/keys/rotate", [401, 403, 200]), || Some(json!({"force": true}))),
    row("DELETE", "/admin/keys/{kid}", [401, 403, 404]),
    row("GET", "/admin/config", [401, 403, 200]),
    row("GET", "/admin/mail", [401, 403, 200]),
    row("GET", "/admin/mail/{session}", [401, 403, 404]),
    row("POST", "/admin/mail/{id}/retry", [401, 403, 404]),
    row("GET", "/admin/sessions/{sid}/timeline", [401, 403, 404]),
    row("GET", "/admin/locks", [401, 403, 200]),
    with(row("POST", "/admin/locks/unlock", [401, 403, 204]), || Some(json!({"email": EMAIL}))),
    row("GET", "/admin/stats", [401, 403, 200]),
    row("GET", "/admin/stats/history", [401, 403, 200]),
    row("GET", "/admin/users", [401, 403, 200]),
    with(row("POST", "/admin/users", [401, 403, 201]), || Some(json!({"email": EMAIL, "password": PASSWORD}))),
    row("DELETE", "/admin/users/{id}", [401, 403, 204]),
    row("GET", "/admin/users/{id}", [401, 403, 200]),
    with(row("PATCH", "/admin/users/{id}", [401, 403, 200]), || Some(json!({"role": "admin"}))),
    row("POST", "/admin/users/{id}/mail/{purpose}", [401, 403, 202]),
    row("POST", "/admin/users/{id}/logout", [401, 403, 204]),
    row("POST", "/admin/users/{id}/password", [401, 403, 200]),
    row("GET", "/admin/users/{id}/sessions", [401, 403, 200]),
    row("DELETE", "/admin/users/{id}/sessions/{sid}", [401, 403, 404]),
    row("POST", "/admin/users/{id}/unlock", [401, 403, 204]),
    row("GET", "/admin/webhooks", [401, 403, 200]),
    with(row("POST", "/admin/webhooks", [401, 403, 201]), || Some(json!({"url": "https://example.com/"}))),
    row("GET", "/admin/webhooks/{id}", [401, 403, 404]),
    with(row("PATCH", "/admin/webhooks/{id}", [401, 403, 404]), || Some(json!({"enabled": false}))),
    row("DELETE", "/admin/webhooks/{id}", [401, 403, 404]),
    row("POST", "/admin/webhooks/{id}/test", [401, 403, 404]),
    with(row("POST", "/admin/webhooks/{id}/replay", [401, 403, 404]), || {
        Some(json!({"since": "2027-01-15T00:00:00Z"}))
    }),
    row("POST", "/admin/webhooks/{id}/rotate", [401, 403, 404]),
    row("GET", "/auth/account/activity", [401, 200, 200]),
    row("GET", "/auth/account/export", [401, 200, 200]),
    with(row("POST", "/auth/email", [401, 202, 202]), || {
        Some(json!({"new_email": "new@example.com", "current_password": PASSWORD}))
    }),
    with(row("POST", "/auth/device/disown", [400, 400, 400]), || Some(json!({"token": "hpm_x"}))),
    with(row("POST", "/auth/unlock", [202, 202, 202]), || Some(json!({"email": EMAIL}))),
    with(row("POST", "/auth/unlock/confirm", [400, 400, 400]), || Some(json!({"token": "hpm_x"}))),
    with(row("POST", "/auth/email/undo", [400, 400, 400]), || Some(json!({"token": "hpm_x"}))),
    with(row("POST", "/auth/magic", [202, 202, 202]), || Some(json!({"email": EMAIL}))),
    with(row("POST", "/auth/magic/confirm", [400, 400, 400]), || Some(json!({"token": "hpm_x"}))),
    row("POST", "/auth/email/verify/request", [401, 202, 202]),
    with(row("POST", "/auth/email/verify", [401, 400, 400]), || Some(json!({"code": "12345678"}))),
    with(row("POST", "/auth/password/forgot", [202, 202, 202]), || Some(json!({"email": EMAIL}))),
    with(row("POST", "/auth/password/reset", [400, 400, 400]), || {
        Some(json!({"token": "hpm_x", "new_password": PASSWORD}))
    }),
    with(row("POST", "/auth/login", [401, 401, 401]), || Some(json!({"email": EMAIL, "password": PASSWORD}))),
    row("POST", "/auth/logout", [401, 204, 204]),
    row("POST", "/auth/logout-all", [401, 204, 204]),
    row("GET", "/auth/me", [401, 200, 200]),
    with(row("POST", "/auth/password", [401, 204, 204]), || {
        Some(json!({"current_password": PASSWORD, "new_password": "corridor-warden 1893"}))
    }),
    row("POST", "/auth/refresh", [401, 401, 401]),
    with(row("POST", "/auth/register", [201, 201, 201]), || Some(json!({"email": EMAIL, "password": PASSWORD}))),
    row("GET", "/auth/sessions", [401, 200, 200]),
    row("DELETE", "/auth/sessions/{session}", [401, 404, 404]),
    row("GET", "/auth/verify", [401, 200, 200]),
    row("GET", "/healthz", [200, 200, 200]),
    row("GET", "/metrics", [200, 200, 200]),
    row("POST", "/oauth/introspect", [401, 401, 401]),
    row("POST", "/oauth/revoke", [401, 401, 401]),
    row("GET", "/openapi.json", [200, 200, 200]),
    row("GET", "/problems/{code}", [200, 200, 200]),
    row("GET", "/readyz", [200, 200, 200]),
    row("GET", "/revocations", [401, 401, 401]),
    row("GET", "/revocations/stream", [401, 401, 401]),
];

/// A credential that must be worth nothing, and where it is worth something after all.
struct Void {
    name: &'static str,
    token: String,
    /// A logout with a token of ours that has ended is done already: RFC 7009 §2.2.
    ends_its_session: bool,
}

struct World {
    server: TestServer,
    description: Value,
    made: std::cell::Cell<u32>,
}

impl World {
    fn fresh(&self) -> String {
        self.made.set(self.made.get() + 1);
        format!("someone{}", self.made.get())
    }

    /// A client at an address of its own, so that no limit is met.
    fn stranger(&self) -> Client {
        self.made.set(self.made.get() + 1);
        self.server.client_at(&format!("172.16.{}.{}", self.made.get() / 256, self.made.get() % 256))
    }

    async fn ask(&self, client: &mut Client, row: &Row, token: Option<&str>) -> Answer {
        let name = self.fresh();
        self.server.user(&format!("victim-{name}@example.com")).await;
        let id = self.server.id_of(&format!("victim-{name}@example.com")).await.to_string();
        let path = row
            .path
            .replace("{id}", &id)
            .replace("{kid}", "nobody")
            .replace("{purpose}", "verify_email")
            .replace("{code}", "token_reuse");
        let nothing = "01890a5d-ac96-774b-bcce-b302099a8057";
        let path = path.replace("{session}", nothing).replace("{sid}", nothing).replace("{seq}", "1");
        let mut call =
            client.call(Method::from_bytes(row.method.as_bytes()).expect("a method"), &path).without_cookie();
        if let Some(token) = token {
            call = call.bearing(token);
        }
        if let Some(body) = (row.body)() {
            call = call.raw("application/json", body.to_string().replace("{fresh}", &name));
        }
        call.send().await
    }

    /// The status, which must be one that the description promises.
    #[track_caller]
    fn check(&self, row: &Row, who: &str, answer: &Answer, expected: u16) {
        let Row { method, path, .. } = row;
        assert_eq!(answer.status.as_u16(), expected, "{method} {path} for {who}: {}", answer.text());
        let documented = path.replace("{session}", "{id}");
        let responses = &self.description["paths"][&documented][method.to_ascii_lowercase()]["responses"];
        assert!(responses.get(expected.to_string()).is_some(), "{method} {path} does not document {expected}");
        if expected == 401 && !matches!(*path, "/auth/login" | "/auth/refresh") {
            let for_services = path.starts_with("/oauth/") || path.starts_with("/revocations");
            let scheme = if for_services { "Basic" } else { "Bearer" };
            assert!(answer.header("www-authenticate").is_some_and(|c| c.starts_with(scheme)), "{method} {path}");
        }
    }
}

fn segment(text: &str) -> Value {
    serde_json::from_slice(&BASE64.decode_to_vec(text).expect("base64url")).expect("JSON")
}

/// The right header and claims, under a key that is not ours.
fn by_a_stranger(header: &str, payload: &str) -> String {
    let key = aws_lc_rs::signature::Ed25519KeyPair::generate().expect("a key");
    let signature = key.sign(format!("{header}.{payload}").as_bytes());
    format!("{header}.{payload}.{}", BASE64.encode_to_string(signature))
}

/// The confusion of algorithms: what everybody may read taken for a shared secret (RFC 8725 §2.1).
fn by_the_public_key(kid: &str, payload: &str, public: &[u8]) -> String {
    let header = BASE64.encode_to_string(json!({"alg": "HS256", "kid": kid, "typ": "at+jwt"}).to_string());
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, public);
    let tag = aws_lc_rs::hmac::sign(&key, format!("{header}.{payload}").as_bytes());
    format!("{header}.{payload}.{}", BASE64.encode_to_string(tag))
}

/// What is published of the key that signs: PEM, and the bytes in the JWK.
fn published(server: &TestServer, kid: &str) -> (Vec<u8>, Vec<u8>) {
    let jwks = server.auth.services().jwks(&server.ctx());
    let set: Value = serde_json::from_str(&jwks.body).expect("JSON");
    let keys = set["keys"].as_array().expect("keys");
    let index = keys.iter().position(|key| key["kid"] == kid).expect("the signer");
    let x = BASE64.decode_to_vec(keys[index]["x"].as_str().expect("x")).expect("base64url");
    (jwks.pems[index].clone().into_bytes(), x)
}

/// Tokens that were good once, or never.
async fn voids(server: &TestServer) -> Vec<Void> {
    let mut expired = server.admin("expired@example.com").await;
    server.advance(Duration::from_secs(901));
    let mut revoked = server.admin("revoked@example.com").await;
    let forged = server.admin("forged@example.com").await;
    let (good, refresh) = (forged.token().to_owned(), forged.cookie.clone().expect("a cookie"));
    revoked.post("/auth/logout").bearer().send().await.expect(204);
    let (header, rest) = good.split_once('.').expect("a token");
    let (payload, signature) = rest.split_once('.').expect("a token");
    let kid = segment(header)["kid"].as_str().expect("a kid").to_owned();
    let (pem, x) = published(server, &kid);
    let none = BASE64.encode_to_string(br#"{"alg":"none","typ":"at+jwt"}"#);
    let flipped =
        if signature.starts_with('A') { signature.replacen('A', "B", 1) } else { format!("A{}", &signature[1..]) };
    let void = |name, token: String, ends_its_session| Void { name, token, ends_its_session };
    expired.me().await.refused(401, "invalid_token");
    vec![
        void("garbage", "garbage".to_owned(), false),
        void("alg none", format!("{none}.{payload}."), false),
        void("a changed signature", format!("{header}.{payload}.{flipped}"), false),
        void("a stranger's signature", by_a_stranger(header, payload), false),
        void("HS256 with the public key as PEM", by_the_public_key(&kid, payload, &pem), false),
        void("HS256 with the public key as JWK", by_the_public_key(&kid, payload, &x), false),
        void("a refresh token", refresh, false),
        void("expired", expired.token().to_owned(), true),
        void("revoked", revoked.token().to_owned(), true),
    ]
}

#[tokio::test]
async fn every_route_answers_every_credential_as_the_table_says() {
    let server = TestServer::new().await;
    let description = server.client().get("/openapi.json").send().await.expect(200).json();
    let voids = voids(&server).await;
    let world = World { server, description, made: std::cell::Cell::new(0) };
    for row in TABLE {
        let answer = world.ask(&mut world.stranger(), row, None).await;
        world.check(row, "nobody", &answer, row.nobody);
        let mut user = world.server.user(&format!("{}@example.com", world.fresh())).await;
        let token = user.token().to_owned();
        let answer = world.ask(&mut user, row, Some(&token)).await;
        world.check(row, "a user", &answer, row.user);
        let mut admin = world.server.admin(&format!("{}@example.com", world.fresh())).await;
        let token = admin.token().to_owned();
        let answer = world.ask(&mut admin, row, Some(&token)).await;
        world.check(row, "an admin", &answer, row.admin);
        for void in &voids {
            let done_already = void.ends_its_session && row.path == "/auth/logout";
            let answer = world.ask(&mut world.stranger(), row, Some(&void.token)).await;
            world.check(row, void.name, &answer, if done_already { 204 } else { row.nobody });
        }
    }
}

#[tokio::test]
async fn the_table_and_the_description_know_the_same_operations() {
    let server = TestServer::new().await;
    let description = server.client().get("/openapi.json").send().await.expect(200).json();
    let paths = description["paths"].as_object().expect("paths");
    let documented: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("operations").keys();
            methods.map(|method| (method.to_ascii_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    let known = |row: &Row| (row.method.to_owned(), row.path.replace("{session}", "{id}"));
    assert_eq!(documented, TABLE.iter().map(known).collect());
}

#[tokio::test]
async fn a_method_that_is_not_documented_is_405_and_names_those_that_are() {
    let server = TestServer::new().await;
    let description = server.client().get("/openapi.json").send().await.expect(200).json();
    // A gateway asks with the method of the request that it asks about.
    let paths = description["paths"].as_object().expect("paths").iter().filter(|(path, _)| *path != "/auth/verify");
    for (path, item) in paths {
        let documented: BTreeSet<String> =
            item.as_object().expect("operations").keys().map(|method| method.to_ascii_uppercase()).collect();
        let target = path.replace("{id}", "x").replace("{kid}", "x").replace("{code}", "token_reuse");
        let target = target.replace("{sid}", "x").replace("{purpose}", "verify_email");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
            if documented.contains(method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let answer = server.client().call(method, &target).send().await.refused(405, "method_not_allowed");
            let allowed = answer.header("allow").expect("Allow");
            let allowed: BTreeSet<String> = allowed.split(',').map(|name| name.trim().to_owned()).collect();
            let allowed: BTreeSet<String> = allowed.into_iter().filter(|name| name != "HEAD").collect();
            assert_eq!(allowed, documented, "{path}");
        }
    }
}

#[tokio::test]
async fn head_answers_as_get_does_without_a_body() {
    let server = TestServer::new().await;
    let mut admin = server.admin("root@example.com").await;
    let id = server.id_of("root@example.com").await.to_string();
    let sessions = admin.get("/auth/sessions").bearer().send().await.expect(200).json();
    let sid = sessions["sessions"][0]["id"].as_str().expect("a session").to_owned();
    // Who may ask for the feed, and that a stream has no end, is tested beside it.
    let is_asked =
        |row: &&Row| row.method == "GET" && !row.path.contains("{session}") && !row.path.starts_with("/revocations");
    // There is no webhook of this id.
    for row in TABLE.iter().filter(is_asked).filter(|row| row.path != "/admin/webhooks/{id}") {
        let path =
            row.path.replace("{code}", "token_reuse").replace("{id}", &id).replace("{sid}", &sid).replace("{seq}", "1");
        let get = admin.get(&path).bearer().send().await.expect(200);
        let head = admin.call(Method::HEAD, &path).bearer().send().await;
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.body.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_404_whoever_asks() {
    let server = TestServer::new().await;
    let mut admin = server.admin("root@example.com").await;
    for path in ["/nothing", "/auth", "/auth/", "/auth/login/", "/admin", "/admin/users/", "/.env", "/AUTH/LOGIN", "//"]
    {
        admin.get(path).bearer().send().await.refused(404, "not_found");
        server.client().get(path).send().await.refused(404, "not_found");
    }
}
