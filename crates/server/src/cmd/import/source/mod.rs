//! The exports of other systems.

mod copy;
mod documents;
mod firebase;
mod shape;
mod table;

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

use clap::ValueEnum;
use indicatif::ProgressBar;
use serde_json::{Map, Value};

pub(super) use self::firebase::HashConfig;
use super::rows::{self, Row, Rows, unread};
use crate::cmd::failure::{Failure, Result};
use crate::cmd::record::Record;

/// The fields of a user, as the export names them.
pub(super) type Fields = Map<String, Value>;

/// A user of an export and the line where it begins, or what is wrong there; a failure when the file cannot be read on.
pub(super) type Found = Result<(u64, std::result::Result<Fields, String>)>;

/// Whose export it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum From {
    /// Realm export with users (JSON).
    Keycloak,
    /// Export of the hashes by Auth0's support (JSON Lines), or a file for its bulk import.
    Auth0,
    /// The dashboard's export (CSV).
    Clerk,
    /// `firebase auth:export --format=json`; needs --hash-config.
    Firebase,
    /// `pg_dump --data-only -t auth.users`, or CSV.
    Supabase,
    /// `dumpdata auth.user`, `pg_dump -t auth_user`, or CSV.
    Django,
    /// `wp user list --fields=ID,user_email,user_pass`, as JSON or CSV.
    Wordpress,
    /// CSV with hallpass's own fields, whatever the file is called.
    Csv,
}

/// The rows of an export.
pub(super) fn open(file: &Path, from: From, config: Option<HashConfig>, bar: &ProgressBar) -> Result<Rows> {
    if from == From::Csv {
        return rows::open(file, true, bar);
    }
    if from == From::Firebase && config.is_none() {
        let message = "Firebase's hashes need the project's parameters: put what its console shows under `Password hash \
                       parameters` into a file, and name it with --hash-config";
        return Err(Failure::usage(message));
    }
    let mut reader = BufReader::new(bar.wrap_read(File::open(file).map_err(|error| unread(file, &error))?));
    let head = rows::head(&mut reader, file)?;
    let text = Cursor::new(head.clone()).chain(reader);
    let rows = found(text, &head, file, from)?.map(move |found| -> Result<Row> {
        let (line, fields) = found?;
        let record = fields.and_then(|fields| shape::record(from, &fields, config.as_ref()));
        Ok(Row { line, record, extra: Vec::new() })
    });
    Ok(Rows { rows: Box::new(rows), extra: Vec::new() })
}

/// The users of a text, by its form: JSON begins with a bracket, a table is called so, and the rest is a dump.
fn found(
    text: impl BufRead + Send + 'static,
    head: &[u8],
    file: &Path,
    from: From,
) -> Result<Box<dyn Iterator<Item = Found>>> {
    Ok(match head.trim_ascii_start().first() {
        // A list of users under a name; the others have a user a line.
        Some(b'{') if matches!(from, From::Keycloak | From::Firebase) => Box::new(documents::list(text)),
        Some(b'{') => Box::new(documents::lines(text)),
        Some(b'[') => Box::new(documents::list(text)),
        _ if rows::is_table(file) => table::rows(text, head, file)?,
        _ => Box::new(copy::rows(text)),
    })
}

/// What a shape makes of the fields of a user.
type Shaped = std::result::Result<Record, String>;
