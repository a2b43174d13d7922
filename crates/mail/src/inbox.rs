//! Mails that stay in memory, to be looked at.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Mails that are kept: a further one takes the place of the oldest.
const KEPT: usize = 20;

/// The mailboxes of everybody that a mailer writes to. Cheap to clone.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<VecDeque<Received>>>);

/// A mail that was written down, and sent to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Written {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// A mail that has come.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    /// Its name, the same at each try.
    pub id: String,
    pub at: SystemTime,
    pub mail: Written,
}

impl Inbox {
    /// What has come, the newest first.
    pub fn received(&self) -> Vec<Received> {
        self.mails().iter().rev().cloned().collect()
    }

    /// A mail that is sent twice comes once.
    pub(crate) fn put(&self, received: Received) {
        let mut mails = self.mails();
        mails.retain(|mail| mail.id != received.id);
        if mails.len() >= KEPT {
            mails.pop_front();
        }
        mails.push_back(received);
    }

    // No panic can leave a mail half written.
    fn mails(&self) -> MutexGuard<'_, VecDeque<Received>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(id: usize) -> Received {
        let mail = Written { to: "ada@example.com".to_owned(), subject: String::new(), text: String::new() };
        Received { id: id.to_string(), at: SystemTime::UNIX_EPOCH, mail }
    }

    #[test]
    fn the_newest_come_first_and_the_oldest_go() {
        let inbox = Inbox::default();
        for id in (0..=KEPT).chain([KEPT]) {
            inbox.put(received(id));
        }
        let ids: Vec<String> = inbox.received().into_iter().map(|mail| mail.id).collect();
        let expected: Vec<String> = (1..=KEPT).rev().map(|id| id.to_string()).collect();
        assert_eq!(ids, expected);
    }
}
