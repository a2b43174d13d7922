//! A mail on its way to be text: the words of its template in the two layouts, plain and HTML.

use askama::Template as _;

use crate::words::{Locale, Template, Words};

/// What a mail is about. Nothing of it was typed by a stranger: a display name in a subject is how phishing is sent from
/// other people's servers.
#[derive(Clone, Copy)]
pub struct Letter<'a> {
    pub template: Template,
    pub locale: Locale,
    /// The host of the server, which signs the mail.
    pub host: &'a str,
    /// Where the link leads.
    pub link: &'a str,
    /// The code, if the mail has one.
    pub code: Option<&'a str>,
}

/// A mail as text.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[derive(askama::Template)]
#[template(path = "letter.txt")]
struct Plain<'a> {
    words: Words,
    letter: &'a Letter<'a>,
    code: String,
}

#[derive(askama::Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    words: Words,
    letter: &'a Letter<'a>,
    code: String,
}

impl Letter<'_> {
    /// Puts it into words.
    ///
    /// # Errors
    /// A layout does not render.
    pub fn render(&self) -> Result<Rendered, askama::Error> {
        let words = self.template.words(self.locale);
        let code = self.code.map(in_groups).unwrap_or_default();
        Ok(Rendered {
            subject: format!("{} · {}", words.subject, self.host),
            text: Plain { words, letter: self, code: code.clone() }.render()?,
            html: Html { words, letter: self, code }.render()?,
        })
    }
}

/// Four digits and four: easier to carry over by eye.
fn in_groups(code: &str) -> String {
    code.split_at_checked(4).map_or_else(|| code.to_owned(), |(first, rest)| format!("{first} {rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_have_link_and_code_and_text_cannot_become_markup() {
        let letter = Letter {
            template: Template::ResetPassword,
            locale: Locale::German,
            host: "auth.example.com",
            link: "https://auth.example.com/reset#a\"<b>",
            code: Some("12345678"),
        };
        let made = letter.render().expect("renders");
        assert!(made.text.contains("https://auth.example.com/reset#a\"<b>") && made.text.contains("1234 5678"));
        assert!(made.html.contains("1234 5678") && !made.html.contains("<b>"), "{}", made.html);
        assert!(made.subject.starts_with("Neues Passwort festlegen"));
        assert!(!made.html.contains("<img") && !made.html.contains("http://"), "nothing is loaded by reading it");
    }
}
