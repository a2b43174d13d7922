//! bcrypt over a digest, for passwords longer than bcrypt reads: `WordPress` since 6.8, and Django.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64_simd::STANDARD;
use zeroize::Zeroizing;

use super::encoding::to_hex;
use crate::bcrypt_text::Bcrypt;
use crate::engine::Engine;
use crate::scheme::HashError;
use crate::work::Work;

#[derive(Clone, Copy)]
enum Inner {
    /// `$wp$2y$…`: Base64 of HMAC-SHA-384 with the key `wp-sha384`.
    WordPress,
    /// `bcrypt_sha256$$2b$…`: hexadecimal SHA-256.
    Django,
}

pub(crate) struct Prehash {
    inner: Inner,
    bcrypt: Bcrypt,
}

impl Prehash {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("$wp") {
            return Some(Self { inner: Inner::WordPress, bcrypt: Bcrypt::parse(rest).ok()? });
        }
        let bcrypt = Bcrypt::parse(text.strip_prefix("bcrypt_sha256$")?).ok()?;
        Some(Self { inner: Inner::Django, bcrypt })
    }

    pub(super) fn matches(&self, engine: &Engine, password: &[u8]) -> Result<bool, HashError> {
        let inner = Zeroizing::new(match self.inner {
            Inner::WordPress => {
                let key = hmac::Key::new(hmac::HMAC_SHA384, b"wp-sha384");
                STANDARD.encode_to_string(hmac::sign(&key, password).as_ref())
            }
            Inner::Django => to_hex(digest(&SHA256, password).as_ref()),
        });
        self.bcrypt.matches(engine, inner.as_bytes())
    }

    pub(super) const fn scheme(&self) -> &'static str {
        match self.inner {
            Inner::WordPress => "wordpress-bcrypt",
            Inner::Django => "django-bcrypt-sha256",
        }
    }

    pub(super) fn work(&self) -> Work {
        Work::of_bcrypt(self.bcrypt.cost)
    }
}
