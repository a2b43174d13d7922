//! How long a race is run.

/// How many rounds a race has: the usual number, or what `HALLPASS_ROUNDS` says.
///
/// # Panics
/// When `HALLPASS_ROUNDS` is no number.
#[allow(clippy::disallowed_methods, reason = "a long run is asked for by hand")]
#[must_use]
pub fn rounds(usual: usize) -> usize {
    std::env::var("HALLPASS_ROUNDS").ok().map_or(usual, |text| text.parse().expect("HALLPASS_ROUNDS is a number"))
}
