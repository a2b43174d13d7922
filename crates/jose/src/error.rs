//! Every reason to refuse, each with one stable code. None carries text from a token or a key.

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident => $code:literal, $text:literal;)*) => {
        /// Why a token or a key is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
        pub enum Error { $($(#[$doc])* #[error($text)] $name,)* }

        impl Error {
            /// A stable name, for logs.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

errors! {
    /// Over 8 KiB.
    TooLong => "token_too_long", "the token is longer than 8 KiB";
    /// Not three non-empty segments: a JWE, a JSON serialization, or no token at all.
    NotCompact => "not_compact_jws", "not a JWS in compact form";
    /// Padding, white space, another alphabet or stray trailing bits.
    Base64 => "bad_base64url", "a segment is not canonical base64url";
    /// Not a JSON object, duplicate members, invalid UTF-8 or too deep.
    Json => "bad_json", "a segment is not a JSON object with unique members";
    /// A header member has the wrong type, or one that must be there is missing.
    Header => "bad_header", "the header is malformed";
    /// `crit` or `b64`: an extension that is not implemented must be understood, so the token is refused.
    Critical => "critical_extension", "the header demands an extension";
    /// `jwk`, `jku`, `x5u` or `x5c`: a token does not bring its own key.
    EmbeddedKey => "embedded_key", "the header carries or points to a key";
    /// A nested token.
    Nested => "nested_token", "the token holds another token";
    /// No key of this `kid`.
    UnknownKey => "unknown_kid", "no key has this kid";
    /// `alg` is not the one the key is bound to.
    AlgorithmMismatch => "algorithm_mismatch", "the header's algorithm is not the key's";
    /// An algorithm that this crate does not implement; `none` among them.
    UnsupportedAlgorithm => "unsupported_algorithm", "the algorithm is not supported";
    /// The signature is wrong.
    Signature => "bad_signature", "the signature does not verify";
    /// `typ` is not the expected one.
    WrongType => "wrong_typ", "the token is of another type";
    /// The key material is malformed or does not fit the algorithm.
    BadKey => "bad_key", "the key is malformed or does not fit its algorithm";
    /// The key is too short, its exponent too small, or its modulus known to be weak.
    WeakKey => "weak_key", "the key is too weak";
    /// A secret that is short, repeated, well known or made by a person.
    WeakSecret => "weak_secret", "the secret is short, well known or not random: 32 random bytes at least are needed";
    /// A key set with duplicate kids, or with symmetric and asymmetric keys.
    BadKeySet => "bad_key_set", "the key set repeats a kid or mixes symmetric and asymmetric keys";
    /// The cryptographic library failed.
    Crypto => "crypto_failure", "the cryptographic library failed";
}
