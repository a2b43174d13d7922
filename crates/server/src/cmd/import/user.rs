//! A row as a user: what is wrong with it, or what is stored.

use hallpass_auth::admin::ImportUser;
use hallpass_model::user::Status;
use hallpass_model::{Email, Role, Timestamp};
use hallpass_password::{Incoming, Password, Scheme, hash, policy};

use crate::cmd::record::Record;
use crate::config::Config;

const NO_PASSWORD: &str =
    "password_hash or password is needed; `hallpass users export` writes hashes with --with-hashes";
/// Ids of other systems are shorter; more would be an index full of texts.
const LONGEST_ID: usize = 255;

/// A user whose row is as it should be. It has no `Debug`: a hash belongs in no log.
pub(super) struct Checked {
    pub(super) email: Email,
    pub(super) secret: Secret,
    pub(super) is_verified: Option<bool>,
    role: Role,
    status: Status,
    one_time_until: Option<Timestamp>,
    external_id: Option<String>,
    email_verified_at: Option<Timestamp>,
}

pub(super) enum Secret {
    Hash(Incoming),
    Plain(Password),
}

/// Turns a row into a user, or says what is wrong with it. The text of a password or hash is never repeated.
pub(super) fn check(record: Record, config: &Config) -> Result<Checked, String> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let email = given(record.email).ok_or("email is missing")?;
    let email = Email::parse(&email).map_err(|error| error.to_string())?;
    let role = given(record.role);
    let role = role.map_or_else(|| Ok(Role::user()), |role| role.parse().map_err(|_| "no role name".to_owned()))?;
    if !config.auth.accounts.roles.contains(&role) {
        return Err(format!("the role {role} is not configured"));
    }
    let status = given(record.status).map_or(Ok(Status::Active), |text| text.parse());
    let status = status.map_err(|error| error.to_string())?;
    let one_time_until = given(record.one_time_until).map(|text| text.parse::<Timestamp>()).transpose();
    let one_time_until = one_time_until.map_err(|error| format!("one_time_until: {error}"))?;
    let external_id = given(record.external_id);
    if external_id.as_ref().is_some_and(|id| id.len() > LONGEST_ID || id.contains('\0')) {
        return Err(format!("external_id is longer than {LONGEST_ID} bytes"));
    }
    let email_verified_at = given(record.email_verified_at).map(|text| text.parse::<Timestamp>()).transpose();
    let email_verified_at = email_verified_at.map_err(|error| format!("email_verified_at: {error}"))?;
    let secret = match (given(record.password_hash), given(record.password)) {
        (Some(stored), None) => Secret::Hash(Incoming::parse(&stored).map_err(|error| error.to_string())?),
        (None, Some(plain)) => Secret::Plain(check_plain(plain, &email)?),
        (Some(_), Some(_)) => return Err("password_hash and password are both there: one of them is needed".to_owned()),
        (None, None) => return Err(NO_PASSWORD.to_owned()),
    };
    let is_verified = record.is_verified.or_else(|| email_verified_at.map(|_| true));
    Ok(Checked { email, secret, is_verified, role, status, one_time_until, external_id, email_verified_at })
}

fn check_plain(plain: String, email: &Email) -> Result<Password, String> {
    let password = Password::from(plain);
    policy::check(&password, &[email.canonical(), email.local_part()]).map_err(|violation| violation.to_string())?;
    Ok(password)
}

impl Checked {
    /// What the scheme of the password is called in reports.
    pub(super) const fn scheme(&self) -> &'static str {
        match &self.secret {
            Secret::Hash(incoming) => incoming.scheme(),
            Secret::Plain(_) => "plain",
        }
    }

    /// The user as it is taken in: a plain password is hashed for it. An address that was proved there, who knows when, is
    /// proved from now on.
    pub(super) fn into_user(self, scheme: Scheme, now: Timestamp) -> Result<ImportUser, String> {
        let password_hash = match self.secret {
            Secret::Hash(incoming) => Ok(incoming),
            Secret::Plain(password) => hash(&password, scheme).and_then(|stored| Incoming::parse(&stored)),
        };
        let proved = self.is_verified.filter(|is_verified| *is_verified).map(|_| now);
        let email_verified_at = self.email_verified_at.or(proved);
        let Self { email, role, status, one_time_until, external_id, .. } = self;
        let password_hash = password_hash.map_err(|error| error.to_string())?;
        Ok(ImportUser { email, role, password_hash, status, one_time_until, external_id, email_verified_at })
    }
}
