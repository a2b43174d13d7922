//! Endpoints: leased by one process at a time, never written over.

use std::sync::Arc;

use hallpass_model::webhook::{State, Stuck, Type, Types};
use hallpass_model::{StuckId, Timestamp, WebhookId};
use hallpass_store::op::{self, LeasedWebhook, SettleWebhook};
use tokio::task::JoinSet;

use crate::support::{World, act, at};

fn id(n: u8) -> WebhookId {
    WebhookId::from_bytes([n; 16])
}

fn claim(n: u8, now: i64) -> op::ClaimWebhook {
    op::ClaimWebhook { id: id(n), now: at(now), lease: at(now + 60) }
}

fn settle(webhook: LeasedWebhook, lease: Timestamp) -> SettleWebhook {
    SettleWebhook {
        id: webhook.id,
        lease,
        next_lease: Timestamp::EPOCH,
        cursor: webhook.cursor,
        state: None,
        failures: 0,
        failing_since: None,
        not_before: Timestamp::EPOCH,
        recent: (webhook.recent, Vec::new()),
        stuck: Vec::new(),
        done: Vec::new(),
        audit: None,
        notices: None,
    }
}

fn stuck(n: u8, seq: i64) -> Stuck {
    Stuck {
        id: StuckId::from_bytes([n; 16]),
        seq,
        kind: Type::UserCreated,
        attempts: 1,
        next_at: Some(at(5)),
        last_status: Some(500),
        last_error: "the receiver answers 500".to_owned(),
    }
}

async fn create(world: &World, n: u8) {
    let webhook = op::NewWebhook {
        id: id(n),
        url: "https://example.com/hook".to_owned(),
        types: Types::default(),
        sealed: vec![0, 1, 255],
    };
    world.write(op::CreateWebhook { act: act(0), webhook }).await;
}

/// An endpoint with a failure.
pub async fn furnish(world: &World) {
    create(world, 1).await;
    let leased = world.write(claim(1, 0)).await.expect("it is free");
    let seq = leased.cursor;
    assert!(world.write(SettleWebhook { stuck: vec![stuck(1, seq)], ..settle(leased, at(60)) }).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_claim_an_endpoint_at_once_one_gets_it_until_its_lease_ends() {
    let world = Arc::new(World::new().await);
    create(&world, 1).await;
    for round in 0..20 {
        let mut race = JoinSet::new();
        for _ in 0..8 {
            let world = world.clone();
            race.spawn(async move { world.write(claim(1, round * 60)).await.is_some() });
        }
        assert_eq!(race.join_all().await.into_iter().filter(|won| *won).count(), 1, "round {round}");
        assert!(world.write(claim(1, round * 60 + 59)).await.is_none());
    }
}

#[tokio::test]
async fn what_an_admin_changes_meanwhile_is_not_written_over() {
    let world = World::new().await;
    create(&world, 1).await;
    let leased = world.write(claim(1, 0)).await.expect("it is free");
    let off = op::UpdateWebhook { act: act(1), id: id(1), url: None, types: None, is_enabled: Some(false) };
    world.write(off).await.expect("it is there");
    let late = SettleWebhook { state: Some(State::Active), stuck: vec![stuck(1, 1)], ..settle(leased, at(60)) };
    assert!(!world.write(late).await, "the lease has ended with the change");
    let found = world.read(op::FindWebhook { id: id(1) }).await.expect("it is there");
    assert_eq!((found.state, found.waiting), (State::Disabled, 0));
    assert!(world.write(claim(1, 120)).await.is_none(), "nobody tells an endpoint that is disabled");
}

#[tokio::test]
async fn an_endpoint_begins_behind_the_row_of_its_own_creation_and_is_due_when_another_one_follows() {
    let world = World::new().await;
    world.user_with_session(1).await;
    create(&world, 1).await;
    let leased = world.write(claim(1, 0)).await.expect("it is free");
    assert!(world.read(op::EventsAfter { seq: leased.cursor, limit: 10 }).await.is_empty());
    assert!(world.write(SettleWebhook { state: Some(State::Active), ..settle(leased.clone(), at(60)) }).await);
    assert!(world.read(op::DueWebhooks { now: at(1) }).await.is_empty());
    world.user_with_session(2).await;
    assert_eq!(world.read(op::DueWebhooks { now: at(1) }).await, [id(1)]);
    let rows = world.read(op::EventsAfter { seq: leased.cursor, limit: 10 }).await;
    assert_eq!(rows.iter().map(|told| told.seq).collect::<Vec<_>>(), [leased.cursor + 1]);
    assert_eq!(world.read(op::WatchWebhooks).await, op::WebhookWatch { endpoints: 1, lag: 1, waiting: 0 });
}

#[tokio::test]
async fn a_failure_goes_with_its_endpoint_and_with_a_replay_of_its_event() {
    let world = World::new().await;
    furnish(&world).await;
    let due = world.read(op::StuckDue { webhook: id(1), now: at(5), limit: 10 }).await;
    assert!(due.len() == 1 && due[0].1.is_some(), "with its row of the log");
    assert!(world.read(op::StuckDue { webhook: id(1), now: at(4), limit: 10 }).await.is_empty());
    world.write(op::ReplayWebhook { act: act(1), id: id(1), since: at(-60) }).await.expect("it is there");
    assert!(world.read(op::StuckDue { webhook: id(1), now: at(5), limit: 10 }).await.is_empty());
    let leased = world.write(claim(1, 5)).await.expect("a replay ends the lease");
    assert!(world.write(SettleWebhook { stuck: vec![stuck(2, 1)], ..settle(leased, at(65)) }).await);
    assert!(world.write(op::DeleteWebhook { act: act(2), id: id(1) }).await);
    assert_eq!(world.read(op::WatchWebhooks).await, op::WebhookWatch::default());
}
