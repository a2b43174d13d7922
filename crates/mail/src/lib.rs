//! Mail: what it says in each language, and how it leaves.

mod letter;
mod mailer;
mod words;

pub use letter::{Letter, Rendered};
pub use mailer::{Mailer, MailerError, Outgoing, SendError};
pub use words::{Locale, Template};
