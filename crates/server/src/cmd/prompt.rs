//! Asking for a password without showing it.

use std::io::{BufRead, IsTerminal};

use dialoguer::Password as Prompt;
use hallpass_auth::AccountSettings;
use hallpass_password::Password;
use zeroize::Zeroizing;

use super::World;
use super::failure::{Failure, Result};

/// Where a command gets its password from.
#[derive(Debug, clap::Args)]
pub(super) struct PasswordArgs {
    /// Read it from standard input, one line.
    #[arg(long)]
    pub(super) password_stdin: bool,
}

impl PasswordArgs {
    /// Asks twice on a terminal, or reads one line.
    pub(super) fn read(&self, confirm: bool) -> Result<Password> {
        if self.password_stdin {
            return from_stdin();
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failure::usage("there is no terminal to ask for the password: use --password-stdin"));
        }
        let prompt = Prompt::new().with_prompt("Password");
        let prompt = if confirm { prompt.with_confirmation("Once more", "They differ.") } else { prompt };
        let text = prompt.interact().map_err(|error| Failure::new("no_password", error.to_string()))?;
        Ok(Password::from(text))
    }
}

fn from_stdin() -> Result<Password> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line)?;
    let text = line.trim_end_matches(['\r', '\n']);
    if text.is_empty() { Err(Failure::usage("standard input holds no password")) } else { Ok(text.to_owned().into()) }
}

/// A password of 100 random bits in four groups. One that the list of breached passwords takes for one of its own, as it does
/// with one in ten thousand, would be refused: another one is made.
pub(super) fn generate(world: &World, accounts: &AccountSettings) -> Result<Zeroizing<String>> {
    loop {
        let made = hallpass_auth::generate_password(&*world.random)?;
        let password = Password::from(made.to_string());
        if !accounts.breached.as_ref().is_some_and(|breached| breached.contains(&password)) {
            return Ok(made);
        }
    }
}
