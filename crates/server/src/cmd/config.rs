//! `hallpass config`.

use serde_json::{Value, json};

use super::failure::Result;
use super::out::{Out, table};
use crate::config::Config;
use crate::config::keys::{KEYS, Key};

pub(super) fn run(config: &Config, out: &Out) -> Result<()> {
    let rows = || KEYS.iter().map(|key| (key, config.raw.source(key.name)));
    let document: Vec<Value> = rows()
        .map(
            |(key, source)| json!({"key": key.name, "value": shown(config, key), "source": source, "about": key.about}),
        )
        .collect();
    out.print(&document, || {
        table(
            ["key", "value", "source"],
            rows().map(|(key, source)| [key.name.to_owned(), shown(config, key), source.to_string()]),
        )
    })
}

fn shown(config: &Config, key: &Key) -> String {
    if key.name == "database_url" {
        // As it was understood: what was written may hold a password.
        return config.data.database.to_string();
    }
    let text = config.raw.text(key.name);
    match (key.is_secret, text.is_empty()) {
        (true, false) => "********".to_owned(),
        (_, true) => worked_out(config, key.name),
        (false, false) => text.to_owned(),
    }
}

/// What an empty value comes to.
fn worked_out(config: &Config, name: &str) -> String {
    match name {
        "operator_listen" => config.raw.text("listen").to_owned(),
        "issuer" => config.auth.issuer.clone(),
        "audience" => config.auth.audience.clone(),
        "keys.master_key" => format!("({})", super::house::master_key_path(config).display()),
        _ => "(none)".to_owned(),
    }
}
