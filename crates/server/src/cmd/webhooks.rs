//! `hallpass webhooks`: who is told of events.

use clap::Subcommand;
use hallpass_auth::Error;
use hallpass_model::webhook::{Delivered, Types, Webhook};
use hallpass_model::{Timestamp, WebhookId};
use serde_json::{Value, json};

use super::World;
use super::failure::{Failure, Result, no_such};
use super::installation::with_installation;
use super::out::Out;
use super::table::{Column, day, text, whole};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make one; prints its secret, this once. The server sends it a `ping` first.
    Create {
        /// Where events are sent: an https address.
        url: String,
        /// A type that it is told of, such as user.deleted; may be repeated. All types without it.
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<String>,
    },
    /// List them.
    List,
    /// Send a `ping` now.
    Test {
        /// Its id.
        id: String,
    },
    /// Tell once more what happened since an instant.
    Replay {
        /// Its id.
        id: String,
        /// RFC 3339, such as 2027-01-15T08:00:00Z.
        #[arg(long)]
        since: Timestamp,
    },
    /// Make another secret; prints it, this once. The one before signs as well for a day.
    Rotate {
        /// Its id.
        id: String,
    },
    /// Delete one.
    Delete {
        /// Its id.
        id: String,
    },
}

pub(super) async fn run(command: Command, config: &Config, world: &World, out: &Out) -> Result<()> {
    with_installation(config, world, async |installation| {
        let (admin, ctx) = (installation.admin(), world.ctx());
        match command {
            Command::Create { url, types } => {
                let types: Types = types.join(" ").parse().map_err(|_| Failure::usage("there is no such type"))?;
                let (webhook, secret) = admin.create_webhook(&ctx, &url, types).await.map_err(refused)?;
                let mut made = document(&webhook);
                made["secret"] = secret.expose().into();
                out.print(&made, || format!("id      {}\nsecret  {}   (shown this once)", webhook.id, secret.expose()))
            }
            Command::List => {
                let webhooks = admin.webhooks().await?;
                let documents: Vec<Value> = webhooks.iter().map(document).collect();
                out.table(&documents, &COLUMNS, webhooks.iter().map(row))
            }
            Command::Test { id: text } => {
                let (webhook, delivered) =
                    admin.test_webhook(&ctx, id(&text)?).await.map_err(|error| no_such(error, "webhook", &text))?;
                tested(out, &webhook, &delivered)
            }
            Command::Replay { id: text, since } => {
                let replayed = admin.replay_webhook(&ctx, id(&text)?, since).await;
                let webhook = replayed.map_err(|error| no_such(error, "webhook", &text))?;
                let behind = (webhook.head - webhook.cursor).max(0);
                out.say(&document(&webhook), || {
                    format!("{text} is told of the last {behind} rows of the audit log again")
                })
            }
            Command::Rotate { id: text } => {
                let rotated = admin.rotate_webhook(&ctx, id(&text)?).await;
                let (secret, until) = rotated.map_err(|error| no_such(error, "webhook", &text))?;
                let document =
                    json!({"id": text, "secret": secret.expose(), "previous_secret_until": until.to_string()});
                out.print(&document, || {
                    format!(
                        "secret  {}   (shown this once)\nThe one before signs as well until {until}.",
                        secret.expose()
                    )
                })
            }
            Command::Delete { id: text } => {
                admin.delete_webhook(&ctx, id(&text)?).await.map_err(|error| no_such(error, "webhook", &text))?;
                out.say(&json!({"id": text, "deleted": true}), || format!("{text} is deleted"))
            }
        }
    })
    .await
}

fn id(text: &str) -> Result<WebhookId> {
    text.parse().map_err(|_| Failure::usage("that is no id of a webhook"))
}

fn refused(error: Error) -> Failure {
    match error {
        Error::BadWebhookUrl(reason) => Failure::usage(format!("no webhook can be sent there: {reason}")),
        other => other.into(),
    }
}

/// A `ping` that was not taken is a failure of the command.
fn tested(out: &Out, webhook: &Webhook, delivered: &Delivered) -> Result<()> {
    match &delivered.error {
        Some(error) => Err(Failure::new("not_delivered", format!("{error} (after {} ms)", delivered.ms))),
        None => {
            out.say(&document(webhook), || format!("taken in {} ms; it is {}", delivered.ms, webhook.state.as_str()))
        }
    }
}

fn document(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id.to_string(),
        "url": webhook.url,
        "types": webhook.types.names(),
        "state": webhook.state.as_str(),
        "created_at": webhook.created_at.to_string(),
        "failing_since": webhook.failing_since.map(|at| at.to_string()),
        "lag": (webhook.head - webhook.cursor).max(0),
        "waiting": webhook.waiting,
        "given_up": webhook.given_up,
    })
}

/// The id is what the other commands ask for.
const COLUMNS: [Column; 6] = [
    whole("id"),
    text("url"),
    whole("state"),
    text("types").leaves(1),
    whole("behind"),
    day("failing since").leaves(2),
];

fn row(webhook: &Webhook) -> [String; 6] {
    let types = webhook.types.to_string();
    let since = webhook.failing_since.map_or_else(|| "-".to_owned(), |at| at.to_string());
    [
        webhook.id.to_string(),
        webhook.url.clone(),
        webhook.state.as_str().to_owned(),
        if types.is_empty() { "all".to_owned() } else { types },
        (webhook.head - webhook.cursor).max(0).to_string(),
        since,
    ]
}
