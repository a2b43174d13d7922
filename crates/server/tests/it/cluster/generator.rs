//! Actors that use the replicas at random, as a seed determines.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use super::backing::Backing;
use super::client::{Reply, patient, send};
use super::clocks::Clocks;
use super::history::{Answer, Call, Recorder, ReplicaNo, Role, SessionNo, UserNo};
use super::pool::Pool;
use super::replicas::Cluster;
use crate::dice::Dice;

pub const PASSWORD: &str = "hall-monitor 4711";

/// What all actors share.
#[derive(Clone)]
pub struct Stage {
    pub cluster: Arc<Cluster>,
    pub clocks: Arc<Clocks>,
    pub backing: Backing,
    pub recorder: Arc<Recorder>,
    pub pool: Arc<Pool>,
    pub admin_token: Arc<str>,
    /// So many faults are to be made.
    pub wanted_faults: usize,
    /// Whether roles change. Where clocks are off by an hour a change of the role ends sessions, which the judge of
    /// families does not expect.
    pub changes_roles: bool,
}

/// A run takes at least so long, on a machine that is quick.
const LEAST: Duration = Duration::from_secs(4);
/// Operations of a run, and how long a slow machine is given for them.
const ENOUGH: usize = 400;
const MOST: Duration = Duration::from_secs(75);

/// A client with a mind of its own.
pub struct Actor {
    stage: Stage,
    http: Client,
    dice: Dice,
    /// The session it opened last: most of what it does, it does with this one.
    own: Option<SessionNo>,
}

impl Actor {
    pub fn new(stage: Stage, dice: Dice) -> Self {
        Self { stage, http: patient(), dice, own: None }
    }

    pub async fn act_until_the_end(mut self) {
        while self.stage.goes_on() {
            self.act().await;
        }
    }

    async fn act(&mut self) {
        let others = self.dice.roll(100) < 15;
        let session = if others { self.stage.pool.recent(&mut self.dice) } else { self.own };
        let Some(session) = session else { return self.login().await };
        match self.dice.roll(100) {
            0..42 => self.refresh(session, 0).await,
            42..44 => self.refresh(session, 1).await,
            44..45 => self.refresh(session, 2).await,
            45..50 => self.refresh_twice(session).await,
            50..57 => self.logout(session).await,
            57..59 => self.logout_all(session).await,
            _ => self.verify(session).await,
        }
    }

    fn replica(&mut self) -> ReplicaNo {
        self.dice.place(self.stage.cluster.len())
    }

    /// Asks a replica; when nobody listens there, another one at the next turn.
    async fn call(&mut self, replica: ReplicaNo, call: Call) -> Option<(u16, Value)> {
        let answer = self.stage.call(&self.http, &mut self.dice, replica, call).await;
        if answer.is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        answer
    }

    async fn login(&mut self) {
        let (replica, user) = (self.replica(), self.dice.place(self.stage.pool.users.len()));
        let before = self.stage.pool.len();
        match self.call(replica, Call::Login(user)).await {
            // Another actor may have logged in meanwhile: then that session has two friends.
            Some((200, _)) => self.own = Some(before),
            // Suspended, it seems: guessing on would only heat the machine.
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }

    /// `age` 0 presents the newest token known, 1 the one before.
    async fn refresh(&mut self, session: SessionNo, age: usize) {
        let replica = self.replica();
        let tokens = self.stage.pool.known(session).refresh;
        let token = tokens[tokens.len().saturating_sub(1 + age)];
        let answer = self.call(replica, Call::Refresh(session, token)).await;
        if answer.is_some_and(|(status, _)| status != 200) && self.own == Some(session) {
            self.own = None;
        }
    }

    /// The same token to two replicas at once, as two tabs do.
    async fn refresh_twice(&mut self, session: SessionNo) {
        let (one, other) = (self.replica(), self.replica());
        let Some(token) = self.stage.pool.known(session).refresh.last().copied() else { return };
        let call = Call::Refresh(session, token);
        let (mut dice, http, stage) = (self.dice.split(), self.http.clone(), self.stage.clone());
        let first = self.stage.call(&self.http, &mut self.dice, one, call);
        let second = stage.call(&http, &mut dice, other, call);
        tokio::join!(first, second);
    }

    async fn logout(&mut self, session: SessionNo) {
        let replica = self.replica();
        self.call(replica, Call::Logout(session)).await;
        if self.own == Some(session) {
            self.own = None;
        }
    }

    async fn logout_all(&mut self, session: SessionNo) {
        let (replica, user) = (self.replica(), self.stage.pool.known(session).user);
        self.call(replica, Call::LogoutAll(user)).await;
    }

    async fn verify(&mut self, session: SessionNo) {
        let (replica, tokens) = (self.replica(), self.stage.pool.known(session).access);
        let (_, bearer) = tokens[self.dice.place(tokens.len())];
        self.call(replica, Call::Verify(session, bearer)).await;
    }
}

impl Stage {
    /// Whether the play is still on.
    pub fn goes_on(&self) -> bool {
        let elapsed = self.recorder.elapsed();
        let enough = self.recorder.len() >= ENOUGH && self.recorder.faults() >= self.wanted_faults;
        elapsed < LEAST || (elapsed < MOST && !enough)
    }

    /// Makes one request and writes it down; the answer, if there was one.
    pub async fn call(&self, http: &Client, dice: &mut Dice, replica: ReplicaNo, call: Call) -> Option<(u16, Value)> {
        let request = self.request(http, dice, replica, call);
        let invocation = self.recorder.invoke(replica, call);
        match send(request).await {
            Reply::NotSent => None,
            Reply::Unknown => {
                self.recorder.complete(invocation, Answer::Unknown);
                None
            }
            Reply::Answer(status, body) => {
                self.recorder.complete(invocation, self.answer(call, status, &body));
                Some((status, body))
            }
        }
    }

    fn request(&self, http: &Client, dice: &mut Dice, replica: ReplicaNo, call: Call) -> reqwest::RequestBuilder {
        let url = |path: &str| self.cluster.url(replica, path);
        let of = |user: UserNo| url(&format!("/admin/users/{}", self.pool.users[user].id));
        let patch = |user, change: Value| http.patch(of(user)).bearer_auth(&self.admin_token).json(&change);
        match call {
            Call::Login(user) => {
                let body = json!({"email": self.pool.users[user].email, "password": PASSWORD, "delivery": "body"});
                http.post(url("/auth/login")).json(&body)
            }
            Call::Refresh(_, token) => {
                http.post(url("/auth/refresh")).json(&json!({"refresh_token": self.pool.text(token)}))
            }
            Call::Logout(session) => self.logout(http, dice, &url("/auth/logout"), session),
            Call::LogoutAll(user) => http.post(url("/auth/logout-all")).bearer_auth(self.bearer_of(user)),
            Call::Suspend(user) => patch(user, json!({"status": "suspended"})),
            Call::Activate(user) => patch(user, json!({"status": "active"})),
            Call::SetRole(user, Role::Admin) => patch(user, json!({"role": "admin"})),
            Call::SetRole(user, Role::User) => patch(user, json!({"role": "user"})),
            Call::Delete(user) => http.delete(of(user)).bearer_auth(&self.admin_token),
            Call::Verify(session, bearer) => {
                http.get(url("/auth/me")).bearer_auth(&self.pool.known(session).access[bearer.number].0)
            }
        }
    }

    fn logout(&self, http: &Client, dice: &mut Dice, url: &str, session: SessionNo) -> reqwest::RequestBuilder {
        let known = self.pool.known(session);
        if dice.roll(2) == 0 {
            return http.post(url).bearer_auth(&known.access[dice.place(known.access.len())].0);
        }
        let token = known.refresh[dice.place(known.refresh.len())];
        http.post(url).json(&json!({"refresh_token": self.pool.text(token)}))
    }

    /// The newest access token of a user.
    fn bearer_of(&self, user: UserNo) -> String {
        let mut sessions = (0..self.pool.len()).rev().map(|session| self.pool.known(session));
        let newest = sessions
            .find(|known| known.user == user)
            .and_then(|known| known.access.last().map(|(text, _)| text.clone()));
        newest.expect("a session of the user was found before")
    }

    fn answer(&self, call: Call, status: u16, body: &Value) -> Answer {
        let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}"));
        let tokens = || (text("refresh_token"), text("access_token"));
        match (call, status) {
            (Call::Login(user), 200) => {
                let (session, token) = self.pool.open(user, tokens(), self.recorder.now());
                Answer::Opened(session, token)
            }
            (Call::Refresh(session, _), 200) => {
                Answer::Rotated(self.pool.rotate(session, tokens(), self.recorder.now()))
            }
            (_, 200 | 204) => Answer::Done,
            _ => Answer::Refused(text("code").to_owned()),
        }
    }
}

/// Suspends users and lets them in again, makes admins of them and takes it away again.
pub async fn administrate(stage: Stage, mut dice: Dice) {
    let http = patient();
    while stage.goes_on() {
        tokio::time::sleep(Duration::from_millis(200 + dice.roll(500))).await;
        let user = dice.place(stage.pool.users.len());
        if stage.changes_roles && dice.roll(2) == 0 {
            for role in [Role::Admin, Role::User] {
                let replica = dice.place(stage.cluster.len());
                stage.call(&http, &mut dice, replica, Call::SetRole(user, role)).await;
                tokio::time::sleep(Duration::from_millis(dice.roll(400))).await;
            }
            continue;
        }
        let replica = dice.place(stage.cluster.len());
        stage.call(&http, &mut dice, replica, Call::Suspend(user)).await;
        tokio::time::sleep(Duration::from_millis(dice.roll(150))).await;
        for _ in 0..20 {
            let replica = dice.place(stage.cluster.len());
            if stage.call(&http, &mut dice, replica, Call::Activate(user)).await.is_some() {
                break;
            }
        }
    }
}
