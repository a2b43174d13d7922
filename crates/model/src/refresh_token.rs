//! The refresh token: opaque to clients, self-authenticating to the server.
//!
//! `hpr_` + base64url(session id ‖ generation ‖ secret ‖ tag), 95 characters, always.
//!
//! The tag, a truncated HMAC under a server key, turns a forged or garbled token away without a database read. The
//! generation tells a spent token from the current one without keeping a row for each spent token. The secret is 256
//! random bits at first and derived ever after: `successor = HKDF-SHA-256(ikm: secret, salt: nonce, info: place)`, so
//! that a client that presents the last spent token again can be given the same successor, while the store holds nothing
//! but the nonce and a hash. A nonce without the spent secret derives nothing.

use aws_lc_rs::{digest, hkdf, hmac};
use base64_simd::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::SessionId;
use crate::secret::{Secret, SecretText};

/// Marks the token for secret scanners and for people.
pub const PREFIX: &str = "hpr_";

const SESSION_LEN: usize = 16;
const GENERATION_LEN: usize = 4;
const SECRET_LEN: usize = 32;
const TAG_LEN: usize = 16;
const SIGNED_LEN: usize = SESSION_LEN + GENERATION_LEN + SECRET_LEN;
const RAW_LEN: usize = SIGNED_LEN + TAG_LEN;
/// The length of every token, in bytes of ASCII.
pub const ENCODED_LEN: usize = PREFIX.len() + (RAW_LEN * 4).div_ceil(3);

const SUCCESSOR_INFO: &[u8] = b"hallpass refresh successor v1";

/// SHA-256 of a token, which is all that the store keeps of it.
pub type TokenHash = [u8; 32];

/// What a rotation mixes into the derivation of the successor.
pub type Nonce = [u8; 16];

/// The text is not a token that this server made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token of this server")]
pub struct NotOurs;

/// A genuine token: either just minted, or presented and its tag found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    session: SessionId,
    generation: u32,
    secret: Secret<SECRET_LEN>,
}

impl RefreshToken {
    /// The first token of a family, from 256 random bits.
    pub const fn first(session: SessionId, secret: Secret<SECRET_LEN>) -> Self {
        Self { session, generation: 0, secret }
    }

    /// The family it belongs to.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// How many rotations lie before it.
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// SHA-256 over everything the token says.
    pub fn hash(&self) -> TokenHash {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(self.session.as_bytes());
        context.update(&self.generation.to_be_bytes());
        context.update(self.secret.expose());
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }

    /// The one successor of this token under `nonce` (RFC 5869). Bound to its session and generation by `info`.
    ///
    /// # Errors
    /// [`NotOurs`] when four billion generations are used up or the derivation fails; both end the family.
    pub fn successor(&self, nonce: &Nonce) -> Result<Self, NotOurs> {
        let generation = self.generation.checked_add(1).ok_or(NotOurs)?;
        let place = generation.to_be_bytes();
        let info = [SUCCESSOR_INFO, self.session.as_bytes().as_slice(), &place];
        let mut secret = Zeroizing::new([0; SECRET_LEN]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, nonce)
            .extract(self.secret.expose())
            .expand(&info, hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(secret.as_mut()))
            .map_err(|_| NotOurs)?;
        Ok(Self { session: self.session, generation, secret: Secret::new(*secret) })
    }
}

/// Writes and reads tokens under one server key.
#[derive(Debug, Clone)]
pub struct Codec {
    key: hmac::Key,
}

impl Codec {
    /// A codec for this server key. Losing the key logs everybody out; leaking it lets forgeries reach the store,
    /// where they still match no hash.
    pub fn new(key: &Secret<32>) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key.expose()) }
    }

    /// The token as the client carries it.
    pub fn encode(&self, token: &RefreshToken) -> SecretText {
        let mut raw = Zeroizing::new([0; RAW_LEN]);
        raw[..SESSION_LEN].copy_from_slice(token.session.as_bytes());
        raw[SESSION_LEN..SESSION_LEN + GENERATION_LEN].copy_from_slice(&token.generation.to_be_bytes());
        raw[SESSION_LEN + GENERATION_LEN..SIGNED_LEN].copy_from_slice(token.secret.expose());
        let tag = hmac::sign(&self.key, &raw[..SIGNED_LEN]);
        raw[SIGNED_LEN..].copy_from_slice(&tag.as_ref()[..TAG_LEN]);
        let mut text = String::with_capacity(ENCODED_LEN);
        text.push_str(PREFIX);
        text.push_str(&Zeroizing::new(URL_SAFE_NO_PAD.encode_to_string(raw.as_slice())));
        SecretText::new(text)
    }

    /// Reads a token and checks its tag, in constant time and without touching the store.
    ///
    /// # Errors
    /// [`NotOurs`] for anything but the exact text that [`Codec::encode`] wrote: length, prefix, alphabet, tag.
    pub fn decode(&self, text: &str) -> Result<RefreshToken, NotOurs> {
        if text.len() != ENCODED_LEN {
            return Err(NotOurs);
        }
        let body = text.strip_prefix(PREFIX).ok_or(NotOurs)?;
        let raw = Zeroizing::new(URL_SAFE_NO_PAD.decode_to_vec(body).map_err(|_| NotOurs)?);
        let raw: &[u8; RAW_LEN] = raw.as_slice().try_into().map_err(|_| NotOurs)?;
        let token = read(raw).ok_or(NotOurs)?;
        let tag = hmac::sign(&self.key, &raw[..SIGNED_LEN]);
        let genuine = subtle::ConstantTimeEq::ct_eq(&tag.as_ref()[..TAG_LEN], &raw[SIGNED_LEN..]);
        // The same bytes have one spelling only: a decoder that ignored trailing bits would accept several.
        let canonical = URL_SAFE_NO_PAD.encode_to_string(raw.as_slice()) == body;
        if bool::from(genuine) && canonical { Ok(token) } else { Err(NotOurs) }
    }
}

fn read(raw: &[u8; RAW_LEN]) -> Option<RefreshToken> {
    let (session, rest) = raw.split_first_chunk::<SESSION_LEN>()?;
    let (generation, rest) = rest.split_first_chunk::<GENERATION_LEN>()?;
    let (secret, _tag) = rest.split_first_chunk::<SECRET_LEN>()?;
    Some(RefreshToken {
        session: SessionId::from_bytes(*session),
        generation: u32::from_be_bytes(*generation),
        secret: Secret::new(*secret),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use proptest::prelude::*;

    fn codec() -> Codec {
        Codec::new(&Secret::new([9; 32]))
    }

    fn token() -> RefreshToken {
        let session = SessionId::new(Timestamp::from_millis(1_700_000_000_000), [1; 10]);
        RefreshToken::first(session, Secret::new([42; 32]))
    }

    #[test]
    fn a_token_survives_the_round_trip() {
        let text = codec().encode(&token());
        assert_eq!(text.expose().len(), ENCODED_LEN);
        assert_eq!(codec().decode(text.expose()), Ok(token()));
    }

    #[test]
    fn another_servers_token_is_not_ours() {
        let foreign = Codec::new(&Secret::new([8; 32])).encode(&token());
        assert_eq!(codec().decode(foreign.expose()), Err(NotOurs));
    }

    #[test]
    fn the_successor_depends_on_secret_and_nonce_and_nothing_else() {
        let next = token().successor(&[5; 16]);
        assert_eq!(next, token().successor(&[5; 16]));
        assert_ne!(next, token().successor(&[6; 16]));
        assert_eq!(next.as_ref().map(RefreshToken::generation), Ok(1));
        let other = RefreshToken::first(token().session(), Secret::new([43; 32]));
        assert_ne!(next, other.successor(&[5; 16]));
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?} {:?}", token(), codec().encode(&token()));
        assert!(!shown.contains("42") && !shown.contains(PREFIX), "{shown}");
    }

    #[test]
    fn truncated_extended_and_recased_tokens_are_refused() {
        let text = codec().encode(&token()).expose().to_owned();
        let mangled = [
            text[..ENCODED_LEN - 1].to_owned(),
            format!("{text}A"),
            text.to_uppercase(),
            text.replacen("hpr_", "hpx_", 1),
            format!(" {}", &text[..ENCODED_LEN - 1]),
        ];
        for bad in mangled {
            assert_eq!(codec().decode(&bad), Err(NotOurs), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_changed_character_is_refused(at in PREFIX.len()..ENCODED_LEN, with in "[A-Za-z0-9_-]") {
            let text = codec().encode(&token()).expose().to_owned();
            let mut changed = text.clone();
            changed.replace_range(at..=at, &with);
            prop_assert_eq!(codec().decode(&changed).is_ok(), changed == text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            prop_assert_eq!(codec().decode(&text), Err(NotOurs));
        }
    }
}
