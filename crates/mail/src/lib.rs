//! Mail: what it says in each language, and how it leaves.

mod letter;
mod mailer;
mod template;
mod words;

#[cfg(test)]
mod tests;

pub use letter::{Letter, Rendered};
pub use mailer::{Mailer, MailerError, Outgoing, SendError, Written};
pub use template::Template;
pub use words::{FILES, Words, WordsError};
