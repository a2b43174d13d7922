//! How mail is sent, and what it says.

use std::path::Path;
use std::sync::Arc;

use hallpass_auth::MailSettings;
use hallpass_mail::{Mailer, MailerError, Words};

use super::origin::Issuer;
use crate::config::DataSettings;
use crate::config::reader::{Reader, Refusal};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Transport {
    Smtp,
    File,
    Off,
}

/// Mail, and what sends it, if anything does.
pub(super) struct Mail {
    pub(super) settings: MailSettings,
    pub(super) mailer: Option<Mailer>,
}

/// By a mail server, or into a folder of the data directory, so that everything works at the first start.
pub(super) fn read(reader: &mut Reader<'_>, issuer: Option<&Issuer>, data: Option<&DataSettings>) -> Option<Mail> {
    let transport = transport(reader);
    let words = reader.with("mail.templates", words);
    let requires_proof = match reader.text("mail.require_verified") {
        None => transport.map(|transport| transport == Transport::Smtp),
        Some(_) => reader.flag("mail.require_verified"),
    };
    let per_hour = reader.number("limits.mail_per_hour", 1..=1_000_000);
    let language = language(reader, words.as_deref());
    let from = sender(reader, issuer);
    // Checked whatever becomes of it, so that no other fault hides this one.
    let url = reader.with("mail.url", |url| match url {
        "" => Ok(None),
        url => Mailer::check_server(url).map(|()| Some(url)).map_err(|error| refusal(&error)),
    });
    let (issuer, data, words, from, url) = (issuer?, data?, words?, from?, url?);
    let mailer = match transport? {
        Transport::Off => None,
        Transport::File => {
            warn_of_files(reader, issuer);
            Some(reader.with("mail.from", |_| {
                Mailer::folder(&data.folder.join("mail"), &from, words).map_err(|error| refusal(&error))
            })?)
        }
        Transport::Smtp => {
            let url = url.unwrap_or_default();
            Some(reader.with("mail.url", |_| Mailer::smtp(url, &from, words).map_err(|error| refusal(&error)))?)
        }
    };
    let settings = MailSettings {
        allowance: MailSettings::ALLOWANCE,
        per_hour: per_hour?,
        language: language?,
        requires_proof: requires_proof?,
    };
    Some(Mail { settings, mailer })
}

fn transport(reader: &mut Reader<'_>) -> Option<Transport> {
    let has_url = reader.text("mail.url").is_some();
    if reader.text("mail.transport").is_none() {
        return Some(if has_url { Transport::Smtp } else { Transport::File });
    }
    let choices = [("smtp", Transport::Smtp), ("file", Transport::File), ("off", Transport::Off)];
    let transport = reader.choice("mail.transport", &choices);
    if transport == Some(Transport::Smtp) && !has_url {
        reader.refuse("no_mail_server", "mail.url", "is not set, and mail.transport is smtp");
        return None;
    }
    transport
}

/// Words that cannot be read hide no fault of the language.
fn language(reader: &mut Reader<'_>, words: Option<&Words>) -> Option<String> {
    let embedded = Words::embedded().ok();
    let words = words.or(embedded.as_ref())?;
    reader.with("mail.language", |tag| match words.of_tag(tag) {
        Some(tag) => Ok(tag.to_owned()),
        None => Err(("bad_value", format!("`{tag}` is not a language that mails are written in"))),
    })
}

fn sender(reader: &mut Reader<'_>, issuer: Option<&Issuer>) -> Option<String> {
    let issuer = issuer.map_or("http://localhost", |issuer| issuer.text.as_str());
    let host = issuer.split_once("://").map_or("localhost", |(_, host)| host);
    let host = host.split([':', '/']).next().unwrap_or(host);
    let from = reader.text("mail.from").map_or_else(|| format!("hallpass <hallpass@{host}>"), str::to_owned);
    reader.with("mail.from", |_| Mailer::check_sender(&from).map(|()| from.clone()).map_err(|error| refusal(&error)))
}

fn warn_of_files(reader: &mut Reader<'_>, issuer: &Issuer) {
    if issuer.is_https && !issuer.is_loopback {
        let message = "is not set: mails are written into data_dir/mail, where their users do not read them";
        reader.warn("mail_to_files", "mail.url", message);
    }
}

fn words(folder: &str) -> Result<Arc<Words>, Refusal> {
    let words = if folder.is_empty() { Words::embedded() } else { Words::of_folder(Path::new(folder)) };
    words.map(Arc::new).map_err(|error| ("bad_templates", error.to_string()))
}

/// The address of the server may hold a password: it is not repeated.
fn refusal(error: &MailerError) -> Refusal {
    match error {
        MailerError::From(_) => ("bad_value", "is not a sender: write `Example <auth@example.com>`".to_owned()),
        MailerError::Url(_) => (
            "bad_value",
            "is not a mail server: write smtps://USER:PASSWORD@HOST or smtp://HOST:587?tls=required".to_owned(),
        ),
    }
}
