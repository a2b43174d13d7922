//! Words and layouts: those in the binary, and those that a folder puts in their place.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Deserialize;

use crate::template::Template;

/// The files of the folder, and what they hold when it has none of its own.
pub const FILES: [(&str, &str); 4] = [
    (HTML, include_str!("../templates/letter.html")),
    (PLAIN, include_str!("../templates/letter.txt")),
    ("en.toml", include_str!("../templates/en.toml")),
    ("de.toml", include_str!("../templates/de.toml")),
];
pub(crate) const HTML: &str = "letter.html";
pub(crate) const PLAIN: &str = "letter.txt";

/// The sentences of a mail; an empty one is left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sentences {
    pub(crate) subject: String,
    pub(crate) says: String,
    /// What the link does.
    pub(crate) act: String,
    pub(crate) code: String,
    pub(crate) until: String,
    pub(crate) otherwise: String,
}

pub(crate) type Language = BTreeMap<String, Sentences>;

/// Every mail in every language.
pub struct Words {
    pub(crate) layouts: Environment<'static>,
    pub(crate) languages: BTreeMap<String, Language>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.languages.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
    }
}

/// What is wrong with words or a layout.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// A file cannot be read.
    #[error("{file}: {source}")]
    Unreadable { file: String, source: std::io::Error },
    /// A file of words does not say what it must.
    #[error("{file}: {message}")]
    Malformed { file: String, message: String },
    /// A mail does not render.
    #[error("{template} in `{language}`: {message}")]
    Broken { template: &'static str, language: String, message: String },
}

impl Words {
    /// Those in the binary.
    ///
    /// # Errors
    /// None that the tests of this crate would not show.
    pub fn embedded() -> Result<Self, WordsError> {
        Self::of(FILES.map(|(name, text)| (name.to_owned(), text.to_owned())).into())
    }

    /// Those of a folder: `letter.html`, `letter.txt`, and a file of words for each language, such as `fr.toml`. What the
    /// folder has not is taken from the binary. A mail that a file of words leaves out is taken from the binary, too, if
    /// that has the language, or else from English.
    ///
    /// # Errors
    /// [`WordsError`]: each mail is rendered once in each language, so that a fault shows at start.
    pub fn of_folder(folder: &Path) -> Result<Self, WordsError> {
        let mut files: BTreeMap<String, String> =
            FILES.map(|(name, text)| (name.to_owned(), text.to_owned())).into_iter().collect();
        let unreadable = |file: &Path, source| WordsError::Unreadable { file: file.display().to_string(), source };
        let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(folder, error))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if name == HTML || name == PLAIN || is_language(&name) {
                let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
                files.insert(name, text);
            }
        }
        Self::of(files.into_iter().collect())
    }

    fn of(files: Vec<(String, String)>) -> Result<Self, WordsError> {
        let mut layouts = Environment::new();
        layouts.set_undefined_behavior(UndefinedBehavior::Strict);
        layouts.set_auto_escape_callback(|name| if name == HTML { AutoEscape::Html } else { AutoEscape::None });
        let mut languages = BTreeMap::new();
        for (file, text) in files {
            let malformed = |message: String| WordsError::Malformed { file: file.clone(), message };
            if let Some(tag) = file.strip_suffix(".toml") {
                let words: Language = toml::from_str(&text).map_err(|error| malformed(error.message().to_owned()))?;
                languages.insert(tag.to_owned(), completed(tag, words).map_err(malformed)?);
            } else {
                let added = layouts.add_template_owned(file.clone(), text);
                added.map_err(|error| malformed(error.to_string()))?;
            }
        }
        let words = Self { layouts, languages };
        words.check()?;
        Ok(words)
    }

    /// The tags of the languages.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// The language of this tag, such as `de-AT`, if mails are written in it.
    pub fn of_tag(&self, tag: &str) -> Option<&str> {
        let language = tag.split('-').next().unwrap_or_default();
        self.languages().find(|known| known.eq_ignore_ascii_case(language))
    }

    /// The language that an `Accept-Language` (RFC 9110 §12.5.4) asks for first among those there are. Weights are not
    /// read: browsers list languages in the order of preference.
    pub fn of_header(&self, header: &str) -> Option<&str> {
        let tags = header.split(',').filter_map(|entry| entry.split(';').next());
        tags.map(str::trim).find_map(|tag| self.of_tag(tag))
    }

    pub(crate) fn sentences(&self, template: Template, language: &str) -> Option<&Sentences> {
        let words = self.languages.get(language).or_else(|| self.languages.get("en"))?;
        words.get(template.as_str())
    }
}

fn is_language(name: &str) -> bool {
    name.strip_suffix(".toml").is_some_and(|tag| !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Adds the mails that a file of words leaves out. A name that no mail has is misspelt.
fn completed(tag: &str, words: Language) -> Result<Language, String> {
    if let Some(stray) = words.keys().find(|name| name.parse::<Template>().is_err()) {
        return Err(format!("there is no mail `{stray}`"));
    }
    let own = |file: &str| FILES.iter().find(|(name, _)| *name == file).map(|(_, text)| *text);
    let embedded = own(&format!("{tag}.toml")).or_else(|| own("en.toml")).unwrap_or_default();
    let mut all: Language = toml::from_str(embedded).map_err(|error| error.message().to_owned())?;
    all.extend(words);
    Ok(all)
}
