//! Several processes on one store: told once while all is well, again after a crash, in the order of commits.

use std::collections::BTreeSet;

use hallpass_store::Fault;
use serde_json::json;

use super::{MINUTE, World, seqs, tell};
use crate::support::PASSWORD;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_tell_each_event_once() {
    let mut world = World::new().await;
    world.active(&["user.created"]).await;
    let replicas = [world.server.replica().await, world.server.replica().await, world.server.replica().await];
    for name in 0..30 {
        world.register(&format!("user{name}")).await;
    }
    let server = &world.server;
    let [first, second, third] = &replicas;
    tokio::join!(tell(server, first), tell(server, second), tell(server, third));
    tell(server, first).await;
    let told = world.receiver.take();
    assert_eq!(told.len(), 30);
    assert_eq!(seqs(&told).into_iter().collect::<BTreeSet<_>>().len(), 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_delivered_and_not_written_down_comes_again_under_the_same_id() {
    let mut world = World::new().await;
    world.active(&["user.created"]).await;
    world.register("ada").await;
    let ctx = world.server.ctx();
    let due = world.server.auth.background().due_webhooks(&ctx).await.expect("the store answers");
    world.server.faults.break_only("settle_webhook", Fault::AtCommit);
    world.server.auth.background().tell_webhook(&ctx, due[0]).await.expect_err("the process dies here");
    world.server.faults.mend();
    let first = world.receiver.take();
    let replica = world.server.replica().await;
    tell(&world.server, &replica).await;
    assert!(world.receiver.take().is_empty(), "the lease of the dead process stands");
    world.server.advance(MINUTE * 2);
    tell(&world.server, &replica).await;
    let again = world.receiver.take();
    assert_eq!((first.len(), again.len()), (1, 1));
    assert_eq!(first[0].header("webhook-id"), again[0].header("webhook-id"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_whose_transaction_fails_is_not_told() {
    let mut world = World::new().await;
    world.active(&[]).await;
    world.server.faults.break_only("create_user", Fault::AtCommit);
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    world.server.client().post("/auth/register").json(body).send().await.expect(503);
    world.server.faults.mend();
    assert!(world.told().await.is_empty());
}

/// The cursor passes no event that commits late: writers run at once, while one replica tells all the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_appears_below_one_that_was_told() {
    let mut world = World::new().await;
    world.active(&["user.created"]).await;
    let replica = world.server.replica().await;
    let mut writers = tokio::task::JoinSet::new();
    for name in 0..24 {
        let mut client = world.server.client();
        writers.spawn(async move { client.register(&format!("user{name}@example.com")).await.expect(201) });
    }
    let reader = async {
        let mut told = Vec::new();
        while told.len() < 24 {
            tell(&world.server, &replica).await;
            let mut batch = seqs(&world.receiver.take());
            batch.sort_unstable();
            told.extend(batch);
        }
        told
    };
    let (_, told) = tokio::join!(writers.join_all(), reader);
    assert!(told.is_sorted(), "{told:?}");
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), 24);
}
