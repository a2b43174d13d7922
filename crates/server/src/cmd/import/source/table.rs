//! A table of another system, with its own headings.

use std::io::BufRead;
use std::path::Path;

use serde_json::Value;

use super::{Fields, Found};
use crate::cmd::failure::{Failure, Result};
use crate::cmd::import::rows;

pub(super) fn rows(text: impl BufRead + 'static, head: &[u8], file: &Path) -> Result<Box<dyn Iterator<Item = Found>>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(rows::separator(head)).from_reader(text);
    let heading = reader.headers().map_err(|_| {
        Failure::new("bad_heading", format!("the heading of {} is not UTF-8 or cannot be read", file.display()))
    })?;
    let heading: Vec<String> = heading.iter().map(|name| name.trim().to_owned()).collect();
    Ok(Box::new(reader.into_records().zip(2..).map(move |(record, fallback)| match record {
        Ok(record) => {
            let line = record.position().map_or(fallback, csv::Position::line);
            let cells = record.iter().map(|cell| Value::String(cell.to_owned()));
            Ok((line, Ok(heading.iter().cloned().zip(cells).collect::<Fields>())))
        }
        Err(error) => rows::csv_refused(error, fallback).map(|(line, reason)| (line, Err(reason))),
    })))
}
