//! Receivers that fail, refuse, lead elsewhere, or do not end.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use hallpass_model::Timestamp;
use hallpass_testbed::receiver::Reply;
use serde_json::{Value, json};

use super::{HOUR, MINUTE, World, kinds, seqs, verifies};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_delivery_is_tried_again_by_the_schedule_under_the_same_id_until_it_is_given_up() {
    let mut world = World::new().await;
    let hook = world.active(&["user.created"]).await;
    world.register("ada").await;
    world.receiver.always(Reply::Status(500));
    let first = world.told().await;
    assert_eq!(first.len(), 1);
    let id = first[0].header("webhook-id").to_owned();
    for minutes in [0, 5, 30, 120, 300, 600, 840, 1200, 1440] {
        let pause = if minutes == 0 { Duration::from_secs(5) } else { MINUTE * minutes };
        world.server.advance(pause.saturating_sub(Duration::from_millis(1)));
        assert!(world.told().await.is_empty(), "too early after {pause:?}");
        world.server.advance(Duration::from_millis(1));
        let again = world.told().await;
        assert_eq!(again.len(), 1, "after {pause:?}");
        assert_eq!(again[0].header("webhook-id"), id);
        assert!(verifies(&again[0], &hook.secret));
    }
    world.receiver.always(Reply::Status(204));
    world.server.advance(HOUR * 48);
    assert!(world.told().await.is_empty(), "it was given up");
    let shown = world.admin_login().await.show(&hook).await;
    assert_eq!((&shown["waiting"], &shown["given_up"], &shown["state"]), (&json!(0), &json!(1), &json!("active")));
    let since = Timestamp::from_millis(hallpass_testbed::world::START * 1000).to_string();
    world.act(&hook, "replay", Some(json!({"since": since}))).await.expect(200);
    let replayed = world.told().await;
    assert!(replayed.iter().any(|one| one.header("webhook-id") == id), "a replay brings it back");
    assert_eq!(world.show(&hook).await["given_up"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_keeps_nothing_else_back_and_success_is_told_once() {
    let mut world = World::new().await;
    let hook = world.active(&["user.created"]).await;
    world.receiver.next(Reply::Status(400));
    world.register("ada").await;
    assert_eq!(world.told().await.len(), 1);
    world.register("eve").await;
    assert!(world.told().await.is_empty(), "it is left alone for a moment");
    assert_eq!(world.show(&hook).await["lag"], json!(1));
    world.server.advance(Duration::from_secs(5));
    let told = world.told().await;
    assert_eq!(seqs(&told).iter().collect::<BTreeSet<_>>().len(), 2, "the failed one and the new one");
    let shown = world.show(&hook).await;
    assert_eq!((&shown["failing_since"], &shown["waiting"]), (&Value::Null, &json!(0)));
    world.server.advance(HOUR);
    assert!(world.told().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_is_gone_or_fails_for_five_days_is_disabled_and_told_of_all_when_it_is_enabled_again() {
    let mut world = World::new().await;
    let hook = world.active(&["user.created"]).await;
    world.receiver.next(Reply::Status(410));
    world.register("ada").await;
    let lost = world.told().await;
    assert_eq!(world.show(&hook).await["state"], "disabled");
    world.register("eve").await;
    world.server.advance(HOUR);
    assert!(world.told().await.is_empty());
    let path = format!("/admin/webhooks/{}", hook.id);
    world.admin_login().await;
    let enabled = json!({"enabled": true});
    let shown = world.admin.patch(&path).bearer().json(&enabled).send().await.expect(200).json();
    assert_eq!(shown["state"], "pending");
    let told = world.told().await;
    assert_eq!(kinds(&told), ["ping", "user.created", "user.created"]);
    assert!(told.iter().any(|one| one.header("webhook-id") == lost[0].header("webhook-id")));

    world.receiver.always(Reply::Status(502));
    for day in 0..6 {
        world.register(&format!("day{day}")).await;
        world.tell().await;
        world.server.advance(HOUR * 24);
    }
    world.receiver.take();
    world.admin_login().await;
    assert_eq!(world.show(&hook).await["state"], "disabled");
    let audit = world.admin.get("/admin/audit?event=webhook.disabled").bearer().send().await.expect(200).json();
    let reasons: Vec<&Value> =
        audit["items"].as_array().expect("a list").iter().map(|row| &row["detail"]["reason"]).collect();
    assert_eq!(reasons, ["failing", "gone"]);
    let mails = world.admin.get("/admin/mail").bearer().send().await.expect(200).json();
    let mails = mails["items"].as_array().expect("a list");
    let told = mails.iter().filter(|mail| mail["template"] == "webhook_disabled").count();
    assert_eq!(told, 2, "the admin is told of each: {mails:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_may_ask_to_be_left_alone_for_an_hour_at_most() {
    let mut world = World::new().await;
    world.active(&["user.created"]).await;
    for (asked, honoured) in [("retry-after: 90\r\n", Duration::from_secs(90)), ("retry-after: 999999\r\n", HOUR)] {
        world.receiver.next(Reply::With(429, asked));
        world.register(&format!("user{}", asked.len())).await;
        assert_eq!(world.told().await.len(), 1);
        world.server.advance(honoured.saturating_sub(Duration::from_millis(1)));
        assert!(world.told().await.is_empty());
        world.server.advance(Duration::from_millis(1));
        assert_eq!(world.told().await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_may_name_the_instant_until_which_it_is_left_alone() {
    let mut world = World::new().await;
    world.active(&["user.created"]).await;
    let until = UNIX_EPOCH + Duration::from_millis(world.server.ctx().now.unsigned_millis()) + MINUTE * 10;
    let header = format!("retry-after: {}\r\n", httpdate::fmt_http_date(until));
    world.receiver.next(Reply::With(503, header.leak()));
    world.register("ada").await;
    assert_eq!(world.told().await.len(), 1);
    world.server.advance(MINUTE * 9);
    assert!(world.told().await.is_empty());
    world.server.advance(MINUTE);
    assert_eq!(world.told().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_is_a_failure_and_not_followed() {
    let mut world = World::new().await;
    let hook = world.active(&["user.created"]).await;
    world.receiver.next(Reply::With(307, "location: /elsewhere\r\n"));
    world.register("ada").await;
    assert_eq!(world.told().await.len(), 1);
    let shown = world.show(&hook).await;
    let error = shown["deliveries"][0]["error"].as_str().expect("an error");
    assert!(error.contains("redirects are not followed"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_never_answers_keeps_no_other_waiting() {
    let mut world = World::new().await;
    let silent = world.active(&["user.created"]).await;
    // Of another host, or it would wait for its turn there.
    let other = world.elsewhere().await;
    world.receiver.always(Reply::Silence);
    world.register("ada").await;
    let (auth, ctx) = (world.server.auth.clone(), world.server.ctx());
    let id = silent.id.parse().expect("an id");
    let waits = tokio::spawn(async move { auth.background().tell_webhook(&ctx, id).await });
    world.receiver.came().await;
    world.tell().await;
    assert_eq!(kinds(&other.take()), ["ping", "user.created"]);
    assert!(!waits.is_finished(), "the first one is waited for until its time is over");
    waits.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_an_end_is_left_unread() {
    let mut world = World::new().await;
    let hook = world.active(&["user.created"]).await;
    world.receiver.next(Reply::Endless);
    world.register("ada").await;
    assert_eq!(world.told().await.len(), 1);
    let shown = world.show(&hook).await;
    assert_eq!((&shown["deliveries"][0]["status"], &shown["waiting"]), (&json!(200), &json!(0)));
}
