//! Putting the router on sockets.

mod accept;
mod activity;
mod background;
mod connection;
mod limit;
mod listen;
mod refusal;
mod service;
mod signals;
mod stream;
mod tls;
mod unix;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use self::accept::Front;
use self::activity::Timers;
use self::limit::Limits;
use self::tls::Certificates;
use crate::app::App;
use crate::places::PlaceFile;
use hallpass_http::state::AppState;

pub use self::background::Broken;
pub use self::limit::MEMORY as REQUEST_MEMORY;
pub use self::listen::Listen;
pub use self::signals::{Order, orders};
pub use self::tls::{TlsError, check as check_tls};

/// How the sockets behave.
#[derive(Debug, Clone)]
pub struct Sockets {
    /// The public listener.
    pub listen: Listen,
    /// The operator's, when it is another.
    pub operator_listen: Option<Listen>,
    /// The mode of the file of a Unix socket.
    pub listen_mode: u32,
    /// How long a client may take to send its header, once it has begun.
    pub header_timeout: Duration,
    /// How long a connection may be idle between two requests.
    pub keep_alive: Duration,
    /// How long `/readyz` fails before the listeners close, when the server stops.
    pub drain_notice: Duration,
    /// How long requests under way may take when the server stops.
    pub drain_timeout: Duration,
    /// Connections at once.
    pub max_connections: usize,
    /// Connections at once of one client address.
    pub connections_per_address: usize,
    /// Certificate chain and private key, PEM files.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// The server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen { address: Listen, cause: io::Error },
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A listener failed.
    #[error("serving failed: {0}")]
    Io(#[from] io::Error),
    /// The background work cannot go on.
    #[error(transparent)]
    Background(#[from] Broken),
    /// The database has moved elsewhere.
    #[error("the database has moved: stopped serving from this one. Set database_url to the new one and start again")]
    Moved,
    /// A second signal came while requests were under way.
    #[error("a second signal ended the server at once: requests under way were cut off")]
    CutOff,
}

/// Listeners that are bound: from here on nothing but the load can fail.
#[derive(Debug)]
pub struct Bound {
    sockets: Sockets,
    public: listen::Bound,
    operator: Option<listen::Bound>,
}

/// How far the server has come on its way to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Connections are taken.
    Serving,
    /// None is taken; requests under way are finished.
    Draining,
    /// Every connection is closed as it is.
    Ended,
}

impl Sockets {
    /// Binds every address.
    ///
    /// # Errors
    /// [`ServeError::Listen`].
    pub fn bind(self) -> Result<Bound, ServeError> {
        let mode = self.listen_mode;
        let bind = |at: &Listen| at.bind(mode).map_err(|cause| ServeError::Listen { address: at.clone(), cause });
        let public = bind(&self.listen)?;
        let operator = self.operator_listen.as_ref().map(bind).transpose()?;
        Ok(Bound { sockets: self, public, operator })
    }

    /// Requests under way are bounded by their own time limit; beyond it only a client that reads nothing is left.
    fn timers(&self, state: &AppState) -> Timers {
        let stalled = state.http().request_timeout + self.header_timeout;
        Timers { header: self.header_timeout, keep_alive: self.keep_alive, stalled }
    }
}

/// Connections of the operator's listener at once: probes and a scraper.
const OPERATOR_CONNECTIONS: usize = 256;

impl Bound {
    /// Where the public listener is, with the port that the system chose if none was asked for.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<Listen> {
        self.public.address()
    }

    /// Serves until an order to stop, then finishes what has begun: readiness fails for `drain_notice`, no new connection is
    /// taken, requests under way have `drain_timeout`, unless a second order ends them at once.
    ///
    /// # Errors
    /// A [`ServeError`].
    pub async fn serve(self, app: App, mut orders: mpsc::Receiver<Order>) -> Result<(), ServeError> {
        let (end, seen) = watch::channel(Stage::Serving);
        let (notice, patience) = (self.sockets.drain_notice, self.sockets.drain_timeout);
        let (mut tasks, certificates) = self.start(&app, &seen)?;
        drop(seen);
        let (mut maintenance, [mut redis, mut messages, mut webhooks]) = background::start(&app);
        let ended = tokio::select! {
            ended = &mut maintenance => background::result(ended),
            ended = &mut redis => background::result(ended),
            ended = &mut messages => background::result(ended),
            ended = &mut webhooks => background::result(ended),
            () = until_stopped(&mut orders, certificates.as_deref(), app.places.as_ref()) => Ok(()),
        };
        app.state.drain();
        // Probes must have seen that this server is not ready before it refuses connections.
        let is_hurried = ended.is_ok() && was_told_again(notice, &mut orders).await;
        let patience = if is_hurried { Duration::ZERO } else { patience };
        let was_cut_off = drain(&end, patience, &mut orders).await || is_hurried;
        tasks.shutdown().await;
        maintenance.abort();
        redis.abort();
        messages.abort();
        webhooks.abort();
        match ended {
            Ok(()) if was_cut_off => Err(ServeError::CutOff),
            ended => ended,
        }
    }

    fn start(self, app: &App, seen: &watch::Receiver<Stage>) -> Result<Started, ServeError> {
        let Self { sockets, public, operator } = self;
        let mut tasks = JoinSet::new();
        let load = |(certificate, key): &(PathBuf, PathBuf)| Certificates::load(certificate, key);
        let certificates = sockets.tls.as_ref().map(load).transpose()?;
        if let Some(certificates) = &certificates {
            tasks.spawn(certificates.clone().follow());
        }
        let router = if operator.is_some() { app.public_router() } else { app.router() };
        let front = |router: Router, limits: Arc<Limits>, tls: Option<Arc<Certificates>>| {
            let timers = sockets.timers(&app.state);
            Arc::new(Front { router, state: app.state.clone(), limits, timers, tls, stage: seen.clone() })
        };
        let limits = Limits::new(sockets.max_connections, sockets.connections_per_address);
        tasks.spawn(front(router, limits, certificates.clone()).accept(public.listen()?));
        if let Some(operator) = operator {
            // The operator's listener is for probes on the inside: plain, whatever the public one is.
            let limits = Limits::new(OPERATOR_CONNECTIONS, OPERATOR_CONNECTIONS);
            tasks.spawn(
                front(hallpass_http::route::operator_router(&app.state), limits, None).accept(operator.listen()?),
            );
        }
        Ok((tasks, certificates))
    }
}

type Started = (JoinSet<()>, Option<Arc<Certificates>>);

async fn until_stopped(
    orders: &mut mpsc::Receiver<Order>,
    certificates: Option<&Certificates>,
    places: Option<&Arc<PlaceFile>>,
) {
    loop {
        match next(orders).await {
            Order::Stop => return,
            Order::Reload => {
                if let Some(certificates) = certificates {
                    certificates.reload();
                } else {
                    tracing::info!("there is no TLS certificate to load");
                }
                if let Some(places) = places {
                    reload(places.clone()).await;
                }
            }
        }
    }
}

/// The file has tens of megabytes: a slow disk must hold up no request.
async fn reload(places: Arc<PlaceFile>) {
    if tokio::task::spawn_blocking(move || places.reload()).await.is_err() {
        tracing::error!("loading the database of places failed; the old one stays in use");
    }
}

/// Nothing more comes from one who is gone.
async fn next(orders: &mut mpsc::Receiver<Order>) -> Order {
    match orders.recv().await {
        Some(order) => order,
        None => std::future::pending().await,
    }
}

/// Waits for a time; true as soon as another order to stop comes.
async fn was_told_again(time: Duration, orders: &mut mpsc::Receiver<Order>) -> bool {
    tokio::time::timeout(time, async { while next(orders).await != Order::Stop {} }).await.is_ok()
}

/// How long connections may take to notice that they are to be dropped.
const LAST: Duration = Duration::from_secs(1);

/// Lets what has begun come to its end, within its time. True when another order to stop cut it off.
async fn drain(stage: &watch::Sender<Stage>, patience: Duration, orders: &mut mpsc::Receiver<Order>) -> bool {
    stage.send_replace(Stage::Draining);
    let again = async { while next(orders).await != Order::Stop {} };
    let was_cut_off = tokio::select! {
        // Every listener and connection holds a receiver.
        () = stage.closed() => return false,
        () = tokio::time::sleep(patience) => {
            tracing::warn!("requests are under way still: their connections are closed");
            false
        }
        () = again => true,
    };
    stage.send_replace(Stage::Ended);
    drop(tokio::time::timeout(LAST, stage.closed()).await);
    was_cut_off
}
