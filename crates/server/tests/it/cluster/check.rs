//! The judgement over a whole history.

use std::fmt::Write;
use std::time::Duration;

use super::accounts::Account;
use super::families::Family;
use super::history::{Answer, Call, Op};
use super::linearize::{Stuck, explain};
use super::verdicts::{self, Hearing};

/// What the servers under test promise.
#[derive(Debug, Clone, Copy)]
pub struct Promise {
    pub grace: Duration,
    pub hearing: Hearing,
}

/// Every family that a login has opened.
pub fn families(history: &[Op], grace: Duration) -> Vec<Family> {
    let opened = history.iter().filter_map(|op| match (op.call, &op.answer) {
        (Call::Login(user), Answer::Opened(session, _)) => Some(Family { session: *session, user, grace }),
        _ => None,
    });
    opened.collect()
}

/// Whether the history could have been answered by one server that never failed; if not, a report.
pub fn check(history: &[Op], promise: Promise) -> Result<(), String> {
    for family in families(history, promise.grace) {
        let own: Vec<Op> = history.iter().filter(|op| family.concerns(op)).cloned().collect();
        explain(&family, &own).map_err(|stuck| report(&format!("{family:?}"), &stuck))?;
        if let Some(wrong) = verdicts::judge(&family, history, promise.hearing).first() {
            let because = wrong.because.as_ref().map_or_else(String::new, |op| format!("\nbecause of\n{op}"));
            return Err(format!("{}\n{family:?}\n{}{because}", wrong.why, wrong.check));
        }
    }
    for account in accounts(history) {
        let own: Vec<Op> = history.iter().filter(|op| account.concerns(op)).cloned().collect();
        explain(&account, &own).map_err(|stuck| report(&format!("{account:?}"), &stuck))?;
    }
    Ok(())
}

fn accounts(history: &[Op]) -> Vec<Account> {
    let logged_in = history.iter().filter_map(|op| if let Call::Login(user) = op.call { Some(user) } else { None });
    let mut users: Vec<_> = logged_in.collect();
    users.sort_unstable();
    users.dedup();
    users.into_iter().map(|user| Account { user }).collect()
}

fn report(of: &str, stuck: &Stuck) -> String {
    let mut text = format!("no order of operations explains the history of {of}\nexplained so far:\n");
    for op in &stuck.explained {
        let _ = writeln!(text, "  {op}");
    }
    let _ = writeln!(text, "then, in state {}, none of these fits:", stuck.state);
    for op in &stuck.next {
        let _ = writeln!(text, "  {op}");
    }
    text
}
