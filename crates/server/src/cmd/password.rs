//! `hallpass password`: hashing without a server.

use std::process::ExitCode;

use clap::Subcommand;
use hallpass_password::{hash, verify};
use serde_json::json;

use super::failure::{Failure, Result};
use super::out::Out;
use super::prompt::PasswordArgs;
use super::{World, calibrate};
use crate::config::Config;
use crate::config::layers::Inputs;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Hash a password as the configuration says.
    Hash {
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Whether a password fits a hash: bcrypt, bcrypt-sha256 or Argon2id.
    Verify {
        /// The stored hash.
        hash: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Find the bcrypt cost that takes as long as wanted on this machine.
    Calibrate {
        /// How long a hash should take.
        #[arg(long, value_name = "DURATION", default_value = "300ms")]
        target: String,
    },
}

pub(super) fn run(command: Command, inputs: &Inputs, world: &World, out: &Out) -> Result<ExitCode> {
    let scheme = Config::load(inputs)?.auth.accounts.scheme;
    match command {
        Command::Hash { password } => {
            let made = hash(&password.read(true)?, scheme).map_err(unusable)?;
            out.print(&json!({"hash": made, "scheme": scheme.name()}), || made.clone())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify { hash, password } => {
            let verdict = verify(&password.read(false)?, &hash, scheme).map_err(unusable)?;
            let document = json!({"verified": verdict.ok, "needs_rehash": verdict.needs_rehash});
            out.say(&document, || {
                let remade = if verdict.ok && verdict.needs_rehash { "; the next login remakes the hash" } else { "" };
                format!("the password {} the hash{remade}", if verdict.ok { "fits" } else { "does not fit" })
            })?;
            Ok(if verdict.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Calibrate { target } => calibrate::run(&target, world, out).map(|()| ExitCode::SUCCESS),
    }
}

fn unusable(error: hallpass_password::HashError) -> Failure {
    Failure::new("bad_hash", error.to_string())
}
