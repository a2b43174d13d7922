//! The refresh: one winner, one family, one current token.

use hallpass_model::Role;
use hallpass_model::audit::Event;
use hallpass_model::refresh_token::RefreshToken;
use hallpass_model::revocation::Subject;
use hallpass_model::session::RefreshPolicy;
use hallpass_store::op::{self, Refreshed};
use tokio::task::JoinSet;

use crate::support::{
    Alone, POLICY, REVOCATION_TTL, STRICT, World, act, at, first_token, refresh, session_id, user_id,
};

/// The same token from 24 tabs at once, each with randomness of its own.
async fn race(world: &World, token: &RefreshToken, secs: i64, policy: RefreshPolicy) -> Vec<(u8, Refreshed)> {
    let mut tabs = JoinSet::new();
    for nonce in 1..=24 {
        let (store, operation) = (world.store.clone(), refresh(token, secs, nonce, policy));
        tabs.spawn(async move { (nonce, store.revoked(operation).await.expect("writes")) });
    }
    tabs.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_24_concurrent_refreshes_without_grace_exactly_one_wins_and_the_family_is_revoked() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let outcomes = race(&world, &first_token(1), 10, STRICT).await;
    let won = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Refreshed::Rotated(_))).count();
    let reuse = Refreshed::Reuse { user: user_id(1) };
    assert_eq!((won, outcomes.iter().filter(|(_, outcome)| *outcome == reuse).count()), (1, 23));
    assert!(world.sessions(1, 10).await.is_empty());
    assert_eq!(world.subjects(), [Subject::Session(session_id(1))], "revoked once");
    assert_eq!(world.count(Event::RefreshReused).await, 1, "told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_24_concurrent_refreshes_with_grace_all_get_the_same_successor() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let outcomes = race(&world, &first_token(1), 10, POLICY).await;
    let winners: Vec<u8> =
        outcomes.iter().filter(|(_, o)| matches!(o, Refreshed::Rotated(_))).map(|(nonce, _)| *nonce).collect();
    let [winner] = winners.as_slice() else { panic!("{winners:?} won") };
    let expected = first_token(1).successor(&[*winner; 16]).expect("derives");
    for (nonce, outcome) in outcomes.iter().filter(|(nonce, _)| nonce != winner) {
        assert!(matches!(outcome, Refreshed::Repeated { successor, .. } if *successor == expected), "{nonce}");
    }
    assert_eq!(world.sessions(1, 10).await[0].generation, 1, "the family did not fork");
    world.rotate(&expected, 11, 99).await;
}

#[tokio::test]
async fn a_rotation_grants_what_the_user_is_now_and_moves_the_idle_end() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let rotated = world.revoke(refresh(&first_token(1), 60, 7, POLICY)).await;
    let Refreshed::Rotated(grant) = rotated else { panic!("{rotated:?}") };
    assert_eq!((grant.user, grant.role, grant.tokens_from), (user_id(1), Role::user(), 0));
    assert_eq!(grant.expires_at, at(60) + POLICY.idle);
    let session = world.sessions(1, 60).await.remove(0);
    let successor = first_token(1).successor(&[7; 16]).expect("derives");
    assert_eq!((session.generation, session.current_hash), (1, successor.hash()));
    assert_eq!((session.rotated_at, session.last_used_at, session.nonce), (Some(at(60)), at(60), Some([7; 16])));
}

#[tokio::test]
async fn sliding_never_passes_the_absolute_end_and_without_sliding_the_end_stays() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.user_with_session(2).await;
    let fixed = RefreshPolicy { sliding: false, ..POLICY };
    let rotated = world.revoke(refresh(&first_token(2), 60, 1, fixed)).await;
    assert!(matches!(rotated, Refreshed::Rotated(grant) if grant.expires_at == at(0) + POLICY.idle));
    let mut token = first_token(1);
    let day = 24 * 3600;
    for days in [6, 12, 18] {
        token = world.rotate(&token, days * day, 1).await;
    }
    let rotated = world.revoke(refresh(&token, 24 * day, 1, POLICY)).await;
    assert!(matches!(rotated, Refreshed::Rotated(grant) if grant.expires_at == at(30 * day)));
    let token = token.successor(&[1; 16]).expect("derives");
    assert_eq!(world.revoke(refresh(&token, 30 * day, 1, POLICY)).await, Refreshed::Refused);
}

#[tokio::test]
async fn a_spent_token_inside_the_window_is_repeated_without_a_write() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let second = world.rotate(&first_token(1), 10, 5).await;
    let before = world.sessions(1, 12).await;
    let again = world.revoke(refresh(&first_token(1), 12, 6, POLICY)).await;
    assert!(matches!(&again, Refreshed::Repeated { successor, .. } if *successor == second), "{again:?}");
    assert_eq!(world.sessions(1, 12).await, before);
    let late = world.revoke(refresh(&first_token(1), 20, 6, POLICY)).await;
    assert_eq!(late, Refreshed::Reuse { user: user_id(1) }, "the window does not slide");
}

#[tokio::test]
async fn a_token_whose_successor_was_used_is_reuse_inside_the_window_too() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let second = world.rotate(&first_token(1), 10, 5).await;
    let third = world.rotate(&second, 11, 6).await;
    assert_eq!(world.revoke(refresh(&first_token(1), 12, 7, POLICY)).await, Refreshed::Reuse { user: user_id(1) });
    assert_eq!(world.revoke(refresh(&third, 13, 8, POLICY)).await, Refreshed::Refused, "the honest one must log in");
    let heard = world.heard.lock().expect("whole").clone();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].revocation.until, at(12) + REVOCATION_TTL);
    assert_eq!(world.audit().await[0].session, Some(session_id(1)));
}

#[tokio::test]
async fn a_genuine_token_from_ahead_of_a_restored_store_ends_its_session() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let ahead = first_token(1).successor(&[1; 16]).expect("derives");
    assert_eq!(world.revoke(refresh(&ahead, 10, 1, POLICY)).await, Refreshed::Refused);
    assert_eq!(world.subjects(), [Subject::Session(session_id(1))]);
    assert_eq!(world.revoke(refresh(&first_token(1), 11, 1, POLICY)).await, Refreshed::Refused);
    assert_eq!(world.revoke(refresh(&ahead, 12, 1, POLICY)).await, Refreshed::Refused);
    assert_eq!(world.count(Event::RefreshAhead).await, 1, "once, however often it comes");
}

#[tokio::test]
async fn unknown_expired_and_revoked_families_are_refused() {
    let world = World::new().await;
    world.user_with_session(1).await;
    assert_eq!(world.revoke(refresh(&first_token(9), 1, 1, POLICY)).await, Refreshed::Refused);
    let end = 7 * 24 * 3600;
    assert_eq!(world.revoke(refresh(&first_token(1), end, 1, POLICY)).await, Refreshed::Refused);
    let revoke = op::RevokeSession {
        act: act(1),
        revocation_ttl: REVOCATION_TTL,
        session: session_id(1),
        owner: None,
        event: Event::LoggedOut,
    };
    world.revoke(revoke).await;
    assert_eq!(world.revoke(refresh(&first_token(1), 2, 1, POLICY)).await, Refreshed::Refused);
    assert!(world.audit().await.iter().all(|row| !row.event.starts_with("refresh.")));
}

#[tokio::test]
async fn a_long_chain_keeps_one_row() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let mut token = first_token(1);
    for n in 0..200_u8 {
        token = world.rotate(&token, i64::from(n), n).await;
    }
    let rows: i64 = world.one("SELECT COUNT(*) FROM sessions").await;
    assert_eq!((rows, world.sessions(1, 200).await[0].generation), (1, 200));
    assert_eq!(world.revoke(refresh(&first_token(1), 201, 1, POLICY)).await, Refreshed::Reuse { user: user_id(1) });
}
