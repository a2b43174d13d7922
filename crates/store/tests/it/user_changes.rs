//! Users: changed, suspended, deleted; and what becomes of their tokens.

use hallpass_model::audit::Event;
use hallpass_model::revocation::Subject;
use hallpass_model::user::Status;
use hallpass_model::{Email, Role};
use hallpass_store::op::{self, ChangePasswordOutcome, DeleteUserOutcome, Refreshed, UpdateUserOutcome};

use crate::support::{POLICY, REVOCATION_TTL, World, act, at, first_token, hash_of, refresh, session_id, user_id};

fn patch(n: u8, secs: i64) -> op::UpdateUser {
    op::UpdateUser {
        act: act(secs),
        revocation_ttl: REVOCATION_TTL,
        id: user_id(n),
        role: None,
        status: None,
        email: None,
    }
}

fn delete(n: u8, secs: i64) -> op::DeleteUser {
    op::DeleteUser { act: act(secs), revocation_ttl: REVOCATION_TTL, id: user_id(n) }
}

#[tokio::test]
async fn a_new_role_voids_the_tokens_that_say_the_old_one_and_keeps_the_sessions() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let changed = world.revoke(op::UpdateUser { role: Some(Role::admin()), ..patch(1, 100) }).await;
    let UpdateUserOutcome::Updated(user) = changed else { panic!("{changed:?}") };
    let issued_before = at(1).secs();
    assert_eq!((user.role, user.tokens_from), (Role::admin(), issued_before));
    assert_eq!(world.subjects(), [Subject::User { user: user_id(1), issued_before }]);
    assert_eq!(world.heard.lock().expect("whole")[0].revocation.until, at(100) + REVOCATION_TTL);
    assert_eq!(world.audit().await[0].detail, r#"{"from":"user","to":"admin"}"#);
    let rotated = world.revoke(refresh(&first_token(1), 102, 1, POLICY)).await;
    let Refreshed::Rotated(grant) = rotated else { panic!("{rotated:?}") };
    assert_eq!((grant.role, grant.tokens_from), (Role::admin(), issued_before));
}

#[tokio::test]
async fn a_token_minted_by_a_clock_that_ran_ahead_is_voided_too() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.rotate(&first_token(1), 115, 1).await;
    world.revoke(op::UpdateUser { role: Some(Role::admin()), ..patch(1, 100) }).await;
    assert_eq!(world.subjects(), [Subject::User { user: user_id(1), issued_before: at(116).secs() }]);
    assert_eq!(world.heard.lock().expect("whole")[0].revocation.until, at(116) + REVOCATION_TTL);
}

#[tokio::test]
async fn where_new_tokens_would_be_stamped_too_far_ahead_a_new_role_ends_the_sessions() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.session(2, 1, 5).await;
    let token = world.rotate(&first_token(1), 130, 1).await;
    let changed = world.revoke(op::UpdateUser { role: Some(Role::admin()), ..patch(1, 100) }).await;
    let UpdateUserOutcome::Updated(user) = changed else { panic!("{changed:?}") };
    assert_eq!((user.role, user.tokens_from), (Role::admin(), 0));
    assert_eq!(world.subjects(), [1, 2].map(|n| Subject::Session(session_id(n))));
    let last = world.heard.lock().expect("whole").iter().map(|entry| entry.revocation.until).max();
    assert_eq!(last, Some(at(130) + REVOCATION_TTL), "as long as the token of the clock that ran ahead");
    assert_eq!(world.revoke(refresh(&token, 131, 2, POLICY)).await, Refreshed::Refused);
    assert_eq!(world.audit().await[0].detail, r#"{"from":"user","sessions":"2","to":"admin"}"#);
}

#[tokio::test]
async fn a_suspension_ends_every_session_and_an_activation_brings_none_back() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.session(2, 1, 5).await;
    let suspended = world.revoke(op::UpdateUser { status: Some(Status::Suspended), ..patch(1, 100) }).await;
    assert!(matches!(suspended, UpdateUserOutcome::Updated(_)), "{suspended:?}");
    assert!(world.sessions(1, 100).await.is_empty());
    let heard = world.subjects();
    assert!(heard.contains(&Subject::User { user: user_id(1), issued_before: at(6).secs() }), "{heard:?}");
    assert!([1, 2].iter().all(|n| heard.contains(&Subject::Session(session_id(*n)))), "{heard:?}");
    assert_eq!(world.revoke(refresh(&first_token(1), 101, 1, POLICY)).await, Refreshed::Refused);
    world.revoke(op::UpdateUser { status: Some(Status::Active), ..patch(1, 200) }).await;
    assert_eq!(world.revoke(refresh(&first_token(1), 201, 1, POLICY)).await, Refreshed::Refused);
    assert_eq!((world.count(Event::UserSuspended).await, world.count(Event::UserActivated).await), (1, 1));
    assert_eq!(world.find(1).await.expect("there").tokens_from, at(6).secs(), "stamps never go back");
}

#[tokio::test]
async fn a_new_address_keeps_the_sessions_and_frees_the_old_one() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.user(2, Role::user()).await;
    let email = |text| Some(Email::parse(text).expect("an address"));
    let taken = world.revoke(op::UpdateUser { email: email("USER2@example.com"), ..patch(1, 10) }).await;
    assert_eq!(taken, UpdateUserOutcome::EmailTaken);
    world.revoke(op::UpdateUser { email: email("new@example.com"), ..patch(1, 10) }).await;
    world.revoke(op::UpdateUser { email: email("user1@example.com"), ..patch(2, 11) }).await;
    assert_eq!(world.find(1).await.expect("there").email.as_given(), "new@example.com");
    assert_eq!(world.find(2).await.expect("there").email.as_given(), "user1@example.com");
    assert_eq!(world.sessions(1, 20).await.len(), 1);
    assert_eq!(world.count(Event::EmailChanged).await, 2);
    assert!(world.subjects().is_empty());
}

#[tokio::test]
async fn an_address_that_is_taken_leaves_the_rest_of_the_patch_undone() {
    let world = World::new().await;
    let before = world.user(1, Role::user()).await;
    world.user(2, Role::user()).await;
    let email = Some(Email::parse("user2@example.com").expect("an address"));
    let refused = world.revoke(op::UpdateUser { email, role: Some(Role::admin()), ..patch(1, 10) }).await;
    assert_eq!(refused, UpdateUserOutcome::EmailTaken);
    assert_eq!(world.find(1).await, Some(before));
    assert!(world.subjects().is_empty());
}

#[tokio::test]
async fn a_patch_that_changes_nothing_writes_nothing() {
    let world = World::new().await;
    let before = world.user(1, Role::user()).await;
    let email = Some(Email::parse("User1@example.com").expect("an address"));
    let same = op::UpdateUser { role: Some(Role::user()), status: Some(Status::Active), email, ..patch(1, 50) };
    assert_eq!(world.revoke(same).await, UpdateUserOutcome::Updated(before));
    assert_eq!(world.audit().await.len(), 1);
    assert!(world.subjects().is_empty());
    assert_eq!(world.revoke(patch(9, 50)).await, UpdateUserOutcome::NotFound);
}

#[tokio::test]
async fn the_last_active_admin_can_be_neither_demoted_nor_suspended_nor_deleted() {
    let world = World::new().await;
    world.user(1, Role::admin()).await;
    world.user(2, Role::admin()).await;
    world.user(3, Role::user()).await;
    world.revoke(op::UpdateUser { status: Some(Status::Suspended), ..patch(2, 1) }).await;
    let demote = op::UpdateUser { role: Some(Role::user()), ..patch(1, 2) };
    let suspend = op::UpdateUser { status: Some(Status::Suspended), ..patch(1, 2) };
    assert_eq!(world.revoke(demote).await, UpdateUserOutcome::LastAdmin);
    assert_eq!(world.revoke(suspend).await, UpdateUserOutcome::LastAdmin);
    assert_eq!(world.revoke(delete(1, 2)).await, DeleteUserOutcome::LastAdmin);
    assert_eq!(world.revoke(delete(2, 3)).await, DeleteUserOutcome::Deleted, "a suspended admin may go");
    world.revoke(op::UpdateUser { role: Some(Role::admin()), ..patch(3, 4) }).await;
    assert_eq!(world.revoke(delete(1, 5)).await, DeleteUserOutcome::Deleted, "another admin is left");
}

#[tokio::test]
async fn two_admins_who_demote_each_other_at_once_leave_one() {
    let world = World::new().await;
    world.user(1, Role::admin()).await;
    world.user(2, Role::admin()).await;
    let demote = |n| op::UpdateUser { role: Some(Role::user()), ..patch(n, 1) };
    let (a, b) = tokio::join!(world.revoke(demote(1)), world.revoke(demote(2)));
    // Which of them, is for the engine to say.
    let (made, other) = if b == UpdateUserOutcome::LastAdmin { (a, b) } else { (b, a) };
    assert!(matches!(made, UpdateUserOutcome::Updated(_)), "{made:?}, {other:?}");
    assert_eq!(other, UpdateUserOutcome::LastAdmin);
}

#[tokio::test]
async fn a_deleted_user_leaves_no_session_behind_and_the_tokens_are_refused() {
    let world = World::new().await;
    world.user_with_session(1).await;
    assert_eq!(world.revoke(delete(1, 10)).await, DeleteUserOutcome::Deleted);
    assert_eq!(world.revoke(delete(1, 11)).await, DeleteUserOutcome::NotFound);
    assert_eq!(world.find(1).await, None);
    assert_eq!(world.revoke(refresh(&first_token(1), 12, 1, POLICY)).await, Refreshed::Refused);
    assert_eq!(world.subjects(), [Subject::every_token_of(user_id(1))]);
    assert_eq!(world.audit().await[0].detail, r#"{"email":"User1@example.com"}"#);
    let rows: i64 = world.one("SELECT COUNT(*) FROM sessions").await;
    assert_eq!(rows, 0);
}

fn change_password(old: &str, new: &str) -> op::ChangePassword {
    op::ChangePassword {
        mail: None,
        act: act(100),
        revocation_ttl: REVOCATION_TTL,
        user: user_id(1),
        old_hash: old.to_owned(),
        new_hash: new.to_owned(),
        keep: Some(session_id(1)),
    }
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.session(2, 1, 5).await;
    world.session(3, 1, 6).await;
    let changed = world.revoke(change_password(&hash_of(1), "new")).await;
    assert_eq!(changed, ChangePasswordOutcome::Changed { sessions_ended: 2 });
    let live: Vec<_> = world.sessions(1, 100).await.into_iter().map(|session| session.id).collect();
    assert_eq!(live, [session_id(1)]);
    assert_eq!(world.subjects(), [Subject::Session(session_id(2)), Subject::Session(session_id(3))]);
    assert_eq!(world.audit().await[0].event, "password.changed");
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_is_not_changed_again() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.session(2, 1, 5).await;
    world.revoke(change_password(&hash_of(1), "new")).await;
    assert_eq!(world.revoke(change_password(&hash_of(1), "late")).await, ChangePasswordOutcome::Stale);
    let credential = world.read(op::FindCredential { key: op::UserKey::Id(user_id(1)) }).await.expect("there");
    assert_eq!(credential.password_hash.as_deref(), Some("new"));
    assert_eq!(world.count(Event::PasswordChanged).await, 1);
}

#[tokio::test]
async fn a_rehash_never_overwrites_a_newer_password() {
    let world = World::new().await;
    world.user_with_session(1).await;
    let rehash = |old: &str, new: &str| op::Rehash {
        act: act(1),
        user: user_id(1),
        old_hash: old.to_owned(),
        new_hash: new.to_owned(),
    };
    assert!(world.write(rehash(&hash_of(1), "dearer")).await);
    assert!(!world.write(rehash(&hash_of(1), "late")).await);
    assert_eq!(world.count(Event::PasswordRehashed).await, 1);
    assert_eq!(world.sessions(1, 2).await.len(), 1, "nobody is logged out");
}
