//! Histories of refresh, logout and verify under faults, and their judgement.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::backing::Backing;
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
    lasts: Duration,
}

impl Plan {
    fn new(seed: u64, grace: &'static str, faults: &'static [Fault]) -> Self {
        // A clock that is off makes the window seem shorter.
        let window = if grace == "0s" { Duration::ZERO } else { Duration::from_secs(30) };
        let promise = Promise { grace: window, hearing: Hearing::Soon };
        Self { seed: seed_or(seed), backing: Backing::Sqlite, grace, promise, faults, lasts: Duration::from_secs(5) }
    }

    async fn run(self) {
        println!("seed {} (HALLPASS_SEED={0} brings it back), {:?}, grace {}", self.seed, self.faults, self.grace);
        let mut dice = Dice::new(self.seed);
        let stage = self.set().await;
        let end = Instant::now() + self.lasts;
        let faults = tokio::spawn(faults::make(stage.clone(), self.faults, dice.split(), end));
        let mut busy = vec![tokio::spawn(administrate(stage.clone(), dice.split(), end))];
        for _ in 0..ACTORS {
            busy.push(tokio::spawn(Actor::new(stage.clone(), dice.split()).act_until(end)));
        }
        for one in busy {
            one.await.expect("no answer was malformed");
        }
        let made = faults.await.expect("faults are made");
        stage.cluster.until_ready().await;
        self.settle(&stage, &mut dice).await;
        self.judge(&stage.recorder.history(), made);
    }

    async fn set(&self) -> Stage {
        let grace = format!("token.refresh_grace={}", self.grace);
        let clocks = Arc::new(Clocks::new(REPLICAS));
        let environment = |replica| clocks.environment(replica);
        let start = || Cluster::start_with(REPLICAS, self.backing, &[&grace], environment);
        let cluster = tokio::task::block_in_place(start);
        clocks.set_all(REPLICAS, 0);
        let mut users = Vec::new();
        for number in 0..USERS {
            let email = format!("user{number}@example.com");
            users.push(User { id: cluster.register(&email, PASSWORD).await, email });
        }
        let admin_token = cluster.admin_token().await.into();
        let (cluster, recorder) = (Arc::new(cluster), Arc::new(Recorder::new()));
        Stage { cluster, clocks, recorder, pool: Arc::new(Pool::new(users)), admin_token }
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
                let call = Call::Verify(family.session, 0);
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
    }

    fn judge(&self, history: &[Op], faults: usize) {
        let summary = summary(history);
        println!("{} operations, {faults} faults: {summary:?}", history.len());
        if let Err(report) = check(history, self.promise) {
            panic!("seed {}: {report}", self.seed);
        }
        let count = |name: &str| summary.get(name).copied().unwrap_or_default();
        let enough = count("refresh") > 30 && count("verify") > 30 && count("logout") > 3 && count("login") > 3;
        assert!(enough && (faults > 2 || self.faults.is_empty()), "nothing happened: {summary:?}, {faults} faults");
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
