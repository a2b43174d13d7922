//! `hallpass sessions`.

use clap::{Args, Subcommand};
use hallpass_auth::Admin;
use hallpass_http::places::Places;
use hallpass_store::op::LiveSession;
use serde_json::{Value, json};

use super::World;
use super::failure::Result;
use super::installation::with_installation;
use super::out::Out;
use super::table::{Column, day, id, text, time, whole};
use super::users::find;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List live sessions, the newest first.
    List {
        /// Only those of this user: address or id.
        #[arg(long)]
        user: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
    },
    /// End sessions; their refresh and access tokens are refused at once.
    End(Whose),
}

/// Whose sessions end.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct Whose {
    /// Those of this user: address or id.
    #[arg(long)]
    user: Option<String>,
    /// Those of everybody, as after a backup was restored.
    #[arg(long)]
    all: bool,
}

pub(super) async fn run(command: Command, config: &Config, world: &World, out: &Out) -> Result<()> {
    let places = &config.http.places;
    with_installation(config, world, async |installation| {
        let admin = installation.admin();
        match command {
            Command::List { user, limit } => list((user.as_deref(), limit), &admin, places, (world, out)).await,
            Command::End(Whose { user: Some(user), .. }) => {
                let user = find(&user, &admin).await?;
                let ended = admin.logout_user(&world.ctx(), user.id).await?;
                out.say(&json!({"user": user.id.to_string(), "ended": ended}), || {
                    format!("{ended} sessions of {} have ended", user.email.as_given())
                })
            }
            Command::End(Whose { user: None, .. }) => {
                let ended = admin.end_all_sessions(&world.ctx()).await?;
                out.say(&json!({"ended": ended}), || format!("sessions ended: {ended}"))
            }
        }
    })
    .await
}

async fn list(
    (user, limit): (Option<&str>, u32),
    admin: &Admin,
    places: &Places,
    (world, out): (&World, &Out),
) -> Result<()> {
    let user = match user {
        Some(user) => Some(find(user, admin).await?.id),
        None => None,
    };
    let sessions = admin.all_sessions(&world.ctx(), user, limit.saturating_add(1)).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let shown = &sessions[..sessions.len().min(limit)];
    let documents: Vec<Value> = shown.iter().map(|session| document(session, places)).collect();
    out.table(&documents, &COLUMNS, shown.iter().map(|session| row(session, places)))?;
    if sessions.len() > limit {
        out.note("there are more: raise --limit, or narrow with --user");
    }
    Ok(())
}

fn document(session: &LiveSession, places: &Places) -> Value {
    let mut document = json!({
        "id": session.id.to_string(),
        "user": session.user.to_string(),
        "email": session.email,
        "created_at": session.created_at.to_string(),
        "last_used_at": session.last_used_at.to_string(),
        "expires_at": session.expires_at.to_string(),
        "ip": session.ip,
        "user_agent": session.user_agent,
    });
    if let Some(place) = places.of(session.ip.as_deref()) {
        document["place"] = place.into();
    }
    document
}

const COLUMNS: [Column; 6] = [
    id("id").leaves(3),
    text("user"),
    day("created").leaves(1),
    time("last used"),
    whole("address").leaves(4),
    text("place").leaves(2),
];

fn row(session: &LiveSession, places: &Places) -> [String; 6] {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let (address, place) = (or_none(session.ip.clone()), or_none(places.of(session.ip.as_deref())));
    let (created, used) = (session.created_at.to_string(), session.last_used_at.to_string());
    [session.id.to_string(), session.email.clone(), created, used, address, place]
}
