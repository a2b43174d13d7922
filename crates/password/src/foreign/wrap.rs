//! `$wrap$NAME$PARAMETERS$2b$10$…`: bcrypt over the text of a weak digest. Who steals the database has to try passwords
//! through bcrypt, also for accounts whose owners never come back.

use crate::bcrypt_text::Bcrypt;
use crate::engine::Engine;
use crate::foreign::weak::{Recipe, Weak};
use crate::scheme::{HashError, MIN_COST};
use crate::work::Work;

/// All rows of an import are wrapped before the first login, so it is the lowest cost that configuration may ask for. The
/// first good login makes it today's.
const COST: u32 = MIN_COST;

pub(crate) struct Wrapped {
    recipe: Recipe,
    bcrypt: Bcrypt,
}

impl Wrapped {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.strip_prefix("$wrap$")?.split_once('$')?;
        let (parameters, bcrypt) = rest.split_at(rest.find('$')?);
        Some(Self { recipe: Recipe::named(name, parameters)?, bcrypt: Bcrypt::parse(bcrypt).ok()? })
    }

    pub(super) fn matches(&self, engine: &Engine, password: &str) -> Result<bool, HashError> {
        let digest = engine.alone(|| Ok(self.recipe.digest(password)))?;
        self.bcrypt.matches(engine, digest.as_bytes())
    }

    pub(super) const fn scheme(&self) -> &'static str {
        self.recipe.name()
    }

    pub(super) fn work(&self, bytes: usize) -> Work {
        Work::of_bcrypt(self.bcrypt.cost).plus(self.recipe.work(bytes))
    }
}

/// A weak hash in the form that is stored.
pub(crate) fn wrap(engine: &Engine, weak: &Weak) -> Result<String, HashError> {
    // The longest digest, SHA-512's, is 88 characters in Base64: bcrypt reads the first 72, which are 432 bits of it.
    let bcrypt = Bcrypt::make(engine, weak.digest.as_bytes(), COST)?;
    Ok(format!("$wrap${}${}{}", weak.recipe.name(), weak.recipe.parameters(), bcrypt.text()))
}
