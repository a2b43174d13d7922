//! `hallpass sessions`, on the real binary.

use serde_json::json;

use crate::cli::{PASSWORD, login, me, token, until_refused};
use crate::process::{Site, http};

/// What a restored backup needs, beside a server that runs: every session of everybody ends, and so do their tokens.
#[tokio::test]
async fn sessions_are_listed_and_ended_for_one_and_for_all() {
    let site = Site::new();
    let server = site.serve();
    let mut bodies = Vec::new();
    for name in ["ada", "bob", "carol"] {
        let email = format!("{name}@example.com");
        site.feed(&format!("{PASSWORD}\n"), &["users", "create", &email, "--password-stdin"]).expect(0);
        bodies.push(login(&server, &email, PASSWORD).await.1);
    }
    let of = |arguments: &[&str]| site.run(&[&["--json", "sessions", "list"], arguments].concat()).expect(0).json();
    assert_eq!(of(&[]).as_array().map(Vec::len), Some(3));
    let bobs = of(&["--user", "bob@example.com"]);
    assert_eq!((bobs.as_array().map(Vec::len), bobs[0]["email"].as_str()), (Some(1), Some("bob@example.com")));
    let ended = site.run(&["--json", "sessions", "end", "--user", "bob@example.com"]).expect(0).json();
    assert_eq!(ended["ended"], 1);
    until_refused(&server, &token(&bodies[1])).await;
    assert_eq!(me(&server, &token(&bodies[0])).await, 200);
    assert_eq!(site.run(&["--json", "sessions", "end", "--all"]).expect(0).json()["ended"], 2);
    for body in &bodies {
        until_refused(&server, &token(body)).await;
        let body = json!({"refresh_token": body["refresh_token"]});
        let refused = http().post(server.url("/auth/refresh")).json(&body).send().await.expect("an answer");
        assert_eq!(refused.status(), 401);
    }
    assert_eq!(site.run(&["--json", "sessions", "end", "--all"]).expect(0).json()["ended"], 0);
    assert_eq!(of(&[]), json!([]));
    site.run(&["sessions", "end", "--user", "nobody@example.com"]).expect(1);
    site.run(&["sessions", "end"]).expect(2);
    site.run(&["sessions", "end", "--all", "--user", "bob@example.com"]).expect(2);
}
