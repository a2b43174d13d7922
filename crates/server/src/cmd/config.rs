//! `hallpass config`.

use super::failure::Result;
use super::out::Out;
use super::table::{text, whole};
use crate::config::Config;
use hallpass_http::state::Shown;

pub(super) fn run(config: &Config, out: &Out) -> Result<()> {
    let shown = config.shown();
    let row = |setting: &Shown| [setting.key.to_owned(), setting.value.clone(), setting.source.clone()];
    out.table(&shown, &[whole("key"), text("value"), whole("source")], shown.iter().map(row))
}
