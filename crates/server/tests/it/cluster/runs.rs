//! Histories of refresh, logout and verify under faults, and their judgement.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::backing::{Backing, Services};
use super::check::{Promise, check, families};
use super::client::patient;
use super::clocks::Clocks;
use super::faults::{self, Fault};
use super::generator::{Actor, PASSWORD, Stage, administrate};
use super::history::{Answer, Call, Op, Recorder};
use super::pool::{Pool, User};
use super::replicas::Cluster;
use super::verdicts::{Hearing, has_ended};
use crate::dice::Dice;

const REPLICAS: usize = 3;
const ACTORS: usize = 6;
const USERS: usize = 3;

/// A run.
struct Plan {
    seed: u64,
    backing: Backing,
    grace: &'static str,
    promise: Promise,
    faults: &'static [Fault],
}

impl Plan {
    fn new(seed: u64, grace: &'static str, faults: &'static [Fault]) -> Self {
        // A clock that is off makes the window seem shorter.
        let window = if grace == "0s" { Duration::ZERO } else { Duration::from_secs(30) };
        let promise = Promise { grace: window, hearing: Hearing::Soon };
        Self { seed: seed_or(seed), backing: Backing::File, grace, promise, faults }
    }

    fn on(self, services: Services) -> Self {
        Self { backing: Backing::services(services), ..self }
    }

    /// Every check asks Redis: the end of a session is heard of at once.
    fn strictly(mut self) -> Self {
        self.promise.hearing = Hearing::AtOnce;
        self
    }

    async fn run(self) {
        println!("seed {} (HALLPASS_SEED={0} brings it back), {:?}, grace {}", self.seed, self.faults, self.grace);
        let mut dice = Dice::new(self.seed);
        let stage = self.set().await;
        let mut busy = vec![tokio::spawn(faults::make(stage.clone(), self.faults, dice.split()))];
        busy.push(tokio::spawn(administrate(stage.clone(), dice.split())));
        for _ in 0..ACTORS {
            busy.push(tokio::spawn(Actor::new(stage.clone(), dice.split()).act_until_the_end()));
        }
        for one in busy {
            one.await.expect("no answer was malformed");
        }
        stage.cluster.until_ready().await;
        self.settle(&stage, &mut dice).await;
        self.judge(&stage.recorder.history(), stage.recorder.faults());
    }

    async fn set(&self) -> Stage {
        let grace = format!("token.refresh_grace={}", self.grace);
        let clocks = Arc::new(Clocks::new(REPLICAS));
        let environment = |replica| clocks.environment(replica);
        let start = || Cluster::start_with(REPLICAS, &self.backing, &[&grace], environment);
        let cluster = tokio::task::block_in_place(start);
        clocks.set_all(REPLICAS, 0);
        let mut users = Vec::new();
        for number in 0..USERS {
            let email = format!("user{number}@example.com");
            users.push(User { id: cluster.register(&email, PASSWORD).await, email });
        }
        let admin_token = cluster.admin_token().await.into();
        let (cluster, recorder) = (Arc::new(cluster), Arc::new(Recorder::new()));
        Stage {
            cluster,
            clocks,
            backing: self.backing.clone(),
            recorder,
            pool: Arc::new(Pool::new(users)),
            admin_token,
            wanted_faults: self.faults.len() + 2,
            changes_roles: !self.faults.contains(&Fault::Clock),
        }
    }

    /// The faults are over. Every replica hears of every end; then each session is tried once more, on every replica,
    /// so that the history ends with what has become of it.
    async fn settle(&self, stage: &Stage, dice: &mut Dice) {
        let http = patient();
        for user in 0..USERS {
            stage.call(&http, dice, 0, Call::Activate(user)).await;
        }
        let history = stage.recorder.history();
        for family in families(&history, self.promise.grace) {
            let ended = history.iter().any(|op| has_ended(&family, &history, op));
            for replica in 0..REPLICAS {
                let (_, bearer) = stage.pool.known(family.session).access[0];
                let call = Call::Verify(family.session, bearer);
                let mut tries = 0;
                while stage.call(&http, dice, replica, call).await.is_none_or(|(status, _)| ended && status == 200) {
                    tries += 1;
                    assert!(tries < 600, "replica {replica} never hears of the end of {family:?}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            let newest = stage.pool.known(family.session).refresh.last().copied().expect("a token");
            let replica = dice.place(REPLICAS);
            stage.call(&http, dice, replica, Call::Refresh(family.session, newest)).await;
        }
        self.delete_one(stage, dice).await;
    }

    /// A user goes, and no replica that knows takes a token of that user any more.
    async fn delete_one(&self, stage: &Stage, dice: &mut Dice) {
        let (http, user) = (patient(), dice.place(USERS));
        let replica = dice.place(REPLICAS);
        stage.call(&http, dice, replica, Call::Delete(user)).await;
        let sessions = (0..stage.pool.len()).filter(|session| stage.pool.known(*session).user == user);
        for session in sessions {
            for (_, bearer) in stage.pool.known(session).access {
                stage.call(&http, dice, replica, Call::Verify(session, bearer)).await;
            }
        }
        stage.call(&http, dice, replica, Call::Login(user)).await;
    }

    fn judge(&self, history: &[Op], faults: usize) {
        let summary = summary(history);
        println!("{} operations, {faults} faults: {summary:?}", history.len());
        if let Err(report) = check(history, self.promise) {
            panic!("seed {}: {report}", self.seed);
        }
        let count = |name: &str| summary.get(name).copied().unwrap_or_default();
        let enough = count("refresh") > 10 && count("verify") > 10 && count("login") > 2;
        assert!(enough && faults >= self.faults.len(), "nothing happened: {summary:?}, {faults} faults");
    }
}

/// How often what was answered how.
fn summary(history: &[Op]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for op in history {
        let call = match op.call {
            Call::Login(_) => "login",
            Call::Refresh(..) => "refresh",
            Call::Logout(_) => "logout",
            Call::LogoutAll(_) => "logout-all",
            Call::Suspend(_) => "suspend",
            Call::Activate(_) => "activate",
            Call::SetRole(..) => "set-role",
            Call::Delete(_) => "delete",
            Call::Verify(..) => "verify",
        };
        let answer = match &op.answer {
            Answer::Opened(..) | Answer::Rotated(_) | Answer::Done => String::new(),
            Answer::Refused(code) => format!(" {code}"),
            Answer::Unknown => " unknown".to_owned(),
        };
        *counts.entry(format!("{call}{answer}")).or_default() += 1;
    }
    counts
}

/// The seed of the environment, or this one.
#[allow(clippy::disallowed_methods, reason = "whoever looks into a failure hands the seed in")]
fn seed_or(usual: u64) -> u64 {
    std::env::var("HALLPASS_SEED").ok().map_or(usual, |text| text.parse().expect("HALLPASS_SEED is a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_are_killed_and_stopped_answer_as_one_server_would() {
    Plan::new(11, "0s", &[Fault::Kill, Fault::Terminate]).run().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_are_killed_and_paused_and_whose_clocks_are_stepped_answer_as_one_server_would() {
    Plan::new(23, "60s", &[Fault::Kill, Fault::Pause, Fault::Clock]).run().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_that_stops_crashes_and_drops_connections_replicas_answer_as_one_server_would() {
    let faults = &[Fault::Kill, Fault::DatabaseStops, Fault::DatabaseCrashes, Fault::ConnectionsDie];
    Plan::new(37, "0s", faults).on(Services::postgres()).run().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_fails_over_to_its_replica_loses_no_answered_operation() {
    let faults = &[Fault::Failover, Fault::ConnectionsDie, Fault::Pause];
    Plan::new(41, "60s", faults).on(Services::with_standby()).run().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_redis_that_cannot_be_reached_is_slow_or_cut_replicas_answer_as_one_server_would() {
    let faults =
        &[Fault::RedisUnreachable, Fault::RedisSlow, Fault::RedisCutMidScript, Fault::DatabaseStops, Fault::Kill];
    Plan::new(53, "0s", faults).on(Services::with_redis(REPLICAS, "replica")).run().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strict_checks_hear_of_every_end_at_once_though_redis_forgets() {
    let faults = &[Fault::RedisRestartsEmpty, Fault::RedisForgets, Fault::Kill, Fault::Pause];
    Plan::new(61, "60s", faults).on(Services::with_redis(REPLICAS, "strict")).strictly().run().await;
}
