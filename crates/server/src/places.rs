//! The file with the places of addresses: the `MaxMind` DB format, in which several publish.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::{fmt, fs, io};

use hallpass_http::places::PlaceDatabase;
use hallpass_model::Timestamp;
use maxminddb::{MaxMindDbError, PathElement, Reader};

/// Characters of a name that are shown. The longest names of cities have fewer.
const LONGEST: usize = 80;

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlaceFileError {
    /// It is not there, or may not be read.
    #[error("`{path}` cannot be read: {cause}")]
    Unreadable { path: PathBuf, cause: io::Error },
    /// A device or a pipe might never end.
    #[error("`{0}` is not a file")]
    NotAFile(PathBuf),
    /// It is of another format, or was cut off.
    #[error("`{path}` is not a whole MaxMind DB file ({cause}): get it again")]
    Broken { path: PathBuf, cause: MaxMindDbError },
}

/// The file as it was read last. It is held in memory: a mapped file that is overwritten in place would end the process.
pub struct PlaceFile {
    path: PathBuf,
    reader: RwLock<Arc<Reader<Vec<u8>>>>,
}

impl fmt::Debug for PlaceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlaceFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl PlaceFile {
    /// Reads the file.
    ///
    /// # Errors
    /// A [`PlaceFileError`].
    pub fn open(path: &Path) -> Result<Self, PlaceFileError> {
        Ok(Self { path: path.to_owned(), reader: RwLock::new(Arc::new(read(path)?)) })
    }

    /// Reads the file as it is now. One that cannot be used changes nothing.
    pub fn reload(&self) {
        match read(&self.path) {
            Ok(reader) => {
                *self.reader.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(reader);
                tracing::info!(database = %self.path.display(), kind = self.kind(), "database of places loaded");
            }
            Err(error) => tracing::warn!(%error, "the new database of places does not load; the old one stays in use"),
        }
    }

    /// What the publisher calls it, such as `GeoLite2-City`.
    pub fn kind(&self) -> String {
        tidy(&self.reader().metadata().database_type).unwrap_or_default()
    }

    /// When the publisher made it.
    pub fn built(&self) -> Timestamp {
        Timestamp::from_secs(i64::try_from(self.reader().metadata().build_epoch).unwrap_or(i64::MAX))
    }

    /// Lookups do not wait for a reload, which reads a disk.
    fn reader(&self) -> Arc<Reader<Vec<u8>>> {
        self.reader.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl PlaceDatabase for PlaceFile {
    fn place_of(&self, address: IpAddr) -> Option<String> {
        let reader = self.reader();
        let name = |of| {
            let path = [of, "names", "en"].map(PathElement::Key);
            // A record that cannot be read is a place that is not known.
            let found = reader.lookup(address).and_then(|record| record.decode_path::<&str>(&path));
            found.ok().flatten().and_then(tidy)
        };
        // A city of an unknown country says little: there are dozens of Springfields.
        let country = name("country")?;
        Some(match name("city") {
            Some(city) => format!("{city}, {country}"),
            None => country,
        })
    }
}

fn read(path: &Path) -> Result<Reader<Vec<u8>>, PlaceFileError> {
    let unreadable = |cause| PlaceFileError::Unreadable { path: path.to_owned(), cause };
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(PlaceFileError::NotAFile(path.to_owned()));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    Reader::from_source(bytes).map_err(|cause| PlaceFileError::Broken { path: path.to_owned(), cause })
}

/// A name without what a terminal or a browser would obey, cut to a sane length. None when nothing is left.
fn tidy(name: &str) -> Option<String> {
    let mut shown: String = name.chars().filter(|c| !c.is_control() && !directs(*c)).take(LONGEST + 1).collect();
    if shown.chars().nth(LONGEST).is_some() {
        shown.pop();
        shown.push('…');
    }
    Some(shown.trim()).filter(|shown| !shown.is_empty()).map(str::to_owned)
}

/// Invisible characters: marks of direction, which change the order of what stands beside them, and breaks of lines.
const fn directs(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_and_holds_nothing_that_a_terminal_obeys() {
        assert_eq!(tidy(" Zürich\n").as_deref(), Some("Zürich"));
        assert_eq!(tidy("\u{1b}[31mOslo\u{202e}\u{9b}0m").as_deref(), Some("[31mOslo0m"));
        assert_eq!(tidy("\u{7}\u{200b} ").as_deref(), None);
        let cut = tidy(&"ö".repeat(500)).expect("a name");
        assert_eq!((cut.chars().count(), cut.ends_with('…')), (LONGEST + 1, true));
        assert_eq!(tidy(&"ö".repeat(LONGEST)), Some("ö".repeat(LONGEST)));
    }
}
