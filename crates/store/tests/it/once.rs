//! What is good once.

use std::sync::Arc;

use hallpass_store::op::UseOnce;
use tokio::task::JoinSet;

use crate::support::{World, at};

pub fn used(n: u8, expires_at: i64, now: i64) -> UseOnce {
    UseOnce { purpose: "test", subject: [7; 16], key: [n; 32], expires_at: at(expires_at), now: at(now) }
}

#[tokio::test]
async fn a_value_is_good_once_until_it_has_expired() {
    let world = World::new().await;
    assert!(world.write(used(1, 60, 0)).await);
    assert!(!world.write(used(1, 60, 59)).await);
    assert!(world.write(used(2, 60, 59)).await, "another value");
    assert!(world.write(used(1, 120, 60)).await, "the next of the same name");
    assert!(!world.write(used(1, 60, 0)).await, "the first, by a clock that is behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_simultaneous_uses_exactly_one_is_the_first() {
    let world = Arc::new(World::new().await);
    for round in 0..100 {
        let mut race = JoinSet::new();
        for _ in 0..8 {
            let world = world.clone();
            race.spawn(async move { world.write(used(round, 60, 0)).await });
        }
        assert_eq!(race.join_all().await.into_iter().filter(|first| *first).count(), 1, "round {round}");
    }
}
