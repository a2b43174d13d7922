//! Signatures as Standard Webhooks say (<https://www.standardwebhooks.com>).

use aws_lc_rs::hmac;
use base64_simd::STANDARD as BASE64;
use hallpass_model::Timestamp;

/// What signs: a secret and, for a while after a rotation, the one before.
pub(crate) struct Signer(Vec<hmac::Key>);

impl Signer {
    pub(crate) const fn new(keys: Vec<hmac::Key>) -> Self {
        Self(keys)
    }

    /// With one secret.
    pub(crate) fn of(secret: &[u8]) -> Self {
        Self(vec![hmac::Key::new(hmac::HMAC_SHA256, secret)])
    }

    /// A signature by each secret, separated by spaces.
    pub(crate) fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> String {
        let begin = format!("{id}.{}.", at.secs());
        let sign = |key: &hmac::Key| {
            let mut context = hmac::Context::with_key(key);
            context.update(begin.as_bytes());
            context.update(body);
            format!("v1,{}", BASE64.encode_to_string(context.sign()))
        };
        self.0.iter().map(sign).collect::<Vec<_>>().join(" ")
    }
}
