use std::sync::atomic::{AtomicUsize, Ordering};

use hallpass_password::{HashPool, Password, PoolError, PoolOptions, Scheme, Violation};

fn pool(threads: usize, queue: usize) -> HashPool {
    HashPool::start(PoolOptions { threads, queue, scheme: Scheme::insecure_for_tests() })
}

fn password(text: &str) -> Password {
    Password::from(text.to_owned())
}

#[tokio::test]
async fn hashes_and_verifies() {
    let pool = pool(2, 8);
    let stored = pool.hash(password("hall-monitor")).await.expect("hashes");
    assert!(pool.verify(password("hall-monitor"), stored.clone()).await.expect("verifies").ok);
    assert!(!pool.verify(password("hall-monitos"), stored).await.expect("verifies").ok);
    assert!(!pool.verify_decoy(password("hall-monitor")).await.expect("verifies").ok);
    assert_eq!(pool.hash_new(password("password1"), Vec::new()).await, Ok(Err(Violation::Common)));
    assert!(matches!(pool.hash_new(password("plum trellis anvil"), Vec::new()).await, Ok(Ok(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_sheds_at_once_and_recovers() {
    // One thread, one place: a dear hash occupies the thread, the next waits, the rest are turned away.
    let slow = HashPool::start(PoolOptions { threads: 1, queue: 1, scheme: Scheme::Bcrypt { cost: 10 } });
    let shed = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let tries = (0..20).map(|_| async {
        match slow.hash(password("hall-monitor")).await {
            Ok(_) => done.fetch_add(1, Ordering::Relaxed),
            Err(PoolError::Overloaded) => shed.fetch_add(1, Ordering::Relaxed),
            Err(other) => panic!("{other}"),
        }
    });
    futures_util::future::join_all(tries).await;
    let (shed, done) = (shed.into_inner(), done.into_inner());
    assert_eq!(shed + done, 20);
    assert!((1..=2).contains(&done), "{done} got through a thread and a place");
    slow.hash(password("hall-monitor")).await.expect("there is room again");
}

#[tokio::test]
async fn a_stored_hash_that_cannot_be_read_is_an_error_and_the_pool_lives_on() {
    let pool = pool(1, 4);
    for _ in 0..4 {
        assert!(matches!(pool.verify(password("x"), "garbage é".to_owned()).await, Err(PoolError::Hash(_))));
    }
    pool.hash(password("hall-monitor")).await.expect("still works");
}

#[tokio::test]
async fn a_caller_who_went_away_leaves_the_queue_working() {
    let slow = HashPool::start(PoolOptions { threads: 1, queue: 64, scheme: Scheme::Bcrypt { cost: 10 } });
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            tokio::spawn({
                let slow = slow.clone();
                async move { slow.hash(password("hall-monitor")).await }
            })
        })
        .collect();
    tokio::task::yield_now().await;
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    // Fifty hashes would take seconds; skipped ones take none. Whatever the time, the answer comes.
    slow.hash(password("hall-monitor")).await.expect("hashes");
}
