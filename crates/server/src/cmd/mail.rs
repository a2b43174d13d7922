//! `hallpass mail`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use hallpass_mail::FILES;
use serde_json::json;

use super::World;
use super::failure::{Failure, Result};
use super::installation::with_installation;
use super::out::Out;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send a mail that shows that mail works, and print what the mail server says.
    Test {
        /// To this address.
        address: String,
    },
    /// Write the layouts and words of mails into a folder, to change them there and set mail.templates to it.
    ///
    /// Files that are there already stay as they are. A file of words for another language, such as fr.toml, adds that
    /// language. A file that is removed again falls back to the words of the binary.
    Templates {
        /// The folder; it is made if it is not there.
        folder: PathBuf,
    },
}

pub(super) async fn test(address: &str, config: &Config, world: &World, out: &Out) -> Result<()> {
    with_installation(config, world, async |installation| {
        match installation.admin().test_mail(&world.ctx(), address).await? {
            Ok(()) => {
                let folder = config.mailer.as_ref().and_then(|mailer| mailer.written_to());
                let place = folder.map(|folder| format!(", into {}", folder.display())).unwrap_or_default();
                out.say(&json!({"to": address}), || format!("sent to {address}{place}"))
            }
            Err(words) => Err(Failure::new("not_sent", words)),
        }
    })
    .await
}

pub(super) fn templates(folder: &Path, out: &Out) -> Result<()> {
    let written = write_all(folder).map_err(|error| Failure::new("io", format!("{}: {error}", folder.display())))?;
    let names = written.join(", ");
    out.say(&json!({"folder": folder, "written": written}), || match names.as_str() {
        "" => format!("{} has them all already", folder.display()),
        names => format!("written into {}: {names}", folder.display()),
    })
}

fn write_all(folder: &Path) -> std::io::Result<Vec<&'static str>> {
    fs::create_dir_all(folder)?;
    let mut written = Vec::new();
    for (name, text) in FILES {
        let path = folder.join(name);
        if !path.exists() {
            fs::File::create_new(&path)?.write_all(text.as_bytes())?;
            written.push(name);
        }
    }
    Ok(written)
}
