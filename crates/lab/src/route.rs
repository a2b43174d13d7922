//! `/lab/…`: what the lab's page asks of its sandboxes. It is the page's own, and no part of the described API.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Json, Router};
use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode, Uri};
use serde::Deserialize;
use serde_json::json;

use crate::clock::TooFar;
use crate::code;
use crate::lab::Lab;
use crate::refused::Refused;
use crate::sandbox::Sandbox;
use crate::template::RESIDENTS;
use crate::view::Mail;
use hallpass_http::extract::{Body, Id, Query, RequestCtx, read_body};
use hallpass_http::problem::{Problem, registry};
use hallpass_http::route::guarded;
use hallpass_http::state::AppState;
use hallpass_model::Timestamp;

/// Costs that the slider offers: the lowest there is, to the highest that the lab can bear.
const COSTS: std::ops::RangeInclusive<u32> = 4..=14;
/// What a sandbox opens of the real router. The rest has no meaning in it, or no end, or, as a rotation of its RSA keys
/// would, costs more than a stranger may ask for.
const OPENED: [&str; 6] = ["/auth/", "/admin/users", "/admin/sessions/", "/admin/audit", "/.well-known/", "/problems/"];

/// The routes of an open lab. No page of another origin may ask for them.
pub fn router(lab: &Arc<Lab>, state: &AppState) -> Router<AppState> {
    let routes = Router::new()
        .route("/lab/code/{file}", get(excerpts))
        .route("/lab/box", post(open))
        .route("/lab/box/{id}", axum::routing::delete(close))
        .route("/lab/box/{id}/state", get(state_of))
        .route("/lab/box/{id}/trace", get(trace))
        .route("/lab/box/{id}/mails", get(mails))
        .route("/lab/box/{id}/clock", post(advance))
        .route("/lab/box/{id}/verify", post(verify))
        .route("/lab/box/{id}/hash", post(hash))
        .route("/lab/box/{id}/{*path}", any(forward))
        .layer(Extension(lab.clone()));
    guarded(routes, state)
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Full { retry_after } => Self::new(&registry::LAB_FULL).retry_after(retry_after),
            Refused::Busy => Self::new(&registry::LAB_BUSY).retry_after(Duration::from_secs(1)),
            Refused::Gone => Self::new(&registry::LAB_GONE),
            Refused::Unavailable => Self::new(&registry::UNAVAILABLE).retry_after(Duration::from_secs(2)),
        }
    }
}

/// The lab, as a handler gets it.
struct Visit {
    lab: Arc<Lab>,
    state: AppState,
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let lab = parts.extensions.get::<Arc<Lab>>().cloned().ok_or_else(|| Problem::new(&registry::NOT_FOUND))?;
        Ok(Self { lab, state: state.clone() })
    }
}

impl Visit {
    fn find(&self, id: &str) -> Result<Arc<Sandbox>, Problem> {
        Ok(self.lab.find(id, self.now())?)
    }

    fn now(&self) -> Timestamp {
        self.state.clock().now()
    }
}

/// The code that a pattern shows, under a name that a host of files can have, too: `sign.json`.
async fn excerpts(Id(file): Id<String>) -> Result<Response, Problem> {
    let shown = file.strip_suffix(".json").map(code::of).filter(|shown| !shown.is_empty());
    let shown = shown.ok_or_else(|| Problem::new(&registry::NOT_FOUND))?;
    Ok(([(CACHE_CONTROL, "public, max-age=300")], Json(shown)).into_response())
}

/// Makes a sandbox, and tells who lives in it.
async fn open(visit: Visit, ctx: RequestCtx) -> Result<Response, Problem> {
    let sandbox = visit.lab.open(&visit.state, &ctx).await?;
    let base = format!("/lab/box/{}", sandbox.id());
    let body = Json(json!({"id": sandbox.id(), "base": base, "users": RESIDENTS}));
    Ok((StatusCode::CREATED, [(LOCATION, base)], body).into_response())
}

/// Ends a sandbox, and has the browser forget its cookie.
async fn close(visit: Visit, Id(id): Id<String>) -> Result<Response, Problem> {
    let sandbox = visit.find(&id)?;
    visit.lab.close(sandbox.id());
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = sandbox.cleared_cookie() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn state_of(visit: Visit, Id(id): Id<String>) -> Result<Response, Problem> {
    let sandbox = visit.find(&id)?;
    let _place = sandbox.enter(visit.now())?;
    Ok(Json(sandbox.state().await?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn trace(visit: Visit, Id(id): Id<String>, Query(query): Query<Since>) -> Result<Response, Problem> {
    let sandbox = visit.find(&id)?;
    let _place = sandbox.enter(visit.now())?;
    Ok(Json(json!({"exchanges": sandbox.trace(query.since)})).into_response())
}

/// Every mailbox of the sandbox, open to its visitor: links and codes are in it.
async fn mails(visit: Visit, Id(id): Id<String>) -> Result<Response, Problem> {
    let sandbox = visit.find(&id)?;
    let _place = sandbox.enter(visit.now())?;
    let mails: Vec<Mail> = sandbox.mails().await?.into_iter().map(Mail::from).collect();
    Ok(Json(json!({"mails": mails})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u32,
}

async fn advance(visit: Visit, Id(id): Id<String>, Body(body): Body<Advance>) -> Result<Response, Problem> {
    let sandbox = visit.find(&id)?;
    let _place = sandbox.enter(visit.now())?;
    let moved = sandbox.advance(Duration::from_secs(u64::from(body.advance_seconds))).await;
    moved.map_err(|TooFar| Problem::invalid("advance_seconds", "The clock goes 400 days forward at most."))?;
    Ok(Json(sandbox.state().await?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    token: String,
}

/// A verdict with its reason. A real server tells the reason to its log only: to an attacker it would be a hint.
async fn verify(visit: Visit, Id(id): Id<String>, Body(body): Body<Token>) -> Result<Response, Problem> {
    let sandbox = visit.find(&id)?;
    let _place = sandbox.enter(visit.now())?;
    let verdict = match sandbox.verify(&body.token).await {
        Ok(principal) => json!({
            "ok": true,
            "sub": principal.user.to_string(),
            "role": principal.role.to_string(),
            "expires_at": principal.expires_at,
        }),
        Err(reason) => json!({"ok": false, "reason": reason}),
    };
    Ok(Json(verdict).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cost {
    cost: u32,
}

/// Hashes for real, on the lab's own thread.
async fn hash(visit: Visit, Id(id): Id<String>, Body(body): Body<Cost>) -> Result<Response, Problem> {
    let sandbox = visit.find(&id)?;
    let _place = sandbox.enter(visit.now())?;
    if !COSTS.contains(&body.cost) {
        return Err(Problem::invalid("cost", "The lab hashes at costs from 4 to 14."));
    }
    let (hash, took) = sandbox.time_hash(body.cost).await?;
    Ok(Json(json!({"cost": body.cost, "hash": hash, "micros": took.as_micros()})).into_response())
}

/// Everything else is the sandbox's own router's business.
async fn forward(visit: Visit, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let (id, target) = target(&parts.uri).ok_or_else(|| Problem::new(&registry::NOT_FOUND))?;
    let sandbox = visit.find(&id)?;
    let _place = sandbox.enter(visit.now())?;
    parts.uri = target;
    if let Some(marks) = parts.extensions.remove::<hallpass_http::extract::RequestMarks>()
        && let Ok(value) = HeaderValue::from_str(&marks.id)
    {
        parts.headers.insert("x-request-id", value);
    }
    let body = read_body(body).await?;
    sandbox.forward(http::Request::from_parts(parts, body)).await
}

/// `/lab/box/{id}/auth/me?x` is the sandbox `id` and the path `/auth/me?x` in it.
fn target(uri: &Uri) -> Option<(String, Uri)> {
    let (id, _) = uri.path().strip_prefix("/lab/box/")?.split_once('/')?;
    let rest = uri.path_and_query()?.as_str().strip_prefix("/lab/box/")?.strip_prefix(id)?;
    let is_opened = OPENED.iter().any(|part| rest.starts_with(part));
    Some((id.to_owned(), rest.parse().ok().filter(|_| is_opened)?))
}
