//! One sandbox: the real router over the real use cases, with nothing real behind them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use hallpass_auth::{Auth, Clock, Ctx, Principal, StartError};
use hallpass_mail::{Inbox, Received};
use hallpass_model::Timestamp;
use hallpass_password::{HashPool, Password, PoolError, Scheme};
use http::header::{CONTENT_LENGTH, COOKIE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
use tokio::sync::OwnedSemaphorePermit;
use tower::ServiceExt;
use tracing::Instrument;

use crate::clock::{MovableClock, TooFar};
use crate::quota::Share;
use crate::refused::Refused;
use crate::silent::silent;
use crate::template::{Installation, RESIDENTS, Template};
use crate::trace::{Answered, Asked, Exchange, Trace};
use crate::view::State;
use hallpass_http::extract::{ClientIp, clear_cookie};
use hallpass_http::problem::Problem;
use hallpass_http::state::{AppState, CookieSettings, HttpSettings};

/// An unused sandbox ends after this long.
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 60);
/// Any sandbox ends after this long.
pub(crate) const LIFE: Duration = Duration::from_secs(2 * 3600);
/// Users that a sandbox holds at most.
pub const USERS: usize = 20;
/// The name of its refresh cookie: another than a real one's, on a path of its own.
const COOKIE_NAME: &str = "lab_refresh";
/// Which exchange of the trace an answer is.
const SEQ: HeaderName = HeaderName::from_static("x-lab-seq");

/// A sandbox.
pub struct Sandbox {
    id: String,
    share: Arc<Share>,
    auth: Auth,
    inbox: Inbox,
    router: Router,
    cookie: CookieSettings,
    clock: Arc<MovableClock>,
    random: Arc<dyn hallpass_auth::Random>,
    pool: HashPool,
    trace: Mutex<Trace>,
    users: AtomicUsize,
    born: Timestamp,
    used: AtomicI64,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The id opens the sandbox: it must not be in a log.
        f.debug_struct("Sandbox").field("born", &self.born).finish_non_exhaustive()
    }
}

impl Sandbox {
    pub(crate) async fn open(
        id: String,
        share: Arc<Share>,
        template: &Template,
        (outer, pool): (&AppState, &HashPool),
        ctx: &Ctx,
    ) -> Result<Self, StartError> {
        let base = format!("/lab/box/{id}");
        let issuer = format!("{}{base}", outer.auth().settings().token.issuer);
        let Installation { auth, inbox } = silent(template.start(&issuer, pool, ctx)).await?;
        let clock = MovableClock::new(outer.clock().clone());
        let cookie = CookieSettings {
            name: COOKIE_NAME.to_owned(),
            path: format!("{base}/auth"),
            ..outer.http().cookie.clone()
        };
        let http = HttpSettings {
            cookie: cookie.clone(),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            ..outer.http().clone()
        };
        let state = AppState::new(auth.clone(), clock.clone(), outer.random().clone(), http, None);
        Ok(Self {
            id,
            share,
            auth,
            inbox,
            router: hallpass_http::route::sandbox_router(&state),
            cookie,
            clock,
            random: outer.random().clone(),
            pool: pool.clone(),
            trace: Mutex::default(),
            users: AtomicUsize::new(RESIDENTS.len()),
            born: ctx.now,
            used: AtomicI64::new(ctx.now.millis()),
        })
    }

    /// Its id, which is all it takes to use it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The header that has a browser forget its refresh cookie.
    pub(crate) fn cleared_cookie(&self) -> Option<HeaderValue> {
        clear_cookie(&self.cookie)
    }

    pub(crate) fn share(&self) -> &Share {
        &self.share
    }

    /// When it ends if it is not used.
    pub(crate) fn ends_at(&self) -> Timestamp {
        (self.used_at() + IDLE).min(self.born + LIFE)
    }

    pub(crate) fn used_at(&self) -> Timestamp {
        Timestamp::from_millis(self.used.load(Ordering::Relaxed))
    }

    pub(crate) fn touch(&self, now: Timestamp) {
        self.used.fetch_max(now.millis(), Ordering::Relaxed);
    }

    /// Counts a request against its visitor's share; the request may go on while the place is held.
    ///
    /// # Errors
    /// [`Refused::Busy`].
    pub fn enter(&self, now: Timestamp) -> Result<OwnedSemaphorePermit, Refused> {
        self.share.take(now)?;
        self.share.enter()
    }

    /// A context by the sandbox's clock.
    fn ctx(&self) -> Ctx {
        Ctx::local(self.clock.now(), self.random.clone())
    }

    /// Moves the clock forward, and does what a server does by itself as time passes.
    ///
    /// # Errors
    /// [`TooFar`].
    pub async fn advance(&self, by: Duration) -> Result<(), TooFar> {
        // Mails leave at once: none expires because nobody looked for it.
        noted(self.deliver().await);
        self.clock.advance(by)?;
        self.tick().await;
        Ok(())
    }

    async fn tick(&self) {
        noted(silent(self.auth.background().tick(&self.ctx())).await);
    }

    async fn deliver(&self) -> Result<(), hallpass_auth::Error> {
        let (ctx, background) = (self.ctx(), self.auth.background());
        let Some(outbound) = background.outbound() else { return Ok(()) };
        while silent(background.send_messages(&ctx, &outbound)).await?.tried() > 0 {}
        Ok(())
    }

    /// Everything in it.
    ///
    /// # Errors
    /// [`hallpass_auth::Error::Unavailable`].
    pub async fn state(&self) -> Result<State, hallpass_auth::Error> {
        self.tick().await;
        let ctx = self.ctx();
        let dump = silent(self.auth.lab_dump(&ctx)).await?;
        let place = (self.clock.ahead().as_secs(), self.ends_at());
        Ok(State::new(&dump, self.auth.settings(), ctx.now, place))
    }

    /// The mails that have come, the newest first. What waits is sent by being looked for.
    ///
    /// # Errors
    /// [`hallpass_auth::Error::Unavailable`].
    pub async fn mails(&self) -> Result<Vec<Received>, hallpass_auth::Error> {
        self.deliver().await?;
        Ok(self.inbox.received())
    }

    /// What its verifier says to a token, with the reason that a real server tells to its log only.
    ///
    /// # Errors
    /// The reason.
    pub async fn verify(&self, token: &str) -> Result<Arc<Principal>, &'static str> {
        self.auth.authenticate(&self.ctx(), token).await.map_err(|error| match error {
            hallpass_auth::Error::InvalidToken(reason) => reason,
            _ => "unavailable",
        })
    }

    /// Hashes a password at a cost, and tells the hash and how long it took.
    ///
    /// # Errors
    /// [`Refused::Busy`] when the visitor's last hash is still under way or the lab's queue is full.
    pub async fn time_hash(&self, cost: u32) -> Result<(String, Duration), Refused> {
        let _place = self.share.enter_hashing()?;
        let password = Password::from("how long does this take".to_owned());
        silent(self.pool.time(password, Scheme::Bcrypt { cost })).await.map_err(|error| match error {
            PoolError::Overloaded => Refused::Busy,
            PoolError::Hash(_) | PoolError::Lost => Refused::Unavailable,
        })
    }

    /// The exchanges after a place.
    pub(crate) fn trace(&self, since: u64) -> Vec<Exchange> {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).since(since)
    }

    /// Hands a request to the sandbox's router, and keeps what was said.
    ///
    /// # Errors
    /// `lab_limit` for a user too many.
    pub async fn forward(&self, request: Request<Bytes>) -> Result<Response, Problem> {
        let (mut parts, body) = request.into_parts();
        let actor = Actor::of(&parts.headers);
        keep_own_cookies(&mut parts.headers);
        let makes_user = parts.method == Method::POST && matches!(parts.uri.path(), "/auth/register" | "/admin/users");
        if makes_user && self.users.fetch_add(1, Ordering::SeqCst) >= USERS {
            self.users.fetch_sub(1, Ordering::SeqCst);
            return Err(Problem::new(&hallpass_http::problem::registry::LAB_LIMIT));
        }
        let ends_user = parts.method == Method::DELETE && is_user(parts.uri.path());
        let asked = Asked::of(&parts, &body);
        let at = self.clock.now();
        let mut inner = Request::new(Body::from(body));
        *inner.method_mut() = parts.method;
        *inner.uri_mut() = parts.uri;
        *inner.headers_mut() = parts.headers;
        // Addresses of RFC 5737: the trace and the session list show who is who, and no real address.
        inner.extensions_mut().insert(ClientIp(SocketAddr::new(actor.ip(), 0)));
        let span = tracing::info_span!(target: "hallpass::lab", "lab");
        let Ok(response) = silent(self.router.clone().oneshot(inner)).instrument(span).await;
        let status = response.status();
        if (makes_user && status != StatusCode::CREATED) || (ends_user && status == StatusCode::NO_CONTENT) {
            self.users.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(self.keep(at, actor, asked, response).await)
    }

    async fn keep(&self, at: Timestamp, actor: Actor, asked: Asked, response: Response) -> Response {
        let (mut parts, body) = response.into_parts();
        // Every body that a sandbox's routes give is a whole one in memory.
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let answered = Answered::of(&parts, &body);
        let mut trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner);
        let seq = trace.keep(at, actor.name(), (asked, answered));
        drop(trace);
        parts.headers.insert(SEQ, HeaderValue::from(seq));
        Response::from_parts(parts, Body::from(body))
    }
}

/// Work that nobody has asked for and that can be done the next time.
fn noted<T>(done: Result<T, impl std::fmt::Display>) {
    if let Err(error) = done {
        tracing::debug!(target: "hallpass::lab", %error, "a sandbox's background work failed");
    }
}

/// Whether this is the address of one user, and of nothing that the user has.
fn is_user(path: &str) -> bool {
    path.strip_prefix("/admin/users/").is_some_and(|id| !id.contains('/'))
}

/// Who speaks, in the play.
#[derive(Clone, Copy)]
enum Actor {
    Browser,
    Service,
    Thief,
}

impl Actor {
    fn of(headers: &HeaderMap) -> Self {
        match headers.get("x-lab-actor").map(HeaderValue::as_bytes) {
            Some(b"thief") => Self::Thief,
            Some(b"service") => Self::Service,
            _ => Self::Browser,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Service => "service",
            Self::Thief => "thief",
        }
    }

    const fn ip(self) -> IpAddr {
        IpAddr::V4(match self {
            Self::Browser => Ipv4Addr::new(192, 0, 2, 10),
            Self::Service => Ipv4Addr::new(198, 51, 100, 20),
            Self::Thief => Ipv4Addr::new(203, 0, 113, 66),
        })
    }
}

/// The visitor's real cookies, a refresh token perhaps among them, are none of the sandbox's business: they are kept
/// out of it and out of the trace.
fn keep_own_cookies(headers: &mut HeaderMap) {
    let own = |line: &HeaderValue| -> Vec<String> {
        // Foreign bytes in a cookie of another program do not lose this one.
        let line = String::from_utf8_lossy(line.as_bytes());
        let parts = line.split(';').map(str::trim);
        parts.filter(|part| part.split('=').next() == Some(COOKIE_NAME)).map(str::to_owned).collect()
    };
    let kept: Vec<String> = headers.get_all(COOKIE).iter().flat_map(own).collect();
    headers.remove(COOKIE);
    if let Ok(value) = HeaderValue::from_bytes(kept.join("; ").as_bytes())
        && !kept.is_empty()
    {
        headers.insert(COOKIE, value);
    }
    headers.remove(CONTENT_LENGTH);
    headers.remove("x-forwarded-for");
}
