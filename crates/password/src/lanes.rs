//! Hashes of several logins at once on one core, and a bound on how many cores hash.
//!
//! A thread that wants a hash computes it, and with it those that others are waiting for at that moment, as many as there
//! are lanes. No hash ever waits for company: a lone one is begun at once. The threads that compute are never more than
//! there are places; the others sleep until one of them brings their hash, or gives its place away.

use std::collections::VecDeque;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bcrypt_lanes::{Cost, Input, hash};
use zeroize::Zeroizing;

/// What bcrypt computes.
pub(crate) type Digest = [u8; 24];

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

/// A request that waits, and where its thread hears of it.
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
    /// Another thread has computed it.
    Done(Digest),
    /// The place is the thread's now; it computes its request.
    Place(Request),
}

/// A place, which is passed on when it is dropped: also if the work panics.
struct Place<'a>(&'a Lanes);

impl Lanes {
    pub(crate) fn new(lanes: usize, places: usize) -> Self {
        Self { most_at_once: lanes.clamp(1, bcrypt_lanes::MOST_LANES), places: places.max(1), state: Mutex::default() }
    }

    /// Computes bcrypt. None if the thread that computed it has panicked.
    pub(crate) fn bcrypt(&self, cost: Cost, salt: [u8; 16], password: &[u8]) -> Option<Digest> {
        let password = Zeroizing::new(password.to_vec());
        match self.wait(Request::Bcrypt { cost, salt, password })? {
            News::Done(digest) => Some(digest),
            News::Place(request) => Some(self.compute(&request)),
        }
    }

    /// Does work that shares no core with hashes. None if its turn never comes.
    pub(crate) fn alone<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        self.wait(Request::Alone)?;
        let _place = Place(self);
        Some(work())
    }

    /// Waits for a place, or for the hash.
    fn wait(&self, request: Request) -> Option<News> {
        let (thread, news) = sync_channel(1);
        {
            let mut state = self.state();
            if state.busy < self.places {
                state.busy += 1;
                return Some(News::Place(request));
            }
            state.waiting.push_back(Waiting { request, thread });
        }
        news.recv().ok()
    }

    /// Computes a request, and others with it that wait already.
    fn compute(&self, own: &Request) -> Digest {
        let _place = Place(self);
        let Request::Bcrypt { cost, salt, password } = own else { return Digest::default() };
        let others = self.state().take(*cost, self.most_at_once - 1);
        let own = Input { password, salt: *salt };
        let inputs: Vec<Input<'_>> = std::iter::once(own).chain(others.iter().filter_map(Waiting::input)).collect();
        let digests = hash(*cost, &inputs);
        for (other, digest) in others.iter().zip(&digests[1..]) {
            // Its thread waits for it; there is room for one message.
            let _ = other.thread.try_send(News::Done(*digest));
        }
        digests[0]
    }

    // Nothing that panics is done while it is held.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        while let Some(Waiting { request, thread }) = state.waiting.pop_front() {
            // A thread that is gone wants nothing.
            if thread.try_send(News::Place(request)).is_ok() {
                return;
            }
        }
        state.busy -= 1;
    }
}

impl State {
    /// Takes the first that have this cost out of those that wait.
    fn take(&mut self, cost: Cost, most: usize) -> Vec<Waiting> {
        let mut taken = Vec::new();
        let mut place = 0;
        while taken.len() < most && place < self.waiting.len() {
            if self.waiting[place].is_of(cost) {
                taken.extend(self.waiting.remove(place));
            } else {
                place += 1;
            }
        }
        taken
    }
}

impl Waiting {
    fn is_of(&self, wanted: Cost) -> bool {
        matches!(&self.request, Request::Bcrypt { cost, .. } if *cost == wanted)
    }

    fn input(&self) -> Option<Input<'_>> {
        match &self.request {
            Request::Bcrypt { salt, password, .. } => Some(Input { password, salt: *salt }),
            Request::Alone => None,
        }
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
        hash(cost(of), &[Input { password, salt: [1; 16] }])[0]
    }

    /// Waits until so many requests wait.
    fn until_waiting(lanes: &Lanes, count: usize) {
        while lanes.state().waiting.len() < count {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn each_thread_gets_its_own_hash_whoever_computes_it() {
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
    fn one_thread_computes_what_waits_with_its_own_cost_and_passes_its_place_on() {
        let lanes = Lanes::new(4, 1);
        let (entered, may_end) = (Barrier::new(2), Barrier::new(2));
        std::thread::scope(|scope| {
            // The only place is taken until six others wait.
            scope.spawn(|| {
                lanes.alone(|| {
                    entered.wait();
                    may_end.wait();
                })
            });
            entered.wait();
            for of in [5, 4, 5, 5, 5, 5] {
                let lanes = &lanes;
                let before = lanes.state().waiting.len();
                scope.spawn(move || assert_eq!(lanes.bcrypt(cost(of), [1; 16], b"x"), Some(expected(of, b"x"))));
                until_waiting(lanes, before + 1);
            }
            let taken = lanes.state().take(cost(5), 3);
            assert_eq!(taken.len(), 3, "three of the five, and none of another cost");
            assert_eq!(lanes.state().waiting.iter().filter(|each| each.is_of(cost(4))).count(), 1);
            let mut state = lanes.state();
            taken.into_iter().rev().for_each(|each| state.waiting.push_front(each));
            drop(state);
            may_end.wait();
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
