//! What every handler may reach.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use hallpass_auth::{Auth, Clock, Random};
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use utoipa::ToSchema;

use crate::places::Places;
use crate::streams::Streams;

/// How HTTP behaves: resolved configuration.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The public origin of the server: scheme, host and port of the issuer.
    pub origin: String,
    /// Whether the issuer is `https`.
    pub is_https: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins whose pages may call with credentials.
    pub cors_origins: Vec<String>,
    /// The refresh cookie.
    pub cookie: CookieSettings,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// Streams of the revocation feed that one service client may read at once.
    pub streams_per_client: usize,
    /// What is known of the places of addresses.
    pub places: Places,
    /// Whether pages lead to the lab.
    pub has_lab: bool,
    /// Whether the lab is all that is served.
    pub is_lab_only: bool,
}

/// A setting as operators and admins see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Shown {
    /// The dotted name.
    pub key: &'static str,
    /// The value in force, masked when it is a secret.
    pub value: String,
    /// Where it comes from: default, file, environment or flag.
    pub source: String,
    /// What it is for, in a line.
    pub about: &'static str,
}

/// The refresh cookie's attributes.
#[derive(Debug, Clone)]
pub struct CookieSettings {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// `Secure`.
    pub secure: bool,
    /// `SameSite`: `Strict`, `Lax` or `None`.
    pub same_site: &'static str,
}

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    auth: Auth,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    http: HttpSettings,
    metrics: Option<PrometheusHandle>,
    draining: AtomicBool,
    requests: AtomicU64,
    openapi: OnceLock<Bytes>,
    config: OnceLock<Vec<Shown>>,
    streams: Arc<Streams>,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").field("http", &self.0.http).finish_non_exhaustive()
    }
}

impl AppState {
    /// Brings the parts together.
    pub fn new(
        auth: Auth,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        http: HttpSettings,
        metrics: Option<PrometheusHandle>,
    ) -> Self {
        let streams = Streams::new(http.streams_per_client);
        Self(Arc::new(Inner {
            auth,
            clock,
            random,
            http,
            metrics,
            draining: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            openapi: OnceLock::new(),
            config: OnceLock::new(),
            streams,
        }))
    }

    /// The use cases.
    pub fn auth(&self) -> &Auth {
        &self.0.auth
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Randomness.
    pub fn random(&self) -> &Arc<dyn Random> {
        &self.0.random
    }

    /// How HTTP behaves.
    pub fn http(&self) -> &HttpSettings {
        &self.0.http
    }

    /// The metrics recorder, if one is installed.
    pub fn metrics(&self) -> Option<&PrometheusHandle> {
        self.0.metrics.as_ref()
    }

    /// The API description, made at the first request for it.
    pub(crate) fn openapi(&self, make: impl FnOnce() -> Bytes) -> Bytes {
        self.0.openapi.get_or_init(make).clone()
    }

    /// Says what is in force, for admins to see. Once; without it they see nothing.
    pub fn show_config(&self, shown: Vec<Shown>) {
        // A second call changes nothing.
        let _ = self.0.config.set(shown);
    }

    /// What is in force, masked.
    pub fn shown_config(&self) -> &[Shown] {
        self.0.config.get().map_or(&[], Vec::as_slice)
    }

    /// Places for readers of the revocation feed.
    pub(crate) fn streams(&self) -> &Arc<Streams> {
        &self.0.streams
    }

    /// Counts a request that was answered.
    pub(crate) fn count_request(&self) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests answered since the start.
    pub(crate) fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    /// From now on the server is not ready: it finishes what it has begun.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Whether it is finishing.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }
}
