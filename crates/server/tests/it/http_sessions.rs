//! The lists of sessions: whole, in pages, the caller's own first.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestServer};

/// One more session of ada, beside those that she has.
async fn another(server: &TestServer) {
    let body = json!({"email": "ada@example.com", "password": PASSWORD, "delivery": "body"});
    server.client().post("/auth/login").json(body).send().await.expect(200);
}

/// One page: the ids, which of them is the caller's own, and where the next page starts.
async fn page(client: &mut Client, path: &str, query: &str) -> (Vec<String>, Vec<bool>, Option<String>) {
    let body = client.get(&format!("{path}?{query}")).bearer().send().await.expect(200).json();
    let sessions = body["sessions"].as_array().expect("sessions").clone();
    let id = |session: &Value| session["id"].as_str().expect("an id").to_owned();
    let current = |session: &Value| session["current"].as_bool().expect("a flag");
    let next = body["next_cursor"].as_str().map(str::to_owned);
    (sessions.iter().map(id).collect(), sessions.iter().map(current).collect(), next)
}

/// Every page until the end.
async fn walk(client: &mut Client, path: &str, limit: u32) -> Vec<Vec<String>> {
    let (mut pages, mut query) = (Vec::new(), format!("limit={limit}"));
    loop {
        let (ids, _, next) = page(client, path, &query).await;
        pages.push(ids);
        let Some(cursor) = next else { return pages };
        query = format!("limit={limit}&cursor={cursor}");
    }
}

#[tokio::test]
async fn a_list_of_more_than_a_thousand_sessions_says_that_there_are_more_and_holds_the_callers_own() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..1001 {
        another(&server).await;
    }
    let body = ada.get("/auth/sessions").bearer().send().await.expect(200).json();
    let sessions = body["sessions"].as_array().expect("sessions");
    assert_eq!(sessions.len(), 1000);
    assert_eq!(sessions[0]["current"], true, "the session that asks comes first");
    let cursor = body["next_cursor"].as_str().expect("the list says that it goes on");
    let (rest, current, next) = page(&mut ada, "/auth/sessions", &format!("cursor={cursor}")).await;
    assert_eq!((rest.len(), current, next), (2, vec![false, false], None));
}

#[tokio::test]
async fn every_session_is_on_exactly_one_page_the_current_one_first_and_the_others_newest_first() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..6 {
        server.advance(Duration::from_secs(1));
        another(&server).await;
    }
    let (all, current, next) = page(&mut ada, "/auth/sessions", "").await;
    assert_eq!((all.len(), next), (7, None));
    assert_eq!(current, [true, false, false, false, false, false, false]);
    assert!(all[1..].windows(2).all(|pair| pair[0] > pair[1]), "ids grow with time: {all:?}");
    for limit in [1, 2, 3, 7, 8] {
        assert_eq!(walk(&mut ada, "/auth/sessions", limit).await.concat(), all, "in pages of {limit}");
    }
    let path = format!("/admin/users/{}/sessions", server.id_of("ada@example.com").await);
    let seen = walk(&mut root, &path, 3).await;
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    let mut by_age: Vec<String> = all.clone();
    by_age.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(seen.concat(), by_age, "an admin sees them by age alone");
    assert_eq!(seen.concat().into_iter().collect::<BTreeSet<_>>().len(), 7);
}

#[tokio::test]
async fn an_admin_who_looks_at_the_own_account_sees_the_own_session_first() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.advance(Duration::from_secs(1));
    server.client().login("root@example.com", PASSWORD).await.expect(200);
    let path = format!("/admin/users/{}/sessions", server.id_of("root@example.com").await);
    let (_, current, _) = page(&mut root, &path, "").await;
    assert_eq!(current, [true, false]);
}

#[tokio::test]
async fn a_session_that_ends_between_two_pages_moves_no_other_out_of_sight() {
    let server = TestServer::new().await;
    let mut ada = server.user("ada@example.com").await;
    for _ in 0..4 {
        server.advance(Duration::from_secs(1));
        another(&server).await;
    }
    let (first, _, next) = page(&mut ada, "/auth/sessions", "limit=3").await;
    // The row that the cursor names is the one that goes.
    ada.delete(&format!("/auth/sessions/{}", first[2])).bearer().send().await.expect(204);
    let cursor = next.expect("a second page");
    let (second, _, end) = page(&mut ada, "/auth/sessions", &format!("limit=3&cursor={cursor}")).await;
    assert_eq!((second.len(), end), (2, None));
    assert!(second.iter().all(|id| !first.contains(id)), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_page_of_another_size_or_with_a_strange_cursor_is_refused() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let of_root = format!("/admin/users/{}/sessions", server.id_of("root@example.com").await);
    for path in ["/auth/sessions", &of_root] {
        for (query, field) in
            [("limit=0", "limit"), ("limit=1001", "limit"), ("cursor=x", "cursor"), ("page=2", "page")]
        {
            root.get(&format!("{path}?{query}")).bearer().send().await.invalid(field);
        }
    }
}
