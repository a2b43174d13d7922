//! A password on its way to a hash.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password exactly as it was received: never trimmed or cut. Wiped when dropped, shown nowhere.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// The text as it came.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The form that is hashed: NFC, and every space of Unicode as the ASCII one (RFC 8265 §4.2, `OpaqueString`). Keyboards
    /// and systems write one accented letter in several ways; what a person types is one password. Case stays.
    pub(crate) fn prepared(&self) -> Zeroizing<String> {
        if self.0.is_ascii() {
            return Zeroizing::new(self.0.clone());
        }
        // Room for the longest form from the start: a string that grows leaves copies behind that are not wiped.
        let mut prepared = Zeroizing::new(String::with_capacity(self.0.len() * 3));
        prepared.extend(self.0.chars().map(|c| if is_space(c) { ' ' } else { c }).nfc());
        prepared
    }
}

/// The non-ASCII characters of the category Zs.
const fn is_space(c: char) -> bool {
    matches!(c, '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}
