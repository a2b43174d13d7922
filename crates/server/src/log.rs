//! Logs: text for people, JSON for machines, both on standard error. Secrets have redacting types and never get here.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Whether a filter can be read.
///
/// # Errors
/// What is wrong with it.
pub fn check(filter: &str) -> Result<(), String> {
    EnvFilter::try_new(filter).map(drop).map_err(|error| error.to_string())
}

/// Installs the logger. `filter` is a level or `tracing` directives, such as `info` or `info,hallpass=debug`.
///
/// # Errors
/// What is wrong with the filter.
pub fn install(format: Format, filter: &str) -> Result<(), String> {
    // What libraries tell at `info` is of no use to an operator; directives after these still win.
    let filter = EnvFilter::try_new(format!("refinery_core=warn,{filter}")).map_err(|error| error.to_string())?;
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_span_events(FmtSpan::NONE).with_writer(std::io::stderr);
    let installed = match format {
        Format::Text => lines.with_ansi(false).try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    // A second installation, as in tests, keeps the first.
    drop(installed);
    Ok(())
}
