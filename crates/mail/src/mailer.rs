//! How a mail leaves: by SMTP, into a folder, or into memory.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use crate::inbox::{Inbox, Received, Written};
use crate::letter::Rendered;
use crate::smtp::{Connections, SendError, Server};
use crate::words::Words;

/// What sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
    words: Arc<Words>,
}

#[derive(Clone)]
enum Way {
    Smtp(Server),
    Folder(PathBuf),
    Inbox(Inbox),
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Smtp(_) => write!(f, "Mailer(SMTP, from {})", self.from),
            Way::Folder(path) => write!(f, "Mailer({}, from {})", path.display(), self.from),
            Way::Inbox(_) => write!(f, "Mailer(memory, from {})", self.from),
        }
    }
}

/// Why mail cannot be sent in this way.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The sender is no address.
    #[error("the sender is not an address: {0}")]
    From(String),
    /// The address of the mail server is none.
    #[error("not the address of a mail server: {0}")]
    Url(String),
}

/// A mail and whom it is for.
pub struct Outgoing<'a> {
    /// Its name, the same at each try, so that one who gets it twice can tell.
    pub id: &'a str,
    pub to: &'a str,
    /// The host of the server.
    pub host: &'a str,
    pub at: SystemTime,
    pub rendered: Rendered,
}

/// What sends one mail after the other.
pub struct Outbound<'a> {
    mailer: &'a Mailer,
    way: Exit<'a>,
}

enum Exit<'a> {
    Server(Connections<'a>),
    Folder(&'a Path),
    Inbox(&'a Inbox),
}

/// Says that a program has written it, so that no program answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Mailer {
    /// Mail by a server: `smtps://user:password@host:465`, or `smtp://host:587?tls=required`.
    ///
    /// # Errors
    /// [`MailerError`].
    pub fn smtp(url: &str, from: &str, words: Arc<Words>) -> Result<Self, MailerError> {
        let way = Way::Smtp(Server::at(url).map_err(MailerError::Url)?);
        Ok(Self { from: sender(from)?, way, words })
    }

    /// Mail into a folder, a file each.
    ///
    /// # Errors
    /// [`MailerError::From`].
    pub fn folder(path: &Path, from: &str, words: Arc<Words>) -> Result<Self, MailerError> {
        Ok(Self { from: sender(from)?, way: Way::Folder(path.to_owned()), words })
    }

    /// Mail that stays in memory.
    ///
    /// # Errors
    /// [`MailerError::From`].
    pub fn inbox(inbox: Inbox, from: &str, words: Arc<Words>) -> Result<Self, MailerError> {
        Ok(Self { from: sender(from)?, way: Way::Inbox(inbox), words })
    }

    /// Whether this is the address of a mail server.
    ///
    /// # Errors
    /// [`MailerError::Url`].
    pub fn check_server(url: &str) -> Result<(), MailerError> {
        Server::at(url).map(drop).map_err(MailerError::Url)
    }

    /// Whether mail can be sent from this address.
    ///
    /// # Errors
    /// [`MailerError::From`].
    pub fn check_sender(from: &str) -> Result<(), MailerError> {
        sender(from).map(drop)
    }

    /// What mails say.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// Where mail is written to, if it is.
    pub fn written_to(&self) -> Option<&Path> {
        match &self.way {
            Way::Folder(path) => Some(path),
            Way::Smtp(_) | Way::Inbox(_) => None,
        }
    }

    /// Removes mails from the folder that are older than this: they hold links and codes, and nobody else removes them.
    ///
    /// # Errors
    /// The folder cannot be read, or a file cannot be removed.
    pub async fn remove_older(&self, than: SystemTime) -> std::io::Result<()> {
        let Way::Folder(folder) = &self.way else { return Ok(()) };
        let mut entries = match tokio::fs::read_dir(folder).await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        while let Some(entry) = entries.next_entry().await? {
            let is_mail = entry.path().extension().is_some_and(|ending| ending == "eml" || ending == "part");
            if is_mail && entry.metadata().await?.modified()? < than {
                tokio::fs::remove_file(entry.path()).await?;
            }
        }
        Ok(())
    }

    /// A mail that was written into the folder; none if it is not there, or mail leaves by a server.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn read(&self, id: &str) -> std::io::Result<Option<Written>> {
        let Way::Folder(folder) = &self.way else { return Ok(None) };
        let bytes = match tokio::fs::read(folder.join(format!("{id}.eml"))).await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            bytes => bytes?,
        };
        let parsed = mail_parser::MessageParser::default().parse(&bytes);
        Ok(parsed.map(|message| Written {
            to: message.to().and_then(|to| to.first()?.address()).unwrap_or_default().to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
        }))
    }

    /// Whether the mail server answers, or mails can be written into the folder. Nothing is made by asking.
    ///
    /// # Errors
    /// What it says.
    pub async fn check(&self) -> Result<(), String> {
        match &self.way {
            Way::Smtp(server) => server.connections().check().await,
            Way::Folder(folder) => may_be_written(folder),
            Way::Inbox(_) => Ok(()),
        }
    }

    /// What sends one mail after the other. Connections to a mail server are kept until it is dropped, which must happen while
    /// the Tokio runtime still runs.
    pub fn outbound(&self) -> Outbound<'_> {
        let way = match &self.way {
            Way::Smtp(server) => Exit::Server(server.connections()),
            Way::Folder(path) => Exit::Folder(path),
            Way::Inbox(inbox) => Exit::Inbox(inbox),
        };
        Outbound { mailer: self, way }
    }

    fn message(&self, mail: Outgoing<'_>) -> Result<Message, SendError> {
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient(mail.to)?))
            .message_id(Some(format!("<{}@{}>", mail.id, mail.host)))
            .date(mail.at)
            .header(AutoSubmitted)
            .subject(mail.rendered.subject)
            .multipart(MultiPart::alternative_plain_html(mail.rendered.text, mail.rendered.html))
            .map_err(|error| SendError::Refused(error.to_string()))
    }
}

impl Outbound<'_> {
    /// What mails say.
    pub fn words(&self) -> &Words {
        self.mailer.words()
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// [`SendError`], which says whether it may leave later.
    pub async fn send(&self, mail: Outgoing<'_>) -> Result<(), SendError> {
        let (id, at) = (mail.id.to_owned(), mail.at);
        match &self.way {
            Exit::Server(server) => server.send(self.mailer.message(mail)?).await,
            Exit::Folder(path) => {
                let message = self.mailer.message(mail)?.formatted();
                write(path, (&id, at), &message).await.map_err(|error| SendError::Down(error.to_string()))
            }
            Exit::Inbox(inbox) => {
                let to = recipient(mail.to)?.to_string();
                let Rendered { subject, text, .. } = mail.rendered;
                inbox.put(Received { id, at, mail: Written { to, subject, text } });
                Ok(())
            }
        }
    }
}

fn sender(from: &str) -> Result<Mailbox, MailerError> {
    from.parse().map_err(|_| MailerError::From(from.to_owned()))
}

/// An address that was stored by older rules may be none by those of mail.
fn recipient(to: &str) -> Result<Address, SendError> {
    to.parse().map_err(|_| SendError::Refused("not an address for mail".to_owned()))
}

/// Under another name first: whoever reads the folder never sees half a mail.
async fn write(folder: &Path, (id, at): (&str, SystemTime), bytes: &[u8]) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let (part, whole) = (folder.join(format!(".{id}.part")), folder.join(format!("{id}.eml")));
    if let Err(error) = tokio::fs::remove_file(&part).await
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&part).await?;
    tokio::io::AsyncWriteExt::write_all(&mut file, bytes).await?;
    let file = file.into_std().await;
    // By the clock that says when it is old.
    file.set_modified(at)?;
    file.sync_all()?;
    tokio::fs::rename(&part, &whole).await
}

/// Whether this is a folder, or can be one: what stands nearest above it decides.
fn may_be_written(folder: &Path) -> Result<(), String> {
    let nearest = folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    let data = nearest.metadata().map_err(|error| format!("{}: {error}", nearest.display()))?;
    match (data.is_dir(), data.permissions().readonly()) {
        (true, false) => Ok(()),
        (true, true) => Err(format!("{} may not be written to", nearest.display())),
        (false, _) => Err(format!("{} is no folder", nearest.display())),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn words() -> Arc<Words> {
        Arc::new(Words::embedded().expect("they render"))
    }

    fn mail(to: &str) -> Outgoing<'_> {
        let rendered =
            Rendered { subject: "Über uns".into(), text: "Guten Tag".into(), html: "<p>Guten Tag</p>".into() };
        Outgoing { id: "0199", to, host: "auth.example.com", at: SystemTime::UNIX_EPOCH, rendered }
    }

    #[test]
    fn a_mailer_for_a_server_is_made_and_dropped_without_a_runtime() {
        let mailer = Mailer::smtp("smtp://127.0.0.1:1", "auth@example.com", words()).expect("a mailer");
        assert!(mailer.written_to().is_none());
    }

    #[tokio::test]
    async fn a_mail_in_a_folder_is_whole_readable_by_its_owner_only_and_the_same_at_each_try() {
        let folder = tempfile::tempdir().expect("a folder");
        let mailer = Mailer::folder(&folder.path().join("mail"), "Auth <auth@example.com>", words()).expect("a mailer");
        mailer.outbound().send(mail("ada@example.com")).await.expect("it is written");
        mailer.outbound().send(mail("ada@example.com")).await.expect("it is written again");
        let files: Vec<_> = std::fs::read_dir(folder.path().join("mail")).expect("reads").collect();
        assert_eq!(files.len(), 1, "{files:?}");
        let text = std::fs::read_to_string(folder.path().join("mail/0199.eml")).expect("reads");
        for line in ["To: ada@example.com", "Message-ID: <0199@auth.example.com>", "Auto-Submitted: auto-generated"] {
            assert!(text.contains(line), "{line}: {text}");
        }
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &files[0].as_ref().expect("a file").metadata().expect("there").permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
        let written = mailer.read("0199").await.expect("reads").expect("is there");
        assert_eq!((written.to.as_str(), written.subject.as_str()), ("ada@example.com", "Über uns"));
        assert_eq!(written.text.trim_end(), "Guten Tag");
        assert!(mailer.read("0200").await.expect("reads").is_none());
    }

    #[tokio::test]
    async fn old_mails_are_removed_from_the_folder_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let mailer = Mailer::folder(folder.path(), "auth@example.com", words()).expect("a mailer");
        std::fs::write(folder.path().join("notes.txt"), "mine").expect("writes");
        mailer.outbound().send(mail("ada@example.com")).await.expect("it is written");
        mailer.remove_older(SystemTime::UNIX_EPOCH).await.expect("reads");
        assert!(folder.path().join("0199.eml").exists());
        mailer.remove_older(SystemTime::UNIX_EPOCH + Duration::from_secs(60)).await.expect("reads");
        assert!(!folder.path().join("0199.eml").exists() && folder.path().join("notes.txt").exists());
    }

    #[tokio::test]
    async fn an_address_that_would_add_a_recipient_or_a_header_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let mailer = Mailer::folder(folder.path(), "auth@example.com", words()).expect("a mailer");
        for to in ["a@example.com, b@example.com", "a@example.com\r\nBcc: b@example.com", "a b@example.com"] {
            assert!(matches!(mailer.outbound().send(mail(to)).await, Err(SendError::Refused(_))), "{to}");
        }
    }

    #[tokio::test]
    async fn a_mail_that_stays_in_memory_is_read_there_and_nowhere_else() {
        let inbox = Inbox::default();
        let mailer = Mailer::inbox(inbox.clone(), "auth@example.com", words()).expect("a mailer");
        mailer.outbound().send(mail("ada@example.com")).await.expect("it is kept");
        mailer.outbound().send(mail("ada@example.com")).await.expect("it is kept again");
        assert!(matches!(mailer.outbound().send(mail("a b@example.com")).await, Err(SendError::Refused(_))));
        let received = inbox.received();
        assert_eq!(received.len(), 1);
        assert_eq!((received[0].id.as_str(), received[0].mail.to.as_str()), ("0199", "ada@example.com"));
        assert_eq!((received[0].mail.subject.as_str(), received[0].mail.text.as_str()), ("Über uns", "Guten Tag"));
        assert!(mailer.written_to().is_none() && mailer.read("0199").await.expect("reads").is_none());
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_down_and_refuses_nothing() {
        let mailer = Mailer::smtp("smtp://127.0.0.1:1", "auth@example.com", words()).expect("a mailer");
        assert!(matches!(mailer.outbound().send(mail("ada@example.com")).await, Err(SendError::Down(_))));
    }
}
