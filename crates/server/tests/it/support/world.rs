//! Time, randomness and misfortune, all in the hands of the test.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hallpass_auth::Clock;
use hallpass_model::Timestamp;
use hallpass_store::{Fault, FaultHook};
use hallpass_testbed::world::START;
pub use hallpass_testbed::world::Seeded;

/// A clock that moves when it is told to.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START * 1000)))
    }

    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).expect("a short time"), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Which store operations fail, and which have run.
#[derive(Clone, Default)]
pub struct FaultPlan(Arc<Mutex<Plan>>);

#[derive(Default)]
struct Plan {
    fault: Option<Fault>,
    only: Option<&'static str>,
    seen: Vec<&'static str>,
}

impl FaultPlan {
    /// Every operation fails from now on.
    pub fn break_everything(&self, fault: Fault) {
        let mut plan = self.0.lock().expect("not poisoned");
        (plan.fault, plan.only) = (Some(fault), None);
    }

    /// The operation of this name fails from now on.
    pub fn break_only(&self, name: &'static str, fault: Fault) {
        let mut plan = self.0.lock().expect("not poisoned");
        (plan.fault, plan.only) = (Some(fault), Some(name));
    }

    /// Nothing fails any more.
    pub fn mend(&self) {
        self.0.lock().expect("not poisoned").fault = None;
    }

    /// The operations asked for since the last call.
    pub fn seen(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().expect("not poisoned").seen)
    }

    pub fn hook(&self) -> FaultHook {
        let plan = self.0.clone();
        Arc::new(move |name| {
            let mut plan = plan.lock().expect("not poisoned");
            plan.seen.push(name);
            if plan.only.is_none_or(|only| only == name) { plan.fault } else { None }
        })
    }
}
