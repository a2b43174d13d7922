//! What is in force, fit to be shown: secrets masked, values that are worked out worked out.

use hallpass_http::state::Shown;

use super::Config;
use super::keys::{KEYS, Key};

const MASK: &str = "********";

impl Config {
    /// Every setting.
    pub fn shown(&self) -> Vec<Shown> {
        let shown = |key: &Key| Shown {
            key: key.name,
            value: self.value_of(key),
            source: self.raw.source(key.name).to_string(),
            about: key.about,
        };
        KEYS.iter().map(shown).collect()
    }

    fn value_of(&self, key: &Key) -> String {
        if key.name == "database_url" {
            // As it was understood: what was written may hold a password.
            return self.data.database.to_string();
        }
        let text = self.raw.text(key.name);
        match (key.is_secret, text.is_empty()) {
            (true, false) => MASK.to_owned(),
            (_, true) => self.worked_out(key.name),
            (false, false) => without_password(text),
        }
    }

    /// What an empty value comes to.
    fn worked_out(&self, name: &str) -> String {
        match name {
            "operator_listen" => self.raw.text("listen").to_owned(),
            "issuer" => self.auth.token.issuer.clone(),
            "audience" => self.auth.token.audience.clone(),
            "keys.master_key" => format!("({})", self.data.master_key_file().display()),
            _ => "(none)".to_owned(),
        }
    }
}

/// `scheme://user:password@host` with the password masked: an address of a database may hold one.
fn without_password(text: &str) -> String {
    let masked = || {
        let (scheme, rest) = text.split_once("://")?;
        let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (user, host) = authority.rsplit_once('@')?;
        let (user, _) = user.split_once(':')?;
        Some(format!("{scheme}://{user}:{MASK}@{host}{tail}"))
    };
    masked().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_masked_and_nothing_else_is() {
        for (text, shown) in [
            (
                "postgres://app:hunter2@db.example:5432/hallpass?x=1",
                "postgres://app:********@db.example:5432/hallpass?x=1",
            ),
            ("redis://:hunter2@cache", "redis://:********@cache"),
            ("postgres://app:p@ss@db/x", "postgres://app:********@db/x"),
            ("postgres://app@db/x", "postgres://app@db/x"),
            ("https://auth.example/a:b@c", "https://auth.example/a:b@c"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
        ] {
            assert_eq!(without_password(text), shown);
        }
    }
}
