//! Mail: what it says in each language, and how it leaves.

mod inbox;
mod letter;
mod mailer;
mod smtp;
mod template;
mod words;

#[cfg(test)]
mod tests;

pub use inbox::{Inbox, Received, Written};
pub use letter::{Letter, Rendered};
pub use mailer::{Mailer, MailerError, Outbound, Outgoing};
pub use smtp::SendError;
pub use template::Template;
pub use words::{FILES, Words, WordsError};
