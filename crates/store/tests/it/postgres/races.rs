//! Operations that collide, on several replicas at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hallpass_model::audit::Event;
use hallpass_model::user::Status;
use hallpass_model::{Email, Role};
use hallpass_store::op::{self, Refreshed, UpdateUserOutcome};
use hallpass_store::{Revoking, Store};
use tokio::task::JoinSet;

use crate::support::{Alone, REVOCATION_TTL, STRICT, World, act, at, create, first_token, new_user, refresh, user_id};

fn token(n: usize) -> op::RevokeToken {
    op::RevokeToken { act: act(0), jti: format!("jti-{n}"), until: at(600) }
}

/// Runs operations at once, in turn on each of the stores.
async fn race<O: Revoking>(stores: &[Store], operations: impl Iterator<Item = O>) -> Vec<O::Output> {
    let mut running = JoinSet::new();
    for (operation, store) in operations.zip(stores.iter().cycle()) {
        let store = store.clone();
        running.spawn(async move { store.revoked(operation).await.expect("writes") });
    }
    running.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_presented_24_times_to_two_replicas_has_one_winner() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let stores = [world.store.clone(), world.beside().await];
    let outcomes = race(&stores, (0..24).map(|nonce| refresh(&first_token(1), 1, nonce, STRICT))).await;
    let won = outcomes.iter().filter(|outcome| matches!(outcome, Refreshed::Rotated(_))).count();
    let caught = outcomes.iter().filter(|outcome| **outcome == Refreshed::Reuse { user: user_id(1) }).count();
    assert_eq!((won, caught), (1, 23), "{outcomes:?}");
    assert_eq!(world.count(Event::RefreshReused).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_who_demote_each_other_leave_one() {
    for round in 0..5 {
        let world = World::new().await;
        let stores = [world.store.clone(), world.beside().await];
        for n in [1, 2] {
            world.user(n, Role::admin()).await;
        }
        let demote = |n| op::UpdateUser {
            act: act(1),
            revocation_ttl: REVOCATION_TTL,
            id: user_id(n),
            role: Some(Role::user()),
            status: None,
            email: None,
        };
        let outcomes = race(&stores, [1, 2].into_iter().map(demote)).await;
        let refused = outcomes.iter().filter(|outcome| **outcome == UpdateUserOutcome::LastAdmin).count();
        assert_eq!(refused, 1, "round {round}: {outcomes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_wanted_by_many_goes_to_one_of_them() {
    let world = World::new().await;
    let stores = [world.store.clone(), world.beside().await];
    for n in 0..6 {
        world.user(n, Role::user()).await;
    }
    let wanted = Email::parse("wanted@example.com").expect("an address");
    let change = |n| op::UpdateUser {
        act: act(1),
        revocation_ttl: REVOCATION_TTL,
        id: user_id(n),
        role: None,
        status: None,
        email: Some(wanted.clone()),
    };
    let outcomes = race(&stores, (0..6).map(change)).await;
    let taken = outcomes.iter().filter(|outcome| **outcome == UpdateUserOutcome::EmailTaken).count();
    assert_eq!(taken, 5, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_account_is_made_once() {
    let world = World::new().await;
    let stores = [world.store.clone(), world.beside().await];
    let first = |n| op::CreateUser { only_if_first: true, ..create(new_user(n, Role::admin()), None) };
    let mut running = JoinSet::new();
    for (n, store) in (0..8).zip(stores.iter().cycle()) {
        let store = store.clone();
        running.spawn(async move { store.write(first(n)).await.expect("writes") });
    }
    let outcomes = running.join_all().await;
    let made = outcomes.iter().filter(|outcome| matches!(outcome, op::CreateUserOutcome::Created(_))).count();
    assert_eq!(made, 1, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_races_a_suspension_never_outlives_it() {
    for round in 0..10 {
        let world = World::new().await;
        world.user_with_session(1).await;
        let other = world.beside().await;
        let suspend = op::UpdateUser {
            act: act(1),
            revocation_ttl: REVOCATION_TTL,
            id: user_id(1),
            role: None,
            status: Some(Status::Suspended),
            email: None,
        };
        let rotate = refresh(&first_token(1), 1, 1, STRICT);
        let (suspended, rotated) = tokio::join!(world.store.revoked(suspend), other.revoked(rotate));
        assert!(matches!(suspended, Ok(UpdateUserOutcome::Updated(_))), "{suspended:?}");
        assert!(matches!(rotated, Ok(Refreshed::Rotated(_) | Refreshed::Refused)), "round {round}: {rotated:?}");
        assert!(world.sessions(1, 1).await.is_empty(), "round {round}: a session of a suspended user lives");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_the_feed_misses_nothing_however_commits_overtake_each_other() {
    const ENTRIES: usize = 200;
    let world = World::new().await;
    let stores = [world.store.clone(), world.beside().await, world.beside().await];
    let done = Arc::new(AtomicBool::new(false));
    let (reader, stop) = (stores[2].clone(), done.clone());
    let reading = tokio::spawn(async move {
        let (mut cursor, mut heard) = (0, Vec::new());
        loop {
            let is_last = stop.load(Ordering::SeqCst);
            let feed = reader.read(op::RevocationsSince { seq: cursor }).await.expect("reads");
            heard.extend(feed.entries.iter().map(|entry| entry.seq));
            assert!(feed.entries.iter().all(|entry| entry.seq <= feed.last_seq), "entries from beyond the cursor");
            cursor = feed.last_seq;
            if is_last {
                return heard;
            }
        }
    });
    race(&stores, (0..ENTRIES).map(token)).await;
    done.store(true, Ordering::SeqCst);
    let heard = reading.await.expect("joins");
    assert_eq!(heard, (1..=i64::try_from(ENTRIES).expect("few")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_told_to_the_other_replicas_at_once() {
    let world = World::new().await;
    let other = world.beside().await;
    // The first word comes when it listens.
    tokio::time::timeout(Duration::from_secs(60), other.changed()).await.expect("it listens");
    world.revoke(token(1)).await;
    tokio::time::timeout(Duration::from_secs(60), other.changed()).await.expect("it hears");
    let feed = other.read(op::RevocationsSince { seq: 0 }).await.expect("reads");
    assert_eq!(feed.entries.len(), 1);
}

/// Rotates the session as fast as the store answers, until it ends.
async fn keep_rotating(store: Store, n: u8) -> usize {
    let mut token = first_token(n);
    for rotations in 0.. {
        let operation = refresh(&token, 1, 7, STRICT);
        let successor = operation.successor.clone();
        match store.revoked(operation).await {
            Ok(Refreshed::Rotated(_)) => token = successor,
            Ok(_) => return rotations,
            // Nothing of it has happened, or all of it: the same token tells.
            Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
    0
}

/// An account that never stops refreshing, on two replicas, keeps no admin from shutting it out.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_keeps_refreshing_is_suspended_at_the_first_asking() {
    let rounds = hallpass_testbed::rounds(4);
    for round in 0..rounds {
        let world = World::new().await;
        world.user_with_session(1).await;
        let stores = [world.store.clone(), world.beside().await];
        for n in 2..=8 {
            world.session(n, 1, 0).await;
        }
        let mut rotating = JoinSet::new();
        for n in 1..=8 {
            rotating.spawn(keep_rotating(stores[usize::from(n) % 2].clone(), n));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        let suspend = op::UpdateUser {
            act: act(1),
            revocation_ttl: REVOCATION_TTL,
            id: user_id(1),
            role: None,
            status: Some(Status::Suspended),
            email: None,
        };
        let suspended = world.store.revoked(suspend).await;
        assert!(matches!(suspended, Ok(UpdateUserOutcome::Updated(_))), "round {round}: {suspended:?}");
        let rotations: usize = rotating.join_all().await.into_iter().sum();
        println!("round {round}: {rotations} rotations");
        assert!(world.sessions(1, 1).await.is_empty(), "round {round}: a session of a suspended user lives");
        // Thousands of rounds share one server, whose connections are counted.
        for store in stores {
            store.close().await;
        }
    }
}
