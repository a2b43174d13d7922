//! Asking for a password without showing it.

use std::io::{BufRead, IsTerminal};

use dialoguer::Password as Prompt;
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

/// Letters and digits that are not taken for one another: 32, so that five bits choose one without bias.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A password of 100 random bits in four groups.
pub(super) fn generate(world: &World) -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0; 20]);
    world.random.fill(bytes.as_mut())?;
    let mut text = Zeroizing::new(String::with_capacity(23));
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte & 31)]));
    }
    Ok(text)
}
