//! The bounded hashing pool: threads of its own, a short queue, and a clear no when it is full.
//!
//! A login flood fills this queue and nothing else: refreshes and verifications never wait behind a hash.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::Password;
use crate::engine::Engine;
use crate::hash::{self, Verdict};
use crate::incoming::Incoming;
use crate::load::Load;
use crate::policy::{Rules, Violation};
use crate::scheme::{HashError, Scheme};
use crate::work::Work;

/// The size of a pool.
#[derive(Debug, Clone, Copy)]
pub struct PoolOptions {
    /// Cores that hash at the same time, normally all.
    pub threads: usize,
    /// Logins that one core hashes at once, if they are there: see [`bcrypt_lanes`]. With one it is the `bcrypt` crate that
    /// computes.
    pub lanes: usize,
    /// Jobs that may wait. Short: a job that waits longer than a client does is wasted work.
    pub queue: usize,
    /// How new hashes are made.
    pub scheme: Scheme,
}

/// The pool gave no answer about the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The queue is full. Nothing was hashed.
    #[error("the hashing queue is full")]
    Overloaded,
    /// A stored hash could not be read, or hashing failed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The job panicked, or the pool is shutting down.
    #[error("the hashing pool dropped the job")]
    Lost,
}

type Job = Box<dyn FnOnce() + Send>;

/// Hashes passwords off the runtime. Cheap to clone; the threads end when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct HashPool {
    jobs: SyncSender<Job>,
    scheme: Scheme,
    at_once: usize,
    engine: Engine,
    refusals: Arc<Refusals>,
    load: Arc<Load>,
}

/// What a refusal costs, and what was spent.
#[derive(Debug, Default)]
struct Refusals {
    /// The most work that a hash of some account takes.
    target: AtomicU64,
    done: AtomicU64,
}

impl Refusals {
    fn learn(&self, work: Work) {
        self.target.fetch_max(work.0, Ordering::Relaxed);
    }

    /// Spends what is missing of a refusal after `done`.
    fn top_up(&self, engine: &Engine, password: &Password, done: Work) {
        let target = Work(self.target.load(Ordering::Relaxed)).times(candidates(password));
        let spent = target.minus(done).spend(engine, password);
        self.done.fetch_add(done.0 + spent.0, Ordering::Relaxed);
    }
}

/// How many forms of a password are tried: this depends on what the client sent, and on nothing else.
fn candidates(password: &Password) -> u64 {
    if *password.prepared() == password.expose() { 1 } else { 2 }
}

impl HashPool {
    /// Starts the threads.
    pub fn start(options: PoolOptions) -> Self {
        Self::spawn(options, work)
    }

    /// Starts threads whose work no metric tells of: for the lab, whose hashes are not logins.
    pub fn unmeasured(options: PoolOptions) -> Self {
        Self::spawn(options, |queue| metrics::with_local_recorder(&metrics::NoopRecorder, || work(queue)))
    }

    fn spawn(options: PoolOptions, work: fn(&Mutex<Receiver<Job>>)) -> Self {
        let (jobs, queue) = sync_channel::<Job>(options.queue.max(1));
        let queue = Arc::new(Mutex::new(queue));
        let cores = options.threads.max(1);
        let engine = Engine::of_pool(options.lanes, cores);
        // A thread for each lane: it carries a job to its end, and sleeps while another computes for it.
        for index in 0..cores * options.lanes.max(1) {
            let queue = queue.clone();
            let spawned = std::thread::Builder::new().name(format!("hash-{index}")).spawn(move || work(&queue));
            if let Err(error) = spawned {
                tracing::error!(%error, "a hashing thread could not be started");
            }
        }
        let refusals = Arc::new(Refusals::default());
        refusals.learn(Work::of_scheme(options.scheme));
        let at_once = (cores * options.lanes.max(1)).min(options.queue.max(1));
        Self { jobs, scheme: options.scheme, at_once, engine, refusals, load: Arc::default() }
    }

    /// How new hashes are made.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// A [`PoolError`].
    pub async fn hash(&self, password: Password) -> Result<String, PoolError> {
        let (scheme, engine) = (self.scheme, self.engine.clone());
        Ok(self.run(move || hash::hash_by(&engine, &password, scheme)).await??)
    }

    /// How many jobs get a place at the same time for sure.
    pub const fn at_once(&self) -> usize {
        self.at_once
    }

    /// Gives a hash of another system the form that is stored.
    ///
    /// # Errors
    /// A [`PoolError`].
    pub async fn take_in(&self, incoming: Incoming) -> Result<String, PoolError> {
        if !incoming.is_weak() {
            return Ok(incoming.store()?);
        }
        let engine = self.engine.clone();
        Ok(self.run(move || incoming.store_by(&engine)).await??)
    }

    /// Hashes a password under another scheme than the pool's, and tells how long that took; waiting does not count.
    ///
    /// # Errors
    /// A [`PoolError`].
    pub async fn time(&self, password: Password, scheme: Scheme) -> Result<(String, Duration), PoolError> {
        let job = move || {
            let begun = Instant::now();
            hash::hash(&password, scheme).map(|hash| (hash, begun.elapsed()))
        };
        Ok(self.run(job).await??)
    }

    /// Checks a new password against the policy, and hashes it if it may be used.
    ///
    /// # Errors
    /// A [`PoolError`]; inside, a [`Violation`].
    pub async fn hash_new(&self, password: Password, rules: Rules) -> Result<Result<String, Violation>, PoolError> {
        let (scheme, engine) = (self.scheme, self.engine.clone());
        let job = move || match rules.check(&password) {
            Ok(()) => hash::hash_by(&engine, &password, scheme).map(Ok),
            Err(violation) => Ok(Err(violation)),
        };
        Ok(self.run(job).await??)
    }

    /// Checks a new password against the policy, a few milliseconds' work.
    ///
    /// # Errors
    /// A [`PoolError`]; inside, a [`Violation`].
    pub async fn check_new(&self, password: Password, rules: Rules) -> Result<Result<(), Violation>, PoolError> {
        self.run(move || rules.check(&password)).await
    }

    /// Verifies a password against a stored hash. When it does not match, or `may_enter` is false, as much work is spent
    /// as the dearest hash that is known takes, so that the time tells nothing about this one. A stored text that cannot
    /// be read matches nothing.
    ///
    /// # Errors
    /// A [`PoolError`].
    pub async fn verify(&self, password: Password, stored: String, may_enter: bool) -> Result<Verdict, PoolError> {
        let (scheme, engine, refusals) = (self.scheme, self.engine.clone(), self.refusals.clone());
        let job = move || {
            refusals.learn(Work::of_stored(&stored).unwrap_or_default());
            let trial = Work::of_trial(&stored, &password);
            let verdict = match hash::verify_by(&engine, &password, &stored, scheme) {
                Err(HashError::Unreadable) => Ok(Verdict { ok: false, needs_rehash: false, is_unreadable: true }),
                other => other,
            }?;
            if !verdict.ok {
                refusals.top_up(&engine, &password, trial.all);
            } else if !may_enter {
                // The first form matched, or the second: an answer must not show which.
                refusals.top_up(&engine, &password, trial.first);
            }
            Ok::<_, HashError>(Verdict { ok: verdict.ok && may_enter, ..verdict })
        };
        Ok(self.run(job).await??)
    }

    /// Does the work of a refusal for an account that does not exist.
    ///
    /// # Errors
    /// A [`PoolError`].
    pub async fn verify_decoy(&self, password: Password) -> Result<Verdict, PoolError> {
        let (scheme, engine, refusals) = (self.scheme, self.engine.clone(), self.refusals.clone());
        let job = move || {
            let mut done = Work::default();
            if matches!(scheme, Scheme::Argon2id { .. }) {
                // Argon2id waits for memory as bcrypt does not: the decoy is of the same kind.
                hash::hash_by(&engine, &password, scheme)?;
                done = Work::of_scheme(scheme);
            }
            refusals.top_up(&engine, &password, done);
            Ok::<_, HashError>(Verdict { ok: false, needs_rehash: false, is_unreadable: false })
        };
        Ok(self.run(job).await??)
    }

    /// Learns of a hash that some account has: from now on every refusal takes as much work.
    pub fn learn(&self, work: Work) {
        self.refusals.learn(work);
    }

    /// The work of a refusal.
    pub fn work_of_a_refusal(&self) -> Work {
        Work(self.refusals.target.load(Ordering::Relaxed))
    }

    /// How many jobs wait.
    pub fn waiting(&self) -> u64 {
        self.load.waiting()
    }

    /// How many jobs were turned away since the start, because the queue was full.
    pub fn shed(&self) -> u64 {
        self.load.shed_so_far()
    }

    /// The work that verifications have done since the start.
    #[doc(hidden)]
    pub fn work_done(&self) -> Work {
        Work(self.refusals.done.load(Ordering::Relaxed))
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PoolError> {
        let (answer, result) = oneshot::channel();
        let (scheme, load) = (self.scheme.name(), self.load.clone());
        let job: Job = Box::new(move || {
            load.end_to_wait();
            // A caller who went away while waiting is owed no work.
            if answer.is_closed() {
                return;
            }
            let begun = Instant::now();
            if let Ok(result) = catch_unwind(AssertUnwindSafe(work)) {
                metrics::histogram!("hallpass_hash_seconds", "scheme" => scheme).record(begun.elapsed().as_secs_f64());
                // The caller may have gone in the meantime; the work is done either way.
                let _ = answer.send(result);
            }
        });
        // Counted before it is sent: a thread may take the job and count it off before this one goes on.
        self.load.begin_to_wait();
        if let Err(error) = self.jobs.try_send(job) {
            self.load.end_to_wait();
            self.load.shed();
            return Err(match error {
                TrySendError::Full(_) => PoolError::Overloaded,
                TrySendError::Disconnected(_) => PoolError::Lost,
            });
        }
        result.await.map_err(|_| PoolError::Lost)
    }
}

/// How much the scheduler prefers other threads: where both want a core, those that answer get three quarters of it. A login
/// storm then delays verifications and refreshes little; and a flood of those leaves logins a quarter.
const NICENESS: i32 = 5;

fn work(queue: &Mutex<Receiver<Job>>) {
    // On Linux a thread has a niceness of its own. Without it logins work all the same.
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "hashing threads are as urgent as all others");
    }
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}
