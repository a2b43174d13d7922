//! One delivery: signed, sent, and what the receiver has made of it.

use std::time::{Duration, SystemTime};

use hallpass_egress::{Client, Error as SendError, Receipt};
use hallpass_model::Timestamp;
use hallpass_model::webhook::{Delivered, LONGEST_RETRY_AFTER};
use tokio::time::Instant;

use super::body::Message;
use crate::signer::Signer;
use crate::state::Hosts;

/// What a receiver has made of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Taken,
    /// It wants nothing any more.
    Gone,
    Failed {
        /// It asks to be left alone for so long.
        retry_after: Option<Duration>,
    },
}

/// An outcome, and what the endpoint's row remembers of it.
pub(super) struct Attempt {
    pub(super) outcome: Outcome,
    pub(super) delivered: Delivered,
}

/// Sends to one endpoint.
pub(super) struct Sender<'a> {
    pub(super) client: &'a Client,
    pub(super) hosts: &'a Hosts,
    pub(super) url: &'a str,
    pub(super) signer: Signer,
    /// When the work began, by the clock of the context.
    pub(super) at: Timestamp,
    pub(super) begun: Instant,
}

impl Sender<'_> {
    pub(super) async fn send(&self, message: &Message) -> Attempt {
        let _turn = self.hosts.turn(self.url).await;
        let begun = Instant::now();
        // Receivers refuse what is some minutes old, and a turn may take one.
        let at = self.at + (begun - self.begun);
        let (signature, stamp) = (self.signer.sign(&message.id, at, &message.body), at.secs().to_string());
        let headers = [
            ("content-type", "application/json"),
            ("user-agent", concat!("hallpass/", env!("CARGO_PKG_VERSION"))),
            ("webhook-id", message.id.as_str()),
            ("webhook-timestamp", stamp.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        let answer = self.client.deliver(self.url, &headers, message.body.clone().into()).await;
        let (outcome, status, error) = verdict(answer, at);
        metrics::counter!("hallpass_webhook_deliveries_total", "result" => result(&outcome)).increment(1);
        let delivered = Delivered {
            seq: message.seq,
            kind: message.name().to_owned(),
            at: at.millis(),
            status,
            ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            error,
        };
        Attempt { outcome, delivered }
    }
}

const fn result(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Taken => "taken",
        Outcome::Gone => "gone",
        Outcome::Failed { .. } => "failed",
    }
}

fn verdict(answer: Result<Receipt, SendError>, at: Timestamp) -> (Outcome, Option<u16>, Option<String>) {
    let failed = Outcome::Failed { retry_after: None };
    let receipt = match answer {
        Ok(receipt) => receipt,
        Err(error) => return (failed, None, Some(error.to_string())),
    };
    let status = receipt.status;
    let code = Some(status.as_u16());
    let (outcome, words) = match status.as_u16() {
        200..=299 => return (Outcome::Taken, code, None),
        410 => (Outcome::Gone, "the receiver is gone".to_owned()),
        // The address that it names was not looked at by anybody.
        300..=399 => (failed, format!("the receiver answers {}: redirects are not followed", status.as_u16())),
        429 | 503 => (Outcome::Failed { retry_after: retry_after(&receipt, at) }, refused(status.as_u16())),
        _ => (failed, refused(status.as_u16())),
    };
    (outcome, code, Some(words))
}

fn refused(status: u16) -> String {
    format!("the receiver answers {status}")
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(receipt: &Receipt, at: Timestamp) -> Option<Duration> {
    let value = receipt.headers.get("retry-after")?.to_str().ok()?.trim();
    let asked = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => until(httpdate::parse_http_date(value).ok()?, at),
    };
    Some(asked.min(LONGEST_RETRY_AFTER))
}

fn until(date: SystemTime, at: Timestamp) -> Duration {
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(at.unsigned_millis());
    date.duration_since(now).unwrap_or_default()
}
