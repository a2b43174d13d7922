//! Each case by itself.

use std::sync::atomic::Ordering;
use std::time::Duration;

use hallpass_auth::admin::UserPatch;
use hallpass_auth::{Ending, Error};
use hallpass_model::user::Status;

use super::{EMAIL, End, Replicas, refresh, set_role, with_clerks};
use crate::support::{PASSWORD, Seeded, World, new_clock};

/// The successor was handed out at the first instant; the repeat comes later, and writes nothing.
#[tokio::test]
async fn a_token_of_a_repeat_by_a_clock_that_runs_ahead_ends_with_the_authority() {
    for end in End::ALL {
        let replicas = Replicas::start(&[0, 5_000], &with_clerks()).await;
        let [slow, fast] = [&replicas.worlds[0], &replicas.worlds[1]];
        let registered = slow.register(EMAIL).await;
        let first = registered.refresh.token.expose();
        let (rotated, _) = refresh(fast, &fast.ctx(), first).await.expect("rotates");
        replicas.advance(Duration::from_secs(2));
        let (repeated, _) = refresh(fast, &fast.ctx(), first).await.expect("repeats");
        end.make(slow, registered.user.id).await;
        for (token, kind) in [(rotated, "rotation"), (repeated, "repeat")] {
            replicas.assert_refused_for_its_life(&token, &format!("{end:?}, {kind}")).await;
        }
    }
}

/// The act begins; the repeat comes two seconds later and is answered; then the act goes on.
#[tokio::test]
async fn an_act_that_began_before_a_repeat_refuses_its_token() {
    for end in End::ALL {
        let replicas = Replicas::start(&[0], &with_clerks()).await;
        let world = &replicas.worlds[0];
        let registered = world.register(EMAIL).await;
        let first = registered.refresh.token.expose();
        refresh(world, &world.ctx(), first).await.expect("rotates");
        let early = world.ctx();
        replicas.advance(Duration::from_secs(2));
        let (repeated, _) = refresh(world, &world.ctx(), first).await.expect("repeats");
        let (admin, user) = (world.auth.operator(), registered.user.id);
        let role = UserPatch { role: "clerk".parse().ok(), ..UserPatch::default() };
        let status = UserPatch { status: Some(Status::Suspended), ..UserPatch::default() };
        match end {
            End::Demotion => admin.update_user(&early, user, role).await.map(|_| ()),
            End::Suspension => admin.update_user(&early, user, status).await.map(|_| ()),
            End::Deletion => admin.delete_user(&early, user).await,
        }
        .expect("it is done");
        replicas.assert_refused_for_its_life(&repeated, &format!("{end:?}")).await;
    }
}

#[tokio::test]
async fn a_logout_refuses_a_token_that_was_stamped_ahead_until_it_expires() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let world = &replicas.worlds[0];
    let registered = world.register(EMAIL).await;
    set_role(world, registered.user.id, "clerk".parse().expect("a role")).await;
    let (access, successor) = refresh(world, &world.ctx(), registered.refresh.token.expose()).await.expect("rotates");
    world.auth.sessions().logout(&world.ctx(), Ending::Refresh(&successor)).await.expect("logs out");
    replicas.assert_refused_for_its_life(&access, "logout").await;
}

/// A client that refreshes after each of them has a token that is accepted, or is told to log in.
#[tokio::test]
async fn seventy_role_changes_in_a_second_leave_a_token_that_is_accepted_or_an_honest_refusal() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let world = &replicas.worlds[0];
    let registered = world.register(EMAIL).await;
    let mut token = registered.refresh.token.expose().to_owned();
    let mut logins = 0;
    for round in 0..70 {
        let role = if round % 2 == 0 { "clerk" } else { "user" };
        set_role(world, registered.user.id, role.parse().expect("a role")).await;
        let access = match refresh(world, &world.ctx(), &token).await {
            Ok((access, successor)) => {
                token = successor;
                access
            }
            Err(Error::InvalidRefreshToken) => {
                logins += 1;
                let logged_in = world.login(EMAIL, PASSWORD).await.expect("logs in");
                token = logged_in.refresh.token.expose().to_owned();
                logged_in.access.token.expose().to_owned()
            }
            Err(error) => panic!("round {round}: {error}"),
        };
        let principal = world.auth.authenticate(&world.ctx(), &access).await;
        let principal = principal.unwrap_or_else(|error| panic!("round {round}: {error}"));
        let ahead = principal.issued_at - world.ctx().now.secs();
        assert!(ahead <= 30, "round {round}: a verifier whose clock is 30 s behind refuses {ahead} s");
        assert_eq!(principal.role.as_str(), role, "round {round}");
    }
    println!("{logins} logins in 70 role changes");
}

#[tokio::test]
async fn a_single_role_change_keeps_the_session() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let world = &replicas.worlds[0];
    let registered = world.register(EMAIL).await;
    set_role(world, registered.user.id, "clerk".parse().expect("a role")).await;
    let old = registered.access.token.expose();
    assert_eq!(replicas.accepted_by(old).await, [0; 0]);
    let (access, _) = refresh(world, &world.ctx(), registered.refresh.token.expose()).await.expect("goes on");
    assert_eq!(world.auth.authenticate(&world.ctx(), &access).await.expect("good").role.as_str(), "clerk");
}

#[tokio::test]
async fn a_clock_that_steps_an_hour_ahead_and_back_revives_nothing() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let (world, clock) = (&replicas.worlds[0], &replicas.clocks[0]);
    let registered = world.register(EMAIL).await;
    let access = registered.access.token.expose();
    world
        .auth
        .sessions()
        .logout(&world.ctx(), Ending::Refresh(registered.refresh.token.expose()))
        .await
        .expect("logs out");
    assert_eq!(replicas.accepted_by(access).await, [0; 0]);
    clock.fetch_add(3_600_000, Ordering::SeqCst);
    replicas.tick().await;
    clock.fetch_sub(3_599_000, Ordering::SeqCst);
    assert_eq!(replicas.accepted_by(access).await, [0; 0], "before the next tick");
    replicas.tick().await;
    assert_eq!(replicas.accepted_by(access).await, [0; 0], "after it");
    replicas.assert_refused_for_its_life(access, "logout").await;
}

#[tokio::test]
async fn a_server_that_starts_half_an_hour_ahead_and_is_set_right_refuses_what_was_revoked() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let world = &replicas.worlds[0];
    let registered = world.register(EMAIL).await;
    let access = registered.access.token.expose();
    world
        .auth
        .sessions()
        .logout(&world.ctx(), Ending::Refresh(registered.refresh.token.expose()))
        .await
        .expect("logs out");
    let ahead = new_clock();
    ahead.fetch_add(1_800_000, Ordering::SeqCst);
    let late = World::open(replicas.folder.path(), with_clerks(), Seeded::new(9), ahead.clone()).await;
    late.auth.background().tick(&late.ctx()).await.expect("ticks");
    ahead.fetch_sub(1_800_000, Ordering::SeqCst);
    let said = late.auth.authenticate(&late.ctx(), access).await.err();
    assert_eq!(said, Some(Error::InvalidToken("revoked")));
}
