//! What became of the rows.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::extra::Extra;
use super::user::Checked;
use crate::cmd::failure::Result;
use crate::cmd::out::Out;

/// A row that was not taken in.
struct Refused {
    line: u64,
    reason: String,
}

pub(super) struct Report {
    is_dry: bool,
    pub(super) imported: u64,
    pub(super) extra: Extra,
    refused: Vec<Refused>,
    schemes: BTreeMap<&'static str, u64>,
    unverified: u64,
    /// Hashes of the addresses that were seen, in a dry run: eight bytes each, whatever their length.
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Report {
    pub(super) fn new(is_dry: bool) -> Self {
        Self {
            is_dry,
            imported: 0,
            extra: Extra::default(),
            refused: Vec::new(),
            schemes: BTreeMap::new(),
            unverified: 0,
            seen: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn refuse(&mut self, line: u64, reason: String) {
        self.refused.push(Refused { line, reason });
    }

    pub(super) fn refuse_taken(&mut self, line: u64) {
        self.refuse(line, "the address or the external_id is taken".to_owned());
    }

    pub(super) fn count(&mut self, user: &Checked) {
        *self.schemes.entry(user.scheme()).or_default() += 1;
        self.unverified += u64::from(user.is_verified == Some(false));
    }

    /// Whether the address was in a row before.
    pub(super) fn is_again(&mut self, user: &Checked) -> bool {
        !self.seen.insert(self.hasher.hash_one(user.email.canonical()))
    }

    pub(super) fn say(mut self, out: &Out) -> Result<ExitCode> {
        self.refused.sort_by_key(|refused| refused.line);
        if let Some(warning) = self.extra.warning() {
            out.note(&warning);
        }
        let refused: Vec<Value> =
            self.refused.iter().map(|refused| json!({"line": refused.line, "reason": refused.reason})).collect();
        let could = self.schemes.values().sum::<u64>();
        let mut shown = json!({"imported": self.imported, "refused": refused, "schemes": self.schemes});
        shown["unverified"] = self.unverified.into();
        if self.is_dry {
            shown["importable"] = could.into();
        }
        out.say(&shown, || self.words(could))?;
        Ok(if self.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn words(&self, could: u64) -> String {
        let refusals = self.refused.iter().map(|refused| format!("line {}: {}", refused.line, refused.reason));
        let schemes = self.schemes.iter().map(|(scheme, count)| format!("{scheme}: {count}"));
        let unverified =
            (self.unverified > 0).then(|| format!("{} with an address that was not verified there", self.unverified));
        let refused = self.refused.len();
        let sum = if self.is_dry {
            format!("{could} can be imported, {refused} cannot; nothing was")
        } else {
            format!("{} imported, {refused} refused", self.imported)
        };
        refusals.chain(schemes).chain(unverified).chain([sum]).collect::<Vec<_>>().join("\n")
    }
}
