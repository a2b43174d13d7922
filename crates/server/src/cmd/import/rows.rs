//! The rows of a file, as other programs write them.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, ErrorKind, Read};
use std::path::Path;

use indicatif::ProgressBar;

use crate::cmd::failure::{Failure, Result};
use crate::cmd::record::{Object, Record, known};

/// How much of a file is looked at to find out what it is.
const HEAD: u64 = 64 * 1024;
const UTF_8_MARK: &[u8] = b"\xEF\xBB\xBF";
const UTF_16_MARKS: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];

/// A row of the file.
pub(super) struct Row {
    pub(super) line: u64,
    /// The user, or what is wrong with the row.
    pub(super) record: Result<Record, String>,
    /// The names that mean no field.
    pub(super) extra: Vec<String>,
}

/// What a file holds.
pub(super) struct Rows {
    /// Each row; a failure when the file cannot be read on.
    pub(super) rows: Box<dyn Iterator<Item = Result<Row>>>,
    /// The headings that mean no field.
    pub(super) extra: Vec<String>,
}

/// The rows of a file in the own form: CSV when it is called so, or has to be, else JSON Lines.
pub(super) fn open(file: &Path, is_csv: bool, bar: &ProgressBar) -> Result<Rows> {
    let mut reader = BufReader::new(bar.wrap_read(File::open(file).map_err(|error| unread(file, &error))?));
    let head = head(&mut reader, file)?;
    if is_csv || is_table(file) {
        let separator = separator(&head);
        return csv_rows(Cursor::new(head).chain(reader), separator, file);
    }
    let lines = Cursor::new(head).chain(reader).lines().zip(1..);
    let lines = lines.filter(|(line, _)| !line.as_ref().is_ok_and(|line| line.trim().is_empty()));
    Ok(Rows { rows: Box::new(lines.map(json_row)), extra: Vec::new() })
}

pub(super) fn unread(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new("io", format!("cannot read {}: {error}", file.display()))
}

/// Whether a file is called a table.
pub(super) fn is_table(file: &Path) -> bool {
    let is_table = |extension: &std::ffi::OsStr| ["csv", "tsv"].iter().any(|name| extension.eq_ignore_ascii_case(name));
    file.extension().is_some_and(is_table)
}

/// The beginning of a file, without its byte order mark.
pub(super) fn head(reader: &mut impl BufRead, file: &Path) -> Result<Vec<u8>> {
    let mut head = first_line(reader).map_err(|error| unread(file, &error))?;
    if UTF_16_MARKS.iter().any(|mark| head.starts_with(mark)) {
        let message = format!("{} is UTF-16: save it as UTF-8", file.display());
        return Err(Failure::new("not_utf_8", message));
    }
    if head.starts_with(UTF_8_MARK) {
        head.drain(..UTF_8_MARK.len());
    }
    Ok(head)
}

/// The beginning of a file up to the end of the first line that is not blank.
fn first_line(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut reader = reader.take(HEAD);
    loop {
        let from = head.len();
        if reader.read_until(b'\n', &mut head)? == 0 || !head[from..].trim_ascii().is_empty() {
            return Ok(head);
        }
    }
}

/// What stands most often between the columns of the heading.
pub(super) fn separator(head: &[u8]) -> u8 {
    let mut counts = [(b'\t', 0), (b';', 0), (b',', 0)];
    let mut is_quoted = false;
    for byte in head {
        is_quoted ^= *byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| separator == byte && !is_quoted) {
            *count += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| separator)
}

fn json_row((line, number): (std::io::Result<String>, u64)) -> Result<Row> {
    let refused = |reason: String| Ok(Row { line: number, record: Err(reason), extra: Vec::new() });
    let line = match line {
        Ok(line) => line,
        Err(error) if error.kind() == ErrorKind::InvalidData => return refused("the line is not UTF-8".to_owned()),
        Err(error) => return Err(error.into()),
    };
    match serde_json::from_str(&line) {
        Ok(Object { record, extra }) => Ok(Row { line: number, record: Ok(record), extra }),
        // Where, not what: serde's message may repeat a value of the row.
        Err(error) => refused(format!("not such a JSON object (column {})", error.column())),
    }
}

fn csv_rows(text: impl Read + 'static, separator: u8, file: &Path) -> Result<Rows> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).delimiter(separator).from_reader(text);
    let heading = reader.headers().map_err(|_| {
        Failure::new("bad_heading", format!("the heading of {} is not UTF-8 or cannot be read", file.display()))
    })?;
    let fields = fields(heading, file)?;
    let extra = heading.iter().zip(&fields).filter(|(_, field)| field.is_none()).map(|(name, _)| name.to_owned());
    let extra = extra.collect();
    let records = reader.into_records().zip(2..);
    Ok(Rows { rows: Box::new(records.map(move |(record, fallback)| csv_row(record, &fields, fallback))), extra })
}

/// What each column means, if anything.
fn fields(heading: &csv::StringRecord, file: &Path) -> Result<Vec<Option<&'static str>>> {
    let fields: Vec<_> = heading.iter().map(known).collect();
    let file = file.display();
    if !fields.contains(&Some("email")) {
        // A file without a heading begins with a user, whose password may stand there.
        let found = super::extra::named(heading.iter(), |c| c.is_alphabetic() || "_-. ".contains(c));
        return Err(Failure::new("no_email_column", format!("{file} has no column `email`; its columns: {found}")));
    }
    let twice = fields.iter().enumerate().find(|(n, field)| field.is_some() && fields[..*n].contains(field));
    match twice {
        Some((_, Some(name))) => Err(Failure::new("bad_heading", format!("{file} has two columns `{name}`"))),
        _ => Ok(fields),
    }
}

fn csv_row(record: csv::Result<csv::StringRecord>, fields: &[Option<&'static str>], fallback: u64) -> Result<Row> {
    let record = match record {
        Ok(record) => record,
        Err(error) => {
            let (line, reason) = csv_refused(error, fallback)?;
            return Ok(Row { line, record: Err(reason), extra: Vec::new() });
        }
    };
    let line = record.position().map_or(fallback, csv::Position::line);
    let mut read = Record::default();
    for (cell, field) in record.iter().zip(fields) {
        if let Some(place) = field.and_then(|name| read.place(name)) {
            *place = Some(cell.to_owned());
        }
    }
    Ok(Row { line, record: Ok(read), extra: Vec::new() })
}

/// The line of a row that cannot be read, and why.
pub(super) fn csv_refused(error: csv::Error, fallback: u64) -> Result<(u64, String)> {
    let line = error.position().map_or(fallback, csv::Position::line);
    let reason = match error.into_kind() {
        csv::ErrorKind::Io(error) => return Err(error.into()),
        csv::ErrorKind::Utf8 { .. } => "the line is not UTF-8",
        _ => "the columns do not fit the heading",
    };
    Ok((line, reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::separator;

    #[test]
    fn the_separator_is_what_stands_most_often_between_the_columns() {
        for (head, found) in
            [("email,role", b','), ("email;\"a,b,c\";role", b';'), ("email\trole", b'\t'), ("email", b',')]
        {
            assert_eq!(separator(head.as_bytes()), found, "{head}");
        }
    }
}
