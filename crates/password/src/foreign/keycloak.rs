//! A password of Keycloak's export: two documents, each an object or, as the export has them, the text of one.

use serde_json::Value;

use super::encoding::{base64, number};
use super::pbkdf2::{Pbkdf2, Prf};

/// What both documents say.
struct Credential {
    secret: Value,
    data: Value,
}

impl Credential {
    fn parse(text: &str) -> Option<Self> {
        let credential: Value = serde_json::from_str(text).ok()?;
        let document = |name: &str| match credential.get(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            value => Some(value.clone()),
        };
        Some(Self { secret: document("secretData")?, data: document("credentialData")? })
    }

    fn secret(&self, name: &str) -> Option<&str> {
        self.secret.get(name)?.as_str()
    }

    fn iterations(&self) -> Option<u32> {
        u32::try_from(self.data.get("hashIterations")?.as_u64()?).ok()
    }

    fn algorithm(&self) -> Option<&str> {
        self.data.get("algorithm")?.as_str()
    }

    /// The first of the values that a parameter has.
    fn parameter(&self, name: &str) -> Option<&str> {
        self.data.get("additionalParameters")?.get(name)?.get(0)?.as_str()
    }
}

pub(super) fn pbkdf2(text: &str) -> Option<Pbkdf2> {
    let credential = Credential::parse(text)?;
    let prf = match credential.algorithm()? {
        "pbkdf2" => Prf::Sha1,
        "pbkdf2-sha256" => Prf::Sha256,
        "pbkdf2-sha512" => Prf::Sha512,
        _ => return None,
    };
    let (salt, key) = (base64(credential.secret("salt")?)?, base64(credential.secret("value")?)?);
    Pbkdf2::new(prf, credential.iterations()?, salt, key)
}

/// Its Argon2id as a PHC string, which is bounded where that is read.
pub(crate) fn argon2_text(text: &str) -> Option<String> {
    let credential = Credential::parse(text)?;
    let version = credential.parameter("version").unwrap_or("1.3");
    if credential.algorithm()? != "argon2" || credential.parameter("type")? != "id" || version != "1.3" {
        return None;
    }
    let number = |name| number(credential.parameter(name)?, 1..=u32::MAX);
    let (memory, lanes, passes) = (number("memory")?, number("parallelism")?, credential.iterations()?);
    let bare = |name| credential.secret(name).map(|text| text.trim_end_matches('='));
    Some(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${}${}", bare("salt")?, bare("value")?))
}
