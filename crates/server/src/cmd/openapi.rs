//! `hallpass openapi`.

use super::failure::{Failure, Result};
use super::out::Out;
use crate::config::Config;
use hallpass_http::route;

pub(super) fn run(config: &Config, out: &Out) -> Result<()> {
    let text = route::describe(&config.http.cookie.name);
    let document: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| Failure::new("unprintable", error.to_string()))?;
    out.print(&document, || text)
}
