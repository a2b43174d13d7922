//! `/admin/mail`: messages that wait, and what became of the others, for the role `admin`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use hallpass_auth::admin::{AskedMail, Written};
use hallpass_model::outbox::{Message, State as MessageState};
use hallpass_model::page::PageRequest;
use hallpass_model::{MessageId, Timestamp, UserId};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::admin_users::page_limit;
use super::dto::PageOf;
use crate::extract::{Bearer, Cursor, Id, Query, RequestCtx};
use crate::problem::{Problem, registry};
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(retry)).routes(routes!(send))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OutboxFilter {
    /// Only messages of this state.
    #[param(value_type = Option<OutboxState>)]
    state: Option<MessageState>,
    /// Where the page starts.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What became of a message.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "the description of `hallpass_model::outbox::State`")]
enum OutboxState {
    Waiting,
    Sent,
    Refused,
    Expired,
    Void,
}

/// A message, without what it says.
#[derive(Serialize, ToSchema)]
struct MessageView {
    /// A UUID of version 7, which is in its `Message-ID`.
    #[schema(value_type = Uuid)]
    id: MessageId,
    /// What it is about, such as `reset_password`.
    template: String,
    /// The user it is for; null when no account had the address.
    #[schema(value_type = Option<Uuid>)]
    user: Option<UserId>,
    /// The present address of that user; null when there is none.
    user_email: Option<String>,
    #[schema(value_type = OutboxState)]
    state: MessageState,
    /// How often it was tried.
    attempts: u32,
    /// RFC 3339: when it is tried next, while it waits.
    #[schema(value_type = String, format = DateTime)]
    not_before: Timestamp,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// RFC 3339: after that it is not sent any more.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// RFC 3339: when it was sent, refused or expired.
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Timestamp>,
    /// What the mail server said last.
    last_error: Option<String>,
}

impl MessageView {
    fn new(message: Message, addresses: &BTreeMap<UserId, String>) -> Self {
        let user_email = message.user.and_then(|user| addresses.get(&user).cloned());
        let Message { id, template, user, state, attempts, not_before, created_at, expires_at, settled_at, last_error } =
            message;
        Self {
            id,
            template,
            user,
            user_email,
            state,
            attempts,
            not_before,
            created_at,
            expires_at,
            settled_at,
            last_error,
        }
    }
}

/// Messages, the newest first. They are kept for a week.
#[utoipa::path(
    get,
    path = "/admin/mail",
    tag = "admin",
    params(OutboxFilter),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = PageOf<MessageView>)
    )
)]
async fn list(
    State(state): State<AppState>,
    Bearer(principal): Bearer,
    filter: Result<Query<OutboxFilter>, Problem>,
) -> Result<Json<PageOf<MessageView>>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Query(OutboxFilter { state: only, cursor, limit }) = filter?;
    let page = PageRequest { after: Cursor::decode(cursor.as_deref())?, limit: page_limit(limit)? };
    let page = admin.messages(only, page).await?;
    let addresses = admin.addresses_of(page.items.iter().filter_map(|message| message.user).collect()).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(|message| MessageView::new(message, &addresses)).collect(),
        next_cursor: page.next.as_ref().map(Cursor::encode),
    }))
}

/// A message, and what it says if that can be shown.
#[derive(Serialize, ToSchema)]
struct FullMessage {
    #[serde(flatten)]
    message: MessageView,
    /// What it says, when mails are written into a folder instead of being sent; null otherwise.
    written: Option<WrittenView>,
}

/// What a mail says.
#[derive(Serialize, ToSchema)]
struct WrittenView {
    /// The address.
    to: String,
    subject: String,
    /// The plain text, with link and code.
    text: String,
}

/// One message. When mails are written into a folder, it comes with what it says, and the audit log says who has read it.
#[utoipa::path(
    get,
    path = "/admin/mail/{id}",
    tag = "admin",
    params(("id" = Uuid, Path)),
    security(("bearer" = ["admin"])),
    responses(
        (status = 200, body = FullMessage)
    )
)]
async fn show(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<MessageId>, Problem>,
) -> Result<Json<FullMessage>, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let (message, written) = admin.message(&ctx, id?.0).await?;
    let written = written.map(|Written { to, subject, text }| WrittenView { to, subject, text });
    let addresses = admin.addresses_of(message.user.into_iter().collect()).await?;
    Ok(Json(FullMessage { message: MessageView::new(message, &addresses), written }))
}

/// Lets a message that waits be tried at once.
#[utoipa::path(
    post,
    path = "/admin/mail/{id}/retry",
    tag = "admin",
    params(("id" = Uuid, Path)),
    security(("bearer" = ["admin"])),
    responses(
        (status = 204, description = "It is tried at once"),
        (status = 404, description = "not_found: there is none of this id, or it does not wait")
    )
)]
async fn retry(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    id: Result<Id<MessageId>, Problem>,
) -> Result<StatusCode, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Id(id) = id?;
    admin.retry_message(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A mail that a user can be sent.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MailPurpose {
    VerifyEmail,
    ResetPassword,
    Invitation,
}

/// Which mail to whom.
#[derive(Debug, Deserialize)]
struct UserMail {
    id: UserId,
    purpose: MailPurpose,
}

/// Sends a user a mail: to prove the address, to replace the password, or the invitation of a new account once more.
///
/// The limits of the mailbox do not hold it back, and a mailbox whose server said that it does not exist is tried again.
#[utoipa::path(
    post,
    path = "/admin/users/{id}/mail/{purpose}",
    tag = "admin",
    params(
        ("id" = Uuid, Path, description = "The user's id"),
        ("purpose" = inline(MailPurpose), Path, description = "Which mail", example = "reset_password")
    ),
    security(("bearer" = ["admin"])),
    responses(
        (status = 202, description = "The mail is on its way"),
        (status = 404, description = "no_mail, not_found")
    )
)]
async fn send(
    State(state): State<AppState>,
    ctx: RequestCtx,
    Bearer(principal): Bearer,
    path: Result<Path<UserMail>, PathRejection>,
) -> Result<StatusCode, Problem> {
    let admin = state.auth().admin(&principal).await?;
    let Path(UserMail { id, purpose }) = path.map_err(|_| Problem::new(&registry::NOT_FOUND))?;
    let asked = match purpose {
        MailPurpose::VerifyEmail => AskedMail::VerifyEmail,
        MailPurpose::ResetPassword => AskedMail::ResetPassword,
        MailPurpose::Invitation => AskedMail::Invitation,
    };
    admin.send_mail(&ctx, id, asked).await?;
    Ok(StatusCode::ACCEPTED)
}
