//! Where values come from: defaults, below the file, below the environment, below flags.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use super::error::{ConfigError, ConfigErrors};
use super::keys::{self, KEYS, Key};

/// The file that is read when none is named and it is there.
pub const DEFAULT_FILE: &str = "hallpass.toml";
const PREFIX: &str = "HALLPASS_";

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Nobody said anything else.
    Default,
    /// `hallpass.toml`.
    File,
    /// A `HALLPASS_…` variable.
    Environment,
    /// The command line.
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
            Self::Flag => "flag",
        })
    }
}

/// What the outside says, before anything is made of it.
#[derive(Default)]
pub struct Inputs {
    /// The file named on the command line.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(String, String)>,
    /// Keys set on the command line.
    pub flags: Vec<(String, String)>,
}

/// One value as text, and where it came from.
pub struct Value {
    /// The text.
    pub text: Zeroizing<String>,
    /// Where it came from.
    pub source: Source,
}

/// A value for every key.
pub struct Raw(BTreeMap<&'static str, Value>);

impl fmt::Debug for Raw {
    /// Names and sources only: among the values are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, value)| (name, value.source))).finish()
    }
}

impl Raw {
    /// Lays the inputs over the defaults.
    ///
    /// # Errors
    /// Unknown keys, unreadable files, a secret given twice.
    pub fn collect(inputs: &Inputs) -> Result<Self, ConfigErrors> {
        let default = |key: &Key| Value { text: key.default.to_owned().into(), source: Source::Default };
        let mut layers = Layers { values: KEYS.iter().map(|k| (k.name, default(k))).collect(), errors: Vec::new() };
        layers.file(inputs.file.as_deref());
        layers.environment(&inputs.environment);
        layers.set(Source::Flag, "--set", &inputs.flags);
        if layers.errors.is_empty() { Ok(Self(layers.values)) } else { Err(ConfigErrors(layers.errors)) }
    }

    /// The text of a key; empty for a key that does not exist.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.text.as_str())
    }

    /// Where a key's value came from.
    pub fn source(&self, name: &str) -> Source {
        self.0.get(name).map_or(Source::Default, |value| value.source)
    }
}

struct Layers {
    values: BTreeMap<&'static str, Value>,
    errors: Vec<ConfigError>,
}

impl Layers {
    fn file(&mut self, named: Option<&Path>) {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        let shown = path.display().to_string();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => return,
            Err(error) => return self.wrong("unreadable_file", &shown, format!("cannot be read: {error}")),
        };
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            // Only the message: the excerpt that the error would show may hold a secret.
            Err(error) => return self.wrong("bad_toml", &shown, toml_message(&error, &text)),
        };
        let mut pairs = Vec::new();
        flatten("", &table, &mut pairs);
        self.set(Source::File, &shown, &pairs);
    }

    fn environment(&mut self, environment: &[(String, String)]) {
        let pairs: Vec<(String, String)> = environment
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?, value)))
            .filter(|(name, _)| *name != "CONFIG")
            .map(|(name, value)| (name.to_ascii_lowercase().replace("__", "."), value.clone()))
            .collect();
        self.set(Source::Environment, "the environment", &pairs);
    }

    fn set(&mut self, source: Source, place: &str, pairs: &[(String, String)]) {
        for (name, text) in pairs {
            match secret_from_file(name, text) {
                Some(Ok((key, text))) => {
                    if pairs.iter().any(|(other, _)| other == key.name) {
                        self.wrong("given_twice", key.name, format!("is given in {place} both here and as a file"));
                    }
                    self.values.insert(key.name, Value { text, source });
                }
                Some(Err(message)) => self.wrong("unreadable_file", name, message),
                None => self.plain(source, place, name, text),
            }
        }
    }

    fn plain(&mut self, source: Source, place: &str, name: &str, text: &str) {
        if let Some(key) = keys::find(name) {
            self.values.insert(key.name, Value { text: text.trim().to_owned().into(), source });
            return;
        }
        let hint = keys::nearest(name).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
        self.wrong("unknown_key", name, format!("is no key that hallpass knows, found in {place}{hint}"));
    }

    fn wrong(&mut self, code: &'static str, key: &str, message: impl Into<String>) {
        self.errors.push(ConfigError::new(code, key, message));
    }
}

/// Tables become dotted names, arrays become lists.
fn flatten(prefix: &str, table: &toml::Table, pairs: &mut Vec<(String, String)>) {
    for (name, value) in table {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(table) => flatten(&name, table, pairs),
            toml::Value::Array(items) => {
                let items: Vec<String> = items.iter().map(scalar).collect();
                pairs.push((name, items.join(",")));
            }
            single => pairs.push((name, scalar(single))),
        }
    }
}

/// `<secret>_file` names a file with the secret, whose one trailing newline does not count.
fn secret_from_file(name: &str, path: &str) -> Option<Result<(&'static Key, Zeroizing<String>), String>> {
    let key = keys::find(name.strip_suffix("_file")?).filter(|key| key.is_secret)?;
    let read = fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}"));
    Some(read.map(|text| {
        let text = Zeroizing::new(text);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        (key, line.strip_suffix('\r').unwrap_or(line).to_owned().into())
    }))
}

fn toml_message(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map(|span| text[..span.start.min(text.len())].lines().count().max(1));
    let place = line.map(|line| format!(" (line {line})")).unwrap_or_default();
    format!("is not valid TOML{place}: {}", error.message())
}

fn scalar(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
