//! The refresh cookie: read strictly, written exactly.

use std::time::Duration;

use hallpass_auth::DEVICE_LIVES;
use hallpass_model::secret::SecretText;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::problem::{Problem, registry};
use crate::state::CookieSettings;

/// The refresh token in the cookie, if there is one.
///
/// # Errors
/// `duplicate_cookie` when there are two: which of them a sibling host has tossed in cannot be known.
pub fn refresh_cookie(headers: &HeaderMap, settings: &CookieSettings) -> Result<Option<String>, Problem> {
    let mut found = presented(headers, settings);
    if found.len() > 1 {
        return Err(Problem::new(&registry::DUPLICATE_COOKIE));
    }
    // An empty value is what some clients keep of a cleared cookie.
    Ok(found.pop().filter(|value| !value.is_empty()))
}

/// The same for a login, which does not need the token: of several none is taken. The headers clear those on other
/// paths, which would keep the new cookie from being used: two are refused at the next refresh.
///
/// A cookie that a sibling host has set for the whole domain stays: it may be that host's own. A `cookie.name` that
/// begins with `__Host-` cannot be set from there.
pub fn replaced_cookie(headers: &HeaderMap, settings: &CookieSettings) -> (Option<String>, Vec<HeaderValue>) {
    match refresh_cookie(headers, settings) {
        Ok(token) => (token, Vec::new()),
        // Browsers take such a name at the path `/` only.
        Err(_) if settings.name.starts_with("__Host-") => (None, Vec::new()),
        Err(_) => (None, stray_paths(&settings.path).iter().filter_map(|path| clear_at(settings, path)).collect()),
    }
}

/// Every value of the cookie, in order. Cookies of other programs may hold any bytes and are no obstacle; in a value of
/// ours such bytes make a token that does not decode.
fn presented(headers: &HeaderMap, settings: &CookieSettings) -> Vec<String> {
    let lines = headers.get_all(COOKIE).iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
    let of_line = |line: &str| -> Vec<String> {
        let cookies = cookie::Cookie::split_parse(line).flatten();
        cookies.filter(|cookie| cookie.name() == settings.name).map(|cookie| cookie.value().to_owned()).collect()
    };
    lines.flat_map(|line| of_line(&line)).collect()
}

/// Where else on this host a cookie may stand that the routes below `path` are sent (RFC 6265 §5.1.4).
fn stray_paths(path: &str) -> Vec<String> {
    let ends = path.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at);
    let above = ends.flat_map(|at| [path[..at].to_owned(), path[..=at].to_owned()]);
    let base = path.trim_end_matches('/');
    let routes = ["", "/", "/login", "/refresh", "/logout"].iter().map(|route| format!("{base}{route}"));
    let mut paths: Vec<String> = above.chain(routes).filter(|stray| !stray.is_empty() && stray != path).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// The header that sets the cookie.
pub fn set_cookie(settings: &CookieSettings, token: &str, max_age: Duration) -> Option<HeaderValue> {
    header(settings, &settings.path, token, max_age.as_secs())
}

/// The header that clears it: the same name, path and attributes.
pub fn clear_cookie(settings: &CookieSettings) -> Option<HeaderValue> {
    clear_at(settings, &settings.path)
}

fn clear_at(settings: &CookieSettings, path: &str) -> Option<HeaderValue> {
    header(settings, path, "", 0)
}

/// A cookie that is sent to this host alone, and that no other host can set.
fn of_host(settings: &CookieSettings, name: &str) -> CookieSettings {
    let name = if settings.secure { format!("__Host-{name}") } else { name.to_owned() };
    CookieSettings { name, path: "/".to_owned(), secure: settings.secure, same_site: "Strict" }
}

/// The cookie of the browser that has asked for a mail, which only works there.
fn flow(settings: &CookieSettings) -> CookieSettings {
    of_host(settings, "hp_flow")
}

/// The cookie of a browser that is known to addresses.
fn device(settings: &CookieSettings) -> CookieSettings {
    of_host(settings, "hp_device")
}

/// What makes the browser known to addresses; none of several.
pub(super) fn device_cookie(headers: &HeaderMap, settings: &CookieSettings) -> Option<SecretText> {
    refresh_cookie(headers, &device(settings)).ok().flatten().map(SecretText::new)
}

/// The header that lets it keep that.
pub fn set_device(settings: &CookieSettings, known: &SecretText) -> Option<HeaderValue> {
    set_cookie(&device(settings), known.expose(), DEVICE_LIVES)
}

/// What the browser keeps that has asked for a mail; none of several.
pub fn flow_cookie(headers: &HeaderMap, settings: &CookieSettings) -> Option<SecretText> {
    refresh_cookie(headers, &flow(settings)).ok().flatten().map(SecretText::new)
}

/// The header that lets it keep that.
pub fn set_flow(settings: &CookieSettings, secret: &str, lives: Duration) -> Option<HeaderValue> {
    set_cookie(&flow(settings), secret, lives)
}

/// The header that lets it forget that.
pub fn clear_flow(settings: &CookieSettings) -> Option<HeaderValue> {
    clear_cookie(&flow(settings))
}

fn header(settings: &CookieSettings, path: &str, value: &str, max_age: u64) -> Option<HeaderValue> {
    let CookieSettings { name, secure, same_site, .. } = settings;
    let secure = if *secure { " Secure;" } else { "" };
    let text = format!("{name}={value}; HttpOnly;{secure} SameSite={same_site}; Path={path}; Max-Age={max_age}");
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strays_stand_above_and_below_the_path_and_never_at_it() {
        let table: &[(&str, &[&str])] = &[
            ("/auth", &["/", "/auth/", "/auth/login", "/auth/logout", "/auth/refresh"]),
            ("/auth/", &["/", "/auth", "/auth/login", "/auth/logout", "/auth/refresh"]),
            ("/", &["/login", "/logout", "/refresh"]),
            ("/a/b", &["/", "/a", "/a/", "/a/b/", "/a/b/login", "/a/b/logout", "/a/b/refresh"]),
        ];
        for (path, strays) in table {
            assert_eq!(stray_paths(path), *strays, "{path}");
        }
    }
}
