//! One connection to Redis for everybody, made when it is needed and made anew when it breaks.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ::redis::aio::{ConnectionLike, MultiplexedConnection};
use ::redis::cluster::ClusterClientBuilder;
use ::redis::cluster_async::ClusterConnection;
use ::redis::sentinel::Sentinel;
use ::redis::{AsyncConnectionConfig, Client, Cmd, Pipeline, RedisFuture, RedisResult, Value};
use tokio::sync::Mutex;

use super::fault::RedisFault;
use super::url::{RedisUrl, Target};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(1);
/// How long an answer may take. Said aloud, since the driver's default may change.
const ANSWER: Duration = Duration::from_millis(500);
/// How long a server that did not answer is left alone, so that not every login waits for it.
const PAUSE: Duration = Duration::from_millis(500);

/// Redis or Valkey. Cheap to clone; connects when it is first asked.
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    url: RedisUrl,
    state: Mutex<State>,
    begun: Instant,
    paused_until: AtomicU64,
    generation: AtomicU64,
    /// Which node of a cluster is spoken to first: another one each time, since any of them may be gone.
    turn: AtomicUsize,
}

#[derive(Default)]
struct State {
    wire: Option<Wire>,
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redis({:?})", self.0.url)
    }
}

/// What commands are sent over.
#[derive(Clone)]
pub(super) enum Wire {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl ConnectionLike for Wire {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Single(wire) => wire.req_packed_command(cmd),
            Self::Cluster(wire) => wire.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Single(wire) => wire.req_packed_commands(pipeline, offset, count),
            Self::Cluster(wire) => wire.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Single(wire) => wire.get_db(),
            Self::Cluster(wire) => wire.get_db(),
        }
    }
}

/// An answer, and the number of the connection it came over.
pub(super) struct Answer<T> {
    pub(super) value: T,
    pub(super) generation: u64,
}

impl Redis {
    /// Nothing is connected yet.
    pub fn new(url: RedisUrl) -> Self {
        Self(Arc::new(Inner {
            url,
            state: Mutex::default(),
            begun: Instant::now(),
            paused_until: AtomicU64::new(0),
            generation: AtomicU64::new(0),
            turn: AtomicUsize::new(0),
        }))
    }

    /// What kind of installation it is, for people.
    pub fn kind(&self) -> &'static str {
        self.0.url.kind()
    }

    /// Whether several nodes share the keys. One of them may be replaced without this connection breaking.
    pub fn is_cluster(&self) -> bool {
        matches!(self.0.url.0, Target::Cluster(_))
    }

    /// The number of the present connection: it grows with each that is made.
    pub(super) fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    /// Does something over the connection, in bounded time.
    pub(super) async fn call<T, F>(
        &self,
        name: &'static str,
        work: impl FnOnce(Wire) -> F,
    ) -> Result<Answer<T>, RedisFault>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let begun = Instant::now();
        let result = self.attempt(work).await;
        metrics::histogram!("hallpass_redis_seconds", "op" => name).record(begun.elapsed().as_secs_f64());
        if let Err(fault) = &result {
            metrics::counter!("hallpass_redis_errors_total", "op" => name, "code" => fault.code()).increment(1);
        }
        result
    }

    async fn attempt<T, F>(&self, work: impl FnOnce(Wire) -> F) -> Result<Answer<T>, RedisFault>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let (wire, generation) = self.wire().await?;
        // The driver's own limit is per command, and a script that is unknown takes two.
        let answered = tokio::time::timeout(ANSWER * 2, work(wire)).await;
        match answered.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into())) {
            Ok(value) => Ok(Answer { value, generation }),
            Err(error) => {
                let fault = RedisFault::from(error);
                if fault.is_fatal() {
                    self.let_go(generation, &fault).await;
                }
                Err(fault)
            }
        }
    }

    /// The connection, made now if there is none. Callers that waited for the lock find the pause that the first one ran
    /// into, so a server that is gone costs one wait and not one each.
    async fn wire(&self) -> Result<(Wire, u64), RedisFault> {
        let mut state = self.0.state.lock().await;
        if let Some(wire) = &state.wire {
            return Ok((wire.clone(), self.generation()));
        }
        if self.elapsed() < self.0.paused_until.load(Ordering::Acquire) {
            return Err(RedisFault::Paused);
        }
        // Twice: one that Sentinel or a cluster's first node is asked for takes two.
        match in_time(CONNECT * 2, self.connect()).await {
            Ok(wire) => {
                state.wire = Some(wire.clone());
                let generation = self.0.generation.fetch_add(1, Ordering::AcqRel) + 1;
                metrics::counter!("hallpass_redis_connections_total").increment(1);
                Ok((wire, generation))
            }
            Err(fault) => {
                self.pause();
                Err(fault)
            }
        }
    }

    /// Drops a broken connection, unless another call has already made a newer one. A server that closed it may be back
    /// already; one that is silent is left alone for a while.
    async fn let_go(&self, generation: u64, fault: &RedisFault) {
        let mut state = self.0.state.lock().await;
        let was_open = self.generation() == generation && state.wire.take().is_some();
        if was_open && matches!(fault, RedisFault::Slow) {
            self.pause();
        }
    }

    fn pause(&self) {
        self.0.paused_until.store(self.elapsed() + millis(PAUSE), Ordering::Release);
    }

    fn elapsed(&self) -> u64 {
        millis(self.0.begun.elapsed())
    }

    async fn connect(&self) -> RedisResult<Wire> {
        if let Target::Cluster(nodes) = &self.0.url.0 {
            let builder = ClusterClientBuilder::new(nodes.iter().cloned())
                .connection_timeout(CONNECT)
                .response_timeout(ANSWER)
                // A node that was replaced is found by asking again; more than that is for the next request.
                .retries(2)
                .tcp_settings(nodes.first().map(|node| node.tcp_settings().clone()).unwrap_or_default());
            return builder.build()?.get_async_connection().await.map(Wire::Cluster);
        }
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(Some(ANSWER));
        let client = self.client().await?;
        client.get_multiplexed_async_connection_with_config(&config).await.map(Wire::Single)
    }

    /// A client of the server that takes writes; in a cluster, of the first node that lets itself be spoken to.
    pub(super) async fn client(&self) -> RedisResult<Client> {
        match &self.0.url.0 {
            Target::Single(info) => Client::open(info.clone()),
            Target::Sentinel { sentinels, master, node } => {
                Sentinel::build(sentinels.clone())?.async_master_for(master, Some(node)).await
            }
            Target::Cluster(nodes) => {
                let mut last = Err((::redis::ErrorKind::InvalidClientConfig, "no node is named").into());
                let turn = self.0.turn.fetch_add(1, Ordering::Relaxed) % nodes.len().max(1);
                for node in nodes.iter().cycle().skip(turn).take(nodes.len()) {
                    let client = Client::open(node.clone())?;
                    match client.get_multiplexed_async_connection().await {
                        Ok(_) => return Ok(client),
                        Err(error) => last = Err(error),
                    }
                }
                last
            }
        }
    }
}

/// Bounds what the driver leaves unbounded.
pub(super) async fn in_time<T>(limit: Duration, work: impl Future<Output = RedisResult<T>>) -> Result<T, RedisFault> {
    match tokio::time::timeout(limit, work).await {
        Ok(result) => result.map_err(RedisFault::from),
        Err(_) => Err(RedisFault::Slow),
    }
}

/// How long a dedicated connection may take to be made and to answer.
pub(super) const PATIENCE: Duration = CONNECT;

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
