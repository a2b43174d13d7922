//! The system that users move in from at their first login.

use std::sync::Arc;
use std::time::Duration;

use base64_simd::STANDARD as BASE64;
use hallpass_auth::LegacySettings;
use hallpass_egress::{Client, Rules};
use hallpass_model::Timestamp;
use zeroize::Zeroizing;

use super::breached::allowed;
use crate::config::reader::{Reader, Refusal};

/// A person waits for it.
const PATIENCE: Duration = Duration::from_secs(3);
const MAX_ANSWER: usize = 16 << 10;
/// As Standard Webhooks ask for.
const SHORTEST_SECRET: usize = 24;

/// None when there is no such system, or a value is refused.
pub(super) fn settings(reader: &mut Reader<'_>) -> Option<LegacySettings> {
    let allow = allowed(reader);
    let secret = reader.with("legacy.secret", secret);
    let until = reader.with("legacy.until", until);
    let url = reader.text("legacy.url").unwrap_or_default().to_owned();
    let (allow, secret, until) = (allow?, secret?, until?);
    if url.is_empty() {
        return None;
    }
    let Some(secret) = secret else {
        let message = "is needed beside legacy.url: passwords are sent there, signed. Make one with \
                       `echo whsec_$(openssl rand -base64 32)`, and give it to both";
        reader.refuse("no_secret", "legacy.secret", message.to_owned());
        return None;
    };
    let client = Client::new(&Rules { allow, timeout: PATIENCE, max_body: MAX_ANSWER, ..Rules::default() });
    let made = client.map_err(|error| error.to_string());
    let client = made.and_then(|client| client.check(&url).map(|()| client).map_err(|error| error.to_string()));
    match client {
        Ok(client) => Some(LegacySettings { client, url, secret, until }),
        Err(message) => {
            reader.refuse("bad_value", "legacy.url", message);
            None
        }
    }
}

type Key = Arc<Zeroizing<Vec<u8>>>;

fn secret(text: &str) -> Result<Option<Key>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let bytes = text.strip_prefix("whsec_").and_then(|text| BASE64.decode_to_vec(text).ok());
    let bytes = bytes.filter(|bytes| bytes.len() >= SHORTEST_SECRET);
    let message = "must be whsec_ and 24 bytes or more as base64: `echo whsec_$(openssl rand -base64 32)`";
    bytes.map(|bytes| Some(Arc::new(Zeroizing::new(bytes)))).ok_or_else(|| ("weak_secret", message.to_owned()))
}

fn until(text: &str) -> Result<Option<Timestamp>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let message = || ("bad_value", format!("`{text}` is no instant, such as 2027-06-30T00:00:00Z"));
    text.parse().map(Some).map_err(|_| message())
}
