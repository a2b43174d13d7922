//! A service that knows breached passwords, asked by k-anonymity when a person chooses one.

use hallpass_password::{Password, Range, Violation};

use crate::Result;
use crate::core::Auth;
use crate::settings::BreachService;

impl Auth {
    /// Refuses a password that the service knows. When the service does not answer, the password is accepted.
    pub(crate) async fn ask_breach_service(&self, password: &Password) -> Result<()> {
        let Some(service) = &self.settings().accounts.breach_service else { return Ok(()) };
        let known = is_known(service, password).await;
        let result = match known {
            Some(true) => "breached",
            Some(false) => "unknown",
            None => "failed",
        };
        metrics::counter!("hallpass_breach_service_total", "result" => result).increment(1);
        if known == Some(true) { Err(Violation::Breached.into()) } else { Ok(()) }
    }
}

/// Whether a password is known; none when there is no answer that can be used.
async fn is_known(service: &BreachService, password: &Password) -> Option<bool> {
    let range = Range::of(password);
    let url = format!("{}{}", service.url, range.prefix());
    // Padded, or the length of the answer would show an observer which range was asked for.
    let answer = service.client.get(&url, &[("add-padding", "true"), ("user-agent", "hallpass")]).await;
    let answer = answer.inspect_err(|error| tracing::warn!(%error, "the service of breached passwords: no answer"));
    let answer = answer.ok()?;
    if !answer.status.is_success() {
        tracing::warn!(
            status = answer.status.as_u16(),
            "the service of breached passwords: no answer that can be used"
        );
        return None;
    }
    str::from_utf8(&answer.body).ok().map(|text| range.is_in(text))
}
