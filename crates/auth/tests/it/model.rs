//! The model of sessions, checked against the real core on a real store.
//!
//! The machine knows users, sessions, every token ever issued, time and restarts. After every step these hold:
//!
//! - I1  at most one unspent token a live family: exactly the newest generation rotates.
//! - I2  a refresh that succeeds spends exactly one token and creates exactly one, or repeats the unused successor.
//! - I3  after a reuse the family never succeeds again, and its access tokens are refused.
//! - I4  nothing minted before a revoking act works after it has returned.
//! - I5  no token for a suspended or deleted user.
//! - I6  no success at or after the idle or the absolute end; the absolute end never moves.
//! - I7  a restart changes no answer.
//! - I8  a forged or garbled token changes nothing.
//! - I9  the role in a new token is the store's at the time of minting, and a token with another role is refused.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use hallpass_auth::admin::UserPatch;
use hallpass_auth::{Ending, Error, Settings};
use hallpass_model::user::Status;
use hallpass_model::{Role, UserId};
use hallpass_password::Password;
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use crate::support::{PASSWORD, Seeded, World, new_clock, settings};

const USERS: usize = 2;
const GRACE: i64 = 10_000;
const ACCESS: i64 = 900;
const STAMPED_AHEAD: i64 = 20;
const IDLE: i64 = 3_600_000;
const ABSOLUTE: i64 = 3 * 3_600_000;

#[derive(Debug, Clone)]
enum Step {
    Login { user: usize },
    Refresh { session: usize, back: u32 },
    Garbage { session: usize, at: usize },
    Logout { session: usize, by_refresh: bool },
    LogoutAll { user: usize },
    ChangePassword { session: usize },
    SetStatus { user: usize, active: bool },
    SetRole { user: usize, admin: bool },
    Advance { millis: i64 },
    Restart,
}

/// What a presented refresh token must be answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Rotated,
    Repeated,
    Reuse,
    Invalid,
}

#[derive(Debug, Clone)]
struct User {
    active: bool,
    admin: bool,
    /// Tokens stamped before this second are void.
    tokens_from: i64,
}

#[derive(Debug, Clone)]
struct Session {
    user: usize,
    generation: u32,
    /// The login or the last rotation.
    used_at: i64,
    rotated_at: Option<i64>,
    idle_end: i64,
    absolute_end: i64,
    revoked: bool,
}

#[derive(Debug, Clone)]
struct Access {
    session: usize,
    iat: i64,
}

#[derive(Debug, Clone)]
struct Model {
    now: i64,
    users: Vec<User>,
    sessions: Vec<Session>,
    access: Vec<Access>,
    /// What the last step had to answer, for the machine under test to compare with.
    expected: Option<Expected>,
}

impl Model {
    /// Stamped with the login or the rotation, whatever the clock says by now.
    fn mint(&mut self, session: usize) {
        let Session { user, used_at, .. } = self.sessions[session];
        self.access.push(Access { session, iat: used_at.div_euclid(1000).max(self.users[user].tokens_from) });
    }

    /// After the newest token that a live session can have; where that is too far ahead the sessions end.
    fn void_tokens(&mut self, user: usize) {
        let live = self.sessions.iter().filter(|session| session.user == user && !session.revoked);
        let Some(last_use) = live.map(|session| session.used_at).max() else { return };
        let from = (last_use.div_euclid(1000) + 1).max(self.users[user].tokens_from + 1);
        if from > self.now.div_euclid(1000) + STAMPED_AHEAD {
            self.revoke_where(|_, session| session.user == user);
        } else {
            self.users[user].tokens_from = from;
        }
    }

    fn revoke_where(&mut self, matches: impl Fn(usize, &Session) -> bool) {
        for (index, session) in self.sessions.iter_mut().enumerate() {
            if matches(index, session) {
                session.revoked = true;
            }
        }
    }

    fn refresh(&mut self, index: usize, generation: u32) -> Expected {
        let now = self.now;
        let session = &mut self.sessions[index];
        if now >= session.idle_end || now >= session.absolute_end {
            return Expected::Invalid;
        }
        if generation == session.generation {
            if session.revoked {
                return Expected::Invalid;
            }
            session.generation += 1;
            (session.used_at, session.rotated_at) = (now, Some(now));
            session.idle_end = (now + IDLE).min(session.absolute_end);
            self.mint(index);
            return Expected::Rotated;
        }
        let in_window = session.rotated_at.is_some_and(|at| now < at + GRACE);
        if generation + 1 == session.generation && in_window && !session.revoked {
            self.mint(index);
            return Expected::Repeated;
        }
        session.revoked = true;
        Expected::Reuse
    }

    fn is_alive(&self, session: &Session) -> bool {
        !session.revoked && self.now < session.idle_end && self.now < session.absolute_end
    }

    fn accepts(&self, access: &Access) -> bool {
        let session = &self.sessions[access.session];
        let user = &self.users[session.user];
        self.now.div_euclid(1000) < access.iat + ACCESS && !session.revoked && access.iat >= user.tokens_from
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        let user = User { active: true, admin: false, tokens_from: 0 };
        let now = crate::support::START * 1000;
        let model = Self { now, users: vec![user; USERS], sessions: Vec::new(), access: Vec::new(), expected: None };
        Just(model).boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Step> {
        let user = 0..USERS;
        let login = user.clone().prop_map(|user| Step::Login { user });
        if state.sessions.is_empty() {
            return login.boxed();
        }
        let session = 0..state.sessions.len();
        prop_oneof![
            3 => login,
            8 => (session.clone(), prop_oneof![4 => Just(0u32), 2 => Just(1), 1 => 0u32..4])
                .prop_map(|(session, back)| Step::Refresh { session, back }),
            1 => (session.clone(), 4usize..95).prop_map(|(session, at)| Step::Garbage { session, at }),
            1 => (session.clone(), any::<bool>()).prop_map(|(session, by_refresh)| Step::Logout { session, by_refresh }),
            1 => user.clone().prop_map(|user| Step::LogoutAll { user }),
            1 => session.prop_map(|session| Step::ChangePassword { session }),
            1 => (user.clone(), any::<bool>()).prop_map(|(user, active)| Step::SetStatus { user, active }),
            2 => (user, any::<bool>()).prop_map(|(user, admin)| Step::SetRole { user, admin }),
            4 => prop_oneof![Just(1i64), Just(400), 1_000..11_000i64, 60_000..1_000_000i64, Just(IDLE)]
                .prop_map(|millis| Step::Advance { millis }),
            1 => Just(Step::Restart),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, step: &Step) -> bool {
        let known = |session: &usize| *session < state.sessions.len();
        match step {
            Step::Refresh { session, .. } | Step::Garbage { session, .. } | Step::Logout { session, .. } => {
                known(session)
            }
            Step::ChangePassword { session } => {
                known(session)
                    && state.is_alive(&state.sessions[*session])
                    && state.users[state.sessions[*session].user].active
            }
            _ => true,
        }
    }

    fn apply(mut state: Self, step: &Step) -> Self {
        state.expected = None;
        match step {
            Step::Login { user } => {
                if state.users[*user].active {
                    let absolute_end = state.now + ABSOLUTE;
                    state.sessions.push(Session {
                        user: *user,
                        generation: 0,
                        used_at: state.now,
                        rotated_at: None,
                        idle_end: state.now + IDLE,
                        absolute_end,
                        revoked: false,
                    });
                    state.mint(state.sessions.len() - 1);
                }
            }
            Step::Refresh { session, back } => {
                let generation = state.sessions[*session].generation.saturating_sub(*back);
                state.expected = Some(state.refresh(*session, generation));
            }
            Step::Logout { session, .. } => state.revoke_where(|index, _| index == *session),
            Step::LogoutAll { user } => state.revoke_where(|_, session| session.user == *user),
            Step::ChangePassword { session } => {
                let owner = state.sessions[*session].user;
                state.revoke_where(|index, other| index != *session && other.user == owner);
            }
            Step::SetStatus { user, active } => {
                if state.users[*user].active && !active {
                    state.void_tokens(*user);
                    state.revoke_where(|_, session| session.user == *user);
                }
                state.users[*user].active = *active;
            }
            Step::SetRole { user, admin } => {
                if state.users[*user].admin != *admin {
                    state.users[*user].admin = *admin;
                    state.void_tokens(*user);
                }
            }
            Step::Advance { millis } => state.now += millis,
            Step::Garbage { .. } | Step::Restart => {}
        }
        state
    }
}

/// The real core, with every token it ever gave out.
struct System {
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
    random: Arc<Seeded>,
    clock: Arc<AtomicU64>,
    world: World,
    users: Vec<UserId>,
    /// By session, by generation.
    refresh: Vec<Vec<String>>,
    access: Vec<String>,
    passwords: Vec<usize>,
}

fn model_settings() -> Settings {
    let mut settings = settings();
    settings.refresh.idle = Duration::from_millis(IDLE.unsigned_abs());
    settings.refresh.absolute = Duration::from_millis(ABSOLUTE.unsigned_abs());
    settings.refresh.grace = Duration::from_millis(GRACE.unsigned_abs());
    settings.limits.max = 10_000;
    settings
}

fn email(user: usize) -> String {
    format!("user{user}@example.com")
}

fn password(change: usize) -> String {
    format!("{PASSWORD} no {change}")
}

impl System {
    fn login(&mut self, user: usize, expect_active: bool) {
        let secret = password(self.passwords[user]);
        let result = self.runtime.block_on(self.world.login(&email(user), &secret));
        match result {
            Ok(logged_in) => {
                assert!(expect_active, "I5: a suspended user logged in");
                self.refresh.push(vec![logged_in.refresh.token.expose().to_owned()]);
                self.access.push(logged_in.access.token.expose().to_owned());
            }
            Err(error) => {
                assert!(!expect_active, "{error}");
                assert_eq!(error, Error::InvalidCredentials);
                // Failures in a row would lock the account; the model has no locks.
                let unlock = self.world.auth.operator();
                self.runtime.block_on(unlock.unlock_user(&self.world.ctx(), self.users[user])).expect("unlocks");
            }
        }
    }

    fn present(&mut self, session: usize, back: u32, expected: Expected) {
        let newest = self.refresh[session].len() - 1;
        let generation = newest.saturating_sub(usize::try_from(back).expect("small"));
        let token = self.refresh[session][generation].clone();
        let result = self.runtime.block_on(self.world.auth.refresh(&self.world.ctx(), &token));
        match (expected, result) {
            (Expected::Rotated, Ok(refreshed)) => {
                self.refresh[session].push(refreshed.refresh.token.expose().to_owned());
                self.access.push(refreshed.access.token.expose().to_owned());
            }
            (Expected::Repeated, Ok(refreshed)) => {
                assert_eq!(refreshed.refresh.token.expose(), self.refresh[session][newest], "I2: the same successor");
                self.access.push(refreshed.access.token.expose().to_owned());
            }
            (Expected::Reuse, Err(Error::TokenReuse)) | (Expected::Invalid, Err(Error::InvalidRefreshToken)) => {}
            (expected, result) => panic!("expected {expected:?}, got {result:?}"),
        }
    }

    fn garble(&self, session: usize, at: usize) {
        let mut token = self.refresh[session].last().expect("one at least").clone();
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        token.replace_range(at..=at, other);
        let result = self.runtime.block_on(self.world.auth.refresh(&self.world.ctx(), &token));
        assert_eq!(result.err(), Some(Error::InvalidRefreshToken), "I8");
    }

    fn logout(&self, session: usize, by_refresh: bool) {
        let ctx = self.world.ctx();
        let auth = &self.world.auth;
        let token = self.refresh[session].first().expect("one at least");
        let by_principal = self.access_of(session);
        let result = match by_principal.filter(|_| !by_refresh) {
            Some(access) => {
                let principal = auth.authenticate_expired(&ctx, access).expect("a token of ours");
                self.runtime.block_on(auth.logout(&ctx, Ending::Session(&principal)))
            }
            None => self.runtime.block_on(auth.logout(&ctx, Ending::Refresh(token))),
        };
        assert_eq!(result, Ok(()));
    }

    /// Some access token of the session, dead or alive.
    fn access_of(&self, session: usize) -> Option<&String> {
        let sid = self.sid(session);
        self.access.iter().find(|token| claims(token)["sid"] == sid)
    }

    fn sid(&self, session: usize) -> String {
        let first = &self.refresh[session][0];
        let raw = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(&first[4..]).expect("base64url");
        hallpass_model::SessionId::from_bytes(raw[..16].try_into().expect("16 bytes")).to_string()
    }

    fn change_password(&mut self, session: usize, user: usize) {
        let ctx = self.world.ctx();
        // A caller whose access token has expired would refresh first; the act is the same.
        let token = self.access_of(session).expect("every session has one").clone();
        let principal = self.world.auth.authenticate_expired(&ctx, &token).expect("ours");
        let (old, new) = (password(self.passwords[user]), password(self.passwords[user] + 1));
        let change = self.world.auth.change_password(&ctx, &principal, Password::from(old), Password::from(new));
        assert_eq!(self.runtime.block_on(change), Ok(()));
        self.passwords[user] += 1;
    }

    fn patch(&self, user: usize, patch: UserPatch) {
        let admin = self.world.auth.operator();
        let changed = self.runtime.block_on(admin.update_user(&self.world.ctx(), self.users[user], patch));
        changed.expect("changes");
    }

    fn restart(&mut self) {
        self.runtime.block_on(self.world.store.close());
        let open = World::open(self.folder.path(), model_settings(), self.random.clone(), self.clock.clone());
        self.world = self.runtime.block_on(open);
    }
}

fn claims(token: &str) -> serde_json::Map<String, serde_json::Value> {
    hallpass_jose::dangerous::decode(token).expect("decodes").claims
}

impl StateMachineTest for System {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let (random, clock) = (Seeded::new(1), new_clock());
        let world = runtime.block_on(World::open(folder.path(), model_settings(), random.clone(), clock.clone()));
        let mut system = Self {
            runtime,
            folder,
            random,
            clock,
            world,
            users: Vec::new(),
            refresh: Vec::new(),
            access: Vec::new(),
            passwords: vec![0; USERS],
        };
        let admin = system.world.auth.operator();
        for user in 0..USERS {
            let secret = Password::from(password(0));
            let (ctx, address) = (system.world.ctx(), email(user));
            let made = admin.create_user(&ctx, &address, secret, Role::user());
            system.users.push(system.runtime.block_on(made).expect("made").id);
        }
        // An admin outside the model, so that demoting a model user never hits the last one.
        let ctx = system.world.ctx();
        let chief = admin.create_user(&ctx, "chief@example.com", Password::from(password(0)), Role::admin());
        system.runtime.block_on(chief).expect("made");
        system
    }

    fn apply(mut system: Self, model: &Model, step: Step) -> Self {
        match step {
            Step::Login { user } => system.login(user, model.users[user].active),
            Step::Refresh { session, back } => {
                system.present(session, back, model.expected.expect("a refresh expects something"));
            }
            Step::Garbage { session, at } => system.garble(session, at),
            Step::Logout { session, by_refresh } => system.logout(session, by_refresh),
            Step::LogoutAll { user } => {
                let admin = system.world.auth.operator();
                let ctx = system.world.ctx();
                let ended = admin.logout_user(&ctx, system.users[user]);
                system.runtime.block_on(ended).expect("ends");
            }
            Step::ChangePassword { session } => system.change_password(session, model.sessions[session].user),
            Step::SetStatus { user, active } => {
                let status = Some(if active { Status::Active } else { Status::Suspended });
                system.patch(user, UserPatch { status, ..UserPatch::default() });
            }
            Step::SetRole { user, admin } => {
                let role = Some(if admin { Role::admin() } else { Role::user() });
                system.patch(user, UserPatch { role, ..UserPatch::default() });
            }
            Step::Advance { millis } => system.world.advance(Duration::from_millis(millis.unsigned_abs())),
            Step::Restart => system.restart(),
        }
        system
    }

    fn check_invariants(system: &Self, model: &Model) {
        let ctx = system.world.ctx();
        assert_eq!(system.access.len(), model.access.len(), "as many tokens as the model minted");
        for (token, expected) in system.access.iter().zip(&model.access) {
            let verdict = system.runtime.block_on(system.world.auth.authenticate(&ctx, token));
            assert_eq!(verdict.is_ok(), model.accepts(expected), "I3–I5, I9: {verdict:?} for {expected:?}");
            if let Ok(principal) = verdict {
                let user = model.sessions[expected.session].user;
                assert_eq!(principal.role.is_admin(), model.users[user].admin, "I9: the role is the store's");
                assert_eq!(principal.issued_at, expected.iat);
            }
        }
        for (tokens, session) in system.refresh.iter().zip(&model.sessions) {
            assert_eq!(tokens.len(), usize::try_from(session.generation).expect("small") + 1, "I1, I2");
        }
    }
}

prop_state_machine! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_core_behaves_as_the_model_says(sequential 1..40 => System);
}
