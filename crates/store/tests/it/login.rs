//! The login: reserve, settle, open.

use std::time::Duration;

use hallpass_model::Role;
use hallpass_model::audit::{AuditEntry, Event};
use hallpass_model::rate_limit::{Buckets, Hold, Lockout, Outcome, Reservation, Rule, Settlement};
use hallpass_model::revocation::Subject;
use hallpass_model::user::Status;
use hallpass_store::op::{self, NewSession, OpenSessionOutcome, Reserved};

use crate::support::{REVOCATION_TTL, World, act, at, hash_of, new_session, session_id, user_id};

pub const RULE: Rule =
    Rule { max: 10, window: Duration::from_secs(900), lockout: Lockout::new(5, Duration::from_secs(1800)) };
const ADDRESS: [u8; 32] = [1; 32];

pub fn account(user: u8) -> [u8; 32] {
    [100 + user; 32]
}

fn attempt(address: Option<[u8; 32]>, user: u8, secs: i64) -> op::Attempt {
    let buckets = Buckets { address, account: Some(account(user)) };
    op::Attempt {
        act: act(secs),
        buckets,
        rule: RULE,
        email: format!("user{user}@example.com"),
        lock_event: Event::AccountLocked,
    }
}

fn reserve_from(address: [u8; 32], user: u8, secs: i64) -> op::Reserve {
    op::Reserve { attempt: attempt(Some(address), user, secs), reads_credential: true }
}

/// What is left to the address, why the account takes no attempt, and whether a lock was found.
fn held(reserved: &Reserved) -> (Option<u32>, Hold, bool) {
    match reserved.reservation {
        Reservation::AccountHeld { budget, hold, has_closed } => {
            (budget.map(|budget| budget.remaining), hold, has_closed)
        }
        other => panic!("{other:?}"),
    }
}

fn locked_for(secs: u64) -> Hold {
    Hold::Locked { retry_after: Duration::from_secs(secs) }
}

const fn is_granted(reserved: &Reserved) -> bool {
    matches!(reserved.reservation, Reservation::Granted { .. })
}

fn reserve(user: u8, secs: i64) -> op::Reserve {
    reserve_from(ADDRESS, user, secs)
}

fn settle(user: u8, secs: i64, outcome: Outcome) -> op::Settle {
    let audit = (outcome == Outcome::Failure).then(|| AuditEntry::new(Event::LoginFailed).user(user_id(user)));
    op::Settle { attempt: attempt(Some(ADDRESS), user, secs), outcome, audit }
}

/// A login of `user` that found its password right.
pub fn open(session: NewSession, user: u8, secs: i64) -> op::OpenSession {
    op::OpenSession {
        proof: None,
        demands_proof: false,
        act: act(secs),
        attempt: Some(attempt(Some(ADDRESS), user, secs)),
        seen_hash: hash_of(user),
        new_hash: None,
        session,
        ends: None,
        notice: None,
    }
}

pub async fn fail(world: &World, user: u8, secs: i64) -> Settlement {
    let granted = world.write(reserve(user, secs)).await;
    assert!(is_granted(&granted), "{granted:?}");
    world.write(settle(user, secs, Outcome::Failure)).await
}

#[tokio::test]
async fn a_good_login_opens_a_session_and_costs_no_attempt() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    let reserved = world.write(reserve(1, 5)).await;
    let Reservation::Granted { budget } = reserved.reservation else { panic!("{reserved:?}") };
    assert_eq!(budget.map(|budget| budget.remaining), Some(9));
    assert_eq!(reserved.credential.expect("known").password_hash, Some(hash_of(1)));
    let opened = world.revoke(open(new_session(1, 1, 5), 1, 5)).await;
    let OpenSessionOutcome::Opened { user, settled } = opened else { panic!("{opened:?}") };
    let budget = settled.and_then(|settled| settled.budget);
    assert_eq!((user.last_login_at, budget.map(|budget| budget.remaining)), (Some(at(5)), Some(10)));
    assert_eq!(world.sessions(1, 5).await.len(), 1);
    assert_eq!(world.audit().await[0].session, Some(session_id(1)));
}

#[tokio::test]
async fn an_eleventh_attempt_of_one_address_is_refused_until_the_window_ends() {
    let world = World::new().await;
    for user in 0..10 {
        assert_eq!(fail(&world, user, 10).await.budget.expect("reserved").remaining, 9 - u32::from(user));
    }
    let refused = world.write(reserve(50, 20)).await;
    let Reservation::AddressLimited { budget } = refused.reservation else { panic!("{refused:?}") };
    assert_eq!((budget.remaining, budget.resets_in), (0, Duration::from_secs(890)));
    let other = world.write(reserve_from([2; 32], 50, 20)).await;
    assert!(is_granted(&other), "another address goes on: {other:?}");
    let later = world.write(reserve(51, 910)).await;
    assert!(is_granted(&later), "{later:?}");
}

#[tokio::test]
async fn five_failures_lock_an_address_that_has_an_account_and_one_that_has_none_alike() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    for user in [1, 2] {
        for n in 1..=5 {
            assert_eq!(fail(&world, user, n).await.locked, n == 5);
        }
        let locked = world.write(reserve_from([9; 32], user, 6)).await;
        let left = Some(10 - u32::from(user));
        assert_eq!(held(&locked), (left, locked_for(1799), false), "a try at a locked account still costs the address");
    }
    assert_eq!((world.count(Event::LoginFailed).await, world.count(Event::AccountLocked).await), (10, 2));
    let after = world.write(reserve_from([9; 32], 1, 5 + 1800)).await;
    assert!(is_granted(&after), "{after:?}");
}

#[tokio::test]
async fn parallel_guesses_cannot_pass_either_limit() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    let mut tries = tokio::task::JoinSet::new();
    for n in 0..40 {
        let store = world.store.clone();
        tries.spawn(async move { store.write(reserve_from([n; 32], 1, 0)).await.expect("writes") });
    }
    let outcomes = tries.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| is_granted(outcome)).count(), 5);
}

#[tokio::test]
async fn an_attempt_that_found_nothing_out_is_given_back() {
    let world = World::new().await;
    world.write(reserve(1, 0)).await;
    let settled = world.write(settle(1, 0, Outcome::Void)).await;
    assert_eq!(settled.budget.expect("reserved").remaining, 10);
    let rows: i64 = world.one("SELECT COUNT(*) FROM account_attempts").await;
    assert_eq!(rows, 0, "an account without failures leaves no row");
    assert!(world.audit().await.is_empty());
}

#[tokio::test]
async fn a_success_ends_the_row_of_failures() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    for n in 0..4 {
        fail(&world, 1, n).await;
    }
    world.write(reserve(1, 5)).await;
    world.session(1, 1, 5).await;
    assert!(!fail(&world, 1, 6).await.locked);
}

#[tokio::test]
async fn what_changed_while_the_password_was_hashed_is_seen() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    world.write(reserve(1, 0)).await;
    let rehash = op::Rehash { act: act(0), user: user_id(1), old_hash: hash_of(1), new_hash: "other".to_owned() };
    world.write(rehash).await;
    assert_eq!(world.revoke(open(new_session(1, 1, 0), 1, 0)).await, OpenSessionOutcome::Stale);
    let suspend = op::UpdateUser {
        act: act(1),
        revocation_ttl: REVOCATION_TTL,
        id: user_id(1),
        role: None,
        status: Some(Status::Suspended),
        email: None,
    };
    world.revoke(suspend).await;
    let late = op::OpenSession { seen_hash: "other".to_owned(), ..open(new_session(1, 1, 1), 1, 1) };
    assert_eq!(world.revoke(late).await, OpenSessionOutcome::Refused);
    assert!(world.sessions(1, 1).await.is_empty());
    assert_eq!(world.count(Event::LoginSucceeded).await, 0);
    assert_eq!(world.write(settle(1, 1, Outcome::Failure)).await.budget.map(|budget| budget.remaining), Some(9));
}

#[tokio::test]
async fn a_right_login_that_finds_a_lock_closed_by_abandoned_attempts_audits_it() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    for _ in 0..5 {
        world.write(reserve(1, 0)).await;
    }
    let opened = world.revoke(open(new_session(1, 1, 61), 1, 61)).await;
    let OpenSessionOutcome::Opened { settled, .. } = opened else { panic!("{opened:?}") };
    assert!(settled.is_some_and(|settled| settled.locked));
    assert_eq!(world.count(Event::AccountLocked).await, 1);
    let next = world.write(reserve(1, 62)).await;
    assert!(!held(&next).2, "found once: {next:?}");
}

#[tokio::test]
async fn a_login_over_a_session_ends_that_session() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let ends = Some((session_id(1), REVOCATION_TTL));
    world.revoke(op::OpenSession { ends, ..open(new_session(2, 1, 9), 1, 9) }).await;
    let live: Vec<_> = world.sessions(1, 9).await.into_iter().map(|session| session.id).collect();
    assert_eq!(live, [session_id(2)]);
    assert_eq!(world.subjects(), [Subject::Session(session_id(1))]);
}

#[tokio::test]
async fn changing_a_password_is_guarded_like_a_login_without_an_address() {
    let world = World::new().await;
    let proof = || attempt(None, 1, 0);
    let reserve = || op::Reserve { attempt: proof(), reads_credential: false };
    for n in 1..=5 {
        let reserved = world.write(reserve()).await;
        assert_eq!((reserved.reservation, reserved.credential), (Reservation::Granted { budget: None }, None));
        let settled = world.write(op::Settle { attempt: proof(), ..settle(1, 0, Outcome::Failure) }).await;
        assert_eq!(settled, Settlement { budget: None, locked: n == 5 });
    }
    assert_eq!(held(&world.write(reserve()).await), (None, locked_for(1800), false));
}

#[tokio::test]
async fn attempts_that_were_never_settled_make_others_wait_for_a_minute_and_then_lock_as_failures_do() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    for n in 0..5 {
        let granted = world.write(reserve(1, n)).await;
        assert!(is_granted(&granted), "{granted:?}");
    }
    let held = async |secs| held(&world.write(reserve_from([9; 32], 1, secs)).await);
    assert_eq!(held(63).await, (Some(10), Hold::Busy, false), "nothing is locked, and the address paid nothing");
    assert_eq!(world.count(Event::AccountLocked).await, 0);
    assert_eq!(held(65).await, (Some(9), locked_for(1799), true));
    assert_eq!(held(66).await, (Some(8), locked_for(1798), false), "found once");
    assert_eq!(world.count(Event::AccountLocked).await, 1);
    let after = world.write(reserve_from([9; 32], 1, 64 + 1800)).await;
    assert!(is_granted(&after), "{after:?}");
}

#[tokio::test]
async fn an_unlocked_account_may_try_again_at_once() {
    let world = World::new().await;
    for n in 0..5 {
        fail(&world, 1, n).await;
    }
    let unlock = || op::Unlock { act: act(9), account: account(1), entry: AuditEntry::new(Event::AccountUnlocked) };
    let look = || op::FindLock { now: at(9), account: account(1), rule: RULE };
    assert_eq!(world.read(look()).await, Some(at(4) + RULE.lockout.duration));
    assert!(world.write(unlock()).await);
    assert!(!world.write(unlock()).await, "there is nothing left to unlock");
    assert_eq!(world.read(look()).await, None);
    assert!(is_granted(&world.write(reserve(1, 9)).await));
    assert_eq!(world.count(Event::AccountUnlocked).await, 1);
}

#[tokio::test]
async fn an_address_alone_can_be_limited_too() {
    let world = World::new().await;
    let rule = Rule { max: 2, lockout: Lockout::NEVER, ..RULE };
    let buckets = Buckets { address: Some(ADDRESS), account: None };
    let attempt = || op::Attempt { act: act(0), buckets, rule, email: String::new(), lock_event: Event::AccountLocked };
    let take = async || world.write(op::Reserve { attempt: attempt(), reads_credential: false }).await.reservation;
    for left in [1, 0] {
        let taken = take().await;
        assert!(
            matches!(taken, Reservation::Granted { budget: Some(budget) } if budget.remaining == left),
            "{taken:?}"
        );
    }
    let refused = take().await;
    assert!(matches!(refused, Reservation::AddressLimited { budget } if budget.remaining == 0), "{refused:?}");
}

#[tokio::test]
async fn a_one_time_password_opens_a_session_only_together_with_its_replacement() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let reset = op::ResetPassword {
        act: act(5),
        revocation_ttl: REVOCATION_TTL,
        user: user_id(1),
        new_hash: "one-time".to_owned(),
        one_time_until: Some(at(100)),
    };
    assert_eq!(world.revoke(reset).await, Some(1));
    assert_eq!(world.find(1).await.and_then(|user| user.one_time_until), Some(at(100)));
    let enter = |n, new_hash: Option<&str>| op::OpenSession {
        seen_hash: "one-time".to_owned(),
        new_hash: new_hash.map(str::to_owned),
        ..open(new_session(n, 1, 9), 1, 9)
    };
    assert_eq!(world.revoke(enter(2, None)).await, op::OpenSessionOutcome::Refused);
    let opened = world.revoke(enter(3, Some("own"))).await;
    assert!(matches!(opened, op::OpenSessionOutcome::Opened { .. }), "{opened:?}");
    assert_eq!(world.find(1).await.and_then(|user| user.one_time_until), None);
    assert_eq!(world.revoke(enter(4, Some("another"))).await, op::OpenSessionOutcome::Stale, "it was good once");
    let kept = world.read(op::FindCredential { key: op::UserKey::Id(user_id(1)) }).await.expect("the user");
    assert_eq!((kept.password_hash.as_deref(), world.sessions(1, 9).await.len()), (Some("own"), 1));
}
