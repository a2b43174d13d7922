//! The lab: a sandbox is the real server, and apart from every other and from the installation.

use http::Method;
use serde_json::{Value, json};

use crate::process::Site;
use crate::support::visit::{ADA, ADAS_PASSWORD, GRACE, GRACES_PASSWORD, Visit, server_with_lab};

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("{name} in {body}")).to_owned()
}

#[tokio::test]
async fn a_sandbox_logs_its_residents_in_and_tells_what_it_holds() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let body = visit.login(ADA, ADAS_PASSWORD).await.expect(200).json();
    visit.me(&text(&body, "access_token")).await.expect(200);
    let state = visit.state().await;
    assert_eq!(state["sessions"].as_array().map(Vec::len), Some(1), "{state}");
    assert_eq!(state["users"].as_array().map(Vec::len), Some(2), "{state}");
    assert_eq!(state["rules"]["algorithm"], "RS256");
    let hash = text(&state["sessions"][0], "current_hash");
    assert_eq!(hash.len(), 16, "a beginning, not the hash");
    let trace = visit.ask(Method::GET, "/trace?since=1", None).await.expect(200).json();
    assert_eq!(trace["exchanges"].as_array().map(Vec::len), Some(1), "{trace}");
    assert_eq!(trace["exchanges"][0]["request"]["path"], "/auth/me");
    assert_eq!(trace["exchanges"][0]["actor"], "browser");
}

#[tokio::test]
async fn its_cookie_has_a_name_and_a_path_of_its_own() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let login = json!({"email": ADA, "password": ADAS_PASSWORD});
    let cookie = visit.post("/auth/login", login).await.expect(200).refresh_cookie().expect("a cookie");
    assert_eq!(cookie.name, "lab_refresh");
    assert!(cookie.attributes.contains(&format!("Path={}/auth", visit.base)), "{cookie:?}");
}

#[tokio::test]
async fn a_real_cookie_that_comes_along_reaches_neither_the_sandbox_nor_its_trace() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let path = format!("{}/auth/refresh", visit.base);
    let call =
        visit.client.post(&path).without_cookie().header("cookie", "refresh_token=hpr_real; lab_refresh=hpr_fake");
    call.send().await.refused(401, "invalid_refresh_token");
    let trace = visit.ask(Method::GET, "/trace", None).await.expect(200).text();
    assert!(trace.contains("hpr_fake") && !trace.contains("hpr_real"), "{trace}");
}

#[tokio::test]
async fn theft_is_seen_and_ends_the_family_as_in_the_real_server() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let stolen = text(&visit.login(ADA, ADAS_PASSWORD).await.expect(200).json(), "refresh_token");
    let refresh = |token: &str| json!({"refresh_token": token});
    let next = visit.post("/auth/refresh", refresh(&stolen)).await.expect(200).json();
    visit.advance(11).await;
    visit.post("/auth/refresh", refresh(&stolen)).await.refused(401, "token_reuse");
    visit.post("/auth/refresh", refresh(&text(&next, "refresh_token"))).await.refused(401, "invalid_refresh_token");
    visit.me(&text(&next, "access_token")).await.refused(401, "invalid_token");
    assert_eq!(visit.verdict(&text(&next, "access_token")).await["reason"], "revoked");
}

#[tokio::test]
async fn the_clock_of_one_sandbox_moves_no_other_and_not_the_servers() {
    let server = server_with_lab(8).await;
    let mut user = server.user("real@example.com").await;
    let (mut one, mut other) = (Visit::open(server.client()).await, Visit::open(server.client_at("192.0.2.9")).await);
    let one_token = text(&one.login(ADA, ADAS_PASSWORD).await.expect(200).json(), "access_token");
    let other_token = text(&other.login(ADA, ADAS_PASSWORD).await.expect(200).json(), "access_token");
    let state = one.advance(901).await;
    assert_eq!(state["ahead_seconds"], 901);
    assert_eq!(one.verdict(&one_token).await["reason"], "token_expired");
    one.me(&one_token).await.refused(401, "invalid_token");
    other.me(&other_token).await.expect(200);
    user.me().await.expect(200);
    one.post("/clock", json!({"advance_seconds": 4_000_000_000_u32})).await.invalid("advance_seconds");
}

#[tokio::test]
async fn a_lockout_and_a_denylist_entry_end_when_the_clock_says_so() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let token = text(&visit.login(ADA, ADAS_PASSWORD).await.expect(200).json(), "access_token");
    let path = format!("{}/auth/logout", visit.base);
    visit.client.post(&path).bearing(&token).without_cookie().send().await.expect(204);
    assert_eq!(visit.state().await["denylist"][0]["remaining_seconds"], 960);
    for _ in 0..5 {
        visit.login(GRACE, "not her password").await.refused(401, "invalid_credentials");
    }
    visit.login(GRACE, GRACES_PASSWORD).await.refused(429, "account_locked");
    let state = visit.advance(960).await;
    assert_eq!(state["denylist"], json!([]));
    visit.login(GRACE, GRACES_PASSWORD).await.refused(429, "account_locked");
    visit.advance(900).await;
    visit.login(GRACE, GRACES_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn nothing_of_a_sandbox_is_worth_anything_outside_it() {
    let server = server_with_lab(8).await;
    let (mut one, mut other) = (Visit::open(server.client()).await, Visit::open(server.client_at("192.0.2.9")).await);
    let body = one.login(GRACE, GRACES_PASSWORD).await.expect(200).json();
    let (access, refresh) = (text(&body, "access_token"), text(&body, "refresh_token"));
    other.me(&access).await.refused(401, "invalid_token");
    assert_eq!(other.verdict(&access).await["reason"], "wrong_iss");
    other.post("/auth/refresh", json!({"refresh_token": refresh})).await.refused(401, "invalid_refresh_token");
    let mut stranger = server.client();
    stranger.get("/auth/me").bearing(&access).send().await.refused(401, "invalid_token");
    stranger.get("/admin/users").bearing(&access).send().await.refused(401, "invalid_token");
    stranger
        .post("/auth/refresh")
        .json(json!({"refresh_token": refresh}))
        .send()
        .await
        .refused(401, "invalid_refresh_token");
    stranger.login(GRACE, GRACES_PASSWORD).await.refused(401, "invalid_credentials");
    let admin = server.admin("root@example.com").await;
    one.me(admin.token()).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn the_real_store_and_the_real_jwks_do_not_notice() {
    let server = server_with_lab(8).await;
    let jwks = server.client().get("/.well-known/jwks.json").send().await.expect(200).text();
    let mut visit = Visit::open(server.client()).await;
    server.faults.seen();
    let body = visit.login(GRACE, GRACES_PASSWORD).await.expect(200).json();
    visit
        .post("/auth/register", json!({"email": "new@lab.example", "password": "a stranger's gate 12"}))
        .await
        .expect(201);
    let admin = format!("{}/admin/users", visit.base);
    visit.client.get(&admin).bearing(&text(&body, "access_token")).send().await.expect(200);
    visit.state().await;
    assert_eq!(server.faults.seen(), Vec::<&str>::new(), "an operation of the real store ran");
    assert_eq!(server.client().get("/.well-known/jwks.json").send().await.expect(200).text(), jwks);
    let own = format!("{}/.well-known/jwks.json", visit.base);
    assert_ne!(visit.client.get(&own).send().await.expect(200).text(), jwks);
}

#[tokio::test]
async fn forged_tokens_are_refused_by_the_check_that_stops_them() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let token = text(&visit.login(ADA, ADAS_PASSWORD).await.expect(200).json(), "access_token");
    let parts: Vec<&str> = token.split('.').collect();
    let encode = |value: Value| base64_simd::URL_SAFE_NO_PAD.encode_to_string(value.to_string());
    let with = |header: Value| format!("{}.{}.{}", encode(header), parts[1], parts[2]);
    let table = [
        (with(json!({"alg": "none", "typ": "at+jwt"})), "unsupported_algorithm"),
        (with(json!({"alg": "RS256", "typ": "at+jwt", "kid": "../../dev/null"})), "unknown_kid"),
        (format!("{}.{}", parts[0], parts[1]), "not_compact_jws"),
        (format!("{}.{}.{}", parts[0], encode(json!({"sub": "x"})), parts[2]), "bad_signature"),
        (with(json!({"alg": "RS256", "typ": "at+jwt", "jku": "https://evil.example"})), "embedded_key"),
    ];
    assert_eq!(visit.verdict(&token).await["ok"], true);
    for (forged, reason) in table {
        // A token without a kid that names no key, or names another algorithm, never reaches the signature.
        let verdict = visit.verdict(&forged).await;
        let said = text(&verdict, "reason");
        assert!(said == reason || (reason == "unsupported_algorithm" && said == "unknown_kid"), "{said} for {reason}");
        visit.me(&forged).await.expect(401);
    }
}

#[tokio::test]
async fn the_shown_code_is_this_programs_own() {
    let server = server_with_lab(1).await;
    let excerpts = server.client().get("/lab/code/refresh.json").send().await.expect(200).json();
    let excerpts = excerpts.as_array().expect("a list").clone();
    let decide = excerpts.iter().find(|one| one["file"] == "crates/model/src/session.rs");
    assert!(decide.expect("the refresh decision")["code"].as_str().expect("code").contains("Verdict::Reuse"));
    assert!(excerpts.iter().all(|one| one["pattern"] == "refresh"), "only what is shown together: {excerpts:?}");
    for none in ["nothing.json", "refresh", "refresh.json.json", ".json"] {
        server.client().get(&format!("/lab/code/{none}")).send().await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn no_metric_tells_of_what_happens_inside_a_sandbox() {
    let site = Site::new();
    let server = site.serve();
    let http = crate::process::http();
    let metrics = async || http.get(server.url("/metrics")).send().await.expect("sends").text().await.expect("text");
    let hashes =
        |told: &str| told.lines().find(|line| line.starts_with("hallpass_hash_seconds_count")).map(str::to_owned);
    // The first admin's password was hashed for real.
    let before = hashes(&metrics().await).expect("a hash");
    let opened: Value = http.post(server.url("/lab/box")).send().await.expect("sends").json().await.expect("JSON");
    let base = server.url(opened["base"].as_str().expect("a base"));
    let body = json!({"email": ADA, "password": ADAS_PASSWORD});
    let login = http.post(format!("{base}/auth/login")).json(&body).send().await.expect("sends");
    assert_eq!(login.status(), 200);
    http.post(format!("{base}/hash")).json(&json!({"cost": 4})).send().await.expect("sends");
    http.get(format!("{base}/state")).send().await.expect("sends");
    let told = metrics().await;
    assert!(told.contains("route=\"/lab/box/{id}/{*path}\""), "the lab's own routes are counted: {told}");
    assert_eq!(hashes(&told), Some(before));
    for inside in ["hallpass_logins_total", "op=\"lab_dump\"", "op=\"open_session\"", "route=\"/auth/login\""] {
        assert!(!told.contains(inside), "{inside}: {told}");
    }
}
