//! Whether one thing that does one operation at a time could have given these answers.
//!
//! The search is Wing and Gong's: of the operations that began before every other pending one was over, any may have
//! been next. What was tried once, by the set of operations done and the state reached, is not tried again.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;

use super::history::{Answer, Op, Tick};

/// A thing with a state that operations change.
pub trait Object {
    type State: Clone + Eq + Hash + Debug;

    fn initial(&self) -> Self::State;

    /// The state after the operation; none when in this state it could not have been answered so.
    fn step(&self, state: &Self::State, op: &Op) -> Option<Self::State>;
}

/// No order explains the history.
#[derive(Debug)]
pub struct Stuck {
    /// As far as an order could be found.
    pub explained: Vec<Op>,
    /// None of these could have come next.
    pub next: Vec<Op>,
    /// The state they did not fit.
    pub state: String,
}

/// More states than this are a history that is too tangled to be judged.
const MOST: usize = 3_000_000;

/// Looks for an order that explains every answer. What has no answer may stand anywhere after its beginning, or
/// nowhere.
pub fn explain<O: Object>(object: &O, history: &[Op]) -> Result<(), Box<Stuck>> {
    let mut search = Search { object, history, seen: HashSet::new(), done: Done::none(history.len()), best: None };
    let mut order = Vec::new();
    if search.from(&object.initial(), &mut order) { Ok(()) } else { Err(Box::new(search.stuck())) }
}

struct Search<'a, O: Object> {
    object: &'a O,
    history: &'a [Op],
    seen: HashSet<(Done, O::State)>,
    done: Done,
    best: Option<(Vec<usize>, O::State)>,
}

impl<O: Object> Search<'_, O> {
    fn from(&mut self, state: &O::State, order: &mut Vec<usize>) -> bool {
        let Some(deadline) = self.deadline() else { return true };
        if !self.seen.insert((self.done.clone(), state.clone())) {
            return false;
        }
        assert!(self.seen.len() < MOST, "the history is too tangled: fewer faults or actors, please");
        self.remember(state, order);
        for next in self.candidates(deadline) {
            let Some(after) = self.object.step(state, &self.history[next]) else { continue };
            // What nobody heard of and what changes nothing need not have happened.
            if is_unknown(&self.history[next]) && after == *state {
                continue;
            }
            self.done.set(next, true);
            order.push(next);
            if self.from(&after, order) {
                return true;
            }
            order.pop();
            self.done.set(next, false);
        }
        false
    }

    /// The end of the answered operation that was over first: what began later cannot be next.
    fn deadline(&self) -> Option<Tick> {
        let open = self.history.iter().enumerate().filter(|(n, op)| !self.done.has(*n) && !is_unknown(op));
        open.map(|(_, op)| op.returned).min()
    }

    fn candidates(&self, deadline: Tick) -> Vec<usize> {
        let open = self.history.iter().enumerate().filter(|(n, op)| !self.done.has(*n) && op.invoked < deadline);
        // Those that were answered first: most often they explain everything.
        let mut open: Vec<_> = open.map(|(n, op)| (is_unknown(op), op.returned, n)).collect();
        open.sort_unstable();
        open.into_iter().map(|(_, _, n)| n).collect()
    }

    fn remember(&mut self, state: &O::State, order: &[usize]) {
        if self.best.as_ref().is_none_or(|(best, _)| best.len() < order.len()) {
            self.best = Some((order.to_vec(), state.clone()));
        }
    }

    fn stuck(mut self) -> Stuck {
        let (order, state) = self.best.take().unwrap_or_else(|| (Vec::new(), self.object.initial()));
        for n in &order {
            self.done.set(*n, true);
        }
        let ops = |places: &[usize]| places.iter().map(|n| self.history[*n].clone()).collect();
        let next = self.deadline().map_or_else(Vec::new, |deadline| self.candidates(deadline));
        Stuck { explained: ops(&order), next: ops(&next), state: format!("{state:?}") }
    }
}

fn is_unknown(op: &Op) -> bool {
    op.answer == Answer::Unknown
}

/// Which operations are done, a bit each.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Done(Vec<u64>);

impl Done {
    fn none(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)])
    }

    fn has(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }

    fn set(&mut self, place: usize, to: bool) {
        let bit = 1 << (place % 64);
        if to { self.0[place / 64] |= bit } else { self.0[place / 64] &= !bit }
    }
}
