//! The hash parameters of a Firebase project, as its console shows them.

use std::path::Path;

use zeroize::Zeroizing;

use crate::cmd::failure::{Failure, Result};
use crate::cmd::import::rows::unread;

/// What every hash of the project was made with. It has no `Debug`: the signer key is a secret.
pub(crate) struct HashConfig {
    signer_key: Zeroizing<String>,
    salt_separator: String,
    rounds: u32,
    mem_cost: u32,
}

impl HashConfig {
    /// Reads `hash_config { algorithm: SCRYPT, base64_signer_key: …, base64_salt_separator: …, rounds: 8, mem_cost: 14, }`.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = Zeroizing::new(std::fs::read_to_string(file).map_err(|error| unread(file, &error))?);
        Self::parse(&text).ok_or_else(|| {
            let message = format!(
                "{} does not hold `algorithm: SCRYPT`, `base64_signer_key`, `base64_salt_separator`, `rounds` and `mem_cost`, \
                 as Firebase's console shows them",
                file.display()
            );
            Failure::new("bad_hash_config", message)
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |name: &str| {
            let (_, rest) = text.split_once(name)?;
            let rest = rest.trim_start_matches(['"', ' ', ':', '=']);
            let end = rest.find(['"', ',', ' ', '\n', '\r', '}']).unwrap_or(rest.len());
            Some(&rest[..end])
        };
        (value("algorithm")? == "SCRYPT").then(|| {
            Some(Self {
                signer_key: Zeroizing::new(value("base64_signer_key")?.to_owned()),
                salt_separator: value("base64_salt_separator")?.to_owned(),
                rounds: value("rounds")?.parse().ok()?,
                mem_cost: value("mem_cost")?.parse().ok()?,
            })
        })?
    }

    /// A user's hash with all that it takes to verify it.
    pub(super) fn whole(&self, salt: &str, hash: &str) -> String {
        let Self { signer_key, salt_separator, rounds, mem_cost } = self;
        format!("$fbscrypt$v=1,n={mem_cost},r={rounds},p=1,ss={salt_separator},sk={}${salt}${hash}", **signer_key)
    }
}
