//! HS256 secrets. A guessed secret signs anything, and guesses are made offline, billions a second.

/// Fragments of secrets that people type, and that tutorials and defaults use.
const KNOWN: &[&str] = &[
    "secret",
    "password",
    "changeme",
    "change-me",
    "change_me",
    "please",
    "default",
    "example",
    "your-",
    "your_",
    "test",
    "dummy",
    "placeholder",
    "keyboard cat",
    "super",
    "private",
    "qwerty",
    "letmein",
    "admin",
    "hallpass",
    "token",
    "lorem",
    "0123456789",
    "abcdefgh",
];

/// Keys printed in RFC 7515, 7517, 7519 and 7520, as base64url.
const PUBLISHED: &[&str] = &[
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
    "FdFYFzERwC2uCBB46pZQi4GG85LujR8obt-KWRBICVQ",
    "GawgguFyGrWKav7AX4VKUg",
];

/// Whether a secret is too weak for HS256: under 32 bytes (RFC 7518 §3.2), published, repeated, or typed by a person.
pub fn is_weak_secret(secret: &[u8]) -> bool {
    secret.len() < 32 || is_published(secret) || has_few_values(secret) || is_typed(secret) || repeats(secret)
}

fn is_published(secret: &[u8]) -> bool {
    let encoded = crate::encode::encode(secret);
    PUBLISHED.iter().any(|known| *known == encoded || known.as_bytes() == secret)
}

/// 32 random bytes hold about 30 different values, 32 random hexadecimal digits about 14.
fn has_few_values(secret: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in secret {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|seen| **seen).count() < 10
}

/// A known fragment, words, or the text of a key: what random bytes or an encoding of them would hardly be.
fn is_typed(secret: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(secret) else { return false };
    let lower = text.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let known =
        lower.len() < 64 && (KNOWN.iter().any(|known| lower.contains(known)) || words.any(|word| word == "jwt"));
    let is_key = lower.contains("-----begin") || lower.trim_start().starts_with('{');
    known || is_key || is_words(text)
}

/// Letters alone, few of them capitals: half of random letters are.
fn is_words(text: &str) -> bool {
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    text.bytes().all(|c| c.is_ascii_alphabetic() || matches!(c, b' ' | b'-' | b'_')) && capitals * 4 < text.len()
}

/// A short unit again and again.
fn repeats(secret: &[u8]) -> bool {
    (1..=secret.len() / 2)
        .any(|unit| secret.len().is_multiple_of(unit) && secret.chunks(unit).all(|chunk| *chunk == secret[..unit]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_secrets_are_known_for_what_they_are() {
        let weak: &[&[u8]] = &[
            b"",
            b"secret",
            b"changeme",
            &[7; 64],
            b"0123456789abcdef0123456789abcdef",
            b"this-is-my-super-secret-jwt-signing-key",
            b"your-256-bit-secret-your-256-bit",
            b"correct horse battery staple correct",
            b"thirty-one bytes are not enough",
            b"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        ];
        for secret in weak {
            assert!(is_weak_secret(secret), "{:?}", String::from_utf8_lossy(secret));
        }
    }

    #[test]
    fn random_secrets_in_any_encoding_are_fine() {
        let raw: Vec<u8> = (0u32..32).map(|i| (i.wrapping_mul(2_654_435_761) >> 21).to_le_bytes()[0]).collect();
        let hex =
            raw.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| b"0123456789abcdef"[usize::from(digit)]);
        for secret in [raw.clone(), hex.collect(), crate::encode::encode(&raw).into_bytes()] {
            assert!(!is_weak_secret(&secret), "{}", String::from_utf8_lossy(&secret));
        }
    }
}
