//! Forgetting what has ended.

use hallpass_model::Role;
use hallpass_model::audit::{AuditEntry, Event};
use hallpass_model::key::KeyRecord;
use hallpass_model::rate_limit::Buckets;
use hallpass_store::op::{self, KeyChange, Pruned, Refreshed};

use crate::keys::{change, key};
use crate::support::{DAY, POLICY, REVOCATION_TTL, World, act, at, first_token, refresh, session_id, user_id};

const SECS_A_DAY: i64 = 24 * 3600;

fn prune(secs: i64) -> op::Prune {
    op::Prune { now: at(secs) + op::Prune::KEPT, audit_before: at(0), limit: 1000 }
}

#[tokio::test]
async fn a_revoked_family_is_kept_to_its_absolute_end_so_that_reuse_stays_recognisable() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let token = first_token(1);
    world.rotate(&token, 1, 1).await;
    let revoke = op::RevokeSession {
        act: act(2),
        revocation_ttl: REVOCATION_TTL,
        session: session_id(1),
        owner: None,
        event: Event::LoggedOut,
    };
    world.revoke(revoke).await;
    assert_eq!(world.write(prune(6 * SECS_A_DAY)).await.sessions, 0);
    let replayed = world.revoke(refresh(&token, 6 * SECS_A_DAY, 2, POLICY)).await;
    assert_eq!(replayed, Refreshed::Reuse { user: user_id(1) });
    assert_eq!(world.write(prune(30 * SECS_A_DAY - 1)).await.sessions, 0);
    assert_eq!(world.write(prune(30 * SECS_A_DAY)).await.sessions, 1);
    assert_eq!(world.revoke(refresh(&token, 30 * SECS_A_DAY, 2, POLICY)).await, Refreshed::Refused);
}

#[tokio::test]
async fn ended_windows_and_forgotten_failures_go() {
    let world = World::new().await;
    let attempt = op::Attempt {
        act: act(0),
        buckets: Buckets { address: Some([1; 32]), account: Some([2; 32]) },
        rule: crate::login::RULE,
        email: "nobody@example.com".to_owned(),
        lock_event: Event::AccountLocked,
    };
    let reserve = op::Reserve { attempt, reads_credential: false };
    world.write(reserve).await;
    assert_eq!(world.write(prune(899)).await, Pruned::default());
    assert_eq!(world.write(prune(900)).await.attempts, 1, "the address's window");
    assert_eq!(world.write(prune(SECS_A_DAY)).await.attempts, 1, "the account's failures");
}

#[tokio::test]
async fn what_was_good_once_is_forgotten_when_it_has_expired_for_every_clock() {
    let world = World::new().await;
    assert!(world.write(crate::once::used(1, 60, 0)).await && world.write(crate::once::used(2, 61, 0)).await);
    assert_eq!(world.write(prune(59)).await, Pruned::default());
    assert_eq!(world.write(prune(60)).await.used_once, 1);
    assert!(!world.write(crate::once::used(2, 61, 60)).await, "the other is remembered");
}

#[tokio::test]
async fn the_audit_log_keeps_its_retention_and_its_newest_day() {
    let world = World::new().await;
    for days in [0, 10, 20] {
        world.write(op::AppendAudit { act: act(days * SECS_A_DAY), entry: AuditEntry::new(Event::LoginFailed) }).await;
    }
    let before = |days| op::Prune { audit_before: at(days * SECS_A_DAY), ..prune(30 * SECS_A_DAY) };
    assert_eq!(world.write(before(10)).await.audit, 1);
    assert_eq!(world.write(before(30)).await.audit, 1, "the newest stays, and does not stop the rest");
    assert_eq!(world.audit().await.len(), 1);
}

#[tokio::test]
async fn at_most_the_limit_goes_at_once() {
    let world = World::new().await;
    for n in 0..5 {
        world.revoke(op::RevokeToken { act: act(0), jti: format!("jti-{n}"), until: at(1) }).await;
    }
    let two = || op::Prune { limit: 2, ..prune(5) };
    let mut removed = Vec::new();
    for _ in 0..4 {
        removed.push(world.write(two()).await.revocations);
    }
    assert_eq!(removed, [2, 2, 1, 0]);
}

#[tokio::test]
async fn a_key_pair_goes_a_month_after_its_last_token_but_never_a_revoked_key_or_a_secret() {
    let world = World::new().await;
    let gone =
        |kid, algorithm| KeyRecord { retired_at: Some(at(10)), gone_at: Some(at(20)), ..key(kid, algorithm, Some(0)) };
    let keys = vec![
        KeyChange::Insert(key("active", "RS256", Some(0))),
        KeyChange::Insert(gone("gone", "RS256")),
        KeyChange::Insert(KeyRecord { revoked_at: Some(at(15)), ..gone("revoked", "RS256") }),
        KeyChange::Insert(gone("secret", "HS256")),
    ];
    world.write(change(0, keys)).await;
    let a_month_later = |secs| op::Prune { now: at(20 + 30 * SECS_A_DAY + secs), ..prune(0) };
    assert_eq!(world.write(a_month_later(-1)).await.keys, 0);
    assert_eq!(world.write(a_month_later(0)).await.keys, 1);
    let ring = world.read(op::ListKeys).await;
    let left: Vec<_> = ring.keys.iter().map(|key| key.kid.as_str()).collect();
    assert_eq!((left, ring.version), (vec!["active", "revoked", "secret"], 2));
    assert_eq!(world.audit().await[0].detail, r#"{"alg":"RS256","kid":"gone"}"#);
}

#[tokio::test]
async fn what_lives_is_left_alone() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.user(2, Role::admin()).await;
    let now = op::Prune { audit_before: at(0) - DAY, ..prune(1) };
    assert_eq!(world.write(now).await, Pruned::default());
    assert_eq!((world.read(op::CountUsers).await, world.sessions(1, 1).await.len()), (2, 1));
}
