//! The account: who is suspended or deleted does not get in, and who is active does.

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
            Call::Suspend(user) | Call::Activate(user) | Call::Delete(user) => user == self.user,
            // A login without an answer tells nothing, and changes nothing here.
            Call::Login(user) => user == self.user && op.answer != Answer::Unknown,
            _ => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    Active,
    Suspended,
    Deleted,
}

impl Object for Account {
    type State = Standing;

    fn initial(&self) -> Standing {
        Standing::Active
    }

    fn step(&self, before: &Standing, op: &Op) -> Option<Standing> {
        let is_there = *before != Standing::Deleted;
        match (op.call, &op.answer) {
            (_, Answer::Unknown) if !is_there => Some(*before),
            (Call::Suspend(_), Answer::Done | Answer::Unknown) => is_there.then_some(Standing::Suspended),
            (Call::Activate(_), Answer::Done | Answer::Unknown) => is_there.then_some(Standing::Active),
            (Call::Delete(_), Answer::Done | Answer::Unknown) => is_there.then_some(Standing::Deleted),
            (Call::Login(_), Answer::Opened(..)) => (*before == Standing::Active).then_some(*before),
            (Call::Login(_), Answer::Refused(code)) => {
                (*before != Standing::Active && code == "invalid_credentials").then_some(*before)
            }
            (_, Answer::Refused(code)) => (!is_there && code == "not_found").then_some(*before),
            _ => None,
        }
    }
}
