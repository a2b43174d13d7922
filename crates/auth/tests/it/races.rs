//! Races are raced.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use hallpass_auth::{Error, Settings};
use hallpass_password::Password;

use crate::support::{PASSWORD, World, settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_24_simultaneous_refreshes_without_grace_exactly_one_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut strict = settings();
    strict.refresh.grace = Duration::ZERO;
    let world = World::with(folder.path(), strict).await;
    for round in 0..10 {
        let first = world.register(&format!("user{round}@example.com")).await.refresh.token;
        let tries = (0..24).map(|_| {
            let (auth, ctx, token) = (world.auth.clone(), world.ctx(), first.expose().to_owned());
            tokio::spawn(async move { auth.sessions().refresh(&ctx, &token).await })
        });
        let results: Vec<_> = join_all(tries).await.into_iter().map(|r| r.expect("no panic")).collect();
        assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1);
        let losers = results.iter().filter(|r| r.is_err());
        assert!(losers.into_iter().all(|r| matches!(r, Err(Error::TokenReuse))));
        let winner = results.into_iter().find_map(Result::ok).expect("one won");
        let next = world.auth.sessions().refresh(&world.ctx(), winner.refresh.token.expose()).await;
        assert_eq!(next.err(), Some(Error::InvalidRefreshToken), "the family is revoked");
        let access = world.auth.authenticate(&world.ctx(), winner.access.token.expose()).await;
        assert_eq!(access.err(), Some(Error::InvalidToken("revoked")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn simultaneous_refreshes_with_grace_all_get_the_same_successor() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    let first = world.register("ada@example.com").await.refresh.token;
    let tries = (0..24).map(|_| {
        let (auth, ctx, token) = (world.auth.clone(), world.ctx(), first.expose().to_owned());
        tokio::spawn(async move { auth.sessions().refresh(&ctx, &token).await })
    });
    let successors: HashSet<String> = join_all(tries)
        .await
        .into_iter()
        .map(|r| r.expect("no panic").expect("refreshed").refresh.token.expose().to_owned())
        .collect();
    assert_eq!(successors.len(), 1);
}

fn roomy() -> Settings {
    let mut settings = settings();
    settings.rules.login.max = 1000;
    settings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_40_parallel_guesses_at_most_5_reach_a_hash() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::with(folder.path(), roomy()).await;
    world.register("ada@example.com").await;
    let tries = (0..40).map(|_| world.login("ada@example.com", "wrong guess"));
    let results = join_all(tries).await;
    let hashed = results.iter().filter(|r| matches!(r, Err(Error::InvalidCredentials))).count();
    let locked = results.iter().filter(|r| matches!(r, Err(Error::AccountLocked { .. }))).count();
    assert_eq!((hashed, locked), (5, 35));
    let right = world.login("ada@example.com", PASSWORD).await;
    assert!(matches!(right, Err(Error::AccountLocked { .. })), "even with the right password");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_minted_after_a_logout_has_returned_survives() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    for round in 0..50 {
        let logged_in = world.register(&format!("user{round}@example.com")).await;
        let principal = world.auth.authenticate(&world.ctx(), logged_in.access.token.expose()).await.expect("valid");
        let (auth, ctx, token) = (world.auth.clone(), world.ctx(), logged_in.refresh.token.expose().to_owned());
        let refresh = tokio::spawn(async move { auth.sessions().refresh(&ctx, &token).await });
        world.auth.sessions().logout_all(&world.ctx(), &principal).await.expect("logs out");
        if let Ok(refreshed) = refresh.await.expect("no panic") {
            let access = world.auth.authenticate(&world.ctx(), refreshed.access.token.expose()).await;
            assert_eq!(access.err(), Some(Error::InvalidToken("revoked")), "round {round}");
            let again = world.auth.sessions().refresh(&world.ctx(), refreshed.refresh.token.expose()).await;
            assert_eq!(again.err(), Some(Error::InvalidRefreshToken), "round {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_12_simultaneous_registrations_of_one_address_one_makes_the_account() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    let spellings = ["ada@example.com", "Ada@example.com", "ada@EXAMPLE.com"];
    let tries = (0..12).map(|number| {
        let (auth, ctx) = (world.auth.clone(), world.ctx());
        let password = Password::from(PASSWORD.to_owned());
        tokio::spawn(async move { auth.accounts().register(&ctx, spellings[number % 3], password).await })
    });
    let results: Vec<_> = join_all(tries).await.into_iter().map(|r| r.expect("no panic")).collect();
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1);
    for refused in results.into_iter().filter_map(Result::err) {
        assert!(matches!(refused.error, Error::EmailTaken | Error::Overloaded), "{refused:?}");
    }
}
