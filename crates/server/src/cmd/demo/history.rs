//! Two days of an installation, made through its real router: what is in the audit log did happen, by this clock.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use hallpass_auth::admin::UserPatch;
use hallpass_auth::{Admin, Clock, Ctx};
use hallpass_http::extract::ClientIp;
use hallpass_http::route;
use hallpass_http::state::AppState;
use hallpass_model::user::Status;
use hallpass_model::{Role, UserId};
use hallpass_password::Password;
use http::{Request, header};
use serde::Serialize;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::cast::{CLIENTS, NAMES, STRANGER, address};
use super::past::PastClock;
use crate::cmd::failure::{Failure, Result};

/// How long ago it begins.
pub(super) const LENGTH: Duration = Duration::from_secs(48 * 3600);
/// The last half hour, in which a token is stolen and a password is guessed.
const LAST: Duration = Duration::from_secs(1800);
/// The time between the beginning and that.
const IN_STEPS: Duration = Duration::from_secs(47 * 3600);
/// How many steps it is filled in.
const STEPS: u32 = 144;
/// The most that an answer holds.
const ANSWER: usize = 1 << 20;

/// How many of each the history has.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Counts {
    pub(super) users: usize,
    pub(super) logins: u32,
    pub(super) refreshes: u32,
    pub(super) failures: u32,
    pub(super) logouts: u32,
}

/// A program and where it runs.
type Client = (&'static str, [u8; 4]);

/// A session, as the user's program keeps it.
struct Held {
    client: Client,
    refresh: String,
    access: String,
}

pub(super) struct History<'a> {
    router: Router,
    state: &'a AppState,
    clock: &'a PastClock,
    password: String,
    people: Vec<UserId>,
    held: Vec<Held>,
    counts: Counts,
}

impl<'a> History<'a> {
    pub(super) fn new(state: &'a AppState, clock: &'a PastClock, password: String) -> Self {
        let router = route::router(state, Router::new());
        Self { router, state, clock, password, people: Vec::new(), held: Vec::new(), counts: Counts::default() }
    }

    /// Makes the history up to now.
    pub(super) async fn play(mut self) -> Result<Counts> {
        self.people_arrive().await?;
        for step in 0..STEPS {
            self.clock.go_back(LAST + IN_STEPS * (STEPS - step) / STEPS);
            self.step(step).await?;
        }
        self.a_token_is_stolen().await?;
        self.passwords_are_guessed(11).await?;
        // Lately: a retired key leaves the ring as soon as nothing that it signed is good any more.
        self.clock.go_back(Duration::from_secs(300));
        self.admin().rotate_keys(&self.ctx(), true).await?;
        self.clock.go_back(Duration::ZERO);
        Ok(self.counts)
    }

    fn admin(&self) -> Admin {
        self.state.auth().operator()
    }

    fn ctx(&self) -> Ctx {
        Ctx::local(self.clock.now(), self.state.random().clone())
    }

    async fn people_arrive(&mut self) -> Result<()> {
        for (index, _) in NAMES.iter().enumerate() {
            let role = if index == 1 { Role::admin() } else { Role::user() };
            let password = Password::from(self.password.clone());
            let user = self.admin().create_user(&self.ctx(), &address(index), password, role).await?;
            self.people.push(user.id);
        }
        self.counts.users = self.people.len() + 1;
        for name in ["billing", "notes-api", "old-gateway"] {
            let (client, _) = self.admin().create_client(&self.ctx(), name).await?;
            if name == "old-gateway" {
                self.admin().revoke_client(&self.ctx(), client.id).await?;
            }
        }
        Ok(())
    }

    /// Every twenty minutes a user logs in, and the open sessions refresh; sometimes something else happens.
    async fn step(&mut self, step: u32) -> Result<()> {
        let at = step as usize;
        self.log_in(at * 7 % NAMES.len(), CLIENTS[at % CLIENTS.len()]).await?;
        for nth in [at / 2, at / 3] {
            self.refresh(nth % self.held.len().max(1)).await?;
        }
        match step % 24 {
            5 => self.mistype(at % NAMES.len()).await?,
            11 => self.log_out().await?,
            _ => {}
        }
        match step {
            50 => drop(self.admin().rotate_keys(&self.ctx(), true).await?),
            70 => self.suspend(9).await?,
            90 => drop(self.admin().reset_password(&self.ctx(), self.people[19]).await?),
            _ => {}
        }
        Ok(())
    }

    async fn suspend(&self, index: usize) -> Result<()> {
        let patch = UserPatch { status: Some(Status::Suspended), ..UserPatch::default() };
        self.admin().update_user(&self.ctx(), self.people[index], patch).await?;
        Ok(())
    }

    async fn log_in(&mut self, index: usize, client: Client) -> Result<()> {
        let body = json!({"email": address(index), "password": self.password, "delivery": "body"});
        // Who is suspended, or has a one-time password, is refused: that is part of the history.
        let Some(answer) = self.ask("/auth/login", client, None, &body).await? else { return Ok(()) };
        self.counts.logins += 1;
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        self.held.push(Held { client, refresh: text("refresh_token"), access: text("access_token") });
        Ok(())
    }

    async fn refresh(&mut self, index: usize) -> Result<()> {
        let Some(held) = self.held.get(index) else { return Ok(()) };
        let (client, body) = (held.client, json!({"refresh_token": held.refresh}));
        let Some(answer) = self.ask("/auth/refresh", client, None, &body).await? else { return Ok(()) };
        self.counts.refreshes += 1;
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        self.held[index].refresh = text("refresh_token");
        self.held[index].access = text("access_token");
        Ok(())
    }

    async fn mistype(&mut self, index: usize) -> Result<()> {
        let body = json!({"email": address(index), "password": "not quite"});
        self.ask("/auth/login", CLIENTS[index % CLIENTS.len()], None, &body).await?;
        self.counts.failures += 1;
        Ok(())
    }

    async fn log_out(&mut self) -> Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = self.held.swap_remove(self.held.len() / 2);
        self.ask("/auth/logout", held.client, Some(&held.access), &json!({"refresh_token": held.refresh})).await?;
        self.counts.logouts += 1;
        Ok(())
    }

    /// The thief is quicker than the person whose token it is; the server finds out when the person comes back.
    async fn a_token_is_stolen(&mut self) -> Result<()> {
        self.clock.go_back(Duration::from_secs(1500));
        self.log_in(0, CLIENTS[0]).await?;
        let last = self.held.len() - 1;
        for minutes in [23, 20] {
            self.clock.go_back(Duration::from_secs(minutes * 60));
            self.refresh(last).await?;
        }
        let stolen = json!({"refresh_token": self.held[last].refresh});
        self.clock.go_back(Duration::from_secs(18 * 60));
        self.ask("/auth/refresh", STRANGER, None, &stolen).await?;
        self.clock.go_back(Duration::from_secs(12 * 60));
        self.refresh(last).await
    }

    async fn passwords_are_guessed(&mut self, index: usize) -> Result<()> {
        for guess in 0..6_u64 {
            self.clock.go_back(Duration::from_secs(480 - 7 * guess));
            let body = json!({"email": address(index), "password": format!("letmein{guess}")});
            self.ask("/auth/login", STRANGER, None, &body).await?;
            self.counts.failures += 1;
        }
        Ok(())
    }

    /// Asks the router; none when it refuses.
    async fn ask(&self, path: &str, client: Client, token: Option<&str>, body: &Value) -> Result<Option<Value>> {
        let body = body.to_string();
        let mut request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, client.0)
            .extension(ClientIp(SocketAddr::new(IpAddr::from(client.1), 0)));
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let failed = |error: String| Failure::new("demo_failed", error);
        let request = request.body(Body::from(body)).map_err(|error| failed(error.to_string()))?;
        let Ok(answer) = self.router.clone().oneshot(request).await;
        if answer.status().is_server_error() {
            return Err(failed(format!("{path} was answered {}", answer.status())));
        }
        let is_good = answer.status().is_success();
        let bytes = to_bytes(answer.into_body(), ANSWER).await.map_err(|error| failed(error.to_string()))?;
        Ok(is_good.then(|| serde_json::from_slice(&bytes).unwrap_or_default()))
    }
}
