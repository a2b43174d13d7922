//! What comes and goes by mail: an address is proved or changed, a forgotten password is replaced, a session begins without
//! one.
//!
//! A message is a row in the transaction of its cause; a task sends it. What it carries is good once.

mod ask;
mod change;
mod compose;
mod device;
mod enter;
mod one_time;
mod program;
mod redeem;
mod send;

use hallpass_model::outbox::Allowance;

pub(crate) use self::ask::evenly;
pub use self::enter::SignInByMail;
pub use self::one_time::{Place, Presented, PresentedValue, Started, Told as ToldByMail};
pub use self::send::Delivery;

/// Mail, as it is configured.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// How many messages a recipient gets.
    pub allowance: Allowance,
    /// How many messages leave in an hour, in all.
    pub per_hour: u32,
    /// The language where the request names none that mails are written in.
    pub language: String,
    /// Whether who registers has to prove the address before coming in.
    pub requires_proof: bool,
}

impl MailSettings {
    /// How many messages a recipient gets: three in a quarter of an hour, ten a day.
    pub const ALLOWANCE: Allowance = Allowance { in_quarter_hour: 3, in_a_day: 10, of_template: false };
}

impl Default for MailSettings {
    fn default() -> Self {
        Self { allowance: Self::ALLOWANCE, per_hour: 1000, language: "en".to_owned(), requires_proof: false }
    }
}
