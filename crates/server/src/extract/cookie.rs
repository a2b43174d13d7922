//! The refresh cookie: read strictly, written exactly.

use std::time::Duration;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::problem::{Problem, registry};
use crate::state::CookieSettings;

/// The refresh token in the cookie, if there is one.
///
/// # Errors
/// `duplicate_cookie` when there are two: which of them a sibling host has tossed in cannot be known.
pub fn refresh_cookie(headers: &HeaderMap, settings: &CookieSettings) -> Result<Option<String>, Problem> {
    let mut found = None;
    for line in headers.get_all(COOKIE) {
        let Ok(line) = line.to_str() else { continue };
        for cookie in cookie::Cookie::split_parse(line).flatten() {
            if cookie.name() != settings.name {
                continue;
            }
            if found.replace(cookie.value().to_owned()).is_some() {
                return Err(Problem::new(&registry::DUPLICATE_COOKIE));
            }
        }
    }
    // An empty value is what some clients keep of a cleared cookie.
    Ok(found.filter(|value| !value.is_empty()))
}

/// The header that sets the cookie.
pub fn set_cookie(settings: &CookieSettings, token: &str, max_age: Duration) -> Option<HeaderValue> {
    header(settings, token, max_age.as_secs())
}

/// The header that clears it: the same name, path and attributes.
pub fn clear_cookie(settings: &CookieSettings) -> Option<HeaderValue> {
    header(settings, "", 0)
}

fn header(settings: &CookieSettings, value: &str, max_age: u64) -> Option<HeaderValue> {
    let CookieSettings { name, path, secure, same_site } = settings;
    let secure = if *secure { " Secure;" } else { "" };
    let text = format!("{name}={value}; HttpOnly;{secure} SameSite={same_site}; Path={path}; Max-Age={max_age}");
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}
