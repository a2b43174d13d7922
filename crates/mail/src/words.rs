//! What each mail says, in each language: plain text, which the two layouts put in order.

use std::str::FromStr;

/// A language that mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Locale {
    English,
    German,
}

impl Locale {
    /// The tag of the language (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language of this tag, such as `de-AT`, if mails are written in it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split('-').next().unwrap_or_default();
        [Self::English, Self::German].into_iter().find(|locale| locale.tag().eq_ignore_ascii_case(language))
    }

    /// The language that an `Accept-Language` (RFC 9110 §12.5.4) asks for first among those there are, or English. Weights
    /// are not read: browsers list languages in the order of preference.
    pub fn of_header(header: &str) -> Self {
        let tags = header.split(',').filter_map(|entry| entry.split(';').next());
        tags.map(str::trim).find_map(Self::of_tag).unwrap_or(Self::English)
    }
}

/// A mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    /// Asks for a proof that the address is the user's.
    VerifyEmail,
    /// Allows a forgotten password to be replaced.
    ResetPassword,
    /// Tells that the password was replaced by way of a mail.
    PasswordRecovered,
    /// Shows that mail works.
    Test,
}

/// The name is of no template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such template")]
pub struct ParseTemplateError;

impl Template {
    /// Every template.
    pub const ALL: [Self; 4] = [Self::VerifyEmail, Self::ResetPassword, Self::PasswordRecovered, Self::Test];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::PasswordRecovered => "password_recovered",
            Self::Test => "test",
        }
    }

    pub(crate) const fn words(self, locale: Locale) -> Words {
        match locale {
            Locale::English => self.english(),
            Locale::German => self.german(),
        }
    }

    const fn english(self) -> Words {
        match self {
            Self::VerifyEmail => Words {
                subject: "Confirm your email address",
                says: "Please confirm that this is your email address.",
                act: "Confirm the address",
                code: "Or type this code where you signed in:",
                until: "Link and code work once, for 24 hours.",
                otherwise: "If you did not create an account, ignore this mail. Nothing happens without you.",
            },
            Self::ResetPassword => Words {
                subject: "Set a new password",
                says: "Someone, hopefully you, asked for a new password for your account.",
                act: "Set a new password",
                code: "Or type this code on the page where you asked for it:",
                until: "Link and code work once, for 30 minutes.",
                otherwise: "If it was not you, ignore this mail. Your password stays as it is. Never pass the code on.",
            },
            Self::PasswordRecovered => Words {
                subject: "Your password was changed",
                says: "The password of your account was replaced through a mail to this address, and every session was \
                       signed out.",
                act: "Sign in",
                code: "",
                until: "",
                otherwise: "If it was not you, someone can read your mail. Secure your mailbox first, then set a new \
                            password here.",
            },
            Self::Test => Words {
                subject: "Mail works",
                says: "This is a test. Mail from your auth server arrives.",
                act: "",
                code: "",
                until: "",
                otherwise: "An administrator has sent it.",
            },
        }
    }

    const fn german(self) -> Words {
        match self {
            Self::VerifyEmail => Words {
                subject: "Bestätige deine E-Mail-Adresse",
                says: "Bitte bestätige, dass dies deine E-Mail-Adresse ist.",
                act: "Adresse bestätigen",
                code: "Oder gib diesen Code dort ein, wo du angemeldet bist:",
                until: "Link und Code gelten einmal und 24 Stunden lang.",
                otherwise: "Wenn du kein Konto angelegt hast, kannst du diese Mail ignorieren. Ohne dich passiert nichts.",
            },
            Self::ResetPassword => Words {
                subject: "Neues Passwort festlegen",
                says: "Jemand, hoffentlich du, hat ein neues Passwort für dein Konto angefordert.",
                act: "Neues Passwort festlegen",
                code: "Oder gib diesen Code auf der Seite ein, auf der du es angefordert hast:",
                until: "Link und Code gelten einmal und 30 Minuten lang.",
                otherwise: "Wenn du das nicht warst, kannst du diese Mail ignorieren. Dein Passwort bleibt, wie es ist. \
                            Gib den Code niemals weiter.",
            },
            Self::PasswordRecovered => Words {
                subject: "Dein Passwort wurde geändert",
                says: "Das Passwort deines Kontos wurde über eine Mail an diese Adresse ersetzt, und alle Sitzungen \
                       wurden abgemeldet.",
                act: "Anmelden",
                code: "",
                until: "",
                otherwise: "Wenn du das nicht warst, kann jemand deine Mails lesen. Sichere zuerst dein Postfach und lege \
                            dann hier ein neues Passwort fest.",
            },
            Self::Test => Words {
                subject: "Mail funktioniert",
                says: "Das ist ein Test. Mails deines Auth-Servers kommen an.",
                act: "",
                code: "",
                until: "",
                otherwise: "Die Verwaltung hat ihn verschickt.",
            },
        }
    }
}

impl FromStr for Template {
    type Err = ParseTemplateError;

    fn from_str(name: &str) -> Result<Self, ParseTemplateError> {
        Self::ALL.into_iter().find(|template| template.as_str() == name).ok_or(ParseTemplateError)
    }
}

/// The sentences of a mail; an empty one is left out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub(crate) subject: &'static str,
    pub(crate) says: &'static str,
    /// What the link does.
    pub(crate) act: &'static str,
    pub(crate) code: &'static str,
    pub(crate) until: &'static str,
    pub(crate) otherwise: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_there_is_is_taken() {
        assert_eq!(Locale::of_header("fr-CH, de;q=0.9, en;q=0.8"), Locale::German);
        assert_eq!(Locale::of_header("en-GB,de"), Locale::English);
        assert_eq!(Locale::of_header("*, ,;"), Locale::English);
        assert_eq!(Locale::of_header("DE-at"), Locale::German);
    }

    #[test]
    fn every_template_is_found_by_its_name_and_says_the_same_things_in_both_languages() {
        for template in Template::ALL {
            assert_eq!(template.as_str().parse(), Ok(template));
            let (english, german) = (template.words(Locale::English), template.words(Locale::German));
            assert_eq!(english.act.is_empty(), german.act.is_empty());
            assert_eq!(english.code.is_empty(), german.code.is_empty());
            assert_ne!(english.says, german.says);
        }
    }
}
