//! `hallpass clients`: the services that may ask about tokens.

use std::path::PathBuf;

use clap::Subcommand;
use hallpass_model::ClientId;
use hallpass_model::client::ServiceClient;
use serde_json::{Value, json};

use super::World;
use super::failure::{Failure, Result, no_such};
use super::installation::with_installation;
use super::keyfile;
use super::out::Out;
use super::table::{Column, day, text, whole};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register a service; prints its secret, this once.
    Create {
        /// A name that people recognise.
        name: String,
        /// It signs assertions with a key of its own (`private_key_jwt`): its public JWK or PEM.
        #[arg(long, value_name = "FILE")]
        public_key: Option<PathBuf>,
        /// The algorithm of a PEM; a JWK says it itself.
        #[arg(long, value_name = "ALG", requires = "public_key")]
        algorithm: Option<String>,
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
    with_installation(config, world, async |installation| {
        let admin = installation.admin();
        match command {
            Command::Create { name, public_key: Some(file), algorithm } => {
                let key = keyfile::public(&file, algorithm.as_deref())?;
                let client = admin.create_client_with_key(&world.ctx(), checked_name(&name)?, &key).await?;
                out.print(&document(&client), || format!("client_id      {}", client.id))
            }
            Command::Create { name, .. } => {
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
                out.table(&documents, &COLUMNS, clients.iter().map(row))
            }
            Command::Revoke { client_id } => {
                let id: ClientId = client_id.parse().map_err(|_| Failure::usage("that is no client_id"))?;
                admin.revoke_client(&world.ctx(), id).await.map_err(|error| no_such(error, "client", &client_id))?;
                out.say(&json!({"client_id": client_id, "revoked": true}), || format!("{client_id} is revoked"))
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
        "method": client.proof.method(),
        "created_at": client.created_at.to_string(),
        "revoked_at": client.revoked_at.map(|at| at.to_string()),
    })
}

/// The id is what `clients revoke` asks for.
const COLUMNS: [Column; 5] =
    [whole("client_id"), text("name"), whole("method").leaves(2), day("created").leaves(1), day("revoked")];

fn row(client: &ServiceClient) -> [String; 5] {
    let revoked = client.revoked_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let (id, method) = (client.id.to_string(), client.proof.method().to_owned());
    [id, client.name.clone(), method, client.created_at.to_string(), revoked]
}
