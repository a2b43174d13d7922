//! The key ring.

use hallpass_model::audit::Event;
use hallpass_model::key::KeyRecord;
use hallpass_store::op::{self, KeyChange};

use crate::support::{World, act, at};

pub fn key(kid: &str, algorithm: &str, active_from: Option<i64>) -> KeyRecord {
    KeyRecord {
        kid: kid.to_owned(),
        algorithm: algorithm.to_owned(),
        sealed: vec![1, 2, 3],
        announced_at: at(0),
        active_from: active_from.map(at),
        retired_at: None,
        gone_at: None,
        revoked_at: None,
    }
}

pub fn change(version: i64, changes: Vec<KeyChange>) -> op::ChangeKeys {
    op::ChangeKeys { act: act(1), version, changes }
}

#[tokio::test]
async fn a_ring_is_changed_by_whoever_saw_its_present_state() {
    let world = World::new().await;
    let ring = world.read(op::ListKeys).await;
    assert!(ring.keys.is_empty());
    let first = |kid| change(ring.version, vec![KeyChange::Insert(key(kid, "RS256", Some(0)))]);
    let (a, b) = tokio::join!(world.write(first("a")), world.write(first("b")));
    assert!(a != b, "two servers that start together make one key");
    let now = world.read(op::ListKeys).await;
    let winner = if a { "a" } else { "b" };
    assert_eq!((now.version, now.keys), (ring.version + 1, vec![key(winner, "RS256", Some(0))]));
}

#[tokio::test]
async fn a_hand_over_is_one_change_and_each_step_is_told() {
    let world = World::new().await;
    let keys = vec![KeyChange::Insert(key("a", "RS256", Some(0))), KeyChange::Insert(key("b", "ES256", None))];
    assert!(world.write(change(0, keys)).await);
    let steps = vec![
        KeyChange::Activate { kid: "b".to_owned(), from: at(1) },
        KeyChange::Retire { kid: "a".to_owned(), at: at(1), gone_at: at(901) },
    ];
    assert!(world.write(change(1, steps)).await);
    let ring = world.read(op::ListKeys).await;
    assert_eq!((ring.keys[0].retired_at, ring.keys[0].gone_at), (Some(at(1)), Some(at(901))));
    assert_eq!(ring.keys[1].active_from, Some(at(1)));
    let log = world.audit().await;
    let told: Vec<_> = log.iter().rev().map(|row| (row.event.as_str(), row.detail.as_str())).collect();
    assert_eq!(told[0], ("key.activated", r#"{"alg":"RS256","kid":"a"}"#));
    assert_eq!(told[1], ("key.announced", r#"{"alg":"ES256","kid":"b"}"#));
    assert_eq!(told[2], ("key.activated", r#"{"alg":"ES256","kid":"b"}"#));
    assert_eq!(told[3].0, "key.retired");
}

#[tokio::test]
async fn a_revoked_key_is_noticed_by_everyone_who_polls() {
    let world = World::new().await;
    world.write(change(0, vec![KeyChange::Insert(key("a", "RS256", Some(0)))])).await;
    let revoke = || op::RevokeKey { act: act(5), kid: "a".to_owned() };
    assert!(world.write(revoke()).await);
    assert!(!world.write(revoke()).await);
    let feed = world.read(op::RevocationsSince { seq: 0 }).await;
    let ring = world.read(op::ListKeys).await;
    assert_eq!((feed.key_ring_version, ring.version), (2, 2));
    assert_eq!(ring.keys[0].revoked_at, Some(at(5)));
    assert_eq!(world.count(Event::KeyRevoked).await, 1);
}
