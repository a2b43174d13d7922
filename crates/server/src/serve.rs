//! Putting the router on sockets.

mod background;
mod limit;
mod shutdown;
mod tls;

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};

use self::limit::Bounded;
use crate::route;
use crate::state::AppState;

pub use self::shutdown::until_told_to_stop;
pub use self::tls::TlsError;

/// How the sockets behave.
#[derive(Debug, Clone)]
pub struct Sockets {
    /// The public listener.
    pub listen: SocketAddr,
    /// The operator's, when it is another.
    pub operator_listen: Option<SocketAddr>,
    /// How long a client may take to send its header.
    pub header_timeout: Duration,
    /// How long requests under way may take when the server stops.
    pub drain_timeout: Duration,
    /// Connections at once.
    pub max_connections: usize,
    /// Certificate chain and private key, PEM files.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// The server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A listener failed.
    #[error("serving failed: {0}")]
    Io(#[from] io::Error),
    /// The database has moved elsewhere.
    #[error("the database has moved: stopped serving from this one. Set database_url to the new one and start again")]
    Moved,
}

/// Listeners that are bound: from here on nothing but the load can fail.
#[derive(Debug)]
pub struct Bound {
    sockets: Sockets,
    public: TcpListener,
    operator: Option<TcpListener>,
}

impl Sockets {
    /// Binds every address.
    ///
    /// # Errors
    /// [`ServeError::Listen`].
    pub fn bind(self) -> Result<Bound, ServeError> {
        let bind = |address| TcpListener::bind(address).map_err(|cause| ServeError::Listen { address, cause });
        let public = bind(self.listen)?;
        let operator = self.operator_listen.map(bind).transpose()?;
        Ok(Bound { sockets: self, public, operator })
    }
}

impl Bound {
    /// Where the public listener is, with the port that the system chose if none was asked for.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.public.local_addr()
    }

    /// Serves until `stop`, then finishes what has begun: readiness fails first, no new connection is taken, requests
    /// under way have `drain_timeout`.
    ///
    /// # Errors
    /// A [`ServeError`].
    pub async fn serve(self, state: AppState, stop: impl Future<Output = ()>) -> Result<(), ServeError> {
        let handle = Handle::new();
        let Self { sockets, public, operator } = self;
        let router = if operator.is_some() { route::public_router(&state) } else { route::router(&state) };
        let mut servers = tokio::task::JoinSet::new();
        start(&mut servers, &sockets, public, router, &handle)?;
        if let Some(operator) = operator {
            // The operator's listener is for probes on the inside: plain, whatever the public one is.
            let plain = Sockets { tls: None, ..sockets.clone() };
            start(&mut servers, &plain, operator, route::operator_router(&state), &handle)?;
        }
        let mut upkeep = tokio::spawn(background::maintain(state.clone()));
        let follow = tokio::spawn(background::follow(state.clone()));
        let mut has_moved = false;
        let ended = tokio::select! {
            ended = servers.join_next() => ended,
            Ok(()) = &mut upkeep => { has_moved = true; None }
            () = stop => None,
        };
        state.drain();
        handle.graceful_shutdown(Some(sockets.drain_timeout));
        while servers.join_next().await.is_some() {}
        upkeep.abort();
        follow.abort();
        match ended {
            Some(Ok(Err(error))) => Err(error.into()),
            _ if has_moved => Err(ServeError::Moved),
            _ => Ok(()),
        }
    }
}

type Servers = tokio::task::JoinSet<io::Result<()>>;

fn start(
    servers: &mut Servers,
    sockets: &Sockets,
    listener: TcpListener,
    router: Router,
    handle: &Handle<SocketAddr>,
) -> Result<(), ServeError> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let bounded = Bounded::new(sockets.max_connections);
    if let Some((certificate, key)) = &sockets.tls {
        let config = RustlsConfig::from_config(tls::load(certificate, key)?);
        let acceptor = RustlsAcceptor::new(config).handshake_timeout(sockets.header_timeout).acceptor(bounded);
        let server = timed(axum_server::from_tcp(listener)?.handle(handle.clone()), sockets);
        servers.spawn(server.acceptor(acceptor).serve(service));
    } else {
        let server = timed(axum_server::from_tcp(listener)?.handle(handle.clone()), sockets);
        servers.spawn(server.acceptor(bounded).serve(service));
    }
    Ok(())
}

/// A client that dribbles its header, or sends none, loses its connection (Slowloris); one that opens streams without
/// end runs into a bound.
fn timed(server: Server<SocketAddr>, sockets: &Sockets) -> Server<SocketAddr> {
    let mut server = server.first_request_timeout(sockets.header_timeout);
    let builder = server.http_builder();
    builder.http1().header_read_timeout(sockets.header_timeout).max_buf_size(64 * 1024);
    builder
        .http2()
        .max_concurrent_streams(128)
        .max_header_list_size(32 * 1024)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(sockets.header_timeout);
    server
}
