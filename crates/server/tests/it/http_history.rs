//! What the console shows of lately: counts of the last hour and day, and the people in the audit log.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestServer};

async fn history(root: &mut Client) -> Value {
    root.get("/admin/stats/history").bearer().send().await.expect(200).json()
}

fn sum(series: &Value, name: &str) -> u64 {
    series[name].as_array().expect("numbers").iter().filter_map(Value::as_u64).sum()
}

#[tokio::test]
async fn what_happens_is_counted_in_its_minute_and_leaves_the_hour_and_then_the_day() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.com").await;
    let before = sum(&history(&mut root).await["hour"], "logins");
    ada.login("ada@example.com", PASSWORD).await.expect(200);
    let spent = ada.cookie.clone();
    ada.refresh().await.expect(200);
    ada.refresh().await.expect(200);
    ada.cookie = spent;
    server.advance(Duration::from_secs(60));
    ada.refresh().await.refused(401, "token_reuse");
    for _ in 0..5 {
        server.client().login("ada@example.com", "a wrong guess").await.expect(401);
    }
    let now = history(&mut root).await;
    let (hour, day) = (&now["hour"], &now["day"]);
    let lengths = [hour, day].map(|series| series["reuse"].as_array().map(Vec::len));
    assert_eq!(
        (lengths, hour["step_secs"].as_u64(), day["step_secs"].as_u64()),
        ([Some(60), Some(96)], Some(60), Some(900))
    );
    for series in [hour, day] {
        assert_eq!(sum(series, "logins"), before + 1);
        assert_eq!((sum(series, "refused_logins"), sum(series, "locks")), (5, 1));
        assert_eq!((sum(series, "refreshes"), sum(series, "reuse")), (2, 1));
    }
    assert_eq!(hour["reuse"][59], 1, "this minute");
    assert_eq!(
        (hour["refreshes"][58].as_u64(), hour["refreshes"][59].as_u64()),
        (Some(2), Some(0)),
        "the minute before"
    );

    server.advance(Duration::from_secs(3600));
    root.refresh().await.expect(200);
    let later = history(&mut root).await;
    assert_eq!((sum(&later["hour"], "refused_logins"), sum(&later["day"], "refused_logins")), (0, 5));
}

#[tokio::test]
async fn the_audit_log_names_people_by_their_present_address() {
    let server = TestServer::new().await;
    let mut root = server.admin("root@example.com").await;
    server.user("ada@example.com").await;
    let id = server.id_of("ada@example.com").await;
    root.patch(&format!("/admin/users/{id}")).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
    root.patch(&format!("/admin/users/{id}"))
        .bearer()
        .json(json!({"email": "ada@example.org"}))
        .send()
        .await
        .expect(200);
    let rows = root.get("/admin/audit?event=user.suspended").bearer().send().await.expect(200).json();
    let row = rows["items"][0].clone();
    assert_eq!(
        (row["user_email"].as_str(), row["actor_email"].as_str()),
        (Some("ada@example.org"), Some("root@example.com"))
    );

    let seq = row["seq"].as_i64().expect("a place");
    assert_eq!(root.get(&format!("/admin/audit/{seq}")).bearer().send().await.expect(200).json(), row);
    for nothing in ["0", "-1", "9223372036854775807", "x"] {
        root.get(&format!("/admin/audit/{nothing}")).bearer().send().await.refused(404, "not_found");
    }

    root.delete(&format!("/admin/users/{id}")).bearer().send().await.expect(204);
    let row = root.get(&format!("/admin/audit/{seq}")).bearer().send().await.expect(200).json();
    assert!(row["user_email"].is_null() && row["user"] == id.to_string(), "{row}");
}
