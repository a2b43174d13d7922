//! Which passwords are allowed: long enough, not among those that guessers try first. No composition rules.

use std::sync::Arc;

use zxcvbn::zxcvbn;

use crate::{Breached, Password};

/// The fewest characters (code points) a password may have.
pub const MIN_CHARS: usize = 8;
/// The most bytes: far above any passphrase, and a bound on the work that a stranger can ask for.
pub const MAX_BYTES: usize = 1024;
/// Guesses within which a password counts as common: ten million.
const MIN_GUESSES_LOG10: f64 = 7.0;
/// Guesses within which a single word is common.
const COMMON_WORD_LOG10: f64 = 4.0;
/// How many digits and signs around a single word make nothing better of it: `Summer2024!` has five.
const MOST_AFFIXES: usize = 6;
/// Words that people put a year behind, in some languages: seasons, months, days; and what this program is called.
const DATED_WORDS: &[&str] = &[
    "spring",
    "summer",
    "autumn",
    "fall",
    "winter",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "frühling",
    "fruehling",
    "sommer",
    "herbst",
    "januar",
    "februar",
    "märz",
    "maerz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "printemps",
    "été",
    "automne",
    "hiver",
    "janvier",
    "février",
    "mars",
    "avril",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "primavera",
    "verano",
    "otoño",
    "invierno",
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
    "hallpass",
];
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
    /// On the list of [`Breached`] passwords.
    #[error(
        "This password is in a list of stolen passwords. Attackers try those first, whoever chose them. Choose another."
    )]
    Breached,
}

impl Violation {
    /// A stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Nul => "password_nul",
            Self::Common => "password_common",
            Self::Breached => "password_breached",
        }
    }
}

/// What a new password is checked against.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// What belongs to the account and the service: see [`check`].
    pub context: Vec<String>,
    /// Passwords that are known from breaches, if there is a list.
    pub breached: Option<Arc<Breached>>,
}

impl Rules {
    /// Checks a password. Takes a few milliseconds.
    ///
    /// # Errors
    /// A [`Violation`] fit to be shown to the person who chose the password.
    pub fn check(&self, password: &Password) -> Result<(), Violation> {
        let context: Vec<&str> = self.context.iter().map(String::as_str).collect();
        check(password, &context)?;
        match &self.breached {
            Some(breached) if breached.contains(password) => Err(Violation::Breached),
            _ => Ok(()),
        }
    }
}

/// Checks a password; `context` is what belongs to the account and the service (the address, the part before the `@`, the
/// names of the service) and counts as known to a guesser. Takes a few milliseconds: call it off the runtime, through the pool.
///
/// Common passwords are those that the `zxcvbn` crate, with its lists of the most used passwords, words, names and
/// keyboard walks, finds within ten million guesses; and a single common word, season, month, day or name from the
/// context with a few digits and signs around it.
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
        context.iter().filter(|word| word.len() <= 254).take(16).flat_map(|w| spellings(w)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let head = &text[..head_end];
    if zxcvbn(head, &known).guesses_log10() < MIN_GUESSES_LOG10 || is_one_dressed_word(head, &known) {
        return Err(Violation::Common);
    }
    Ok(())
}

/// Whether a password is one common word with a few digits and signs around it, as rules of composition teach people to
/// make them. The estimator counts each part as a choice of its own, and guessers do not.
fn is_one_dressed_word(text: &str, known: &[&str]) -> bool {
    let core = text.trim_matches(|c: char| !c.is_alphabetic());
    let affixes = text.chars().count() - core.chars().count();
    let word: String = core.chars().map(plain).flat_map(char::to_lowercase).collect();
    if affixes == 0 || affixes > MOST_AFFIXES || !word.chars().all(char::is_alphabetic) {
        return false;
    }
    let is_known = |names: &[&str]| names.iter().any(|name| name.to_lowercase() == word);
    is_known(DATED_WORDS) || is_known(known) || zxcvbn(&word, known).guesses_log10() < COMMON_WORD_LOG10
}

/// The letter for which a digit or sign commonly stands.
const fn plain(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    }
}

/// A word of the account as it stands, and with its dots and dashes left out.
fn spellings(word: &str) -> [String; 2] {
    [word.to_owned(), word.chars().filter(|c| c.is_alphanumeric()).collect()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<(), Violation> {
        check(&Password::from(text.to_owned()), &["ada.lovelace@example.com", "ada.lovelace", "example"])
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
            "Summer2024!",
            "!Winter2025",
            "Herbst2024!",
            "Januar2023!",
            "Monday123!",
            "Welcome2024!",
            "Company2024!",
            "P@ssw0rd2024!",
            "Liverpool1892",
            "correcthorse",
            "1qaz2wsx3edc",
            "qazwsxedcrfv",
            "hallpass2024",
            "Hallpass1!",
            "Adalovelace99!",
            "Example2024!",
        ];
        for text in common {
            assert_eq!(of(text), Err(Violation::Common), "{text}");
        }
    }

    #[test]
    fn a_long_lower_case_phrase_is_fine_and_nothing_is_asked_of_its_composition() {
        for text in [
            "correct horse battery staple",
            "plum trellis anvil",
            "grünes Häuschen am See",
            "ghx7qmzp",
            "purple monkey",
            "tr0ub4dor&3",
            "hall-monitor 4711",
        ] {
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
