//! The lab's bounds: in number, size, life and speed, and that no visitor's greed touches another, or a real login.

use std::time::Duration;

use hallpass_server::config::Config;
use hallpass_server::config::layers::Inputs;
use http::Method;
use serde_json::json;

use crate::support::TestServer;
use crate::support::visit::{ADA, ADAS_PASSWORD, Visit, server_with_lab};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_cost_slider_hashes_for_real_and_within_bounds() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    for cost in [4, 6] {
        let body = visit.post("/hash", json!({"cost": cost})).await.expect(200).json();
        assert!(body["hash"].as_str().expect("a hash").contains(&format!("$0{cost}$")), "{body}");
        assert!(body["micros"].as_u64().expect("micros") > 0);
    }
    visit.post("/hash", json!({"cost": 3})).await.invalid("cost");
    visit.post("/hash", json!({"cost": 15})).await.invalid("cost");
    visit.post("/hash", json!({"cost": "12"})).await.invalid("cost");
}

#[tokio::test]
async fn a_sandbox_ends_after_half_an_hour_idle_and_two_hours_in_any_case() {
    let server = server_with_lab(8).await;
    let mut idle = Visit::open(server.client()).await;
    let mut busy = Visit::open(server.client_at("192.0.2.9")).await;
    for _ in 0..5 {
        server.advance(MINUTE * 23);
        busy.state().await;
    }
    idle.ask(Method::GET, "/state", None).await.refused(404, "lab_gone");
    server.advance(MINUTE * 5);
    busy.ask(Method::GET, "/state", None).await.refused(404, "lab_gone");
    assert!(server.lab.as_ref().expect("open").is_empty());
}

#[tokio::test]
async fn a_visitor_who_asks_for_more_sandboxes_takes_their_own_place_and_nobody_elses() {
    let server = server_with_lab(8).await;
    let mut neighbour = Visit::open(server.client_at("2001:db8:0:1::1")).await;
    let mut first = None;
    for n in 0..12 {
        server.advance(Duration::from_secs(1));
        // One subscriber's network: another address of it is no other visitor.
        let visit = Visit::open(server.client_at(&format!("2001:db8::{n:x}"))).await;
        first.get_or_insert(visit);
    }
    assert_eq!(server.lab.as_ref().expect("open").len(), 5);
    first.expect("one").ask(Method::GET, "/state", None).await.refused(404, "lab_gone");
    neighbour.state().await;
}

#[tokio::test]
async fn a_full_lab_takes_a_place_from_nobody_who_uses_it() {
    let server = server_with_lab(2).await;
    let mut one = Visit::open(server.client_at("192.0.2.1")).await;
    let mut other = Visit::open(server.client_at("192.0.2.2")).await;
    let mut late = server.client_at("192.0.2.3");
    let refused = late.post("/lab/box").send().await.refused(503, "lab_full");
    assert_eq!(refused.header("retry-after").as_deref(), Some("300"));
    // Who has a place may start over.
    let mut again = Visit::open(server.client_at("192.0.2.2")).await;
    other.ask(Method::GET, "/state", None).await.refused(404, "lab_gone");
    server.advance(MINUTE * 4);
    one.state().await;
    server.advance(MINUTE);
    Visit::open(late).await;
    one.state().await;
    again.ask(Method::GET, "/state", None).await.refused(404, "lab_gone");
}

#[tokio::test]
async fn a_visitor_who_asks_too_fast_stops_neither_another_nor_a_real_login() {
    let server = server_with_lab(8).await;
    let mut greedy = Visit::open(server.client()).await;
    let mut other = Visit::open(server.client_at("192.0.2.9")).await;
    let mut refused = None;
    for _ in 0..200 {
        let answer = greedy.ask(Method::GET, "/state", None).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    refused.expect("a bound").refused(429, "lab_busy");
    other.login(ADA, ADAS_PASSWORD).await.expect(200);
    server.client().register("real@example.com").await.expect(201);
    server.advance(Duration::from_secs(1));
    greedy.state().await;
}

#[tokio::test]
async fn a_visitor_who_fills_a_sandbox_harms_that_sandbox_alone() {
    let server = server_with_lab(8).await;
    let mut greedy = Visit::open(server.client()).await;
    let mut refusals = 0;
    for n in 0..25 {
        server.advance(Duration::from_secs(1));
        let body = json!({"email": format!("user{n}@lab.example"), "password": "a stranger's gate 12"});
        let answer = greedy.post("/auth/register", body).await;
        if answer.status == 409 {
            answer.refused(409, "lab_limit");
            refusals += 1;
        } else {
            answer.expect(201);
        }
    }
    assert_eq!(refusals, 25 - 18);
    let too_large = json!({"token": "x".repeat(20_000)});
    greedy.post("/verify", too_large.clone()).await.refused(413, "payload_too_large");
    greedy.post("/auth/refresh", json!({"refresh_token": "x".repeat(20_000)})).await.refused(413, "payload_too_large");
    server.client().register("real@example.com").await.expect(201);
    Visit::open(server.client_at("192.0.2.9")).await.state().await;
}

#[tokio::test]
async fn a_sandbox_opens_what_a_client_calls_and_nothing_without_an_end() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    for path in [
        "/revocations/stream",
        "/metrics",
        "/oauth/introspect",
        "/lab/box",
        "/openapi.json",
        "/nothing",
        "/admin/config",
    ] {
        visit.ask(Method::GET, path, None).await.refused(404, "not_found");
    }
    visit.ask(Method::POST, "/admin/keys/rotate", None).await.refused(404, "not_found");
    let problem = format!("{}/problems/token_reuse", visit.base);
    visit.client.get(&problem).send().await.expect(200);
    visit.ask(Method::DELETE, "", None).await.expect(204);
    visit.ask(Method::GET, "/state", None).await.refused(404, "lab_gone");
    let mut guess = server.client();
    guess.get("/lab/box/AAAAAAAAAAAAAAAAAAAAAA/state").send().await.refused(404, "lab_gone");
    guess.get("/lab/box/%FF%FE/state").send().await.expect(404);
}

#[tokio::test]
async fn no_page_of_another_origin_opens_or_uses_a_sandbox() {
    let server = server_with_lab(8).await;
    let mut visit = Visit::open(server.client()).await;
    let clock = format!("{}/clock", visit.base);
    for path in ["/lab/box", clock.as_str()] {
        let call = visit.client.post(path).header("sec-fetch-site", "cross-site").json(json!({"advance_seconds": 1}));
        call.send().await.refused(403, "cross_site");
    }
}

#[tokio::test]
async fn a_closed_lab_is_not_there() {
    let server = TestServer::new().await;
    server.client().get("/lab").send().await.refused(404, "not_found");
    server.client().post("/lab/box").send().await.refused(404, "not_found");
    server.client().get("/lab/code/sign.json").send().await.refused(404, "not_found");
}

#[tokio::test]
async fn a_flood_of_dear_hashes_is_one_hash_and_refusals_and_no_login_waits_for_it() {
    let server = server_with_lab(8).await;
    let greedy = Visit::open(server.client()).await;
    let mut flood = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let mut visit = greedy.clone();
        flood.spawn(async move { visit.post("/hash", json!({"cost": 10})).await.status.as_u16() });
    }
    server.client().register("real@example.com").await.expect(201);
    let statuses = flood.join_all().await;
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429)), "{statuses:?}");
    assert!(statuses.contains(&200) && statuses.contains(&429), "{statuses:?}");
}

#[test]
fn the_lab_is_open_by_itself_only_where_nobody_else_comes_by() {
    let open = |pairs: &[(&str, &str)]| {
        let flags = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let inputs = Inputs { flags, ..Inputs::default() };
        Config::load(&inputs).expect("a safe configuration").lab.map(|lab| lab.max_sandboxes)
    };
    assert_eq!(open(&[]), Some(64));
    assert_eq!(open(&[("listen", "[::1]:8080")]), Some(64));
    assert_eq!(open(&[("listen", "0.0.0.0:8080")]), None);
    assert_eq!(open(&[("listen", "192.0.2.1:8080")]), None);
    // A proxy on the same machine shows it to the world.
    assert_eq!(open(&[("issuer", "https://auth.example")]), None);
    assert_eq!(open(&[("lab.enabled", "false")]), None);
    assert_eq!(open(&[("listen", "0.0.0.0:8080"), ("lab.enabled", "true"), ("lab.max_sandboxes", "3")]), Some(3));
}
