//! `hallpass outbox`: messages that wait, and what became of the others.

use clap::Subcommand;
use hallpass_auth::Admin;
use hallpass_model::MessageId;
use hallpass_model::outbox::{Message, State};
use hallpass_model::page::PageRequest;
use serde_json::{Value, json};

use super::World;
use super::failure::{Failure, Result, no_such};
use super::installation::with_installation;
use super::out::Out;
use super::table::{Column, id, text, time, whole};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List messages of the last week, the newest first, without what they say.
    List {
        /// Only these: waiting, sent, refused, expired or void.
        #[arg(long)]
        state: Option<State>,
        /// At most so many.
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
    },
    /// Let a message that waits be tried at once.
    Retry {
        /// The id of the message.
        id: String,
    },
}

pub(super) async fn run(command: Command, config: &Config, world: &World, out: &Out) -> Result<()> {
    with_installation(config, world, async |installation| {
        let admin = installation.admin();
        match command {
            Command::List { state, limit } => list(state, limit, &admin, out).await,
            Command::Retry { id } => {
                let parsed: MessageId =
                    id.parse().map_err(|_| Failure::usage(format!("`{id}` is not the id of a message")))?;
                let retried = admin.retry_message(&world.ctx(), parsed).await;
                retried.map_err(|error| no_such(error, "waiting message", &id))?;
                out.say(&json!({"id": id}), || format!("{id} is tried within seconds, if a server runs"))
            }
        }
    })
    .await
}

async fn list(state: Option<State>, limit: u32, admin: &Admin, out: &Out) -> Result<()> {
    let page = admin.messages(state, PageRequest { after: None, limit }).await?;
    let documents: Vec<Value> = page.items.iter().map(document).collect();
    out.table(&documents, &COLUMNS, page.items.iter().map(row))?;
    if page.next.is_some() {
        out.note("there are more: raise --limit, or narrow with --state");
    }
    Ok(())
}

fn document(message: &Message) -> Value {
    json!({
        "id": message.id.to_string(),
        "template": message.template,
        "user": message.user.map(|id| id.to_string()),
        "state": message.state.as_str(),
        "attempts": message.attempts,
        "not_before": message.not_before.to_string(),
        "created_at": message.created_at.to_string(),
        "expires_at": message.expires_at.to_string(),
        "settled_at": message.settled_at.map(|at| at.to_string()),
        "last_error": message.last_error,
    })
}

const COLUMNS: [Column; 7] = [
    id("id"),
    whole("template"),
    id("user").leaves(2),
    whole("state"),
    whole("tries").leaves(1),
    time("created"),
    text("last error").leaves(3),
];

fn row(message: &Message) -> [String; 7] {
    [
        message.id.to_string(),
        message.template.clone(),
        message.user.map_or_else(|| "no account".to_owned(), |id| id.to_string()),
        message.state.to_string(),
        message.attempts.to_string(),
        message.created_at.to_string(),
        message.last_error.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}
