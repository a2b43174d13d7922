//! `/admin/webhooks`: who is told of events, for the role `admin`.

use axum::Json;
use axum::extract::State;
use hallpass_auth::admin::WebhookPatch;
use hallpass_model::webhook::{Delivered, State as WebhookState, Type, Types, Webhook};
use hallpass_model::{Timestamp, WebhookId};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, Body, Id, RequestCtx};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, delete))
        .routes(routes!(test))
        .routes(routes!(replay))
        .routes(routes!(rotate))
}

/// Whether an endpoint is told of events. `pending`: it has to take a `ping` first.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "the description of `hallpass_model::webhook::State`")]
enum WebhookStateName {
    Pending,
    Active,
    Disabled,
}

/// A delivery.
#[derive(Serialize, ToSchema)]
struct DeliveryView {
    /// The place of its event; null for a `ping`.
    seq: Option<i64>,
    /// The type of its event, or `ping`.
    #[serde(rename = "type")]
    kind: String,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The HTTP status; null when there was no answer.
    status: Option<u16>,
    /// How long it took, in milliseconds.
    duration_ms: u64,
    /// Why it failed; null when the receiver took it.
    error: Option<String>,
}

impl From<Delivered> for DeliveryView {
    fn from(delivered: Delivered) -> Self {
        let Delivered { seq, kind, at, status, ms, error } = delivered;
        Self { seq, kind, at: Timestamp::from_millis(at), status, duration_ms: ms, error }
    }
}

/// An endpoint, without its secret.
#[derive(Serialize, ToSchema)]
struct WebhookView {
    /// A UUID of version 7.
    #[schema(value_type = Uuid)]
    id: WebhookId,
    /// Where events are sent.
    url: String,
    /// The types that it is told of; empty for all.
    types: Vec<&'static str>,
    #[schema(value_type = WebhookStateName)]
    state: WebhookState,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Since when every delivery has failed; null while it takes them. After five days it is disabled.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Timestamp>,
    /// The place up to which it was told.
    cursor: i64,
    /// Rows of the audit log that it has not seen.
    lag: i64,
    /// Deliveries that failed and are tried again.
    waiting: u32,
    /// Deliveries that failed ten times, and come again with a replay only.
    given_up: u32,
    /// Until when the secret before the last rotation signs as well.
    #[schema(value_type = Option<String>, format = DateTime)]
    previous_secret_until: Option<Timestamp>,
    /// The last twenty, the newest first.
    deliveries: Vec<DeliveryView>,
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        Self {
            types: webhook.types.names(),
            lag: (webhook.head - webhook.cursor).max(0),
            id: webhook.id,
            url: webhook.url,
            state: webhook.state,
            created_at: webhook.created_at,
            failing_since: webhook.failing_since,
            cursor: webhook.cursor,
            waiting: webhook.waiting,
            given_up: webhook.given_up,
            previous_secret_until: webhook.previous_until,
            deliveries: webhook.recent.into_iter().map(DeliveryView::from).collect(),
        }
    }
}

/// Every endpoint.
#[derive(Serialize, ToSchema)]
struct WebhookList {
    /// The oldest first.
    webhooks: Vec<WebhookView>,
    /// The types that an endpoint can ask for.
    types: Vec<&'static str>,
}

/// Endpoints that are told of events, with their last deliveries.
#[utoipa::path(
    get,
    path = "/admin/webhooks",
    tag = "admin",
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = WebhookList)
    )
)]
async fn list(State(state): State<AppState>, Bearer(principal): Bearer) -> Result<Json<WebhookList>, Problem> {
    let webhooks = state.auth().admin(&principal).await?.webhooks().await?;
    Ok(Json(WebhookList {
        webhooks: webhooks.into_iter().map(WebhookView::from).collect(),
        types: Type::ALL.iter().map(|kind| kind.as_str()).collect(),
    }))
}

/// An endpoint to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    /// An https address, without user and password.
    #[schema(min_length = 1)]
    url: String,
    /// The types that it is told of; all, when left out or empty.
    #[serde(default)]
    types: Vec<String>,
}

/// An endpoint, with its secret.
#[derive(Serialize, ToSchema)]
struct NewWebhookView {
    webhook: WebhookView,
    /// What signs its deliveries. It is shown this once.
    secret: String,
}

/// Makes an endpoint. It has to take a `ping` first; what happens meanwhile waits.
#[utoipa::path(
    post,
    path = "/admin/webhooks",
    tag = "admin",
    request_body = NewWebhook,
    security(("bearer" = ["admin"])),
    responses(
        (status = 201, body = NewWebhookView),
        (status = 404, description = "no_webhooks")
    )
)]
async fn create(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    body: Result<Body<NewWebhook>, Problem>,
) -> Result<(StatusCode, Json<NewWebhookView>), Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Body(NewWebhook { url, types }) = body?;
    let (webhook, secret) = admin.create_webhook(&ctx, &url, chosen(&types)?).await?;
    let view = NewWebhookView { webhook: webhook.into(), secret: secret.expose().to_owned() };
    Ok((StatusCode::CREATED, Json(view)))
}

fn chosen(names: &[String]) -> Result<Types, Problem> {
    let parse = |name: &String| {
        let known = || Type::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
        name.parse::<Type>().map_err(|_| Problem::invalid("types", format!("A type is one of {}.", known())))
    };
    names.iter().map(parse).collect::<Result<Vec<_>, _>>().map(Types::new)
}

/// One endpoint.
#[utoipa::path(
    get,
    path = "/admin/webhooks/{id}",
    tag = "admin",
    params(("id" = Uuid, Path)),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = WebhookView)
    )
)]
async fn show(
    State(state): State<AppState>,
    Bearer(principal): Bearer,
    id: Result<Id<WebhookId>, Problem>,
) -> Result<Json<WebhookView>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    Ok(Json(admin.webhook(id?.0).await?.into()))
}

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeWebhook {
    /// Another address has to take a `ping` first.
    #[schema(min_length = 1)]
    url: Option<String>,
    /// Empty for all.
    types: Option<Vec<String>>,
    /// Whether it is told of events. One that is enabled again has to take a `ping` first, and is told of what it missed.
    enabled: Option<bool>,
}

/// Changes an endpoint.
#[utoipa::path(
    patch,
    path = "/admin/webhooks/{id}",
    tag = "admin",
    params(("id" = Uuid, Path)),
    request_body = ChangeWebhook,
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = WebhookView),
        (status = 404, description = "not_found, no_webhooks")
    )
)]
async fn change(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<WebhookId>, Problem>,
    body: Result<Body<ChangeWebhook>, Problem>,
) -> Result<Json<WebhookView>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let (Id(id), Body(ChangeWebhook { url, types, enabled })) = (id?, body?);
    let types = types.as_deref().map(chosen).transpose()?;
    let patch = WebhookPatch { url, types, is_enabled: enabled };
    Ok(Json(admin.update_webhook(&ctx, id, patch).await?.into()))
}

/// Deletes an endpoint.
#[utoipa::path(
    delete,
    path = "/admin/webhooks/{id}",
    tag = "admin",
    params(("id" = Uuid, Path)),
    security(("bearer" = ["admin"])),
    responses(
        (status = 204, description = "Deleted")
    )
)]
async fn delete(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<WebhookId>, Problem>,
) -> Result<StatusCode, Problem> {
    state.auth().admin(&principal).await?.delete_webhook(&ctx, id?.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a test has come to.
#[derive(Serialize, ToSchema)]
struct TestView {
    webhook: WebhookView,
    delivery: DeliveryView,
}

/// Sends a `ping` at once. An endpoint that waits for its `ping` is active if it takes it.
#[utoipa::path(
    post,
    path = "/admin/webhooks/{id}/test",
    tag = "admin",
    params(("id" = Uuid, Path)),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = TestView, description = "It was sent; `delivery` says what has come of it"),
        (status = 404, description = "not_found, no_webhooks")
    )
)]
async fn test(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<WebhookId>, Problem>,
) -> Result<Json<TestView>, Problem> {
    let (webhook, delivered) = state.auth().admin(&principal).await?.test_webhook(&ctx, id?.0).await?;
    Ok(Json(TestView { webhook: webhook.into(), delivery: delivered.into() }))
}

/// From when on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Replay {
    /// RFC 3339: what happened since then is told once more, and two minutes before.
    #[schema(format = DateTime)]
    since: String,
}

/// Tells an endpoint once more, under the same ids, what happened since an instant; as far as the audit log reaches back.
#[utoipa::path(
    post,
    path = "/admin/webhooks/{id}/replay",
    tag = "admin",
    params(("id" = Uuid, Path)),
    request_body = Replay,
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = WebhookView)
    )
)]
async fn replay(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<WebhookId>, Problem>,
    body: Result<Body<Replay>, Problem>,
) -> Result<Json<WebhookView>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let (Id(id), Body(Replay { since })) = (id?, body?);
    let since = since.parse().map_err(|_| Problem::invalid("since", "An instant of RFC 3339 is expected."))?;
    Ok(Json(admin.replay_webhook(&ctx, id, since).await?.into()))
}

/// Another secret.
#[derive(Serialize, ToSchema)]
struct RotatedView {
    /// What signs deliveries from now on. It is shown this once.
    secret: String,
    /// RFC 3339: until then the secret before signs them, too.
    #[schema(value_type = String, format = DateTime)]
    previous_secret_until: Timestamp,
}

/// Gives an endpoint another secret.
#[utoipa::path(
    post,
    path = "/admin/webhooks/{id}/rotate",
    tag = "admin",
    params(("id" = Uuid, Path)),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = RotatedView)
    )
)]
async fn rotate(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<WebhookId>, Problem>,
) -> Result<Json<RotatedView>, Problem> {
    let (secret, until) = state.auth().admin(&principal).await?.rotate_webhook(&ctx, id?.0).await?;
    Ok(Json(RotatedView { secret: secret.expose().to_owned(), previous_secret_until: until }))
}
