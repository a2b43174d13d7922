//! The revocation feed: `GET /revocations`, and the same as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hallpass_auth::{FeedPage, FeedReader};
use hallpass_model::revocation::{FeedEntry, Kind};
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use http_body_util::channel::{Channel, Sender};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Query, Service};
use crate::problem::{Problem, registry};
use crate::state::AppState;
use crate::streams::Full;

/// How often a heartbeat is sent while nothing is revoked.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often a stream looks whether the key ring has changed or the server stops.
const TICK: Duration = Duration::from_millis(250);
/// What a reader knows that names no kinds: those that there were before kinds could be named.
const FIRST_KINDS: &str = "token,session,user";

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(set)).routes(routes!(stream))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Place {
    /// The cursor of the last answer; left out, the answer is the whole set.
    #[param(min_length = 1)]
    since: Option<String>,
    /// The kinds of entries that the reader knows, separated by commas; left out, `token,session,user`. An entry of a kind
    /// that is not named is widened to the nearest kind that is. Where that is impossible, the kind must be named: today
    /// that is each of the three. Names that this server does not know are ignored.
    #[param(min_length = 1)]
    kinds: Option<String>,
}

impl Place {
    /// A reader that skips an entry it does not know would accept a revoked token, so it is refused before it reads one.
    fn check_kinds(&self) -> Result<(), Problem> {
        let asked_for = self.kinds.as_deref().unwrap_or(FIRST_KINDS).split(',');
        let named: Vec<Kind> = asked_for.filter_map(|name| name.parse().ok()).collect();
        let missing: Vec<&str> = Kind::missing_from(&named).into_iter().map(Kind::as_str).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!(
            "These kinds of entries must be named as well, since none that is named can stand in for them: {}.",
            missing.join(", ")
        );
        Err(Problem::invalid("kinds", message))
    }

    fn since(&self) -> Result<Option<i64>, Problem> {
        let Some(text) = self.since.as_deref() else { return Ok(None) };
        cursor(text).map(Some).ok_or_else(|| Problem::invalid("since", "This is not a cursor of this feed."))
    }
}

fn cursor(text: &str) -> Option<i64> {
    text.parse().ok().filter(|seq| *seq >= 0)
}

/// What verifiers must refuse.
#[derive(Serialize, ToSchema)]
struct Revocations {
    /// Where the reader is now; send it as `since`.
    cursor: String,
    /// Whether this is the whole set that is in force, or what came after `since`.
    complete: bool,
    /// The version of the key ring: when it changes, fetch the key set again.
    keys: String,
    /// What is refused.
    entries: Vec<Revoked>,
}

/// One thing that is refused.
#[derive(Serialize, ToSchema)]
struct Revoked {
    /// `token`, `session` or `user`.
    kind: &'static str,
    /// The `jti`, `sid` or `sub`.
    id: String,
    /// Of a user: tokens whose `iat` lies before this second.
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_before: Option<i64>,
    /// When the entry may be forgotten, seconds since the epoch.
    expires_at: i64,
}

impl From<FeedPage> for Revocations {
    fn from(page: FeedPage) -> Self {
        Self {
            cursor: page.cursor.to_string(),
            complete: page.is_complete,
            keys: page.keys.to_string(),
            entries: page.entries.iter().map(Revoked::from).collect(),
        }
    }
}

impl From<&FeedEntry> for Revoked {
    fn from(entry: &FeedEntry) -> Self {
        let subject = &entry.revocation.subject;
        Self {
            kind: subject.kind().as_str(),
            id: subject.id(),
            issued_before: subject.issued_before(),
            // Rounded up: an entry must not end before the last token that it refuses.
            expires_at: entry.revocation.until.secs() + 1,
        }
    }
}

/// What must be refused: the whole set, or what came after a cursor.
#[utoipa::path(
    get,
    path = "/revocations",
    tag = "verify",
    params(Place),
    security(("client" = [])),
    responses((status = 200, body = Revocations))
)]
async fn set(
    State(state): State<AppState>,
    _: Service,
    place: Result<Query<Place>, Problem>,
) -> Result<Json<Revocations>, Problem> {
    let place = place?.0;
    place.check_kinds()?;
    Ok(Json(state.auth().services().revocations(place.since()?).await?.into()))
}

/// The same as server-sent events: first what `/revocations` answers, then every change, and a heartbeat.
#[utoipa::path(
    get,
    path = "/revocations/stream",
    tag = "verify",
    params(Place, ("Last-Event-ID" = Option<String>, Header, description = "The same as `since`")),
    security(("client" = [])),
    responses(
        (status = 200, description = "Events `set`, `change` and `heartbeat`, whose data is `Revocations`", content_type = "text/event-stream"),
        (status = 429, description = "too_many_streams"),
        (status = 503, description = "overloaded, unavailable")
    )
)]
async fn stream(
    State(state): State<AppState>,
    headers: HeaderMap,
    Service(client): Service,
    place: Result<Query<Place>, Problem>,
) -> Result<Response, Problem> {
    let query = place?.0;
    query.check_kinds()?;
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(cursor);
    let cursor = if resumed.is_some() { resumed } else { query.since()? };
    let place = state.streams().take(client).map_err(|full| no_place(&state, full))?;
    // One event waits for the reader, and no more: a slow reader is behind, it does not fill our memory.
    let (sender, body) = Channel::<Bytes, Infallible>::new(1);
    let feed = state.auth().services().feed_reader(cursor);
    let reader = Reader { state: state.clone(), feed, keys: 0, due: Instant::now(), sender };
    tokio::spawn(async move {
        // Beside the reading: neither a constant flow of changes nor a client that takes nothing puts it off.
        tokio::select! {
            () = reader.run() => {}
            error = place.until_revoked(state.auth()) => tracing::debug!(%error, "a stream is cut off"),
        }
    });
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
        // Without it nginx holds answers back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::new(body)).into_response())
}

fn no_place(state: &AppState, full: Full) -> Problem {
    let problem = match full {
        Full::Client => Problem::new(&registry::TOO_MANY_STREAMS).detail(format!(
            "This service client reads {} streams at once, and may have no more.",
            state.http().streams_per_client
        )),
        Full::Server => Problem::new(&registry::OVERLOADED)
            .detail("Every place for a reader of the revocation feed is taken. Please try again in a moment."),
    };
    problem.retry_after(HEARTBEAT)
}

/// One open stream. It ends when the client leaves, when the store cannot be read (no heartbeat is better than an untrue
/// one), and when the server stops; around it, when its client is revoked.
struct Reader {
    state: AppState,
    feed: FeedReader,
    keys: i64,
    /// When a heartbeat is due.
    due: Instant,
    sender: Sender<Bytes, Infallible>,
}

impl Reader {
    async fn run(mut self) {
        let mut name = "set";
        loop {
            let Ok(page) = self.feed.read().await else { return };
            let has_news = !page.entries.is_empty() || page.is_complete || page.keys != self.keys;
            let name = std::mem::replace(&mut name, "heartbeat");
            let name = if name == "heartbeat" && has_news { "change" } else { name };
            self.keys = page.keys;
            // A revocation of this process wakes its readers twice: at its commit, and when it is read in the feed.
            let is_repeat = name == "heartbeat" && Instant::now() < self.due;
            if !is_repeat && self.send(name, page).await.is_none() || self.wait().await.is_none() {
                return;
            }
        }
    }

    async fn send(&mut self, name: &str, page: FeedPage) -> Option<()> {
        self.due = Instant::now() + HEARTBEAT;
        let id = page.cursor;
        let data = serde_json::to_string(&Revocations::from(page)).ok()?;
        let event = format!("event: {name}\nid: {id}\ndata: {data}\n\n");
        self.sender.send_data(event.into()).await.ok()
    }

    /// Until the store has to be read again. None when the server stops.
    async fn wait(&mut self) -> Option<()> {
        loop {
            tokio::select! {
                () = self.feed.changed() => return Some(()),
                () = tokio::time::sleep(TICK) => {
                    if self.state.is_draining() {
                        return None;
                    }
                    if self.state.auth().services().key_ring_version() != self.keys || Instant::now() >= self.due {
                        return Some(());
                    }
                }
            }
        }
    }
}
