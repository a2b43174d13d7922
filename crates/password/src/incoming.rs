//! A hash on its way in from another system.

use crate::engine::Engine;
use crate::foreign::{Weak, wrap};
use crate::scheme::HashError;
use crate::stored::{MOST_CHARS, Stored, as_ours};

/// A hash of another system, read and within bounds. It has no `Debug`: a hash belongs in no log.
pub struct Incoming(Form);

enum Form {
    /// It may be stored as it is.
    Whole {
        text: String,
        scheme: &'static str,
    },
    Weak(Weak),
}

impl Incoming {
    /// Reads a hash in any form that can be verified.
    ///
    /// # Errors
    /// [`HashError::Unreadable`] for what can never verify, or would take more work than is allowed.
    pub fn parse(text: &str) -> Result<Self, HashError> {
        if !text.is_ascii() || text.len() > MOST_CHARS {
            return Err(HashError::Unreadable);
        }
        if let Some(weak) = Weak::parse(text) {
            return Ok(Self(Form::Weak(weak)));
        }
        let text = as_ours(text).into_owned();
        let scheme = Stored::parse(&text)?.scheme();
        Ok(Self(Form::Whole { text, scheme }))
    }

    /// What the scheme is called in reports.
    pub const fn scheme(&self) -> &'static str {
        match &self.0 {
            Form::Whole { scheme, .. } => scheme,
            Form::Weak(weak) => weak.scheme(),
        }
    }

    /// Whether it is unsalted or fast, and has to be wrapped.
    pub const fn is_weak(&self) -> bool {
        matches!(self.0, Form::Weak(_))
    }

    /// The form that is stored. A weak hash is wrapped in bcrypt, which takes some 60 ms.
    ///
    /// # Errors
    /// [`HashError::Failed`].
    pub fn store(self) -> Result<String, HashError> {
        self.store_by(&Engine::Crate)
    }

    pub(crate) fn store_by(self, engine: &Engine) -> Result<String, HashError> {
        match self.0 {
            Form::Whole { text, .. } => Ok(text),
            Form::Weak(weak) => wrap(engine, &weak),
        }
    }
}
