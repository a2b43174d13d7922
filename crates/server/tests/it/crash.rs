//! `kill -9` in the middle of everything: no session that was acknowledged is lost, none that was ended comes back.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::process::{Running, Site, http};

const ROUNDS: u64 = 6;
const WORKERS: u64 = 8;
const PASSWORD: &str = "hall-monitor 4711";

/// What was asked last, and never answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pending {
    Nothing,
    Refresh,
    Logout,
    Login,
}

#[derive(Debug, Clone)]
struct Session {
    access: String,
    refresh: String,
}

/// A user who logs in, refreshes and logs out without a rest, and remembers every promise of the server.
struct Worker {
    http: Client,
    email: String,
    session: Option<Session>,
    ended: Vec<Session>,
    pending: Pending,
    dice: Dice,
}

type Step = Result<(), reqwest::Error>;

impl Worker {
    fn new(number: u64) -> Self {
        let email = format!("worker{number}@example.com");
        let dice = Dice::new(number + 1);
        Self { http: http(), email, session: None, ended: Vec::new(), pending: Pending::Nothing, dice }
    }

    async fn register(&self, server: &Running) {
        let body = json!({"email": self.email, "password": PASSWORD});
        let answer = self.http.post(server.url("/auth/register")).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::CREATED);
    }

    /// Works until the server dies.
    async fn work(mut self, base: String) -> Self {
        while self.step(&base).await.is_ok() {
            self.pending = Pending::Nothing;
        }
        self
    }

    async fn step(&mut self, base: &str) -> Step {
        match (self.session.clone(), self.dice.roll(5)) {
            (None, _) => self.login(base).await,
            (Some(session), 0) => self.logout(base, session).await,
            (Some(session), _) => self.refresh(base, session).await,
        }
    }

    async fn login(&mut self, base: &str) -> Step {
        self.pending = Pending::Login;
        let body = json!({"email": self.email, "password": PASSWORD, "delivery": "body"});
        let answer = self.http.post(format!("{base}/auth/login")).json(&body).send().await?;
        assert_eq!(answer.status(), StatusCode::OK);
        self.session = Some(session_of(&answer.json().await?));
        Ok(())
    }

    async fn refresh(&mut self, base: &str, session: Session) -> Step {
        self.pending = Pending::Refresh;
        let (status, body) = self.post_refresh(base, &session).await?;
        assert_eq!(status, StatusCode::OK, "{body}");
        self.session = Some(session_of(&body));
        Ok(())
    }

    async fn logout(&mut self, base: &str, session: Session) -> Step {
        self.pending = Pending::Logout;
        let body = json!({"refresh_token": session.refresh});
        let answer = self.http.post(format!("{base}/auth/logout")).json(&body).send().await?;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        self.session = None;
        self.ended.push(session);
        Ok(())
    }

    async fn post_refresh(&self, base: &str, session: &Session) -> Result<(StatusCode, Value), reqwest::Error> {
        let body = json!({"refresh_token": session.refresh});
        let answer = self.http.post(format!("{base}/auth/refresh")).json(&body).send().await?;
        Ok((answer.status(), answer.json().await?))
    }

    async fn me(&self, base: &str, session: &Session) -> Result<StatusCode, reqwest::Error> {
        Ok(self.http.get(format!("{base}/auth/me")).bearer_auth(&session.access).send().await?.status())
    }

    /// After the restart: every promise still holds.
    async fn check(&mut self, base: &str) -> Step {
        for ended in &self.ended {
            assert_eq!(self.me(base, ended).await?, StatusCode::UNAUTHORIZED, "an ended session verifies again");
            let (status, body) = self.post_refresh(base, ended).await?;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "an ended session is back: {body}");
        }
        let Some(session) = self.session.take() else { return Ok(()) };
        let verifies = self.me(base, &session).await? == StatusCode::OK;
        let (status, body) = self.post_refresh(base, &session).await?;
        match (self.pending, status) {
            // The logout may or may not have been done; then token and session agree on it.
            (Pending::Logout, StatusCode::UNAUTHORIZED) => {
                assert!(!verifies, "logged out by half");
                self.ended.push(session);
            }
            (_, StatusCode::OK) => {
                assert!(verifies, "an acknowledged access token is refused");
                self.session = Some(session_of(&body));
            }
            (pending, status) => panic!("an acknowledged session is lost ({pending:?}, {status}): {body}"),
        }
        self.pending = Pending::Nothing;
        Ok(())
    }
}

fn session_of(body: &Value) -> Session {
    let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned();
    Session { access: text("access_token"), refresh: text("refresh_token") }
}

/// Rotates the signing keys over and over, until the server dies.
async fn rotate(base: String, (email, password): (String, String)) -> u32 {
    let http = http();
    let mut rotations = 0;
    let body = json!({"email": email, "password": password});
    let Ok(answer) = http.post(format!("{base}/auth/login")).json(&body).send().await else { return 0 };
    let Ok(body) = answer.json::<Value>().await else { return 0 };
    let token = body["access_token"].as_str().expect("a token").to_owned();
    loop {
        let request = http.post(format!("{base}/admin/keys/rotate")).bearer_auth(&token).json(&json!({"force": true}));
        let Ok(answer) = request.send().await else { return rotations };
        assert_eq!(answer.status(), StatusCode::OK);
        rotations += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_no_session_is_lost_and_none_revived() {
    // A login that the kill cuts off stays counted as an attempt: many kills may not add up to a lock here.
    let site = Site::with(&["token.refresh_grace=60s", "limits.lockout_failures=100"]);
    let mut server = site.serve();
    let admin = server.first_admin().expect("the first start makes an admin");
    let mut workers: Vec<Worker> = (0..WORKERS).map(Worker::new).collect();
    for worker in &workers {
        worker.register(&server).await;
    }
    let (mut dice, mut rotations) = (Dice::new(4711), 0);
    for _ in 0..ROUNDS {
        let base = server.url("");
        let rotating = tokio::spawn(rotate(base.clone(), admin.clone()));
        let working: Vec<_> = workers.drain(..).map(|worker| tokio::spawn(worker.work(base.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(300 + dice.roll(700))).await;
        server.kill();
        for worker in working {
            workers.push(worker.await.expect("no promise was broken"));
        }
        rotations += rotating.await.expect("rotations work");
        server = site.serve();
        assert!(server.first_admin().is_none(), "the users are gone");
        let base = server.url("");
        for worker in &mut workers {
            worker.check(&base).await.expect("the server answers");
        }
    }
    let ended: usize = workers.iter().map(|worker| worker.ended.len()).sum();
    assert!(ended > 0 && rotations > 0, "nothing happened: {ended} logouts, {rotations} rotations");
}

#[tokio::test]
async fn killed_the_lock_of_an_account_and_the_attempts_of_an_address_outlive_it() {
    let site = Site::with(&["limits.login_max=7"]);
    let mut server = site.serve();
    let (email, password) = server.first_admin().expect("an admin");
    let attempt = async |server: &Running, email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        let answer = http().post(server.url("/auth/login")).json(&body).send().await.expect("an answer");
        let left = answer.headers()["ratelimit-remaining"].to_str().expect("a number").to_owned();
        (answer.status().as_u16(), left)
    };
    for left in (2..7).rev() {
        assert_eq!(attempt(&server, &email, "wrong").await, (401, left.to_string()));
    }
    server.kill();
    server = site.serve();
    assert_eq!(attempt(&server, &email, &password).await.0, 429, "the lock is gone");
    assert_eq!(attempt(&server, "other@example.com", "wrong").await.0, 401);
    server.kill();
    server = site.serve();
    let mut refused = 0;
    for _ in 0..3 {
        refused += u32::from(attempt(&server, "third@example.com", "wrong").await.0 == 429);
    }
    assert!(refused >= 2, "the attempts are forgotten");
}
