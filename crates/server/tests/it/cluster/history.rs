//! What was asked, what was answered, and in which order.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A place in the one order of all beginnings and ends. Of two events the one that was over before the other began
/// has the smaller number, whatever any clock says.
pub type Tick = u64;

/// A user, by number.
pub type UserNo = usize;
/// A session, by number: a refresh family.
pub type SessionNo = usize;
/// A refresh token, by number; the same text has the same number.
pub type TokenNo = usize;
/// A replica, by number.
pub type ReplicaNo = usize;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Login(UserNo),
    Refresh(SessionNo, TokenNo),
    Logout(SessionNo),
    LogoutAll(UserNo),
    Suspend(UserNo),
    Activate(UserNo),
    /// Gives the user this role.
    SetRole(UserNo, Role),
    Delete(UserNo),
    /// An access token of the session.
    Verify(SessionNo, Bearer),
}

/// The role of a user, and what a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    User,
    Admin,
}

/// An access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// The n-th of its session.
    pub number: usize,
    /// Its answer was there by then: it is older than what began later.
    pub since: Tick,
    pub role: Role,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A login: the session and its first token.
    Opened(SessionNo, TokenNo),
    /// A refresh: the successor.
    Rotated(TokenNo),
    /// Yes.
    Done,
    /// No, with the stable code.
    Refused(String),
    /// 503, a time-out, a connection that broke: it may have happened, may yet happen, or never.
    Unknown,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Op {
    pub replica: ReplicaNo,
    pub call: Call,
    pub answer: Answer,
    pub invoked: Tick,
    pub returned: Tick,
    /// How long after the beginning of the run it was over.
    pub at: Duration,
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { replica, call, answer, invoked, returned, at } = self;
        write!(f, "{:>7} ms  [{invoked:>6}, {returned:>6}]  replica {replica}  {call:?} -> {answer:?}", at.as_millis())
    }
}

/// Writes operations down as they happen.
#[derive(Debug)]
pub struct Recorder {
    begun: Instant,
    tick: AtomicU64,
    ops: Mutex<Vec<Op>>,
    faults: AtomicUsize,
}

/// An operation under way.
#[derive(Debug, Clone, Copy)]
pub struct Invocation {
    replica: ReplicaNo,
    call: Call,
    invoked: Tick,
}

impl Recorder {
    pub fn new() -> Self {
        Self { begun: Instant::now(), tick: AtomicU64::new(0), ops: Mutex::default(), faults: AtomicUsize::new(0) }
    }

    /// Counts a fault that was made.
    pub fn fault(&self) {
        self.faults.fetch_add(1, Ordering::SeqCst);
    }

    pub fn faults(&self) -> usize {
        self.faults.load(Ordering::SeqCst)
    }

    /// Operations that are over.
    pub fn len(&self) -> usize {
        self.ops.lock().expect("no panic under the lock").len()
    }

    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// A place in the order for what is at hand now.
    pub fn now(&self) -> Tick {
        self.tick.fetch_add(1, Ordering::SeqCst)
    }

    /// To be called before the first byte is sent.
    pub fn invoke(&self, replica: ReplicaNo, call: Call) -> Invocation {
        Invocation { replica, call, invoked: self.tick.fetch_add(1, Ordering::SeqCst) }
    }

    /// To be called after the last byte has come.
    pub fn complete(&self, invocation: Invocation, answer: Answer) {
        let Invocation { replica, call, invoked } = invocation;
        let returned = self.tick.fetch_add(1, Ordering::SeqCst);
        let op = Op { replica, call, answer, invoked, returned, at: self.begun.elapsed() };
        self.ops.lock().expect("no panic under the lock").push(op);
    }

    pub fn history(&self) -> Vec<Op> {
        let mut ops = self.ops.lock().expect("no panic under the lock").clone();
        ops.sort_by_key(|op| op.invoked);
        ops
    }
}
