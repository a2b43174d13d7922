//! The account: who is suspended does not get in, and who is active does.

use super::history::{Answer, Call, Op, UserNo};
use super::linearize::Object;

/// A user's account.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    pub user: UserNo,
}

impl Account {
    pub fn concerns(self, op: &Op) -> bool {
        match op.call {
            Call::Suspend(user) | Call::Activate(user) => user == self.user,
            // A login without an answer tells nothing, and changes nothing here.
            Call::Login(user) => user == self.user && op.answer != Answer::Unknown,
            _ => false,
        }
    }
}

impl Object for Account {
    /// Whether it is suspended.
    type State = bool;

    fn initial(&self) -> bool {
        false
    }

    fn step(&self, suspended: &bool, op: &Op) -> Option<bool> {
        match (op.call, &op.answer) {
            (Call::Suspend(_), Answer::Done | Answer::Unknown) => Some(true),
            (Call::Activate(_), Answer::Done | Answer::Unknown) => Some(false),
            (Call::Login(_), Answer::Opened(..)) => (!suspended).then_some(false),
            (Call::Login(_), Answer::Refused(code)) => (*suspended && code == "invalid_credentials").then_some(true),
            _ => None,
        }
    }
}
