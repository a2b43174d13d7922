//! Where values come from: defaults, below the file, below the environment, below flags.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use super::environment::Variables;
use super::error::ConfigError;
use super::file::Parsed;
use super::keys::{self, KEYS, Key};

/// The file that is read when none is named and it is there.
pub const DEFAULT_FILE: &str = "hallpass.toml";

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// No source sets it.
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
    pub environment: Vec<(OsString, OsString)>,
    /// Keys set on the command line.
    pub flags: Vec<(String, String)>,
}

/// One value as text, and where it came from.
pub struct Value {
    pub text: Zeroizing<String>,
    /// Where it came from.
    pub source: Source,
}

/// A value for every key.
pub struct Raw {
    values: BTreeMap<&'static str, Value>,
    /// What was passed over.
    pub(super) warnings: Vec<ConfigError>,
}

impl fmt::Debug for Raw {
    /// Names and sources only: among the values are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.values.iter().map(|(name, value)| (name, value.source))).finish()
    }
}

impl Raw {
    /// Lays the inputs over the defaults, and tells what could not be laid there: unknown keys, unreadable files, a secret
    /// given twice.
    pub fn collect(inputs: &Inputs) -> (Self, Vec<ConfigError>) {
        let Self { values, .. } = Self::defaults();
        let mut layers = Layers { values, warnings: Vec::new(), errors: Vec::new() };
        layers.file(inputs.file.as_deref());
        layers.environment(&inputs.environment);
        layers.set(Source::Flag, "--set", &inputs.flags);
        let Layers { values, warnings, errors } = layers;
        (Self { values, warnings }, errors)
    }

    /// The defaults.
    pub fn defaults() -> Self {
        let default = |key: &Key| Value { text: key.default.to_owned().into(), source: Source::Default };
        Self { values: KEYS.iter().map(|key| (key.name, default(key))).collect(), warnings: Vec::new() }
    }

    /// The text of a key; empty for a key that does not exist.
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |value| value.text.as_str())
    }

    /// Where a key's value came from.
    pub fn source(&self, name: &str) -> Source {
        self.values.get(name).map_or(Source::Default, |value| value.source)
    }
}

struct Layers {
    values: BTreeMap<&'static str, Value>,
    warnings: Vec<ConfigError>,
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
        let Parsed { pairs, faults } = Parsed::read(&text);
        for fault in faults {
            self.wrong("bad_toml", &shown, fault);
        }
        self.set(Source::File, &shown, &pairs);
    }

    fn environment(&mut self, environment: &[(OsString, OsString)]) {
        let Variables { pairs, warnings, errors } = Variables::read(environment);
        self.warnings.extend(warnings);
        self.errors.extend(errors);
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
            if text.trim().is_empty() && !key.default.is_empty() {
                return self.wrong(
                    "empty_value",
                    key.name,
                    format!("is empty in {place}: leave it out, or give it a value"),
                );
            }
            self.values.insert(key.name, Value { text: text.trim().to_owned().into(), source });
            return;
        }
        let hint = keys::nearest(name).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
        self.wrong("unknown_key", name, format!("is not a key that hallpass knows, found in {place}{hint}"));
    }

    fn wrong(&mut self, code: &'static str, key: &str, message: impl Into<String>) {
        self.errors.push(ConfigError::new(code, key, message));
    }
}

/// `<secret>_file` names a file with the secret, whose one trailing newline does not count.
fn secret_from_file(name: &str, path: &str) -> Option<Result<(&'static Key, Zeroizing<String>), String>> {
    let key = keys::secret_of_file(name)?;
    Some(read_secret(path).map(|text| (key, text)))
}

/// An empty file is an error: an empty secret would count as none, and a new one might be made in its place.
fn read_secret(path: &str) -> Result<Zeroizing<String>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
    let text = Zeroizing::new(text);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.trim().is_empty() { Err(format!("{path} is empty")) } else { Ok(line.to_owned().into()) }
}
