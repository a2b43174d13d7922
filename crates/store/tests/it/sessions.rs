//! Sessions: listed and ended.

use hallpass_model::Role;
use hallpass_model::audit::Event;
use hallpass_model::revocation::Subject;
use hallpass_store::op;

use crate::support::{OUTLIVES, World, act, at, first_token, session_id, user_id};

fn revoke(session: u8, owner: Option<u8>) -> op::RevokeSession {
    op::RevokeSession {
        act: act(10),
        outlives: OUTLIVES,
        session: session_id(session),
        owner: owner.map(user_id),
        event: Event::SessionRevoked,
    }
}

fn revoke_all(user: u8, except: Option<u8>, secs: i64) -> op::RevokeSessions {
    op::RevokeSessions {
        act: act(secs),
        outlives: OUTLIVES,
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
    world.write(revoke(2, None)).await;
    let ids: Vec<_> = world.sessions(1, 10).await.into_iter().map(|session| session.id).collect();
    assert_eq!(ids, [session_id(3), session_id(1)]);
    assert!(world.sessions(1, 8 * 24 * 3600).await.is_empty(), "expired ones are not live");
}

#[tokio::test]
async fn a_session_is_ended_by_its_owner_only_and_once() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.user(2, Role::user()).await;
    assert_eq!(world.write(revoke(1, Some(2))).await, None);
    assert_eq!(world.sessions(1, 10).await.len(), 1);
    assert_eq!(world.write(revoke(1, Some(1))).await, Some(user_id(1)));
    assert_eq!(world.write(revoke(1, Some(1))).await, None);
    assert_eq!(world.write(revoke(9, None)).await, None);
    assert_eq!(world.subjects(), [Subject::Session(session_id(1))]);
    assert_eq!(world.heard.lock().expect("whole")[0].revocation.until, at(10) + OUTLIVES);
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
    assert_eq!(world.write(revoke_all(1, Some(2), 10)).await, 2);
    assert_eq!(world.sessions(1, 10).await.len(), 1);
    assert_eq!(world.sessions(4, 10).await.len(), 1, "others are left alone");
    assert_eq!(world.audit().await[0].detail, r#"{"sessions":"2"}"#);
}

#[tokio::test]
async fn only_sessions_that_may_have_live_access_tokens_enter_the_denylist() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.session(2, 1, 0).await;
    world.rotate(&first_token(2), 5000, 1).await;
    assert_eq!(world.write(revoke_all(1, None, 5500)).await, 2);
    assert_eq!(world.subjects(), [Subject::Session(session_id(2))]);
}
