//! The database of places, which is read here: a file that cannot be used is a fault beside the others.

use std::path::Path;
use std::sync::Arc;

use crate::config::reader::{Reader, Refusal};
use crate::places::PlaceFile;

const KEY: &str = "places.database";

/// What publishers' names of databases without places hold.
const WITHOUT_PLACES: [&str; 4] = ["asn", "isp", "domain", "anonymous"];

/// The file, if one is set. One that cannot be used is none as well: its fault stands in the reader, and refuses everything.
pub(super) fn file(reader: &mut Reader<'_>) -> Option<Arc<PlaceFile>> {
    let file = reader.with(KEY, open)?;
    if let Some(file) = &file {
        let kind = file.kind();
        let lower = kind.to_ascii_lowercase();
        if WITHOUT_PLACES.iter().any(|word| lower.contains(word)) {
            let message = format!("is a {kind}, which holds no places: use a City or Country database");
            reader.warn("no_places", KEY, message);
        }
    }
    file
}

fn open(path: &str) -> Result<Option<Arc<PlaceFile>>, Refusal> {
    if path.is_empty() {
        return Ok(None);
    }
    let file = PlaceFile::open(Path::new(path)).map_err(|error| ("bad_places", error.to_string()))?;
    Ok(Some(Arc::new(file)))
}
