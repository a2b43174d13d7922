//! The doors for services: who they are, metadata, introspection, revocation.

use serde_json::{Value, json};

use crate::support::{Answer, Client, ISSUER, PASSWORD, TestServer};

/// The `Authorization` header of a fresh service client.
async fn service(server: &TestServer) -> (String, hallpass_model::ClientId) {
    let (client, secret) = server.auth.operator().create_client(&server.ctx(), "payments").await.expect("a client");
    (basic(&client.id.to_string(), secret.expose()), client.id)
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", base64_simd::STANDARD.encode_to_string(format!("{id}:{secret}")))
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn ask(client: &mut Client, path: &str, header: &str, form: &str) -> Answer {
    client.post(path).header("authorization", header).raw(FORM, form.to_owned()).send().await
}

async fn introspect(server: &TestServer, header: &str, token: &str) -> Value {
    ask(&mut server.client(), "/oauth/introspect", header, &format!("token={token}")).await.expect(200).json()
}

/// Registers with the refresh token in the body: access and refresh token.
async fn tokens(server: &TestServer, email: &str) -> (String, String) {
    let body = json!({"email": email, "password": PASSWORD, "delivery": "body"});
    let answer = server.client().post("/auth/register").json(&body).send().await.expect(201).json();
    let text = |name: &str| answer[name].as_str().expect("a token").to_owned();
    (text("access_token"), text("refresh_token"))
}

#[tokio::test]
async fn metadata_leads_to_every_door() {
    let server = TestServer::new().await;
    let body = server.client().get("/.well-known/oauth-authorization-server").send().await.expect(200).json();
    assert_eq!(body["issuer"], ISSUER);
    for (name, path) in [
        ("jwks_uri", "/.well-known/jwks.json"),
        ("introspection_endpoint", "/oauth/introspect"),
        ("revocation_endpoint", "/oauth/revoke"),
        ("revocation_feed_endpoint", "/revocations"),
    ] {
        assert_eq!(body[name], format!("{ISSUER}{path}"));
        let status = server.client().get(path).send().await.status.as_u16();
        assert!(matches!(status, 200 | 401 | 405), "{path} leads nowhere: {status}");
    }
    assert_eq!(body["response_types_supported"], json!([]));
    assert_eq!(
        body["introspection_endpoint_auth_methods_supported"],
        json!(["client_secret_basic", "private_key_jwt"])
    );
}

#[tokio::test]
async fn an_access_token_is_active_until_its_session_ends() {
    let server = TestServer::new().await;
    let (header, _) = service(&server).await;
    let mut ada = server.user("ada@example.com").await;
    let token = ada.token().to_owned();
    let found = introspect(&server, &header, &token).await;
    assert_eq!((&found["active"], &found["token_type"]), (&json!(true), &json!("Bearer")));
    assert_eq!(found["sub"], server.id_of("ada@example.com").await.to_string());
    assert_eq!((&found["role"], &found["iss"]), (&json!("user"), &json!(ISSUER)));
    assert_eq!(found["exp"].as_i64().expect("exp") - found["iat"].as_i64().expect("iat"), 900);
    ada.post("/auth/logout").bearer().send().await.expect(204);
    assert_eq!(introspect(&server, &header, &token).await, json!({"active": false}));
}

#[tokio::test]
async fn a_refresh_token_is_active_while_it_is_the_current_one_and_looking_spends_nothing() {
    let server = TestServer::new().await;
    let (header, _) = service(&server).await;
    let (_, first) = tokens(&server, "ada@example.com").await;
    for _ in 0..3 {
        let found = introspect(&server, &header, &first).await;
        assert_eq!((&found["active"], &found["token_type"]), (&json!(true), &json!("refresh_token")));
    }
    let body = json!({"refresh_token": first});
    let next = server.client().post("/auth/refresh").json(&body).send().await.expect(200).json();
    assert_eq!(introspect(&server, &header, &first).await, json!({"active": false}), "spent");
    let second = next["refresh_token"].as_str().expect("a token");
    assert_eq!(introspect(&server, &header, second).await["active"], true);
}

#[tokio::test]
async fn nothing_is_told_of_a_token_that_is_not_good() {
    let server = TestServer::new().await;
    let (header, _) = service(&server).await;
    let ada = server.user("ada@example.com").await;
    let expired = ada.token().to_owned();
    server.advance(std::time::Duration::from_secs(901));
    for token in ["x", "x.y.z", "hpr_x", expired.as_str(), "eyJhbGciOiJub25lIn0.e30."] {
        assert_eq!(introspect(&server, &header, token).await, json!({"active": false}), "{token}");
    }
}

#[tokio::test]
async fn an_introspection_reads_once_at_most_and_writes_nothing() {
    let server = TestServer::new().await;
    let (header, _) = service(&server).await;
    let (access, refresh) = tokens(&server, "ada@example.com").await;
    for (token, expected) in [(&access, &["find_client"][..]), (&refresh, &["find_client", "find_family"])] {
        server.faults.seen();
        introspect(&server, &header, token).await;
        assert_eq!(server.faults.seen(), expected);
    }
}

#[tokio::test]
async fn revoking_an_access_token_refuses_it_at_once_and_leaves_its_session() {
    let server = TestServer::new().await;
    let (header, _) = service(&server).await;
    let mut ada = server.user("ada@example.com").await;
    let form = format!("token={}&token_type_hint=refresh_token", ada.token());
    ask(&mut server.client(), "/oauth/revoke", &header, &form).await.expect(200);
    ada.me().await.refused(401, "invalid_token");
    ada.refresh().await.expect(200);
    ada.me().await.expect(200);
}

#[tokio::test]
async fn revoking_a_refresh_token_ends_its_session() {
    let server = TestServer::new().await;
    let (header, _) = service(&server).await;
    let (access, refresh) = tokens(&server, "ada@example.com").await;
    let form = format!("token={refresh}");
    for _ in 0..2 {
        ask(&mut server.client(), "/oauth/revoke", &header, &form).await.expect(200);
    }
    ask(&mut server.client(), "/oauth/revoke", &header, "token=unknown").await.expect(200);
    server.client().get("/auth/me").bearing(&access).send().await.refused(401, "invalid_token");
    let body = json!({"refresh_token": refresh});
    server.client().post("/auth/refresh").json(&body).send().await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn a_client_that_does_not_prove_itself_learns_nothing() {
    let server = TestServer::new().await;
    let (header, id) = service(&server).await;
    let ada = server.user("ada@example.com").await;
    let wrong = basic(&id.to_string(), "hpc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    let unknown = basic("01890a5d-ac96-774b-bcce-b302099a8057", "hpc_x");
    let user = format!("Bearer {}", ada.token());
    let mut bodies = std::collections::BTreeSet::new();
    for header in [wrong.as_str(), &unknown, &user, "Basic x", "Basic", "Digest x", "Basic Og=="] {
        for path in ["/oauth/introspect", "/oauth/revoke"] {
            bodies
                .insert(ask(&mut server.client(), path, header, "token=x").await.refused(401, "invalid_client").text());
        }
        for path in ["/revocations", "/revocations/stream"] {
            let answer = server.client().get(path).header("authorization", header).send().await;
            assert_eq!(answer.header("www-authenticate").as_deref(), Some("Basic realm=\"hallpass\""));
            bodies.insert(answer.refused(401, "invalid_client").text());
        }
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    server.auth.operator().revoke_client(&server.ctx(), id).await.expect("revoked");
    ask(&mut server.client(), "/oauth/introspect", &header, "token=x").await.refused(401, "invalid_client");
}

#[tokio::test]
async fn a_form_is_a_form_with_each_parameter_once() {
    let server = TestServer::new().await;
    let (header, _) = service(&server).await;
    let mut guest = server.client();
    ask(&mut guest, "/oauth/introspect", &header, "token=a&token=b").await.invalid("token");
    ask(&mut guest, "/oauth/introspect", &header, "").await.invalid("token");
    ask(&mut guest, "/oauth/introspect", &header, "token=").await.invalid("token");
    let json =
        guest.post("/oauth/introspect").header("authorization", &header).json(json!({"token": "x"})).send().await;
    json.refused(415, "unsupported_media_type");
    let large = format!("token={}", "x".repeat(17 * 1024));
    ask(&mut guest, "/oauth/introspect", &header, &large).await.refused(413, "payload_too_large");
}

#[tokio::test]
async fn a_store_that_fails_is_503_and_no_verdict_on_token_or_client() {
    let server = TestServer::new().await;
    let (header, _) = service(&server).await;
    let ada = server.user("ada@example.com").await;
    let form = format!("token={}", ada.token());
    server.faults.break_everything(hallpass_store::Fault::Before);
    for path in ["/oauth/introspect", "/oauth/revoke"] {
        ask(&mut server.client(), path, &header, &form).await.refused(503, "unavailable");
    }
    server.client().get("/revocations").header("authorization", &header).send().await.refused(503, "unavailable");
    server.faults.mend();
    assert_eq!(introspect(&server, &header, ada.token()).await["active"], true);
}
