//! `--prove`: passwords of test users, tried against the file. Nothing is imported.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use hallpass_model::Email;
use hallpass_password::{Password, Scheme, verify};
use serde_json::json;

use super::rows::unread;
use super::user::{Checked, Secret};
use crate::cmd::failure::{Failure, Result};
use crate::cmd::out::Out;

/// The most samples: each takes a hash.
const MOST: usize = 1000;

/// The samples that wait for their rows, and what was found of the others.
pub(super) struct Proof {
    waiting: BTreeMap<String, Password>,
    verified: u64,
    wrong: Vec<String>,
}

impl Proof {
    /// Reads `address,password` lines, with or without a heading.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let bad = |words: &str| Failure::new("bad_sample", format!("{} {words}", file.display()));
        let reader = std::fs::File::open(file).map_err(|error| unread(file, &error))?;
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(reader);
        let mut waiting = BTreeMap::new();
        for (number, record) in reader.into_records().enumerate() {
            let record = record.map_err(|_| bad("cannot be read as CSV"))?;
            let (address, password) = (record.get(0).unwrap_or_default().trim(), record.get(1));
            let Ok(email) = Email::parse(address) else {
                if number == 0 {
                    continue;
                }
                return Err(bad(&format!("has no address in row {}", number + 1)));
            };
            let password = password.ok_or_else(|| bad("has no second column: write address,password"))?;
            waiting.insert(email.canonical().to_owned(), Password::from(password.to_owned()));
        }
        if waiting.is_empty() || waiting.len() > MOST {
            return Err(bad(&format!("holds {} samples: one to {MOST} are tried", waiting.len())));
        }
        Ok(Self { waiting, verified: 0, wrong: Vec::new() })
    }

    /// Tries the password of a row's user, if there is one.
    pub(super) fn take(&mut self, user: Checked, scheme: Scheme) -> Result<()> {
        let Some(password) = self.waiting.remove(user.email.canonical()) else { return Ok(()) };
        let failed = |error: hallpass_password::HashError| Failure::new("hash", error.to_string());
        let is_right = match user.secret {
            Secret::Hash(incoming) => {
                let stored = incoming.store().map_err(failed)?;
                verify(&password, &stored, scheme).map_err(failed)?.ok
            }
            Secret::Plain(plain) => plain.expose() == password.expose(),
        };
        if is_right {
            self.verified += 1;
        } else {
            self.wrong.push(user.email.canonical().to_owned());
        }
        Ok(())
    }

    pub(super) fn report(self, out: &Out) -> Result<ExitCode> {
        let missing: Vec<&String> = self.waiting.keys().collect();
        let shown = json!({"verified": self.verified, "wrong": self.wrong, "missing": missing});
        out.say(&shown, || {
            let wrong = self.wrong.iter().map(|email| format!("{email}: the password does not match\n"));
            let missing = missing.iter().map(|email| format!("{email}: no row that could be imported\n"));
            let all = usize::try_from(self.verified).unwrap_or_default() + self.wrong.len() + missing.len();
            let lines: String = wrong.chain(missing).collect();
            format!("{lines}{} of {all} verified, nothing imported", self.verified)
        })?;
        let is_proved = self.wrong.is_empty() && self.waiting.is_empty();
        Ok(if is_proved { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
