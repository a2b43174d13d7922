//! The refresh family as the contract tells it: at any time one token is current, and what has ended stays ended.

use std::time::Duration;

use super::history::{Answer, Call, Op, SessionNo, TokenNo, UserNo};
use super::linearize::Object;

/// A session of a user, and what is promised of it.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    pub session: SessionNo,
    pub user: UserNo,
    /// The grace window; zero when there is none.
    pub grace: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Life {
    Unborn,
    Live,
    Revoked,
}

/// The current token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Current {
    Token(TokenNo),
    /// One that was issued in an answer that nobody got.
    Unseen,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    life: Life,
    current: Current,
    spent_last: Option<TokenNo>,
}

impl Family {
    /// Whether an operation can bear upon this family.
    pub fn concerns(&self, op: &Op) -> bool {
        match op.call {
            Call::Login(_) => matches!(op.answer, Answer::Opened(session, _) if session == self.session),
            Call::Refresh(session, _) => session == self.session,
            Call::Logout(_) | Call::LogoutAll(_) | Call::Suspend(_) | Call::Delete(_) => self.may_end(op),
            // A change of the role ends no session where clocks agree within seconds.
            Call::Activate(_) | Call::SetRole(..) | Call::Verify(..) => false,
        }
    }

    /// Whether an operation may have ended this family: none of them says no and does it nevertheless, but the refresh.
    pub fn may_end(&self, op: &Op) -> bool {
        let named = match op.call {
            Call::Refresh(session, _) => {
                let reuse = matches!(&op.answer, Answer::Refused(code) if code == "token_reuse");
                return session == self.session && (reuse || op.answer == Answer::Unknown);
            }
            Call::Logout(session) => session == self.session,
            Call::LogoutAll(user) | Call::Suspend(user) | Call::Delete(user) => user == self.user,
            Call::Login(_) | Call::Activate(_) | Call::SetRole(..) | Call::Verify(..) => false,
        };
        named && !matches!(op.answer, Answer::Refused(_))
    }

    fn refresh(&self, state: &State, presented: TokenNo, op: &Op) -> Option<State> {
        if state.current == Current::Token(presented) {
            return refresh_current(state, presented, &op.answer);
        }
        let in_grace = !self.grace.is_zero() && state.life == Life::Live && state.spent_last == Some(presented);
        if in_grace {
            return self.repeat(state, op);
        }
        refuse(state, &op.answer, "token_reuse", Life::Revoked)
    }

    /// The token spent last, while its successor is unused: the same successor again.
    fn repeat(&self, state: &State, op: &Op) -> Option<State> {
        match (&op.answer, state.current) {
            (Answer::Rotated(token), Current::Token(current)) => (*token == current).then(|| state.clone()),
            (Answer::Rotated(token), Current::Unseen) => {
                Some(State { current: Current::Token(*token), ..state.clone() })
            }
            (Answer::Unknown, _) => Some(state.clone()),
            // On a machine that stood still the window may have closed.
            (Answer::Refused(_), _) if op.at >= self.grace => refuse(state, &op.answer, "token_reuse", Life::Revoked),
            _ => None,
        }
    }
}

fn refresh_current(state: &State, presented: TokenNo, answer: &Answer) -> Option<State> {
    let rotated = |current| Some(State { life: Life::Live, current, spent_last: Some(presented) });
    match (state.life, answer) {
        (Life::Live, Answer::Rotated(token)) if *token != presented => rotated(Current::Token(*token)),
        (Life::Live, Answer::Unknown) => rotated(Current::Unseen),
        (Life::Revoked, _) => refuse(state, answer, "invalid_refresh_token", Life::Revoked),
        _ => None,
    }
}

/// The state after a refusal, if it is the one that was given, or none was.
fn refuse(state: &State, answer: &Answer, code: &str, life: Life) -> Option<State> {
    match answer {
        Answer::Refused(given) if given != code => None,
        Answer::Refused(_) | Answer::Unknown => Some(State { life, ..state.clone() }),
        _ => None,
    }
}

impl Object for Family {
    type State = State;

    fn initial(&self) -> State {
        State { life: Life::Unborn, current: Current::Unseen, spent_last: None }
    }

    fn step(&self, state: &State, op: &Op) -> Option<State> {
        match (op.call, &op.answer) {
            (Call::Login(_), Answer::Opened(_, token)) => (state.life == Life::Unborn).then_some(State {
                life: Life::Live,
                current: Current::Token(*token),
                spent_last: None,
            }),
            (Call::Refresh(_, presented), _) => {
                if state.life == Life::Unborn {
                    None
                } else {
                    self.refresh(state, presented, op)
                }
            }
            // Before the login there is nothing to end: it will be a session that came later.
            _ if state.life == Life::Unborn => Some(state.clone()),
            _ => Some(State { life: Life::Revoked, ..state.clone() }),
        }
    }
}
