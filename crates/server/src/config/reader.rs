//! Reads typed values out of the text, and collects what is wrong instead of stopping at the first fault.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use super::error::ConfigError;
use super::layers::Raw;
use super::value;

/// A value that cannot be used: the stable name of the reason, and words.
pub(super) type Refusal = (&'static str, String);

pub(super) struct Reader<'a> {
    pub(super) raw: &'a Raw,
    pub(super) errors: Vec<ConfigError>,
    /// What is allowed, and should be known.
    pub(super) warnings: Vec<ConfigError>,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(raw: &'a Raw) -> Self {
        Self { raw, errors: Vec::new(), warnings: Vec::new() }
    }

    /// The text of a key, or none when it is empty.
    pub(super) fn text(&self, key: &'static str) -> Option<&'a str> {
        Some(self.raw.text(key)).filter(|text| !text.is_empty())
    }

    pub(super) fn refuse(&mut self, code: &'static str, key: &'static str, message: impl Into<String>) {
        self.errors.push(ConfigError::new(code, key, message));
    }

    pub(super) fn warn(&mut self, code: &'static str, key: &'static str, message: impl Into<String>) {
        self.warnings.push(ConfigError::new(code, key, message));
    }

    /// Makes a value of a key's text.
    pub(super) fn with<T>(&mut self, key: &'static str, make: impl FnOnce(&'a str) -> Result<T, Refusal>) -> Option<T> {
        make(self.raw.text(key)).map_err(|(code, message)| self.refuse(code, key, message)).ok()
    }

    /// A duration within bounds.
    pub(super) fn duration(&mut self, key: &'static str, (low, high): (&str, &str)) -> Option<Duration> {
        self.with(key, |text| {
            let wanted = value::duration(text).map_err(|message| ("bad_value", message))?;
            let bound = |bound| value::duration(bound).unwrap_or_default();
            if (bound(low)..=bound(high)).contains(&wanted) {
                Ok(wanted)
            } else {
                Err(("out_of_range", format!("must lie between {low} and {high}, not {text}")))
            }
        })
    }

    /// A whole number within bounds.
    pub(super) fn number<T>(&mut self, key: &'static str, bounds: RangeInclusive<T>) -> Option<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        self.with(key, |text| {
            let wanted: T = text.parse().map_err(|_| ("bad_value", format!("`{text}` is not a whole number")))?;
            if bounds.contains(&wanted) {
                Ok(wanted)
            } else {
                let (low, high) = (bounds.start(), bounds.end());
                Err(("out_of_range", format!("must lie between {low} and {high}, not {text}")))
            }
        })
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.with(key, |text| value::flag(text).map_err(|message| ("bad_value", message)))
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        self.with(key, |text| {
            let known = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
            known.ok_or_else(|| {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                ("bad_value", format!("`{text}` is not one of {}", words.join(", ")))
            })
        })
    }

    /// A list whose every part is fine.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        make: impl Fn(&'a str) -> Result<T, Refusal>,
    ) -> Option<Vec<T>> {
        self.with(key, |text| value::list(text).into_iter().map(make).collect())
    }
}
