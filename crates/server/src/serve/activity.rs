//! What a connection is doing, and until when it may go on doing it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long a connection may stay as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timers {
    /// A header, once it has begun; and the first one, from the beginning of the connection.
    pub(super) header: Duration,
    /// Between two requests.
    pub(super) keep_alive: Duration,
    /// Requests under way of which none begins, ends or is sent a piece of its answer.
    pub(super) stalled: Duration,
}

/// How long a connection that is to be closed may take to say its last words.
const FAREWELL: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// No request has come yet.
    Fresh,
    /// Between two requests.
    Idle,
    /// The next header has begun. Known of HTTP/1.1 only: what is read from an idle HTTP/2 connection may be a PING.
    Header,
    /// Requests are under way.
    Busy,
    /// It is being closed.
    Closing,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    in_flight: usize,
    is_http2: bool,
    has_unread: bool,
}

/// Shared by the stream, the requests and the driver of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    timers: Timers,
    state: Mutex<State>,
}

/// A request under way: from its header until the last piece of its answer is handed over, or it is given up.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Activity>);

impl Activity {
    pub(super) fn new(timers: Timers) -> Arc<Self> {
        let state =
            State { phase: Phase::Fresh, since: Instant::now(), in_flight: 0, is_http2: false, has_unread: false };
        Arc::new(Self { timers, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes have come.
    pub(super) fn has_read(&self) {
        let mut state = self.state();
        if state.phase == Phase::Idle && !state.is_http2 {
            state.enter(Phase::Header);
        }
    }

    /// A request has come.
    pub(super) fn begin(self: &Arc<Self>, is_http2: bool) -> InFlight {
        let mut state = self.state();
        state.is_http2 = is_http2;
        state.in_flight += 1;
        state.enter(Phase::Busy);
        InFlight(self.clone())
    }

    /// A request's body was not read to its end: the client may be sending still.
    pub(super) fn leave_unread(&self) {
        self.state().has_unread = true;
    }

    /// Whether the client may be sending what is not read any more.
    pub(super) fn has_unread(&self) -> bool {
        self.state().has_unread
    }

    /// The connection ends soon, whatever comes.
    pub(super) fn close_soon(&self) {
        self.state().enter(Phase::Closing);
    }

    /// Until when the connection may go on as it is.
    pub(super) fn deadline(&self) -> Instant {
        let state = self.state();
        let patience = match state.phase {
            Phase::Fresh | Phase::Header => self.timers.header,
            Phase::Idle => self.timers.keep_alive,
            Phase::Busy => self.timers.stalled,
            Phase::Closing => FAREWELL,
        };
        state.since + patience
    }

    /// Whether the other side may expect a word before the connection is closed.
    pub(super) fn is_idle(&self) -> bool {
        self.state().phase == Phase::Idle
    }
}

impl State {
    fn enter(&mut self, phase: Phase) {
        if self.phase != Phase::Closing {
            self.phase = phase;
            self.since = Instant::now();
        }
    }
}

impl InFlight {
    /// A piece of the answer was handed over.
    pub(super) fn goes_on(&self) {
        self.0.state().enter(Phase::Busy);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.in_flight -= 1;
        let phase = if state.in_flight == 0 { Phase::Idle } else { Phase::Busy };
        state.enter(phase);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMERS: Timers = Timers {
        header: Duration::from_secs(10),
        keep_alive: Duration::from_secs(75),
        stalled: Duration::from_secs(40),
    };

    /// Whole seconds until the connection is due.
    fn left(activity: &Activity) -> u64 {
        (activity.deadline() - Instant::now() + Duration::from_millis(500)).as_secs()
    }

    /// As if time went by.
    fn pass(activity: &Activity, seconds: u64) {
        activity.state().since -= Duration::from_secs(seconds);
    }

    #[test]
    fn a_header_has_its_own_time_once_it_has_begun() {
        let activity = Activity::new(TIMERS);
        assert_eq!(left(&activity), 10, "the first header is waited for from the beginning");
        drop(activity.begin(false));
        assert_eq!(left(&activity), 75);
        pass(&activity, 70);
        activity.has_read();
        assert_eq!(left(&activity), 10);
        pass(&activity, 5);
        activity.has_read();
        assert_eq!(left(&activity), 5, "a byte buys no time");
    }

    #[test]
    fn frames_without_a_request_keep_no_http_2_connection() {
        let activity = Activity::new(TIMERS);
        let (first, second) = (activity.begin(true), activity.begin(true));
        pass(&activity, 30);
        first.goes_on();
        assert_eq!(left(&activity), 40);
        drop((first, second));
        pass(&activity, 70);
        activity.has_read();
        assert_eq!(left(&activity), 5);
    }

    #[test]
    fn what_is_to_be_closed_is_kept_by_no_request() {
        let activity = Activity::new(TIMERS);
        activity.close_soon();
        pass(&activity, 1);
        drop(activity.begin(true));
        assert_eq!(left(&activity), 1);
    }
}
