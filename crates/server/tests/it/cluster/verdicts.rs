//! What an access token's check may answer, given what has ended its session.

use super::families::Family;
use super::history::{Answer, Bearer, Call, Op};

/// How soon a replica must know of what another one did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// After a while: each replica asks the store, or is told.
    Soon,
    /// At once: every check reads what all share.
    AtOnce,
}

/// A check whose answer no order of events explains.
#[derive(Debug)]
pub struct Wrong {
    pub why: &'static str,
    pub check: Op,
    pub because: Option<Op>,
}

/// Judges every check of this family's access tokens. `history` is in the order of beginnings.
pub fn judge(family: &Family, history: &[Op], hearing: Hearing) -> Vec<Wrong> {
    let checks = history.iter().filter(|op| matches!(op.call, Call::Verify(session, _) if session == family.session));
    checks.filter_map(|check| judge_one(family, history, hearing, check)).collect()
}

fn judge_one(family: &Family, history: &[Op], hearing: Hearing, check: &Op) -> Option<Wrong> {
    let wrong = |why, because: Option<&Op>| Some(Wrong { why, check: check.clone(), because: because.cloned() });
    let Call::Verify(_, bearer) = check.call else { return None };
    match &check.answer {
        Answer::Done => {
            let earlier = || history.iter().filter(|op| op.returned < check.invoked);
            let refused = earlier().find(|op| op.replica == check.replica && refuses(family, history, op, bearer));
            if refused.is_some() {
                return wrong("this replica has refused the token before", refused);
            }
            let hears = |op: &&Op| hearing == Hearing::AtOnce || op.replica == check.replica;
            let ended = earlier().filter(hears).find(|op| has_ended(family, history, op));
            if ended.is_some() {
                return wrong("the session had ended, and this replica knew", ended);
            }
            let changed = earlier().filter(hears).find(|op| has_voided(family, op, bearer));
            if changed.is_some() { wrong("the token says a role that was taken away since", changed) } else { None }
        }
        Answer::Refused(code) if code == "invalid_token" => {
            let began = |op: &Op| op.invoked < check.returned && (family.may_end(op) || may_void(family, op));
            if history.iter().any(began) { None } else { wrong("nothing had ended the session", None) }
        }
        Answer::Unknown => None,
        _ => wrong("no check answers so", None),
    }
}

/// Whether this check has refused the token for good: it itself, or another one of its session, which then had ended.
fn refuses(family: &Family, history: &[Op], op: &Op, bearer: Bearer) -> bool {
    let (Call::Verify(session, refused), Answer::Refused(_)) = (op.call, &op.answer) else { return false };
    let by_role = || history.iter().any(|change| change.invoked < op.returned && may_void(family, change));
    session == family.session && (refused.number == bearer.number || !by_role())
}

/// Whether an operation may have voided tokens of this family's user.
fn may_void(family: &Family, op: &Op) -> bool {
    matches!(op.call, Call::SetRole(user, _) if user == family.user) && !matches!(op.answer, Answer::Refused(_))
}

/// Whether it is certain that by its answer this operation had voided the token: at hand before it began, with a role
/// that is not the new one.
fn has_voided(family: &Family, op: &Op, bearer: Bearer) -> bool {
    let Call::SetRole(user, role) = op.call else { return false };
    user == family.user && op.answer == Answer::Done && bearer.since < op.invoked && bearer.role != role
}

/// Whether it is certain that by its answer this operation had ended the session: it was answered, and the session
/// was there before it began.
pub fn has_ended(family: &Family, history: &[Op], op: &Op) -> bool {
    let born = |login: &&Op| matches!(login.answer, Answer::Opened(session, _) if session == family.session);
    let Some(born) = history.iter().find(born) else { return false };
    op.answer != Answer::Unknown && family.may_end(op) && born.returned < op.invoked
}
