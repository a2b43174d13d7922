//! The same, raced.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hallpass_auth::{Ctx, Ending};
use hallpass_testbed::rounds;

use super::{End, Replicas, role_of, with_clerks};
use crate::support::now;

/// Refreshes and repeats on every replica, whose clocks differ by seconds, while one of them ends the authority.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_in_flight_nothing_older_is_accepted_after_the_answer() {
    let offsets = [0, 700, 3_300];
    let replicas = Replicas::start(&offsets, &with_clerks()).await;
    let (mut minted, rounds) = (0, rounds(150));
    for round in 0..rounds {
        let end = End::ALL[round % 3];
        let actor = &replicas.worlds[round % replicas.worlds.len()];
        let registered = actor.register(&format!("user{round}@example.com")).await;
        // To the end of a second: what is stamped in whole seconds errs there.
        replicas.advance(Duration::from_millis(950));
        let storms = replicas.worlds.iter().map(|world| {
            let (auth, clock, random) = (world.auth.clone(), world.clock(), world.random.clone());
            let first = registered.refresh.token.expose().to_owned();
            tokio::spawn(async move {
                let mut tokens = Vec::new();
                let mut present = first;
                for turn in 0..6 {
                    clock.fetch_add(40, Ordering::SeqCst);
                    let ctx = Ctx::local(now(&clock), random.clone());
                    let Ok(refreshed) = auth.sessions().refresh(&ctx, &present).await else { continue };
                    tokens.push(refreshed.access.token.expose().to_owned());
                    if turn % 3 == 2 {
                        present = refreshed.refresh.token.expose().to_owned();
                    }
                }
                tokens
            })
        });
        let storms: Vec<_> = storms.collect();
        tokio::task::yield_now().await;
        end.make(actor, registered.user.id).await;
        replicas.tick().await;
        let mut tokens = vec![registered.access.token.expose().to_owned()];
        for storm in storms {
            tokens.extend(storm.await.expect("no panic"));
        }
        replicas.tick().await;
        minted += tokens.len();
        for token in &tokens {
            let accepted = replicas.accepted_by(token).await;
            let is_spared = end.spares(&role_of(actor, token));
            assert!(accepted.is_empty() || is_spared, "round {round}, {end:?}: {accepted:?} accept an older token");
        }
    }
    println!("{rounds} rounds, {minted} tokens");
}

/// Logouts while the clock of one replica jumps ahead by up to two hours and back, again and again, with ticks and checks in
/// between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_while_sessions_end_revives_none_of_them() {
    let replicas = Arc::new(Replicas::start(&[0, 900], &with_clerks()).await);
    let (mut ended, rounds) = (Vec::new(), rounds(100));
    for round in 0..rounds {
        let [steady, jumpy] = [&replicas.worlds[0], &replicas.worlds[1]];
        let registered = steady.register(&format!("user{round}@example.com")).await;
        let jump = 1_000 * (60 + 997 * u64::try_from(round).expect("small") % 7_000);
        let jumping = tokio::spawn({
            let replicas = replicas.clone();
            async move {
                replicas.clocks[1].fetch_add(jump, Ordering::SeqCst);
                replicas.tick().await;
                replicas.clocks[1].fetch_sub(jump, Ordering::SeqCst);
            }
        });
        let by = if round % 2 == 0 { steady } else { jumpy };
        by.auth
            .sessions()
            .logout(&by.ctx(), Ending::Refresh(registered.refresh.token.expose()))
            .await
            .expect("logs out");
        jumping.await.expect("no panic");
        ended.push(registered.access.token.expose().to_owned());
        for world in &replicas.worlds {
            world.auth.background().tick(&world.ctx()).await.expect("ticks");
        }
        for token in ended.iter().rev().take(4) {
            assert_eq!(replicas.accepted_by(token).await, [0; 0], "round {round}: a jump of {jump} ms");
        }
        replicas.advance(Duration::from_millis(1_500));
    }
    println!("{rounds} rounds");
}
