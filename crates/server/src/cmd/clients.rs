//! `hallpass clients`: the services that may ask about tokens.

use clap::Subcommand;
use hallpass_model::ClientId;
use hallpass_model::client::ServiceClient;
use serde_json::{Value, json};

use super::World;
use super::failure::{Failure, Result};
use super::house::within;
use super::out::{Out, table};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register a service; prints its secret, this once.
    Create {
        /// A name that people recognise.
        name: String,
    },
    /// List them.
    List,
    /// Revoke one.
    Revoke {
        /// Its `client_id`.
        client_id: String,
    },
}

pub(super) async fn run(command: Command, config: &Config, world: &World, out: &Out) -> Result<()> {
    within(config, world, async |house| {
        let admin = house.admin();
        match command {
            Command::Create { name } => {
                let (client, secret) = admin.create_client(&world.ctx(), checked_name(&name)?).await?;
                let document =
                    json!({"client_id": client.id.to_string(), "client_secret": secret.expose(), "name": name});
                out.print(&document, || {
                    format!("client_id      {}\nclient_secret  {}   (shown this once)", client.id, secret.expose())
                })
            }
            Command::List => {
                let clients = admin.clients().await?;
                let documents: Vec<Value> = clients.iter().map(document).collect();
                out.print(&documents, || table(["client_id", "name", "created", "revoked"], clients.iter().map(row)))
            }
            Command::Revoke { client_id } => {
                let id: ClientId = client_id.parse().map_err(|_| Failure::usage("that is no client_id"))?;
                admin.revoke_client(&world.ctx(), id).await?;
                out.print(&json!({"client_id": client_id, "revoked": true}), || format!("{client_id} is revoked"))
            }
        }
    })
    .await
}

fn checked_name(name: &str) -> Result<&str> {
    let is_fine = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_fine { Ok(name) } else { Err(Failure::usage("a name has 1 to 100 characters, none of them a control")) }
}

fn document(client: &ServiceClient) -> Value {
    json!({
        "client_id": client.id.to_string(),
        "name": client.name,
        "created_at": client.created_at.to_string(),
        "revoked_at": client.revoked_at.map(|at| at.to_string()),
    })
}

fn row(client: &ServiceClient) -> [String; 4] {
    let revoked = client.revoked_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    [client.id.to_string(), client.name.clone(), client.created_at.to_string(), revoked]
}
