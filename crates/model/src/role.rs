//! Roles: one short name a user, carried by the access token.

use std::fmt;
use std::str::FromStr;

/// The text cannot be a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is 1 to 32 characters of a-z, 0-9, '-' and '_', beginning with a letter")]
pub struct ParseRoleError;

/// A role name. Which names an installation knows is configuration; `user` and `admin` always exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Role(String);

impl Role {
    /// What a registration gets.
    pub fn user() -> Self {
        Self("user".to_owned())
    }

    /// What the admin routes ask for.
    pub fn admin() -> Self {
        Self("admin".to_owned())
    }

    /// Whether this is the admin role.
    pub fn is_admin(&self) -> bool {
        self.0 == "admin"
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(text: &str) -> Result<Self, ParseRoleError> {
        let tail_is_sane = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
        match text.as_bytes() {
            [first, tail @ ..]
                if first.is_ascii_lowercase() && tail.len() < 32 && tail.iter().all(|c| tail_is_sane(*c)) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(ParseRoleError),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Role {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_a_short_plain_name() {
        for good in ["user", "admin", "hall-monitor", "r2_d2"] {
            assert!(good.parse::<Role>().is_ok(), "{good}");
        }
        for bad in ["", "Admin", "2fast", "a b", "rôle", "admin\n", &"a".repeat(33)] {
            assert_eq!(bad.parse::<Role>(), Err(ParseRoleError), "{bad:?}");
        }
    }
}
