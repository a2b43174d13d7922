//! The scripts in Redis count as the model does.

use std::collections::HashMap;
use std::time::Duration;

use hallpass_model::Timestamp;
use hallpass_model::rate_limit::{
    AccountGuard, AddressWindow, Buckets, Hold, Lockout, Outcome, Reservation, Rule, Settlement, Terms,
};
use hallpass_testbed::redis::RedisServer;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::task::JoinSet;

use crate::support::{LIMITS, NOW, buckets, counters, is_granted, keys, shared, terms};

#[derive(Debug, Clone)]
enum Step {
    Reserve { address: u8, account: u8 },
    Settle { address: u8, account: u8, outcome: Outcome },
    ReserveAddress { address: u8 },
    ReserveAccount { account: u8 },
    Unlock { account: u8 },
    Look { account: u8 },
    Pass(Duration),
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop_oneof![Just(Outcome::Failure), Just(Outcome::Success), Just(Outcome::Void)];
    let seconds = prop_oneof![
        0u64..5,
        55u64..65,
        890u64..910,
        28u64..32,
        118u64..122,
        1790u64..1810,
        40_000u64..50_000,
        86_390u64..86_410
    ];
    prop_oneof![
        6 => (0u8..3, 0u8..3).prop_map(|(address, account)| Step::Reserve { address, account }),
        6 => (0u8..3, 0u8..3, outcome).prop_map(|(address, account, outcome)| Step::Settle { address, account, outcome }),
        1 => (0u8..3).prop_map(|address| Step::ReserveAddress { address }),
        1 => (0u8..3).prop_map(|account| Step::ReserveAccount { account }),
        1 => (0u8..3).prop_map(|account| Step::Unlock { account }),
        3 => (0u8..3).prop_map(|account| Step::Look { account }),
        2 => (seconds, 0u64..1000).prop_map(|(s, ms)| Step::Pass(Duration::from_secs(s) + Duration::from_millis(ms))),
    ]
}

/// The model, with two tables that it is read from and written to.
#[derive(Default)]
struct Reference {
    addresses: HashMap<u8, AddressWindow>,
    accounts: HashMap<u8, AccountGuard>,
}

impl Reference {
    fn reserve(&mut self, address: Option<u8>, account: Option<u8>, now: Timestamp, limits: &Rule) -> Reservation {
        let mut left = None;
        if let Some(address) = address {
            let window = AddressWindow::current(self.addresses.get(&address).copied(), now, limits);
            let Some(taken) = window.reserve(limits) else {
                return Reservation::AddressLimited { budget: window.budget(now, limits) };
            };
            left = Some((address, window, taken));
        }
        let mut hold = None;
        if let Some(account) = account {
            let stored = self.accounts.get(&account).copied();
            let guard = AccountGuard::current(stored, now, limits);
            let has_closed = guard.has_closed(stored.as_ref());
            match guard.reserve(now, limits) {
                Err(why) => {
                    hold = Some((why, has_closed));
                    if has_closed {
                        self.accounts.insert(account, guard);
                    }
                }
                Ok(taken) => {
                    self.accounts.insert(account, taken);
                }
            }
        }
        if let Some((Hold::Busy, has_closed)) = hold {
            // The attempt was taken and given back: its window has begun.
            let budget = left.map(|(address, window, _)| {
                self.addresses.insert(address, window);
                window.budget(now, limits)
            });
            return Reservation::AccountHeld { budget, hold: Hold::Busy, has_closed };
        }
        let budget = left.map(|(address, _, taken)| {
            self.addresses.insert(address, taken);
            taken.budget(now, limits)
        });
        match hold {
            Some((hold, has_closed)) => Reservation::AccountHeld { budget, hold, has_closed },
            None => Reservation::Granted { budget },
        }
    }

    fn settle(&mut self, (address, account): (u8, u8), outcome: Outcome, Terms { now, rule }: Terms<'_>) -> Settlement {
        let stored = self.accounts.get(&account).copied();
        let mut guard = AccountGuard::current(stored, now, rule);
        let has_closed = guard.has_closed(stored.as_ref());
        let locked = guard.settle(outcome, now, rule) || has_closed;
        if guard.is_empty() {
            self.accounts.remove(&account);
        } else {
            self.accounts.insert(account, guard);
        }
        let mut window = AddressWindow::current(self.addresses.get(&address).copied(), now, rule);
        if outcome != Outcome::Failure {
            window = window.give_back();
            self.addresses.insert(address, window);
        }
        Settlement { budget: Some(window.budget(now, rule)), locked }
    }
}

#[test]
fn the_scripts_agree_with_the_model_on_any_sequence() {
    agree(&LIMITS);
}

#[test]
fn the_scripts_agree_with_the_model_where_pauses_grow_and_a_day_has_few_failures() {
    let lockout = Lockout { failures: 3, backs_off: true, a_day: 7, ..LIMITS.lockout };
    agree(&Rule { max: 1000, lockout, ..LIMITS });
}

fn agree(rule: &Rule) {
    let server = RedisServer::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let counters = counters(&server.url());
    let config = Config { cases: 96, failure_persistence: None, ..Config::default() };
    let agreed = TestRunner::new(config).run(&prop::collection::vec(step(), 1..120), |steps| {
        server.command(&["flushall"]);
        let (mut reference, mut now) = (Reference::default(), NOW);
        runtime.block_on(async {
            for step in steps {
                let terms = Terms { now, rule };
                let keys = |address, account| (keys(address).0, keys(account).1);
                match step {
                    Step::Pass(time) => now = now + time,
                    Step::Reserve { address, account } => {
                        let said = counters.reserve(&buckets(keys(address, account)), terms).await.expect("answers");
                        prop_assert_eq!(said, reference.reserve(Some(address), Some(account), now, rule));
                    }
                    Step::ReserveAddress { address } => {
                        let (key, _) = keys(address, 0);
                        let one = Buckets { address: Some(key), account: None };
                        let said = counters.reserve(&one, terms).await.expect("answers");
                        prop_assert_eq!(said, reference.reserve(Some(address), None, now, rule));
                    }
                    Step::ReserveAccount { account } => {
                        let (_, key) = keys(0, account);
                        let one = Buckets { address: None, account: Some(key) };
                        let said = counters.reserve(&one, terms).await.expect("answers");
                        prop_assert_eq!(said, reference.reserve(None, Some(account), now, rule));
                    }
                    Step::Settle { address, account, outcome } => {
                        let keys = keys(address, account);
                        let said = counters.settle(&buckets(keys), outcome, terms).await.expect("answers");
                        prop_assert_eq!(said, reference.settle((address, account), outcome, terms));
                    }
                    Step::Look { account } => {
                        let said = counters.locked_for(&keys(0, account).1, terms).await.expect("answers");
                        let guard = AccountGuard::current(reference.accounts.get(&account).copied(), now, rule);
                        prop_assert_eq!(said, guard.locked_until.map(|until| now.until(until)));
                    }
                    Step::Unlock { account } => {
                        let said = counters.unlock(&keys(0, account).1).await.expect("answers");
                        prop_assert_eq!(said, reference.accounts.remove(&account).is_some());
                    }
                }
            }
            Ok(())
        })
    });
    agreed.expect("they agree");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_forty_parallel_guesses_over_four_replicas_at_most_five_are_let_through() {
    let server = RedisServer::start();
    let mut guesses = JoinSet::new();
    for replica in 0..4_u8 {
        let limits = std::sync::Arc::new(shared(&server.url()));
        for guess in 0..10 {
            let limits = limits.clone();
            guesses.spawn(async move {
                let keys = (keys(10 * replica + guess).0, keys(0).1);
                is_granted(&limits.reserve(&buckets(keys), terms()).await.0)
            });
        }
    }
    assert_eq!(guesses.join_all().await.into_iter().filter(|granted| *granted).count(), 5);
}

#[tokio::test]
async fn every_key_ends_by_itself_and_none_holds_what_a_client_typed() {
    let server = RedisServer::start();
    let counters = counters(&server.url());
    for n in 0..6 {
        counters.reserve(&buckets((keys(n).0, keys(0).1)), terms()).await.expect("answers");
        counters.settle(&buckets((keys(n).0, keys(0).1)), Outcome::Failure, terms()).await.expect("answers");
        counters.reserve(&buckets(keys(n + 10)), terms()).await.expect("answers");
    }
    let names = server.command(&["keys", "*"]);
    assert!(names.lines().count() >= 12, "{names}");
    for name in names.lines() {
        assert!(name.starts_with("hallpass:limit:a"), "{name}");
        assert!(name.bytes().all(|c| c.is_ascii_graphic()), "{name}");
        let life: i64 = server.command(&["pttl", name]).parse().expect("a number");
        assert!(life > 0 && life <= 86_400_000, "{name} lives for {life} ms");
    }
}

#[tokio::test]
async fn without_a_time_handed_in_windows_end_by_the_clock_of_the_server() {
    let server = RedisServer::start();
    let limits = Rule { max: 1, window: Duration::from_millis(400), ..LIMITS };
    let counters =
        hallpass_shared::RedisLimits::new(crate::support::redis(&server.url()), hallpass_shared::TimeSource::Server);
    let keys = keys(1);
    let one = Buckets { address: Some(keys.0), account: None };
    // What the callers believe the time to be plays no part: by this one no window would ever end.
    let attempt = async || counters.reserve(&one, Terms { now: Timestamp::EPOCH, rule: &limits }).await;
    assert!(is_granted(&attempt().await.expect("answers")));
    crate::support::until("the window ends", async || is_granted(&attempt().await.expect("answers"))).await;
}
