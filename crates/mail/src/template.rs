//! The mails there are.

use std::str::FromStr;

/// A mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    /// Asks for a proof that the address is the user's.
    VerifyEmail,
    /// Tells that the address has an account already.
    AccountExists,
    /// Allows a forgotten password to be replaced.
    ResetPassword,
    /// Signs in without a password.
    SignIn,
    /// Asks for a proof of a new address.
    ChangeEmail,
    /// Tells the old address, and allows the change to be undone.
    EmailChanged,
    /// Lets whom an administrator has made an account for choose a password.
    Invitation,
    /// Tells that the password was changed.
    PasswordChanged,
    /// Tells that the password was replaced by way of a mail.
    PasswordRecovered,
    /// Tells that a refresh token was used twice.
    SessionStolen,
    /// Tells of a sign-in from an unknown device, and allows to say that it was somebody else's.
    NewDevice,
    /// Ends the lock of an account.
    Unlock,
    /// Tells admins that a webhook is disabled.
    WebhookDisabled,
    /// Shows that mail works.
    Test,
}

/// The name is of no template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such template")]
pub struct ParseTemplateError;

impl Template {
    /// Every template.
    pub const ALL: [Self; 14] = [
        Self::VerifyEmail,
        Self::AccountExists,
        Self::ResetPassword,
        Self::SignIn,
        Self::ChangeEmail,
        Self::EmailChanged,
        Self::Invitation,
        Self::PasswordChanged,
        Self::PasswordRecovered,
        Self::SessionStolen,
        Self::NewDevice,
        Self::Unlock,
        Self::WebhookDisabled,
        Self::Test,
    ];

    /// Its name, in the outbox and in the files of words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::AccountExists => "account_exists",
            Self::ResetPassword => "reset_password",
            Self::SignIn => "sign_in",
            Self::ChangeEmail => "change_email",
            Self::EmailChanged => "email_changed",
            Self::Invitation => "invitation",
            Self::PasswordChanged => "password_changed",
            Self::PasswordRecovered => "password_recovered",
            Self::SessionStolen => "session_stolen",
            Self::NewDevice => "new_device",
            Self::Unlock => "unlock",
            Self::WebhookDisabled => "webhook_disabled",
            Self::Test => "test",
        }
    }

    /// The page that its link leads to, up to what it carries. The secret stands in the fragment: a browser sends that to no
    /// server, and no log has it.
    pub const fn page(self) -> &'static str {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => "/account#verify=",
            Self::ResetPassword | Self::Invitation => "/reset#",
            Self::SignIn => "/#link=",
            Self::EmailChanged => "/undo#",
            Self::NewDevice => "/undo#device=",
            Self::Unlock => "/#unlock=",
            Self::PasswordChanged => "/reset",
            Self::SessionStolen => "/account",
            Self::WebhookDisabled => "/console",
            Self::AccountExists | Self::PasswordRecovered | Self::Test => "/",
        }
    }
}

impl FromStr for Template {
    type Err = ParseTemplateError;

    fn from_str(name: &str) -> Result<Self, ParseTemplateError> {
        Self::ALL.into_iter().find(|template| template.as_str() == name).ok_or(ParseTemplateError)
    }
}
