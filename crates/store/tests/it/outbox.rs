//! Messages that wait to be sent, and the values that they carry.

use std::time::Duration;

use hallpass_model::one_time::Purpose;
use hallpass_model::outbox::{Allowance, State};
use hallpass_model::page::PageRequest;
use hallpass_model::secret::Secret;
use hallpass_model::{MessageId, OneTimeId, Role, Timestamp};
use hallpass_store::op::{self, Content, Place, Presented, PresentedValue, Tried};

use crate::copy::dump;
use crate::support::{World, act, at, first_token, refresh, user_id};

const PLENTY: Allowance = Allowance { in_quarter_hour: 1000, in_a_day: 1000, of_template: false };
const LEASE: i64 = 120;

/// Message `n` to mailbox `to`.
pub fn message(n: u8, to: u8, secs: i64) -> op::QueueMessage {
    op::QueueMessage {
        message: op::NewMessage {
            id: message_id(n, secs),
            template: "reset_password",
            user: Some(user_id(1)),
            recipient_key: [to; 32],
            content: Content::Sealed(vec![7, 7, 7, n]),
            created_at: at(secs),
            expires_at: at(secs + 3600),
        },
        carries: None,
        allowance: PLENTY,
        entry: None,
    }
}

fn message_id(n: u8, secs: i64) -> MessageId {
    MessageId::new(at(secs), [0, 0, 0, 0, 0, 0, 0, 0, 0, n])
}

/// Value `n` for the user of this number.
pub fn value(n: u8, purpose: Purpose, secs: i64) -> op::NewOneTime {
    op::NewOneTime {
        id: OneTimeId::new(at(secs), [0, 0, 0, 0, 0, 0, 0, 0, 0, n]),
        purpose,
        address_key: [n; 32],
        user: user_id(n),
        secret_hash: Secret::new([n; 32]),
        code_hash: Secret::new([n + 100; 32]),
        flow: Some(op::Flow { flow_hash: Secret::new([1; 32]), digits_hash: Secret::new([2; 32]) }),
        payload: Some(vec![1, 2, 3]),
        expires_at: at(secs + 600),
    }
}

/// A row of each kind: a value, a message, a mailbox that does not exist.
pub async fn furnish(world: &World) {
    put(world, value(1, Purpose::SignIn, 0)).await;
    world.write(message(7, 7, 0)).await;
    claim(world, 0, 10).await;
    let dead = op::SettleMessage {
        id: message_id(7, 0),
        lease: at(LEASE),
        now: at(1),
        tried: Tried::Settled(State::Refused),
        error: None,
        dead_until: Some(at(1000)),
        audit: None,
    };
    assert!(world.write(dead).await);
}

async fn claim(world: &World, secs: i64, limit: u32) -> Vec<op::Claimed> {
    world.write(op::ClaimMessages { now: at(secs), lease: at(secs + LEASE), limit, per_hour: 1000 }).await
}

async fn settle(world: &World, n: u8, (lease, secs): (i64, i64), tried: Tried) -> bool {
    let (id, lease, now) = (message_id(n, 0), at(lease), at(secs));
    world
        .write(op::SettleMessage {
            id,
            lease,
            now,
            tried,
            error: Some("words".to_owned()),
            dead_until: None,
            audit: None,
        })
        .await
}

async fn found(world: &World, n: u8) -> hallpass_model::outbox::Message {
    world.store.read(op::FindMessage { id: message_id(n, 0) }).await.expect("reads").expect("is there")
}

#[tokio::test]
async fn a_message_has_one_claimant_until_the_lease_ends_and_the_late_one_settles_nothing() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    assert_eq!(world.write(message(1, 1, 0)).await, State::Waiting);
    let first = claim(&world, 1, 4).await;
    assert_eq!((first.len(), first[0].attempts), (1, 1));
    assert!(claim(&world, 60, 4).await.is_empty(), "it is being sent");
    let second = claim(&world, 1 + LEASE, 4).await;
    assert_eq!((second.len(), second[0].attempts, second[0].id), (1, 2, first[0].id));
    assert!(!settle(&world, 1, (1 + LEASE, 130), Tried::Settled(State::Sent)).await, "the lease was lost");
    assert_eq!(found(&world, 1).await.state, State::Waiting);
    assert!(settle(&world, 1, (1 + 2 * LEASE, 131), Tried::Settled(State::Sent)).await);
    assert_eq!(found(&world, 1).await.state, State::Sent);
    assert!(claim(&world, 4000, 4).await.is_empty());
}

#[tokio::test]
async fn of_many_that_claim_at_once_each_message_goes_to_one() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    for n in 1..=40 {
        world.write(message(n, n, 0)).await;
    }
    let rounds = (0..8).map(|_| async {
        let mut mine = Vec::new();
        for _ in 0..12 {
            mine.extend(claim(&world, 1, 4).await.into_iter().map(|claimed| claimed.id));
        }
        mine
    });
    let mut all: Vec<MessageId> = futures_util::future::join_all(rounds).await.concat();
    all.sort_unstable();
    let mut once = all.clone();
    once.dedup();
    assert_eq!((all.len(), once.len()), (40, 40));
}

#[tokio::test]
async fn messages_leave_in_the_order_in_which_they_were_written() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    for n in [3, 1, 2] {
        world.write(message(n, n, i64::from(n))).await;
    }
    let claimed = claim(&world, 10, 2).await;
    assert_eq!(claimed.iter().map(|message| message.id).collect::<Vec<_>>(), [message_id(1, 1), message_id(2, 2)]);
    let claimed = claim(&world, 10, 2).await;
    assert_eq!(claimed.iter().map(|message| message.id).collect::<Vec<_>>(), [message_id(3, 3)]);
}

#[tokio::test]
async fn what_is_settled_is_wiped_and_what_is_put_off_is_not() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    world.write(message(1, 1, 0)).await;
    claim(&world, 0, 4).await;
    assert!(settle(&world, 1, (LEASE, 5), Tried::PutOff { until: at(300), counts: false }).await);
    let waiting = found(&world, 1).await;
    assert_eq!(
        (waiting.attempts, waiting.not_before),
        (0, at(300)),
        "a server that is down is not the message's fault"
    );
    assert_eq!(waiting.last_error.as_deref(), Some("words"));
    assert!(claim(&world, 299, 4).await.is_empty());
    assert_eq!(claim(&world, 300, 4).await[0].sealed, Some(vec![7, 7, 7, 1]));
    assert!(settle(&world, 1, (300 + LEASE, 301), Tried::Settled(State::Refused)).await);
    let rows = dump(&world, "outbox").concat();
    assert!(!rows.contains("7, 7, 7, 1") && !rows.contains("07070701"), "{rows}");
}

#[tokio::test]
async fn a_message_that_waits_is_tried_at_once_on_request_and_a_settled_one_never_again() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    world.write(message(1, 1, 0)).await;
    claim(&world, 0, 4).await;
    settle(&world, 1, (LEASE, 5), Tried::PutOff { until: at(3000), counts: true }).await;
    assert!(world.write(op::RetryMessage { id: message_id(1, 0), now: at(6) }).await);
    assert_eq!(claim(&world, 6, 4).await.len(), 1);
    settle(&world, 1, (6 + LEASE, 7), Tried::Settled(State::Sent)).await;
    assert!(!world.write(op::RetryMessage { id: message_id(1, 0), now: at(8) }).await);
}

#[tokio::test]
async fn the_limit_of_a_mailbox_holds_against_many_at_once() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    let allowance = Allowance { in_quarter_hour: 3, in_a_day: 10, of_template: false };
    let asked = (1..=10).map(|n| world.write(op::QueueMessage { allowance, ..message(n, 1, 0) }));
    let states = futures_util::future::join_all(asked).await;
    assert_eq!(states.iter().filter(|state| **state == State::Waiting).count(), 3, "{states:?}");
    let late = |secs| op::QueueMessage { allowance, ..message(99, 1, secs) };
    assert_eq!(world.write(late(899)).await, State::Void);
    assert_eq!(world.write(op::QueueMessage { allowance, ..message(98, 1, 900) }).await, State::Waiting);
}

#[tokio::test]
async fn so_many_leave_in_an_hour_and_the_others_wait() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    for n in 1..=3 {
        world.write(message(n, n, 0)).await;
    }
    let few = |secs| op::ClaimMessages { now: at(secs), lease: at(secs + LEASE), limit: 4, per_hour: 2 };
    assert_eq!(world.write(few(1)).await.len(), 2);
    for n in 1..=2 {
        assert!(settle(&world, n, (1 + LEASE, 2), Tried::Settled(State::Sent)).await);
    }
    assert!(world.write(few(3600)).await.is_empty());
    assert_eq!(world.write(few(3602)).await.len(), 1);
}

#[tokio::test]
async fn nothing_is_written_for_a_mailbox_that_does_not_exist_until_time_or_an_admin_revives_it() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    world.write(message(1, 5, 0)).await;
    claim(&world, 0, 4).await;
    let dead = op::SettleMessage {
        id: message_id(1, 0),
        lease: at(LEASE),
        now: at(1),
        tried: Tried::Settled(State::Refused),
        error: None,
        dead_until: Some(at(1000)),
        audit: None,
    };
    assert!(world.write(dead).await);
    assert_eq!(world.write(message(2, 5, 10)).await, State::Void);
    assert_eq!(world.write(message(3, 6, 10)).await, State::Waiting, "another mailbox");
    assert_eq!(world.write(message(4, 5, 1000)).await, State::Waiting, "time");
    assert!(world.write(op::ReviveMailbox { recipient_key: [5; 32] }).await);
    assert_eq!(world.write(message(5, 5, 20)).await, State::Waiting, "an admin");
}

#[tokio::test]
async fn a_reuse_tells_its_user_once_in_the_same_transaction() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let stolen = first_token(1);
    world.rotate(&stolen, 5, 7).await;
    for secs in [600, 700] {
        let reuse =
            op::RefreshSession { notice: Some("session_stolen"), ..refresh(&stolen, secs, 9, crate::support::POLICY) };
        let reused = world.revoke(reuse).await;
        assert!(matches!(reused, op::Refreshed::Reuse { .. }), "{reused:?}");
    }
    let page = PageRequest { after: None, limit: 10 };
    let told = world.store.read(op::ListMessages { state: None, page }).await.expect("reads").items;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].template.as_str(), told[0].user), ("session_stolen", Some(user_id(1))));
    assert_eq!(claim(&world, 800, 4).await[0].sealed, None);
}

fn link(n: u8, secs: i64, place: Place) -> Presented {
    let id = OneTimeId::new(at(secs), [0, 0, 0, 0, 0, 0, 0, 0, 0, n]);
    Presented { value: PresentedValue::Link { id, secret_hash: Secret::new([n; 32]) }, place }
}

async fn put(world: &World, new: op::NewOneTime) {
    let n = new.address_key[0];
    world.write(op::QueueMessage { carries: Some(new), ..message(n, n, 0) }).await;
}

#[tokio::test]
async fn of_many_that_present_a_value_at_once_one_spends_it() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    put(&world, op::NewOneTime { flow: None, ..value(1, Purpose::VerifyEmail, 0) }).await;
    let tries = (0..8)
        .map(|_| world.write(op::VerifyEmail { act: act(5), user: user_id(1), presented: link(1, 0, Place::Unknown) }));
    let outcomes = futures_util::future::join_all(tries).await;
    let verified = outcomes.iter().filter(|outcome| **outcome == op::VerifyEmailOutcome::Verified).count();
    assert_eq!(verified, 1, "{outcomes:?}");
}

#[tokio::test]
async fn a_value_of_a_browser_works_there_or_with_its_digits_and_wrong_digits_use_it_up() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    let check = |place: Place, now: Timestamp| {
        world.write(op::CheckOneTime { purposes: &[Purpose::SignIn], presented: link(1, 0, place), now })
    };
    put(&world, value(1, Purpose::SignIn, 0)).await;
    assert!(check(Place::Unknown, at(1)).await.is_none());
    assert!(check(Place::Browser(Secret::new([9; 32])), at(1)).await.is_none());
    for _ in 0..4 {
        assert!(check(Place::Digits(Secret::new([9; 32])), at(1)).await.is_none());
    }
    let fitting = check(Place::Browser(Secret::new([1; 32])), at(1)).await.expect("it fits");
    assert_eq!((fitting.user, fitting.purpose, fitting.payload), (user_id(1), Purpose::SignIn, Some(vec![1, 2, 3])));
    assert!(check(Place::Digits(Secret::new([2; 32])), at(599)).await.is_some());
    assert!(check(Place::Digits(Secret::new([2; 32])), at(600)).await.is_none(), "it has expired");
    assert!(check(Place::Digits(Secret::new([9; 32])), at(1)).await.is_none());
    assert!(check(Place::Browser(Secret::new([1; 32])), at(1)).await.is_none(), "the fifth wrong digits were the last");
}

#[tokio::test]
async fn what_has_expired_and_what_is_settled_is_pruned_in_time() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    put(&world, value(1, Purpose::SignIn, 0)).await;
    claim(&world, 0, 4).await;
    settle(&world, 1, (LEASE, 1), Tried::Settled(State::Sent)).await;
    world.write(message(2, 2, 0)).await;
    let week = Duration::from_secs(7 * 24 * 3600);
    let prune = |now: Timestamp| world.write(op::Prune { now, audit_before: at(0), limit: 100 });
    let early = prune(at(599) + op::Prune::KEPT).await;
    assert_eq!((early.one_time, early.messages), (0, 0));
    assert_eq!(prune(at(600) + op::Prune::KEPT).await.one_time, 1);
    assert_eq!(prune(at(-1) + week).await.messages, 0);
    assert_eq!(prune(at(0) + week).await.messages, 1, "the one that still waits is kept");
}
