//! Tokens that were verified before: remembered, and refused as soon as any other would be.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hallpass_auth::admin::UserPatch;
use hallpass_auth::{Error, Principal};
use hallpass_model::Role;
use hallpass_model::key::KeyState;
use hallpass_model::user::Status;

use crate::support::{World, settings};

async fn check(world: &World, token: &str) -> Result<Arc<Principal>, Error> {
    world.auth.authenticate(&world.ctx(), token).await
}

/// A world with a token that was verified, and is remembered.
async fn verified(folder: &tempfile::TempDir) -> (World, String, Arc<Principal>) {
    let world = World::fresh(folder.path()).await;
    let token = world.register("ada@example.com").await.access.token.expose().to_owned();
    let first = check(&world, &token).await.expect("good");
    let again = check(&world, &token).await.expect("good");
    assert!(Arc::ptr_eq(&first, &again), "the second check is answered from memory");
    (world, token, first)
}

#[tokio::test]
async fn a_remembered_token_is_refused_as_soon_as_it_is_revoked() {
    for ended_by in ["logout", "logout_all", "role", "suspension", "deletion"] {
        let folder = tempfile::tempdir().expect("a folder");
        let (world, token, principal) = verified(&folder).await;
        let (ctx, operator) = (world.ctx(), world.auth.operator());
        let patch = |role, status| UserPatch { role, status, ..UserPatch::default() };
        match ended_by {
            "logout" => world.auth.sessions().end(&ctx, &principal, principal.session).await.expect("ends"),
            "logout_all" => world.auth.sessions().logout_all(&ctx, &principal).await.expect("ends"),
            "role" => drop(
                operator.update_user(&ctx, principal.user, patch(Some(Role::admin()), None)).await.expect("changes"),
            ),
            "suspension" => {
                let suspended = patch(None, Some(Status::Suspended));
                drop(operator.update_user(&ctx, principal.user, suspended).await.expect("suspends"));
            }
            _ => operator.delete_user(&ctx, principal.user).await.expect("deletes"),
        }
        assert_eq!(check(&world, &token).await.err(), Some(Error::InvalidToken("revoked")), "{ended_by}");
    }
}

#[tokio::test]
async fn a_remembered_token_ends_with_its_key_and_outlives_a_rotation() {
    let folder = tempfile::tempdir().expect("a folder");
    let (world, token, first) = verified(&folder).await;
    let operator = world.auth.operator();
    let signer = operator.keys(&world.ctx()).await.expect("lists").into_iter().find(|k| k.state == KeyState::Active);
    operator.rotate_keys(&world.ctx(), true).await.expect("rotates");
    let again = check(&world, &token).await.expect("a retired key verifies");
    assert!(!Arc::ptr_eq(&first, &again), "under other keys it was verified anew");
    operator.revoke_key(&world.ctx(), &signer.expect("one signed").kid).await.expect("revokes");
    assert!(matches!(check(&world, &token).await, Err(Error::InvalidToken(_))));
}

#[tokio::test]
async fn a_remembered_token_ends_with_its_life_and_with_a_clock_that_was_set_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (world, token, principal) = verified(&folder).await;
    let clock = world.clock();
    let at = |secs: i64| clock.store(u64::try_from(secs * 1000).expect("after 1970"), Ordering::SeqCst);
    at(principal.expires_at - 1);
    assert!(Arc::ptr_eq(&principal, &check(&world, &token).await.expect("good")));
    at(principal.expires_at);
    assert_eq!(check(&world, &token).await.err(), Some(Error::InvalidToken("token_expired")));
    at(principal.issued_at - 60);
    assert!(check(&world, &token).await.is_ok(), "a token may be stamped ahead by a minute");
    at(principal.issued_at - 61);
    assert_eq!(check(&world, &token).await.err(), Some(Error::InvalidToken("not_yet_valid")));
}

#[tokio::test]
async fn a_token_that_only_ends_like_a_remembered_one_is_not_taken_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (world, token, _) = verified(&folder).await;
    let other = world.register("bob@example.com").await.access.token.expose().to_owned();
    let (payload, signature) =
        (other.split('.').nth(1).expect("a payload"), token.rsplit('.').next().expect("its end"));
    let forged = format!("{}.{payload}.{signature}", token.split('.').next().expect("a header"));
    assert_eq!(check(&world, &forged).await.err(), Some(Error::InvalidToken("bad_signature")));
    let longer = format!("x{token}");
    assert!(matches!(check(&world, &longer).await, Err(Error::InvalidToken(_))));
}

#[tokio::test]
async fn without_memory_for_it_every_token_is_verified_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = settings();
    settings.token.cache_bytes = 0;
    let world = World::with(folder.path(), settings).await;
    let token = world.register("ada@example.com").await.access.token.expose().to_owned();
    let (first, second) = (check(&world, &token).await.expect("good"), check(&world, &token).await.expect("good"));
    assert!(!Arc::ptr_eq(&first, &second));
    world.advance(Duration::from_secs(900));
    assert!(check(&world, &token).await.is_err());
}
