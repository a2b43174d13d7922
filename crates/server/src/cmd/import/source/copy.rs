//! A dump of PostgreSQL: rows after `COPY users (id, email) FROM stdin;`, their columns between tabs, up to `\.`.

use std::io::BufRead;

use serde_json::Value;

use super::{Fields, Found};

/// The names of columns that hold hashes: a table without one of them is not the table of users.
const HASHES: [&str; 3] = ["encrypted_password", "password", "user_pass"];

pub(super) fn rows(text: impl BufRead + 'static) -> impl Iterator<Item = Found> {
    let mut columns: Option<Vec<String>> = None;
    text.split(b'\n').zip(1..).filter_map(move |(line, number)| {
        let line = match line {
            Ok(line) => line,
            Err(error) => return Some(Err(error.into())),
        };
        let Ok(line) = String::from_utf8(line) else {
            return columns.is_some().then(|| Ok((number, Err("the line is not UTF-8".to_owned()))));
        };
        let line = line.trim_end_matches('\r');
        match &columns {
            None => {
                columns = heading(line);
                None
            }
            Some(_) if line == r"\." => {
                columns = None;
                None
            }
            Some(columns) => Some(Ok((number, row(line, columns)))),
        }
    })
}

/// The columns of the table of users, if its rows begin here.
fn heading(line: &str) -> Option<Vec<String>> {
    let (_, rest) = line.strip_prefix("COPY ")?.split_once('(')?;
    let (names, _) = rest.split_once(") FROM stdin")?;
    let names: Vec<String> = names.split(',').map(|name| name.trim().trim_matches('"').to_owned()).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    (has("email") && HASHES.into_iter().any(has)).then_some(names)
}

fn row(line: &str, columns: &[String]) -> Result<Fields, String> {
    let values: Vec<&str> = line.split('\t').collect();
    if values.len() != columns.len() {
        return Err("the columns do not fit the heading".to_owned());
    }
    Ok(columns.iter().cloned().zip(values.into_iter().map(value)).collect())
}

fn value(text: &str) -> Value {
    if text == r"\N" { Value::Null } else { Value::String(unescaped(text)) }
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        plain.extend(characters.next().map(|escaped| match escaped {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            other => other,
        }));
    }
    plain
}
