//! What a move says at its end.

use hallpass_auth::transfer::Verified;
use hallpass_model::hex;
use serde_json::json;

use crate::cmd::failure::Result;
use crate::cmd::out::Out;
use crate::cmd::table::{lay, whole};

pub(super) struct Summary<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) is_resumed: bool,
    /// Rows written by each pass beside the living source.
    pub(super) passes: &'a [u64],
}

impl Summary<'_> {
    /// The copy is there, and the source goes on.
    pub(super) fn copied(&self, out: &Out) -> Result<()> {
        let Self { from, to, is_resumed, passes } = self;
        let document = json!({"from": from, "to": to, "resumed": is_resumed, "moved": false, "passes": passes});
        out.say(&document, || {
            let written = passes.first().copied().unwrap_or_default();
            let caught_up: u64 = passes.iter().skip(1).sum();
            format!(
                "{written} rows copied to {to}, {caught_up} more while catching up. {from} is in use as before.\n\
                 To move: the same command without --copy-only. It closes {from} for the last changes."
            )
        })
    }

    /// The copy is open in the source's place.
    pub(super) fn moved(&self, verified: &Verified, out: &Out) -> Result<()> {
        let Self { from, to, is_resumed, passes } = self;
        let tables = verified.tables.iter().map(
            |found| json!({"table": found.table.name(), "rows": found.source.rows, "sha256": hex(&found.source.sum)}),
        );
        let document = json!({
            "from": from, "to": to, "resumed": is_resumed, "moved": true, "passes": passes,
            "tables": tables.collect::<Vec<_>>(), "signing_keys": verified.signing_keys,
        });
        out.say(&document, || {
            let rows = verified.tables.iter().map(|found| {
                let sum = hex(&found.source.sum[..8]);
                [found.table.name().to_owned(), found.source.rows.to_string(), sum, "equal in both".to_owned()]
            });
            let table = lay(&["table", "rows", "checksum", ""].map(whole), rows, None).text;
            format!(
                "{table}\n\n{} signing keys open under the master key.\n\
                 Moved: set database_url to {to} and start the server again, with the same master key.\n\
                 {from} is closed for good; a server that was running on it has stopped.",
                verified.signing_keys
            )
        })
    }
}
