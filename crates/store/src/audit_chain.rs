//! Tamper evidence of the audit log: each row carries a keyed hash over itself and the row before (HMAC-SHA-256).
//!
//! The key is not in the database, so a change, an insertion or a gap made there cannot be covered up. What the chain
//! cannot show is a database put back as a whole to an earlier state: for that a head noted elsewhere is compared.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use hallpass_model::Timestamp;
use hallpass_model::secret::Secret;

use crate::{Error, Result};

/// The bytes of a keyed hash.
pub type Mac = [u8; 32];

/// What stands before the first row.
pub(crate) const START: Mac = [0; 32];

/// The key of the chain. Cheap to clone.
#[derive(Clone)]
pub struct AuditKey(Arc<hmac::Key>);

impl AuditKey {
    /// From a key that belongs to the installation and is not in its database.
    pub fn new(key: &Secret<32>) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, key.expose())))
    }

    /// A key that dies with the process, for stores that do too.
    pub(crate) fn random() -> Result<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        key.map(|key| Self(Arc::new(key))).map_err(|_| Error::unavailable("the source of randomness failed"))
    }

    /// The keyed hash of a row at a place, after the row before. Every part is preceded by its length, so no two rows
    /// give the same bytes.
    pub(crate) fn row(&self, position: i64, before: &Mac, row: &Content<'_>) -> Mac {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(b"audit row v1");
        context.update(&position.to_be_bytes());
        context.update(before);
        context.update(&row.at.millis().to_be_bytes());
        let texts = [Some(row.event), Some(row.actor), row.ip, row.user_agent, row.request_id, Some(row.detail)];
        let parts = texts.map(|text| text.map(str::as_bytes)).into_iter().chain([row.user, row.session]);
        for part in parts {
            // No part is as long as the number that stands for its absence.
            let length = part.map_or(u64::MAX, |part| part.len() as u64);
            context.update(&length.to_be_bytes());
            context.update(part.unwrap_or_default());
        }
        mac(&context.sign())
    }

    /// What proves that retention removed everything up to the row of this place and mac.
    pub(crate) fn pruned(&self, position: i64, last: &Mac) -> Mac {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(b"audit pruned v1");
        context.update(&position.to_be_bytes());
        context.update(last);
        mac(&context.sign())
    }
}

fn mac(tag: &hmac::Tag) -> Mac {
    let mut bytes = START;
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

pub(crate) fn equal(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey(redacted)")
    }
}

/// What a row says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content<'a> {
    pub(crate) at: Timestamp,
    pub(crate) event: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) user: Option<&'a [u8]>,
    pub(crate) session: Option<&'a [u8]>,
    pub(crate) ip: Option<&'a str>,
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) detail: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Content<'_> = Content {
        at: Timestamp::from_millis(1),
        event: "login.failed",
        actor: "anonymous",
        user: None,
        session: None,
        ip: Some("192.0.2.1"),
        user_agent: None,
        request_id: Some("r"),
        detail: "{}",
    };

    #[test]
    fn every_part_of_a_row_its_place_and_the_row_before_are_in_the_hash() {
        let key = AuditKey::new(&Secret::new([7; 32]));
        let others = [
            Content { at: Timestamp::from_millis(2), ..ROW },
            Content { event: "login.succeeded", ..ROW },
            Content { actor: "operator", ..ROW },
            Content { user: Some(&[0; 16]), ..ROW },
            Content { session: Some(&[0; 16]), ..ROW },
            Content { ip: None, ..ROW },
            Content { ip: None, user_agent: Some("192.0.2.1"), ..ROW },
            Content { user_agent: Some(""), ..ROW },
            Content { request_id: None, ..ROW },
            Content { detail: "{} ", ..ROW },
        ];
        let mut macs = vec![key.row(1, &START, &ROW), key.row(2, &START, &ROW), key.row(1, &[1; 32], &ROW)];
        macs.push(AuditKey::new(&Secret::new([8; 32])).row(1, &START, &ROW));
        macs.extend(others.iter().map(|other| key.row(1, &START, other)));
        for (n, mac) in macs.iter().enumerate() {
            assert_eq!(macs.iter().position(|other| other == mac), Some(n), "row {n}");
        }
    }
}
