//! Sessions: listed and ended.

use hallpass_model::Role;
use hallpass_model::audit::Event;
use hallpass_model::revocation::Subject;
use hallpass_store::op;

use crate::support::{REVOCATION_TTL, World, act, at, first_token, session_id, user_id};

fn revoke(session: u8, owner: Option<u8>) -> op::RevokeSession {
    op::RevokeSession {
        act: act(10),
        revocation_ttl: REVOCATION_TTL,
        session: session_id(session),
        owner: owner.map(user_id),
        event: Event::SessionRevoked,
    }
}

fn revoke_all(user: u8, except: Option<u8>, secs: i64) -> op::RevokeSessions {
    op::RevokeSessions {
        act: act(secs),
        revocation_ttl: REVOCATION_TTL,
        user: user_id(user),
        except: except.map(session_id),
        event: Event::LoggedOutAll,
    }
}

#[tokio::test]
async fn the_list_shows_the_live_sessions_newest_first() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.session(2, 1, 5).await;
    world.session(3, 1, 6).await;
    world.user_with_session(4).await;
    world.revoke(revoke(2, None)).await;
    let ids: Vec<_> = world.sessions(1, 10).await.into_iter().map(|session| session.id).collect();
    assert_eq!(ids, [session_id(3), session_id(1)]);
    assert!(world.sessions(1, 8 * 24 * 3600).await.is_empty(), "expired ones are not live");
}

#[tokio::test]
async fn a_session_is_ended_by_its_owner_only_and_once() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.user(2, Role::user()).await;
    assert_eq!(world.revoke(revoke(1, Some(2))).await, None);
    assert_eq!(world.sessions(1, 10).await.len(), 1);
    assert_eq!(world.revoke(revoke(1, Some(1))).await, Some(user_id(1)));
    assert_eq!(world.revoke(revoke(1, Some(1))).await, None);
    assert_eq!(world.revoke(revoke(9, None)).await, None);
    assert_eq!(world.subjects(), [Subject::Session(session_id(1))]);
    assert_eq!(world.heard.lock().expect("whole")[0].revocation.until, at(10) + REVOCATION_TTL);
    assert_eq!(world.count(Event::SessionRevoked).await, 1);
    let by: String = world.one("SELECT revoked_by FROM sessions").await;
    assert_eq!(by, "session.revoked");
}

#[tokio::test]
async fn all_sessions_but_one_end_together() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.session(2, 1, 5).await;
    world.session(3, 1, 6).await;
    world.user_with_session(4).await;
    assert_eq!(world.revoke(revoke_all(1, Some(2), 10)).await, 2);
    assert_eq!(world.sessions(1, 10).await.len(), 1);
    assert_eq!(world.sessions(4, 10).await.len(), 1, "others are left alone");
    assert_eq!(world.audit().await[0].detail, r#"{"sessions":"2"}"#);
}

#[tokio::test]
async fn only_sessions_that_may_have_live_access_tokens_enter_the_denylist() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.session(2, 1, 0).await;
    world.rotate(&first_token(2), 9000, 1).await;
    // Hours later, since the clock that says so may be ahead.
    assert_eq!(world.revoke(revoke_all(1, None, 9500)).await, 2);
    assert_eq!(world.subjects(), [Subject::Session(session_id(2))]);
}

#[tokio::test]
async fn every_session_of_everybody_ends_in_parts() {
    let world = World::new().await;
    for n in 1..=3 {
        world.user_with_session(n).await;
    }
    world.revoke(revoke(2, None)).await;
    let some = |after| op::RevokeSomeSessions { act: act(10), revocation_ttl: REVOCATION_TTL, after };
    let ended = world.revoke(some(None)).await;
    assert_eq!((ended.sessions, ended.last), (2, Some(session_id(3))));
    assert!(world.subjects().contains(&Subject::Session(session_id(3))));
    assert_eq!(world.audit().await[0].detail, r#"{"of":"every user","sessions":"2"}"#);
    assert_eq!(world.revoke(some(None)).await, op::EndedSome { sessions: 0, last: None });
    assert_eq!(world.count(Event::LoggedOutAll).await, 1);
}

/// Compiles only while an operation that revokes is none that `Store::write` takes.
#[test]
fn what_revokes_cannot_be_run_as_what_only_writes() {
    trait IsNone<A> {
        const NAME: &'static str;
    }
    impl<T: ?Sized> IsNone<()> for T {
        const NAME: &'static str = "no operation";
    }
    /// Were it one, two implementations would apply, and the type below could not be inferred.
    impl<T: hallpass_store::Operation> IsNone<u8> for T {
        const NAME: &'static str = "an operation";
    }
    let names = [
        <op::OpenSession as IsNone<_>>::NAME,
        <op::RefreshSession as IsNone<_>>::NAME,
        <op::RevokeSession as IsNone<_>>::NAME,
        <op::RevokeSessions as IsNone<_>>::NAME,
        <op::RevokeSomeSessions as IsNone<_>>::NAME,
        <op::RevokeToken as IsNone<_>>::NAME,
        <op::UpdateUser as IsNone<_>>::NAME,
        <op::DeleteUser as IsNone<_>>::NAME,
        <op::ChangePassword as IsNone<_>>::NAME,
        <op::Authorized<op::RevokeSession> as IsNone<_>>::NAME,
    ];
    assert!(names.iter().all(|name| *name == "no operation"));
}
