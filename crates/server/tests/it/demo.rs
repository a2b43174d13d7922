//! `hallpass demo`: an installation with life in it, in memory, which leaves nothing behind.

use serde_json::Value;

use crate::cli::{login, token};
use crate::process::{Running, Site, http};

async fn ask(server: &Running, token: &str, path: &str) -> Value {
    let answer = http().get(server.url(path)).bearer_auth(token).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.expect("JSON")
}

#[tokio::test]
async fn the_demo_is_full_of_life_and_leaves_nothing_behind() {
    let site = Site::new();
    // What a real installation is configured to is none of its business.
    site.write("hallpass.toml", "nonsense = 1\n");
    let server = site.start(site.command(&["--json", "--listen", "127.0.0.1:0", "demo"]));
    let counts = &server.greeting()["counts"];
    let count = |name: &str| counts[name].as_u64().expect("a number");
    assert!(
        count("users") > 30 && count("logins") > 80 && count("refreshes") > 100 && count("failures") > 8,
        "{counts}"
    );
    let (email, password) = server.first_admin().expect("an admin");
    let admin = token(&login(&server, &email, &password).await.1);
    let locks = ask(&server, &admin, "/admin/locks").await;
    assert_eq!(locks["items"].as_array().map(Vec::len), Some(1), "{locks}");
    let reused = ask(&server, &admin, "/admin/audit?event=refresh.reused").await;
    assert_eq!(reused["items"].as_array().map(Vec::len), Some(1), "{reused}");
    let session = reused["items"][0]["session"].as_str().expect("a session");
    let timeline = ask(&server, &admin, &format!("/admin/sessions/{session}/timeline")).await;
    assert!(timeline.to_string().contains("python-requests"), "{timeline}");
    let keys = ask(&server, &admin, "/admin/keys").await;
    assert!(keys["keys"].as_array().expect("keys").iter().any(|key| key["state"] == "retired"), "{keys}");
    let users = ask(&server, &admin, "/admin/users?limit=200").await;
    let users = users["items"].as_array().expect("users");
    assert!(users.iter().any(|user| user["status"] == "suspended") && users.len() > 30);
    let ada = &server.greeting()["user"];
    let (email, password) = (ada["email"].as_str().expect("an address"), ada["password"].as_str().expect("a password"));
    let ada = token(&login(&server, email, password).await.1);
    let sessions = ask(&server, &ada, "/auth/sessions").await;
    assert!(sessions["sessions"].as_array().is_some_and(|sessions| sessions.len() > 1), "{sessions}");
    assert_eq!(server.interrupt(), Some(0));
    assert!(!site.path("hallpass-data").exists(), "no folder");
}

#[test]
fn the_demo_is_for_this_machine_only() {
    let site = Site::new();
    assert_eq!(site.run(&["--json", "--listen", "0.0.0.0:0", "demo"]).expect(1).error(), "public_demo");
}
