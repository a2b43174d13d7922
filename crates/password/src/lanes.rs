//! Hashes of several logins at once on one core, and a bound on how many cores hash.
//!
//! A thread that wants a hash computes it, and with it those that others want meanwhile, as many as there are lanes. No hash
//! waits for company: a lone one is begun at once, and others join it. The threads that compute are never more than there
//! are places; the others sleep until one of them brings their hash, or gives them its place.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bcrypt_lanes::{Cost, Input};
use zeroize::Zeroizing;

/// What bcrypt computes.
pub(crate) type Digest = [u8; 24];

/// Hashes under way on one core, each with the thread that wants it.
type Running = bcrypt_lanes::Lanes<SyncSender<News>>;

/// Rounds between two looks at who waits: less than a millisecond.
const ROUNDS: u64 = 16;

#[derive(Debug)]
pub(crate) struct Lanes {
    most_at_once: usize,
    places: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Places that are taken.
    busy: usize,
    waiting: VecDeque<Waiting>,
}

/// A request that waits, and the channel of the thread that made it.
#[derive(Debug)]
struct Waiting {
    request: Request,
    thread: SyncSender<News>,
}

#[derive(Debug)]
enum Request {
    Bcrypt {
        cost: Cost,
        salt: [u8; 16],
        password: Zeroizing<Vec<u8>>,
    },
    /// Work of another kind, which its thread does by itself.
    Alone,
}

enum News {
    /// The hash.
    Done(Digest),
    /// The place is the thread's now, with what is under way there.
    Place(Running),
}

/// A place, with what is under way there. It is passed on when it is dropped: also if the work panics.
struct Place<'a> {
    lanes: &'a Lanes,
    running: Running,
}

impl Lanes {
    pub(crate) fn new(lanes: usize, places: usize) -> Self {
        let most_at_once = lanes.clamp(1, bcrypt_lanes::MOST_LANES);
        Self { most_at_once, places: places.max(1), state: Mutex::default() }
    }

    /// Computes bcrypt. None if a thread that computed it has panicked.
    pub(crate) fn bcrypt(&self, cost: Cost, salt: [u8; 16], password: &[u8]) -> Option<Digest> {
        let password = Zeroizing::new(password.to_vec());
        let news = self.ask(Request::Bcrypt { cost, salt, password });
        match news.recv().ok()? {
            News::Done(digest) => Some(digest),
            News::Place(running) => self.compute(Place { lanes: self, running }, &news),
        }
    }

    /// Does work that shares no core with hashes. None if its turn never comes.
    pub(crate) fn alone<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let News::Place(running) = self.ask(Request::Alone).recv().ok()? else { return None };
        let _place = Place { lanes: self, running };
        Some(work())
    }

    /// Begins a request if there is a place, or else lets it wait.
    fn ask(&self, request: Request) -> Receiver<News> {
        let (thread, news) = sync_channel(1);
        let mut state = self.state();
        let waiting = Waiting { request, thread };
        if state.busy < self.places {
            state.busy += 1;
            drop(state);
            waiting.begin(Running::new());
        } else {
            state.waiting.push_back(waiting);
        }
        news
    }

    /// Computes until the own hash is done, and with it what joins. Then the place goes to another thread.
    fn compute(&self, mut place: Place<'_>, own: &Receiver<News>) -> Option<Digest> {
        while !place.running.is_empty() {
            self.join(&mut place.running);
            for (thread, digest) in place.running.advance(ROUNDS) {
                // Its thread waits for it, or is this one; there is room for one message.
                let _ = thread.try_send(News::Done(digest));
            }
            if let Ok(News::Done(digest)) = own.try_recv() {
                return Some(digest);
            }
        }
        None
    }

    /// Lets those join that wait in front of work of another kind, whose turn must come.
    fn join(&self, running: &mut Running) {
        let mut state = self.state();
        while running.len() < self.most_at_once && state.waiting.front().is_some_and(Waiting::may_join) {
            let Some(Waiting { request: Request::Bcrypt { cost, salt, password }, thread }) = state.waiting.pop_front()
            else {
                return;
            };
            running.add(thread, cost, &Input { password: &password, salt });
        }
    }

    // Nothing that panics is done while it is held.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Gives the thread a place, and begins its request there; whether the thread is still there.
    fn begin(self, mut running: Running) -> bool {
        if let Request::Bcrypt { cost, salt, password } = &self.request {
            running.add(self.thread.clone(), *cost, &Input { password, salt: *salt });
        }
        self.thread.try_send(News::Place(running)).is_ok()
    }

    fn may_join(&self) -> bool {
        matches!(self.request, Request::Bcrypt { .. })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let running = std::mem::take(&mut self.running);
        // One of those whose hashes are under way goes on with all of them.
        let heir = running.tags().next().cloned();
        if let Some(heir) = heir
            && heir.try_send(News::Place(running)).is_ok()
        {
            return;
        }
        let mut state = self.lanes.state();
        while let Some(waiting) = state.waiting.pop_front() {
            if waiting.begin(Running::new()) {
                return;
            }
        }
        state.busy -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn cost(cost: u32) -> Cost {
        Cost::new(cost).expect("a cost")
    }

    fn expected(of: u32, password: &[u8]) -> Digest {
        let mut lanes = bcrypt_lanes::Lanes::new();
        lanes.add((), cost(of), &Input { password, salt: [1; 16] });
        lanes.advance(u64::MAX)[0].1
    }

    /// Waits until so many requests wait.
    fn until_waiting(lanes: &Lanes, count: usize) {
        while lanes.state().waiting.len() < count {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn each_thread_gets_its_own_hash_whichever_thread_computes_it() {
        for (lanes, places) in [(1, 1), (2, 1), (4, 1), (3, 2), (4, 2)] {
            let lanes = Lanes::new(lanes, places);
            std::thread::scope(|scope| {
                for thread in 0..12_u32 {
                    let lanes = &lanes;
                    scope.spawn(move || {
                        for round in 0..20 {
                            let of = 4 + (thread + round) % 3;
                            let password = format!("{thread} in round {round}");
                            let made = lanes.bcrypt(cost(of), [1; 16], password.as_bytes());
                            assert_eq!(made, Some(expected(of, password.as_bytes())));
                            assert_eq!(lanes.alone(|| thread), Some(thread));
                        }
                    });
                }
            });
            let state = lanes.state();
            assert_eq!((state.busy, state.waiting.len()), (0, 0), "every place was given back");
        }
    }

    #[test]
    fn what_waits_joins_whatever_its_cost_but_not_past_work_of_another_kind() {
        let lanes = Lanes::new(3, 1);
        let (entered, may_end) = (Barrier::new(2), Barrier::new(2));
        std::thread::scope(|scope| {
            let lanes = &lanes;
            // The only place is taken until five others wait.
            scope.spawn(|| {
                lanes.alone(|| {
                    entered.wait();
                    may_end.wait();
                })
            });
            entered.wait();
            for (number, of) in [Some(5), Some(4), None, Some(5), Some(6)].into_iter().enumerate() {
                scope.spawn(move || match of {
                    Some(of) => assert_eq!(lanes.bcrypt(cost(of), [1; 16], b"x"), Some(expected(of, b"x"))),
                    None => assert_eq!(lanes.alone(|| 7), Some(7)),
                });
                until_waiting(lanes, number + 1);
            }
            let mut running = Running::new();
            lanes.join(&mut running);
            assert_eq!(running.len(), 2, "two are in front of the work");
            assert_eq!(lanes.state().waiting.len(), 3);
            // Finished here, for the threads that wait.
            while !running.is_empty() {
                for (thread, digest) in running.advance(u64::MAX) {
                    thread.try_send(News::Done(digest)).expect("it waits");
                }
            }
            may_end.wait();
        });
        assert_eq!(lanes.state().busy, 0);
    }

    #[test]
    fn the_thread_that_is_done_first_leaves_what_is_under_way_to_the_others() {
        let lanes = Lanes::new(4, 1);
        std::thread::scope(|scope| {
            let lanes = &lanes;
            let first = scope.spawn(|| lanes.bcrypt(cost(8), [1; 16], b"first"));
            while lanes.state().busy == 0 {
                std::thread::yield_now();
            }
            // It joins the first, which is done long before.
            let second = scope.spawn(|| lanes.bcrypt(cost(11), [1; 16], b"second"));
            assert_eq!(first.join().expect("no panic"), Some(expected(8, b"first")));
            assert_eq!(second.join().expect("no panic"), Some(expected(11, b"second")));
        });
        assert_eq!(lanes.state().busy, 0);
    }

    #[test]
    fn no_more_threads_work_than_there_are_places() {
        let lanes = Lanes::new(4, 2);
        let (working, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    lanes.alone(|| {
                        most.fetch_max(working.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(5));
                        working.fetch_sub(1, Ordering::SeqCst);
                    })
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn work_that_panics_gives_its_place_back() {
        let lanes = Lanes::new(4, 1);
        std::thread::scope(|scope| {
            let panics = scope.spawn(|| lanes.alone(|| panic!("at work")));
            assert!(panics.join().is_err());
            assert_eq!(lanes.alone(|| 7), Some(7));
        });
        assert_eq!(lanes.bcrypt(cost(4), [1; 16], b"x"), Some(expected(4, b"x")));
    }
}
