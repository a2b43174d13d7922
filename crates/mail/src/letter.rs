//! A mail on its way to be text: its sentences in the two layouts, plain and HTML.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::Value;

use crate::template::Template;
use crate::words::{HTML, PLAIN, Sentences, Words, WordsError};

/// What a mail is about. Nothing of it was typed by a stranger: a display name in a subject is how phishing is sent from
/// other people's servers.
#[derive(Clone, Copy)]
pub struct Letter<'a> {
    pub template: Template,
    /// The tag of a language; English where there is no such.
    pub language: &'a str,
    /// The host of the server, which signs the mail.
    pub host: &'a str,
    /// Where the link leads.
    pub link: &'a str,
    /// The code, if the mail has one.
    pub code: Option<&'a str>,
    /// What its sentences may use beside the host.
    pub values: &'a BTreeMap<String, String>,
}

/// A mail as text.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Words {
    /// Puts a letter into words.
    ///
    /// # Errors
    /// A sentence or a layout asks for what the letter has not.
    pub fn render(&self, letter: &Letter<'_>) -> Result<Rendered, minijinja::Error> {
        letter.render(self)
    }

    /// Renders each mail once in each language.
    pub(crate) fn check(&self) -> Result<(), WordsError> {
        for (language, template) in self.languages.keys().flat_map(|tag| Template::ALL.map(|mail| (tag, mail))) {
            let values = ["address", "device", "time"].map(|name| (name.to_owned(), "as an example".to_owned()));
            let values = BTreeMap::from(values);
            let letter = Letter {
                template,
                language,
                host: "auth.example.com",
                link: "https://auth.example.com/",
                code: None,
                values: &values,
            };
            self.render(&letter).map_err(|error| WordsError::Broken {
                template: template.as_str(),
                language: language.clone(),
                message: error.to_string(),
            })?;
        }
        Ok(())
    }
}

impl Letter<'_> {
    fn render(&self, words: &Words) -> Result<Rendered, minijinja::Error> {
        let missing = || minijinja::Error::new(minijinja::ErrorKind::TemplateNotFound, "no words for it");
        let sentences = words.sentences(self.template, self.language).ok_or_else(missing)?;
        let sentences = self.filled_in(words, sentences)?;
        let context = context! {
            words => sentences.context(),
            language => self.language,
            host => self.host,
            link => self.link,
            code => self.code.map(in_groups).unwrap_or_default(),
        };
        let layout = |name| words.layouts.get_template(name)?.render(&context);
        Ok(Rendered {
            subject: format!("{} - {}", sentences.subject, self.host),
            text: layout(PLAIN)?,
            html: layout(HTML)?,
        })
    }

    /// Values are put into sentences as text; the layout for HTML escapes the whole.
    fn filled_in(&self, words: &Words, sentences: &Sentences) -> Result<Sentences, minijinja::Error> {
        let pairs = self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let values = Value::from_pairs(pairs.chain([("host", self.host)]));
        let fill = |text: &String| words.layouts.render_str(text, &values);
        Ok(Sentences {
            // A subject says nothing that a user has chosen.
            subject: sentences.subject.clone(),
            says: fill(&sentences.says)?,
            act: fill(&sentences.act)?,
            code: fill(&sentences.code)?,
            until: fill(&sentences.until)?,
            otherwise: fill(&sentences.otherwise)?,
        })
    }
}

impl Sentences {
    fn context(&self) -> Value {
        context! {
            subject => self.subject.as_str(),
            says => self.says.as_str(),
            act => self.act.as_str(),
            code => self.code.as_str(),
            until => self.until.as_str(),
            otherwise => self.otherwise.as_str(),
        }
    }
}

/// Four digits and four: easier to carry over by eye.
fn in_groups(code: &str) -> String {
    code.split_at_checked(4).map_or_else(|| code.to_owned(), |(first, rest)| format!("{first} {rest}"))
}
