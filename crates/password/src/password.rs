//! A password on its way to a hash.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password exactly as it was received: never trimmed, cut or normalized. Wiped when dropped, shown nowhere.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// The text, for the one who hashes it.
    pub fn expose(&self) -> &str {
        &self.0
    }
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
