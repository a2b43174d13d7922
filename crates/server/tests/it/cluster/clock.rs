//! Replicas whose clocks are wrong, and become wrong while they run.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::backing::Backing;
use super::client::{Reply, patient, send};
use super::clocks::Clocks;
use super::generator::PASSWORD;
use super::replicas::Cluster;

const HOUR: i64 = 3600;
const EMAIL: &str = "ada@example.com";
/// The replica whose clock is stepped.
const WRONG: usize = 2;

/// Three replicas with clocks, and a user.
struct Three {
    cluster: Arc<Cluster>,
    clocks: Clocks,
    http: reqwest::Client,
}

#[derive(Clone)]
struct Tokens {
    access: String,
    refresh: String,
}

impl Three {
    async fn start() -> Self {
        let clocks = Clocks::new(3);
        let environment = |replica| clocks.environment(replica);
        let start = || Cluster::start_with(3, &Backing::File, &["token.refresh_grace=0s"], environment);
        let cluster = Arc::new(tokio::task::block_in_place(start));
        cluster.register(EMAIL, PASSWORD).await;
        clocks.set_all(3, 0);
        Self { cluster, clocks, http: patient() }
    }

    async fn post(&self, replica: usize, path: &str, body: Value) -> (u16, Value) {
        match send(self.http.post(self.cluster.url(replica, path)).json(&body)).await {
            Reply::Answer(status, body) => (status, body),
            other => panic!("{path} on {replica}: {other:?}"),
        }
    }

    async fn login(&self, replica: usize) -> Tokens {
        tokens(&self.cluster.login(replica, EMAIL, PASSWORD).await)
    }

    async fn refresh(&self, replica: usize, tokens_now: &Tokens) -> Tokens {
        let (status, body) = self.post(replica, "/auth/refresh", json!({"refresh_token": tokens_now.refresh})).await;
        assert_eq!(status, 200, "a session is lost: {body}");
        tokens(&body)
    }

    async fn logout(&self, replica: usize, tokens: &Tokens) {
        let (status, _) = self.post(replica, "/auth/logout", json!({"refresh_token": tokens.refresh})).await;
        assert_eq!(status, 204);
    }

    async fn me(&self, replica: usize, tokens: &Tokens) -> u16 {
        let request = self.http.get(self.cluster.url(replica, "/auth/me")).bearer_auth(&tokens.access);
        let Reply::Answer(status, _) = send(request).await else { panic!("no answer of {replica}") };
        status
    }

    async fn until_refused(&self, replica: usize, tokens: &Tokens) {
        for _ in 0..400 {
            if self.me(replica, tokens).await == 401 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("replica {replica} never refuses what was ended");
    }

    fn no_panic(&self) {
        assert!(!self.cluster.log(WRONG).contains("panicked"), "{}", self.cluster.log(WRONG));
    }
}

fn tokens(body: &Value) -> Tokens {
    let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned();
    Tokens { access: text("access_token"), refresh: text("refresh_token") }
}

/// Its own access tokens are good where they were made; those of the others are expired or from the future to it, and
/// its own to them. The sessions go on, on every replica.
async fn no_session_is_lost(ahead: i64) {
    let three = Three::start().await;
    let mut session = three.login(0).await;
    three.clocks.set(WRONG, ahead);
    assert_eq!(three.me(WRONG, &session).await, 401, "expired, or from the future");
    for replica in [WRONG, 0, WRONG, 1, 0, WRONG, WRONG, 1] {
        session = three.refresh(replica, &session).await;
        for other in 0..3 {
            let same_time = (replica == WRONG) == (other == WRONG);
            assert_eq!(three.me(other, &session).await, if same_time { 200 } else { 401 }, "{replica} for {other}");
        }
    }
    three.clocks.set(WRONG, 0);
    session = three.refresh(WRONG, &session).await;
    for replica in 0..3 {
        assert_eq!(three.me(replica, &session).await, 200, "the clock is right again");
    }
    three.no_panic();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_an_hour_ahead_loses_no_session() {
    no_session_is_lost(HOUR).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_an_hour_behind_loses_no_session() {
    no_session_is_lost(-HOUR).await;
}

/// Ended by a right clock, used by the wrong one; and the other way round.
async fn an_end_is_heard(ahead: i64) {
    let three = Three::start().await;
    let (one, other) = (three.login(0).await, three.login(0).await);
    three.clocks.set(WRONG, ahead);
    let one = three.refresh(WRONG, &one).await;
    assert_eq!(three.me(WRONG, &one).await, 200);
    three.logout(0, &one).await;
    three.until_refused(WRONG, &one).await;
    let other = three.refresh(WRONG, &other).await;
    let other = three.refresh(1, &other).await;
    assert_eq!((three.me(0, &other).await, three.me(1, &other).await), (200, 200));
    three.logout(WRONG, &other).await;
    three.until_refused(0, &other).await;
    three.until_refused(1, &other).await;
    // Used by a right clock, then by the wrong one, which ends it: the token of the right one ends too.
    let right = three.login(0).await;
    let wrong = three.refresh(WRONG, &right).await;
    three.logout(WRONG, &wrong).await;
    three.until_refused(0, &right).await;
    // An hour later everywhere: a token that the wrong clock stamped is not yet expired, and refused all the same.
    for replica in 0..3 {
        three.clocks.set(replica, HOUR.max(ahead));
    }
    for replica in 0..3 {
        assert_eq!(three.me(replica, &one).await, 401, "it has come to life on {replica}");
    }
    three.no_panic();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_ended_anywhere_is_refused_everywhere_though_a_clock_is_an_hour_ahead() {
    an_end_is_heard(HOUR).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_ended_anywhere_is_refused_everywhere_though_a_clock_is_an_hour_behind() {
    an_end_is_heard(-HOUR).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_an_hour_ahead_forgets_nothing_on_behalf_of_the_others() {
    let three = Three::start().await;
    let session = three.login(0).await;
    three.logout(0, &session).await;
    three.clocks.set(WRONG, HOUR);
    // By its clock it is high time to forget what has ended; it does so at its next tick.
    tokio::time::sleep(Duration::from_secs(2)).await;
    three.cluster.kill(0);
    tokio::task::block_in_place(|| three.cluster.restart(0));
    assert_eq!(three.me(0, &session).await, 401, "what was ended is good again after a restart");
    three.no_panic();
}
