//! How mail is sent.

use hallpass_mail::{Mailer, MailerError};

use super::origin::Issuer;
use crate::config::DataSettings;
use crate::config::reader::{Reader, Refusal};

/// What sends mail: a server, or a folder in the data directory, so that everything works at the first start.
#[allow(clippy::option_option, reason = "none is a fault, no mailer is a choice")]
pub(super) fn mailer(
    reader: &mut Reader<'_>,
    issuer: Option<&Issuer>,
    data: Option<&DataSettings>,
) -> Option<Option<Mailer>> {
    let (issuer, folder) = (issuer?, data?.folder.join("mail"));
    let host = issuer.text.split_once("://").map_or("localhost", |(_, host)| host);
    let host = host.split([':', '/']).next().unwrap_or(host).to_owned();
    let from = reader.text("mail.from").map_or_else(|| format!("hallpass <hallpass@{host}>"), str::to_owned);
    // Checked by itself, so that a fault of one key does not hide that of the other.
    let from = reader.with("mail.from", |_| Mailer::folder(&folder, &from).map(|_| from.clone()).map_err(refusal));
    let server = reader.text("mail.server");
    if server.is_none() && issuer.is_https && !issuer.is_loopback {
        let message = "is not set: mails are written into data_dir/mail, where their users do not read them";
        reader.warn("mail_to_files", "mail.server", message);
    }
    let from = from?;
    match server {
        Some("off") => Some(None),
        None => reader.with("mail.server", |_| Mailer::folder(&folder, &from).map(Some).map_err(refusal)),
        Some(_) => reader.with("mail.server", |url| Mailer::smtp(url, &from).map(Some).map_err(refusal)),
    }
}

/// The address of the server may hold a password: it is not repeated.
fn refusal(error: MailerError) -> Refusal {
    match error {
        MailerError::From(_) => ("bad_value", "is not a sender: write `Example <auth@example.com>`".to_owned()),
        MailerError::Url(_) => (
            "bad_value",
            "is not a mail server: write smtps://USER:PASSWORD@HOST or smtp://HOST:587?tls=required".to_owned(),
        ),
    }
}
