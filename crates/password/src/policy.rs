//! Which passwords are allowed: long enough, not among those that guessers try first. No composition rules.

use zxcvbn::zxcvbn;

use crate::Password;

/// The fewest characters (code points) a password may have.
pub const MIN_CHARS: usize = 8;
/// The most bytes: far above any passphrase, and a bound on the work that a stranger can ask for.
pub const MAX_BYTES: usize = 1024;
/// Guesses within which a password counts as common: a million, zxcvbn's "very guessable".
const MIN_GUESSES_LOG10: f64 = 6.0;
/// How much of a password is estimated. The estimator is quadratic in its input, and whatever 72 characters of a
/// password are worth, more are worth no less.
const ESTIMATED_CHARS: usize = 72;

/// Why a password is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Under [`MIN_CHARS`] characters.
    #[error("The password needs at least 8 characters.")]
    TooShort,
    /// Over [`MAX_BYTES`] bytes.
    #[error("The password may have at most 1024 bytes.")]
    TooLong,
    /// A NUL byte, which several bcrypt implementations take for the end.
    #[error("The password must not contain a NUL character.")]
    Nul,
    /// Among the first that guessers try: a common password, a keyboard walk, a date, the account's own address.
    #[error("The password is among the first that attackers try. Three or four unrelated words make a good one.")]
    Common,
}

impl Violation {
    /// A stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Nul => "password_nul",
            Self::Common => "password_common",
        }
    }
}

/// Checks a password; `context` is what belongs to the account (its address and the part before the `@`) and counts
/// as known to a guesser. Takes a few milliseconds: call it off the runtime, through the pool.
///
/// Common passwords are those that the `zxcvbn` crate, with its lists of the most used passwords, words, names and
/// keyboard walks, finds within a million guesses.
///
/// # Errors
/// A [`Violation`] fit to be shown to the person who chose the password.
pub fn check(password: &Password, context: &[&str]) -> Result<(), Violation> {
    let text = password.expose();
    if text.len() > MAX_BYTES {
        return Err(Violation::TooLong);
    }
    if text.contains('\0') {
        return Err(Violation::Nul);
    }
    let prepared = password.prepared();
    let text = prepared.as_str();
    if text.chars().count() < MIN_CHARS {
        return Err(Violation::TooShort);
    }
    let head_end = text.char_indices().nth(ESTIMATED_CHARS).map_or(text.len(), |(end, _)| end);
    let known: Vec<String> =
        context.iter().filter(|word| word.len() <= 254).take(4).flat_map(|w| spellings(w)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    if zxcvbn(&text[..head_end], &known).guesses_log10() < MIN_GUESSES_LOG10 {
        return Err(Violation::Common);
    }
    Ok(())
}

/// A word of the account as it stands, and with its dots and dashes left out.
fn spellings(word: &str) -> [String; 2] {
    [word.to_owned(), word.chars().filter(|c| c.is_alphanumeric()).collect()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<(), Violation> {
        check(&Password::from(text.to_owned()), &["ada.lovelace@example.com", "ada.lovelace"])
    }

    #[test]
    fn common_passwords_are_refused_in_every_disguise() {
        let common = [
            "password",
            "password1",
            "Password123",
            "P@ssw0rd",
            "12345678",
            "1234567890",
            "qwertyuiop",
            "iloveyou",
            "letmein1",
            "aaaaaaaa",
            "sunshine",
            "football",
            "princess1",
            "1q2w3e4r",
            "admin123",
            "welcome1",
            "ada.lovelace",
            "adalovelace",
            "11111111",
            "abcdefgh",
            "20011987",
            "dragon12",
        ];
        for text in common {
            assert_eq!(of(text), Err(Violation::Common), "{text}");
        }
    }

    #[test]
    fn a_long_lower_case_phrase_is_fine_and_nothing_is_asked_of_its_composition() {
        for text in ["correct horse battery staple", "plum trellis anvil", "grünes Häuschen am See", "ghx7qmzp"] {
            assert_eq!(of(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn length_counts_characters_below_and_bytes_above() {
        assert_eq!(of("ab3$xyz"), Err(Violation::TooShort));
        assert_eq!(of(&"é3x$".repeat(256)), Err(Violation::TooLong));
        let emoji: String = (0..64u32).filter_map(|i| char::from_u32(0x1F600 + (i * i * 7 + i * 3) % 64)).collect();
        assert_eq!(of(&emoji), Ok(()));
        assert_eq!(of("nul\0 in the middle"), Err(Violation::Nul));
    }
}
