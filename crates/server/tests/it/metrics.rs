//! What an operator sees in `/metrics` after the things that happened.

use serde_json::{Value, json};

use crate::process::{Running, Site, http};

async fn scrape(server: &Running) -> String {
    let answer = http().get(server.url("/metrics")).send().await.expect("an answer");
    answer.text().await.expect("a text")
}

/// The value of the first series that begins so.
fn value(metrics: &str, series: &str) -> f64 {
    let line = metrics.lines().find(|line| line.starts_with(series));
    let line = line.unwrap_or_else(|| panic!("no {series} in {metrics}"));
    line.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

async fn login(server: &Running, email: &str, password: &str) -> Value {
    let body = json!({"email": email, "password": password, "delivery": "body"});
    let answer = http().post(server.url("/auth/login")).json(&body).send().await.expect("an answer");
    answer.json().await.expect("JSON")
}

#[tokio::test]
async fn logins_refreshes_hashes_store_and_routes_are_counted_without_a_path_or_an_address() {
    let site = Site::new();
    let server = site.serve();
    let (email, password) = server.first_admin().expect("an admin");
    login(&server, &email, "wrong").await;
    let opened = login(&server, &email, &password).await;
    let refresh = json!({"refresh_token": opened["refresh_token"]});
    http().post(server.url("/auth/refresh")).json(&refresh).send().await.expect("an answer");
    let token = opened["access_token"].as_str().expect("a token");
    http().post(server.url("/auth/logout")).bearer_auth(token).send().await.expect("an answer");
    http().get(server.url("/nothing/secret-path")).send().await.expect("an answer");
    // The gauge is set by the background work, four times a second.
    let mut metrics = scrape(&server).await;
    for _ in 0..100 {
        if metrics.contains("hallpass_denylist_entries 1") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        metrics = scrape(&server).await;
    }
    assert!((value(&metrics, "hallpass_denylist_entries") - 1.0).abs() < f64::EPSILON);
    for (series, expected) in [
        ("hallpass_logins_total{result=\"success\"}", 1.0),
        ("hallpass_logins_total{result=\"invalid_credentials\"}", 1.0),
        ("hallpass_refreshes_total{result=\"rotated\"}", 1.0),
        ("hallpass_http_requests_total{method=\"POST\",route=\"/auth/login\",status=\"401\"}", 1.0),
        ("hallpass_http_requests_total{method=\"GET\",route=\"(none)\",status=\"404\"}", 1.0),
        ("hallpass_http_seconds_count{route=\"/auth/login\"}", 2.0),
    ] {
        assert!((value(&metrics, series) - expected).abs() < f64::EPSILON, "{series}: {metrics}");
    }
    assert!(value(&metrics, "hallpass_hash_seconds_count") >= 3.0);
    assert!(value(&metrics, "hallpass_feed_age_seconds") >= 0.0);
    assert!(metrics.contains("hallpass_store_seconds_bucket{op=") && metrics.contains("hallpass_hash_queue_depth"));
    for private in ["secret-path", email.as_str(), token] {
        assert!(!metrics.contains(private), "{private}");
    }
}

#[tokio::test]
async fn a_lock_that_guesses_at_the_change_of_a_password_close_is_counted_as_any_other() {
    let server = Site::new().serve();
    let (email, password) = server.first_admin().expect("an admin");
    let opened = login(&server, &email, &password).await;
    let token = opened["access_token"].as_str().expect("a token");
    let guess = json!({"current_password": "a wrong guess", "new_password": "tower-of-song 1988"});
    for _ in 0..5 {
        let answer = http().post(server.url("/auth/password")).bearer_auth(token).json(&guess).send().await;
        assert_eq!(answer.expect("an answer").status(), 403);
    }
    let metrics = scrape(&server).await;
    assert!((value(&metrics, "hallpass_lockouts_total") - 1.0).abs() < f64::EPSILON, "{metrics}");
}

#[tokio::test]
async fn the_console_is_told_the_same_numbers_and_the_configuration_without_its_secrets() {
    let secret = "AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dw";
    let site = Site::with(&[&format!("keys.master_key={secret}"), "log.level=warn"]);
    let server = site.serve();
    let (email, password) = server.first_admin().expect("an admin");
    login(&server, &email, "wrong").await;
    let opened = login(&server, &email, &password).await;
    let token = opened["access_token"].as_str().expect("a token");
    let refresh = json!({"refresh_token": opened["refresh_token"]});
    http().post(server.url("/auth/refresh")).json(&refresh).send().await.expect("an answer");
    let ask = async |path: &str| {
        let answer = http().get(server.url(path)).bearer_auth(token).send().await.expect("an answer");
        answer.text().await.expect("a text")
    };
    let stats: Value = serde_json::from_str(&ask("/admin/stats").await).expect("JSON");
    assert_eq!(stats["logins"], json!({"success": 1, "invalid_credentials": 1}));
    assert_eq!(stats["refreshes"], json!({"rotated": 1}));
    for number in 0..30 {
        let body = json!({"email": format!("nobody{number}@example.com"), "password": "wrong"});
        http().post(server.url("/auth/login")).json(&body).send().await.expect("an answer");
        let stats: Value = serde_json::from_str(&ask("/admin/stats").await).expect("JSON");
        assert_eq!(stats["hash_queue"], 0, "nobody waits any more");
    }
    let shown = ask("/admin/config").await;
    assert!(!shown.contains(secret), "{shown}");
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    let setting = |name: &str| {
        let settings = shown["settings"].as_array().expect("settings").iter();
        let found = settings.clone().find(|setting| setting["key"] == name).expect("the setting").clone();
        (found["value"].as_str().expect("a value").to_owned(), found["source"].as_str().expect("a source").to_owned())
    };
    assert_eq!(setting("keys.master_key").0, "********");
    assert_eq!(setting("log.level").0, "warn");
    assert_eq!(setting("token.access_ttl"), ("15m".to_owned(), "default".to_owned()));
    let printed = site.run(&["--json", "--listen", "127.0.0.1:0", "config"]).expect(0).json();
    assert_eq!(printed, shown["settings"], "the command line shows the same");
}
