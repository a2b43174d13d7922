//! What comes and goes by mail: an address is proved, a forgotten password is replaced.
//!
//! A message is a row in the transaction of its cause; a task sends it. What it carries is good once.

mod ask;
mod compose;
mod one_time;
mod redeem;
mod send;

use hallpass_mail::Locale;
use hallpass_model::outbox::Allowance;

pub use self::one_time::Presented;
pub use self::send::Delivery;

/// Mail, as it is configured.
#[derive(Debug, Clone, Copy)]
pub struct MailSettings {
    /// How many messages a recipient gets.
    pub allowance: Allowance,
    /// The language where the request names none.
    pub locale: Locale,
}

impl MailSettings {
    /// The defaults of the configuration.
    pub const DEFAULT: Self =
        Self { allowance: Allowance { in_quarter_hour: 3, in_a_day: 10 }, locale: Locale::English };
}
