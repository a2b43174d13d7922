//! A listener and what is done with its connections.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::sync::watch;

use super::activity::Timers;
use super::limit::Limits;
use super::listen::Listener;
use super::service::Peer;
use super::tls::Certificates;
use super::{Stage, connection};
use hallpass_http::state::AppState;

/// What all connections of a listener share.
pub(super) struct Front {
    pub(super) router: Router,
    pub(super) state: AppState,
    pub(super) limits: Arc<Limits>,
    pub(super) timers: Timers,
    pub(super) tls: Option<Arc<Certificates>>,
    pub(super) stage: watch::Receiver<Stage>,
}

/// How long to wait when the system gives no connection: it is out of descriptors or memory, and trying at once would
/// keep a core busy.
const PAUSE: Duration = Duration::from_millis(100);

impl Front {
    /// Takes connections until the server stops. The listener is closed then.
    pub(super) async fn accept(self: Arc<Self>, listener: Listener) {
        let mut stage = self.stage.clone();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stage.wait_for(|stage| *stage != Stage::Serving) => return,
            };
            match accepted {
                Ok((stream, peer)) => match self.limits.admit(self.bounded(peer)) {
                    Some(place) => drop(tokio::spawn(connection::serve(self.clone(), stream, peer, place))),
                    None => metrics::counter!("hallpass_connections_refused_total").increment(1),
                },
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// The address whose share a connection counts for. A trusted proxy brings many clients: it has none.
    fn bounded(&self, peer: Peer) -> Option<IpAddr> {
        let Peer::Remote(address) = peer else { return None };
        let ip = address.ip().to_canonical();
        let is_proxy = self.state.http().trusted_proxies.iter().any(|network| network.contains(&ip));
        (!is_proxy).then_some(ip)
    }
}
