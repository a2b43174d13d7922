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

mod system;

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

use self::system::System;
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

prop_state_machine! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_core_behaves_as_the_model_says(sequential 1..40 => System);
}
