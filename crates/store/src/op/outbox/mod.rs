//! Messages that wait to be sent: written in the transaction of their cause, claimed by one process at a time, wiped once
//! they are settled.

mod list;
mod send;
mod write;

pub use self::list::{CountWaiting, FindMessage, ListMessages, RetryMessage, Waiting};
pub use self::send::{ClaimMessages, Claimed, Lease, SettleMessage, Tried};
pub use self::write::{Content, NewMessage, QueueMessage, ReviveMailbox};
pub(super) use self::write::{notice, queue, tell_admins};
