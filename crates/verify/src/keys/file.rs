//! Keys from a file.

use std::path::PathBuf;

use super::{FetchError, Fetching, KeySource};

/// A JWK set in a file, read again as often as a URL would be: replace the file, and the keys follow.
#[derive(Debug, Clone)]
pub struct JwksFile(PathBuf);

impl JwksFile {
    /// The file at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

impl KeySource for JwksFile {
    fn fetch(&self) -> Fetching<'_> {
        let path = self.0.clone();
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
            read.map_err(|error| FetchError(error.to_string()))?.map_err(|error| FetchError(error.to_string()))
        })
    }
}
