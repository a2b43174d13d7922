//! Email addresses: validated and brought to one canonical form, once, at the edge.

use std::fmt;

/// Why a text is not an address that an account can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Not `local@domain`, or with a second `@`, white space, quotes or comments.
    #[error("an address such as ada@example.com is expected")]
    Shape,
    /// Over 64 bytes before the `@`, or over 254 in all (RFC 5321 §4.5.3.1).
    #[error("the address is too long: 64 bytes before the @ and 254 in all are the limit")]
    TooLong,
    /// A local part outside ASCII: look-alikes would make two accounts that people cannot tell apart.
    #[error("only ASCII letters, digits and the usual marks may stand before the @")]
    LocalPart,
    /// Not a domain name under UTS 46.
    #[error("what follows the @ is not a domain name")]
    Domain,
}

/// An address with its canonical form.
///
/// Identity is the canonical form: the local part in lower case (no provider in use tells `Ada@` from `ada@`,
/// and counting them apart would double an attacker's guesses), the domain as ASCII under UTS 46.
/// Plus tags are kept. Mail goes to the address as given.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email {
    given: String,
    canonical: String,
}

impl Email {
    /// Validates `text`. White space around it is left out, because it comes along when an address is copied; nothing
    /// else is repaired.
    ///
    /// # Errors
    /// An [`EmailError`] that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailError::Shape)?;
        check_local(local)?;
        let domain = canonical_domain(domain)?;
        let given = format!("{local}@{domain}");
        if given.len() > 254 {
            return Err(EmailError::TooLong);
        }
        let canonical = given.to_ascii_lowercase();
        Ok(Self { given, canonical })
    }

    /// An address that was parsed when it was stored. It is not validated again: an account keeps an address that newer
    /// rules would refuse.
    pub fn from_stored(given: String) -> Self {
        Self { canonical: given.to_ascii_lowercase(), given }
    }

    /// The address as given, with the domain in its ASCII form.
    pub fn as_given(&self) -> &str {
        &self.given
    }

    /// The form that identifies the account: one a person, whatever the spelling.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.given.split('@').next().unwrap_or_default()
    }
}

/// A dot-atom of RFC 5322 §3.2.3, in ASCII. Quoted local parts are refused: hardly any address has one, and parsers differ on them.
fn check_local(local: &str) -> Result<(), EmailError> {
    if local.len() > 64 {
        return Err(EmailError::TooLong);
    }
    if !local.is_ascii() {
        return Err(EmailError::LocalPart);
    }
    let is_atext = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c);
    let is_atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_atext);
    if local.split('.').all(is_atom) { Ok(()) } else { Err(EmailError::Shape) }
}

fn canonical_domain(domain: &str) -> Result<String, EmailError> {
    if domain.is_empty() || domain.contains('@') || domain.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(EmailError::Shape);
    }
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| EmailError::Domain)?;
    let is_label =
        |label: &str| !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-');
    if ascii.len() <= 253 && ascii.split('.').all(is_label) { Ok(ascii) } else { Err(EmailError::Domain) }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Result<String, EmailError> {
        Email::parse(text).map(|email| email.canonical().to_owned())
    }

    #[test]
    fn spellings_of_one_address_are_one_identity() {
        let plain = canonical("ada@example.com");
        assert_eq!(plain.as_deref(), Ok("ada@example.com"));
        for same in
            ["Ada@example.com", "ADA@EXAMPLE.COM", "ada@Example.Com", "ada@ｅxample.com", " \tada@example.com\n"]
        {
            assert_eq!(canonical(same), plain, "{same}");
        }
        assert_ne!(canonical("ada+tag@example.com"), plain);
        assert_eq!(canonical("ada@straße.de").as_deref(), Ok("ada@xn--strae-oqa.de"));
        assert_eq!(canonical("admin@localhost").as_deref(), Ok("admin@localhost"));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let table = [
            ("", EmailError::Shape),
            ("ada", EmailError::Shape),
            ("@example.com", EmailError::Shape),
            ("ada@", EmailError::Shape),
            ("a@b@example.com", EmailError::Shape),
            ("ada@evil.com@example.com", EmailError::Shape),
            (" ", EmailError::Shape),
            ("ada @example.com", EmailError::Shape),
            ("ada@ example.com", EmailError::Shape),
            ("ada@example.com\nb", EmailError::Shape),
            ("ada@exam\0ple.com", EmailError::Shape),
            ("\"ada\"@example.com", EmailError::Shape),
            ("ada(comment)@example.com", EmailError::Shape),
            ("a..da@example.com", EmailError::Shape),
            (".ada@example.com", EmailError::Shape),
            ("ada,eve@example.com", EmailError::Shape),
            ("adа@example.com", EmailError::LocalPart), // Cyrillic а
            ("ada@[127.0.0.1]", EmailError::Domain),
            ("ada@-example.com", EmailError::Domain),
            ("ada@example..com", EmailError::Domain),
            ("ada@example.com.", EmailError::Domain),
            ("ada@exa_mple.com", EmailError::Domain),
        ];
        for (text, error) in table {
            assert_eq!(canonical(text), Err(error), "{text:?}");
        }
        assert_eq!(canonical(&format!("{}@example.com", "a".repeat(65))), Err(EmailError::TooLong));
        assert_eq!(canonical(&format!("a@{}.com", "b".repeat(260))), Err(EmailError::TooLong));
    }
}
