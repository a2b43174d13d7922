//! Logs: text for people, JSON for machines, both on standard error. Secrets have redacting types and never get here.

mod lines;

use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::JsonFields;

use crate::terminal;

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Which lines are logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    text: String,
    /// The level of everything that no directive names.
    level: Option<LevelFilter>,
    targets: Vec<(String, LevelFilter)>,
}

/// What other programs call the levels.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("warning", "warn"),
    ("information", "info"),
    ("notice", "info"),
    ("verbose", "debug"),
    ("critical", "error"),
    ("fatal", "error"),
    ("all", "trace"),
    ("none", "off"),
];
const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];
/// The crates that log, and the name in front of the targets that are set by hand (`hallpass::http`).
const CRATES: &[&str] = &[
    "hallpass",
    "hallpass_server",
    "hallpass_http",
    "hallpass_lab",
    "hallpass_auth",
    "hallpass_store",
    "hallpass_shared",
    "hallpass_password",
    "hallpass_model",
    "hallpass_jose",
];

impl Filter {
    /// Reads a level, or `tracing` directives such as `info,hallpass_auth=debug`.
    ///
    /// A bare word must be a level. `tracing` itself takes any other word for the name of a module, and then logs
    /// nothing but that: a mistyped level would silence the server.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut filter = Self { text: text.to_owned(), level: None, targets: Vec::new() };
        for directive in text.split(',').map(str::trim) {
            match directive.split_once('=') {
                // A directive on spans, which the parser below checks.
                _ if directive.contains(['[', ']', '{', '}']) => {}
                None => filter.level = Some(level(directive)?),
                Some((target, word)) => filter.targets.push((target.to_owned(), level(word)?)),
            }
        }
        EnvFilter::try_new(text).map_err(|error| error.to_string())?;
        Ok(filter)
    }

    /// What is odd about it.
    pub fn warnings(&self) -> Vec<String> {
        let is_ours = |target: &str| {
            let first = target.split("::").next().unwrap_or_default();
            CRATES.iter().any(|name| name.starts_with(first))
        };
        let mut warnings: Vec<String> = self
            .targets
            .iter()
            .filter(|(target, _)| !is_ours(target))
            .map(|(target, _)| format!("`{target}` is not one of hallpass's own crates ({})", CRATES.join(", ")))
            .collect();
        let shows_warnings = |level: LevelFilter| level >= LevelFilter::WARN;
        let whole = self.targets.iter().find(|(target, _)| "hallpass".starts_with(target.as_str()));
        if !shows_warnings(whole.map_or(self.level.unwrap_or(LevelFilter::OFF), |(_, level)| *level)) {
            warnings.push("hides warnings, such as the reuse of a refresh token".to_owned());
        }
        warnings
    }

    /// What is logged, in words.
    pub fn describe(&self) -> String {
        let level = match self.level.unwrap_or(LevelFilter::OFF) {
            LevelFilter::OFF => "nothing".to_owned(),
            level => format!("{level} and above"),
        };
        let targets = self.targets.iter().map(|(target, level)| format!("; {target} at {level}"));
        std::iter::once(level).chain(targets).collect()
    }
}

fn level(word: &str) -> Result<LevelFilter, String> {
    if LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word)) {
        return word.parse().map_err(|_| format!("`{word}` is not a level"));
    }
    let lower = word.to_ascii_lowercase();
    let other = OTHER_NAMES.iter().find(|(name, _)| *name == lower).map(|(_, level)| *level);
    let likeness = |level: &&str| strsim::normalized_damerau_levenshtein(level, &lower);
    let alike =
        || LEVELS.into_iter().filter(|level| likeness(level) >= 0.4).max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let hint = other.or_else(alike).map(|level| format!("; did you mean `{level}`?")).unwrap_or_default();
    Err(format!("`{word}` is not one of {}{hint}", LEVELS.join(", ")))
}

/// Installs the logger.
///
/// # Errors
/// What is wrong with the filter.
pub fn install(format: Format, filter: &Filter) -> Result<(), String> {
    // What libraries tell at `info` is of no use to an operator; directives after these still win.
    let filter =
        EnvFilter::try_new(format!("refinery_core=warn,{}", filter.text)).map_err(|error| error.to_string())?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(io::stderr);
    let installed = match format {
        // Asked once: it would be a system call for each line.
        Format::Text if io::stderr().is_terminal() => {
            lines.event_format(lines::Text).with_writer(|| ForPeople).try_init()
        }
        Format::Text => lines.event_format(lines::Text).try_init(),
        Format::Json => lines.fmt_fields(JsonFields::new()).event_format(lines::Object::new()).try_init(),
    };
    // A second installation, as in tests, keeps the first.
    drop(installed);
    Ok(())
}

/// Standard error that is a terminal: lines are broken at words. In a file or a pipe an event is one line.
struct ForPeople;

impl Write for ForPeople {
    /// One event, as the formatter hands it over.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        // Asked each time: a window changes its size.
        let columns = terminal::columns(io::stderr(), None);
        match std::str::from_utf8(event) {
            Ok(text) => io::stderr().write_all(terminal::wrap(text, columns, 4).as_bytes())?,
            Err(_) => io::stderr().write_all(event)?,
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_word_must_be_a_level_and_a_mistyped_one_names_the_nearest() {
        for (wrong, meant) in [
            ("warning", "warn"),
            ("WARNING", "warn"),
            ("verbose", "debug"),
            ("inof", "info"),
            ("eror", "error"),
            ("info,hallpass_auth=debg", "debug"),
        ] {
            let message = Filter::parse(wrong).expect_err("refused");
            assert!(message.ends_with(&format!("; did you mean `{meant}`?")), "{message}");
        }
        for wrong in ["", "hallpass", "hallpass_auth", "info,", "hallpass_auth="] {
            assert!(Filter::parse(wrong).is_err(), "{wrong}");
        }
        for fine in ["info", "INFO", "off", "info,hallpass_auth=debug", "warn,h2=trace", "info,hallpass[lab]=debug"] {
            assert!(Filter::parse(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn a_filter_that_hides_warnings_or_names_no_crate_of_ours_is_pointed_out() {
        let warnings = |text| Filter::parse(text).expect("fine").warnings().len();
        for fine in ["info", "warn", "info,hallpass_auth=debug", "error,hallpass=info", "hallpass=debug"] {
            assert_eq!(warnings(fine), 0, "{fine}");
        }
        for odd in ["error", "off", "info,halpass=debug", "hallpass_auth=debug", "info,hallpass=error"] {
            assert_eq!(warnings(odd), 1, "{odd}");
        }
    }

    #[test]
    fn every_crate_of_the_server_that_logs_is_known() {
        let crates = std::fs::read_dir("..").expect("the crates").flatten();
        let logging = crates.filter_map(|entry| {
            let manifest = std::fs::read_to_string(entry.path().join("Cargo.toml")).ok()?;
            let logs = manifest.lines().any(|line| line.starts_with("tracing"));
            let name = manifest.lines().find_map(|line| line.strip_prefix("name = \"hallpass-"))?;
            // The crate for services is not in the server.
            (logs && name != "verify\"").then(|| format!("hallpass_{}", name.trim_end_matches('"')))
        });
        let unknown: Vec<String> = logging.filter(|name| !CRATES.contains(&name.as_str())).collect();
        assert!(unknown.is_empty(), "a directive for one of these would be called odd: {unknown:?}");
    }

    #[test]
    fn what_is_logged_is_described() {
        let described = |text| Filter::parse(text).expect("fine").describe();
        assert_eq!(described("INFO"), "info and above");
        assert_eq!(described("hallpass_auth=debug"), "nothing; hallpass_auth at debug");
    }
}
