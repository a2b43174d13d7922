//! `hallpass keys`: the ring.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use hallpass_auth::keys::KeyView;
use hallpass_jose::JwkSet;
use serde_json::{Value, json};

use super::World;
use super::failure::{Failure, Result, no_such};
use super::installation::{Installation, with_installation};
use super::keyfile;
use super::out::Out;
use super::table::{Column, day, whole};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the ring with the life cycle of each key.
    List,
    /// Let the stand-by sign, and announce a new one.
    Rotate {
        /// Even though caches may not know the stand-by yet.
        #[arg(long)]
        force: bool,
    },
    /// Refuse everything a key signed, at once.
    Revoke {
        /// The key's thumbprint.
        // Base64url: one in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
    /// Add a key made elsewhere: PKCS#8 PEM, private JWK, or a secret for HS256.
    Import {
        /// The file.
        file: PathBuf,
        /// The algorithm it is for; a JWK says it itself.
        #[arg(long, value_name = "ALG")]
        algorithm: Option<String>,
    },
    /// Print the public keys.
    ExportPublic {
        /// In which form.
        #[arg(long, value_enum, default_value_t = Format::Jwks)]
        format: Format,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// A JWK set, RFC 7517.
    Jwks,
    /// `PUBLIC KEY` in PEM, one block a key.
    Pem,
}

pub(super) async fn run(command: Command, config: &Config, world: &World, out: &Out) -> Result<()> {
    with_installation(config, world, async |installation| match command {
        Command::List => show(&installation.admin().keys(&world.ctx()).await?, out),
        Command::Rotate { force } => show(&rotate(installation, world, force).await?, out),
        Command::Revoke { kid } => {
            installation.admin().revoke_key(&world.ctx(), &kid).await.map_err(|error| no_such(error, "key", &kid))?;
            out.say(&json!({"kid": kid, "revoked": true}), || {
                format!("{kid} is revoked: all that it signed is refused")
            })
        }
        Command::Import { file, algorithm } => {
            let key = keyfile::signing(&file, algorithm.as_deref())?;
            let is_new = installation.admin().import_key(&world.ctx(), &key).await?;
            let outcome =
                if is_new { "is announced; it signs when a rotation calls it" } else { "is in the ring already" };
            out.say(&json!({"kid": key.kid(), "imported": is_new}), || format!("{} {outcome}", key.kid()))
        }
        Command::ExportPublic { format } => export(installation, world, format, out),
    })
    .await
}

async fn rotate(installation: &Installation, world: &World, force: bool) -> Result<Vec<KeyView>> {
    match installation.admin().rotate_keys(&world.ctx(), force).await {
        Err(hallpass_auth::Error::KeyNotRipe { ripe_at }) => Err(Failure::new(
            "key_not_ripe",
            format!("verifiers may not know the next key before {ripe_at}: rotate then, or use --force"),
        )),
        rotated => Ok(rotated?),
    }
}

fn show(keys: &[KeyView], out: &Out) -> Result<()> {
    let documents: Vec<Value> = keys.iter().map(document).collect();
    out.table(&documents, &COLUMNS, keys.iter().map(row))
}

fn document(key: &KeyView) -> Value {
    let text = |instant: Option<hallpass_model::Timestamp>| instant.map(|at| at.to_string());
    json!({
        "kid": key.kid,
        "algorithm": key.algorithm,
        "state": key.state,
        "announced_at": key.announced_at.to_string(),
        "active_from": text(key.active_from),
        "retired_at": text(key.retired_at),
        "gone_at": text(key.gone_at),
        "revoked_at": text(key.revoked_at),
        "ripe_at": text(key.ripe_at),
    })
}

/// The thumbprint is what `keys revoke` asks for.
const COLUMNS: [Column; 5] = [whole("kid"), whole("algorithm"), whole("state"), day("since"), day("ripe at").leaves(1)];

fn row(key: &KeyView) -> [String; 5] {
    let since = match key.state.as_str() {
        "active" => key.active_from,
        "retired" => key.retired_at,
        "gone" => key.gone_at,
        "revoked" => key.revoked_at,
        _ => None,
    };
    let ripe = key.ripe_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let since = since.unwrap_or(key.announced_at).to_string();
    [key.kid.clone(), key.algorithm.clone(), key.state.as_str().to_owned(), since, ripe]
}

fn export(installation: &Installation, world: &World, format: Format, out: &Out) -> Result<()> {
    let jwks = installation.auth.services().jwks(&world.ctx());
    match format {
        Format::Jwks => {
            let set = JwkSet::parse(&jwks.body)?;
            out.print(&set, || serde_json::to_string_pretty(&set).unwrap_or_default())
        }
        Format::Pem => out.print(&json!({"pem": jwks.pems}), || jwks.pems.concat()),
    }
}
