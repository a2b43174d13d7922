//! From a published list to a filter, in two passes: one counts, one enters. The memory is that of the finished filter and
//! a buffer, whatever the list's size and order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use fastbloom::BloomFilter;

use super::file::WITNESSES;
use super::{Breached, key_of};
use crate::policy::MAX_BYTES;

const BUFFER: usize = 1 << 20;
/// A longer line is of a file that is no list, and is not read into memory.
const LONGEST_LINE: u64 = 1 << 16;
/// After how many lines it is told how far it has come.
const TELL_EVERY: u64 = 1 << 16;

/// What stands on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// A SHA-1 hash in hexadecimal digits, perhaps with `:` and a number: how often it was seen.
    Sha1 {
        /// Entries that were seen less often are left out; one without a number is kept.
        at_least: u64,
    },
    /// A password.
    Plain,
}

/// A list to be read.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    pub path: &'a Path,
    pub kind: ListKind,
    /// The share of other passwords that may be taken for one of the list.
    pub false_positives: f64,
}

/// Why a list makes no filter.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(
        "line {0} is no SHA-1 hash (40 hexadecimal digits, then nothing or `:` and a number): take the list of SHA-1 \
         hashes, not that of NTLM; a list of passwords as they are needs --plain"
    )]
    NotSha1(u64),
    #[error("line {0} is longer than 64 KiB: this is no list of passwords")]
    LongLine(u64),
    #[error("the list is empty")]
    Empty,
    #[error("the list changed while it was read")]
    Changed,
}

impl Breached {
    /// Reads a list twice and makes a filter of it. `progress` is told how many bytes were read, of twice the file's length.
    ///
    /// # Errors
    /// A [`BuildError`].
    pub fn build(list: &List<'_>, mut progress: impl FnMut(u64)) -> Result<Self, BuildError> {
        let mut count = 0_u64;
        let read = each_entry(list, &mut progress, |_| count += 1)?;
        if count == 0 {
            return Err(BuildError::Empty);
        }
        let expected = usize::try_from(count).unwrap_or(usize::MAX).saturating_add(WITNESSES.len());
        let mut filter = BloomFilter::with_false_pos(list.false_positives).expected_items(expected);
        for witness in WITNESSES {
            filter.insert_hash(witness);
        }
        let mut entered = 0;
        let mut further = |bytes| progress(read + bytes);
        each_entry(list, &mut further, |key| {
            filter.insert_hash(key);
            entered += 1;
        })?;
        // More entries than were counted would make more false positives than were asked for.
        if entered != count {
            return Err(BuildError::Changed);
        }
        Ok(Self { filter, count, false_positives: list.false_positives })
    }
}

/// Calls back with the key of each entry; how many bytes the list has.
fn each_entry(list: &List<'_>, progress: &mut dyn FnMut(u64), mut enter: impl FnMut(u64)) -> Result<u64, BuildError> {
    let mut reader = BufReader::with_capacity(BUFFER, File::open(list.path)?);
    let (mut line, mut number, mut read) = (Vec::new(), 0, 0);
    loop {
        line.clear();
        let length = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            progress(read);
            return Ok(read);
        }
        (number, read) = (number + 1, read + length);
        if length == LONGEST_LINE {
            return Err(BuildError::LongLine(number));
        }
        if number % TELL_EVERY == 0 {
            progress(read);
        }
        if let Some(key) =
            key_of_line(text_of(&line, number), list.kind).map_err(|NoHash| BuildError::NotSha1(number))?
        {
            enter(key);
        }
    }
}

/// A line without its end, the first one without a byte order mark.
fn text_of(line: &[u8], number: u64) -> &[u8] {
    let line = if number == 1 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line };
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A line is not what the list should hold.
struct NoHash;

/// The key of an entry, if it is wanted.
fn key_of_line(line: &[u8], kind: ListKind) -> Result<Option<u64>, NoHash> {
    match kind {
        _ if line.is_empty() => Ok(None),
        ListKind::Plain => Ok((line.len() <= MAX_BYTES).then(|| key_of(line))),
        ListKind::Sha1 { at_least } => {
            let (key, seen) = hash_and_count(line).ok_or(NoHash)?;
            Ok(seen.is_none_or(|seen| seen >= at_least).then_some(key))
        }
    }
}

/// The key of a hash, and how often it was seen, if that is said.
fn hash_and_count(line: &[u8]) -> Option<(u64, Option<u64>)> {
    let (hash, seen) = line.split_at_checked(40)?;
    if !hash.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let key = u64::from_str_radix(str::from_utf8(&hash[..16]).ok()?, 16).ok()?;
    if seen.is_empty() {
        return Some((key, None));
    }
    let seen = str::from_utf8(seen.strip_prefix(b":")?.trim_ascii()).ok()?.parse().ok()?;
    Some((key, Some(seen)))
}
