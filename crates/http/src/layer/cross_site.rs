//! No page of another site acts in a visitor's name (CSRF, login CSRF, logout CSRF).
//!
//! `SameSite=Strict` keeps the cookie at home, but a sibling subdomain is the same *site*; `Sec-Fetch-Site` and
//! `Origin` say which *origin* is asking. A request without both was made by no browser's page.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::ORIGIN;
use http::{HeaderMap, HeaderValue};

use crate::problem::{Problem, registry};
use crate::state::{AppState, HttpSettings};

/// Refuses what a page of another origin sends, before any handler reads or sets a cookie.
pub async fn same_origin_only(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if is_allowed(request.headers(), state.http()) {
        next.run(request).await
    } else {
        Problem::new(&registry::CROSS_SITE).into_response()
    }
}

fn is_allowed(headers: &HeaderMap, settings: &HttpSettings) -> bool {
    let listed = |origin: &HeaderValue| settings.cors_origins.iter().any(|known| known.as_bytes() == origin.as_bytes());
    let origin = headers.get(ORIGIN);
    if origin.is_some_and(listed) {
        return true;
    }
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => true,
        Some(_) => false,
        // An older browser sends at least Origin with a POST.
        None => origin.is_none_or(|origin| origin.as_bytes() == settings.origin.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::state::CookieSettings;

    fn allowed(headers: &[(&'static str, &'static str)]) -> bool {
        let settings = HttpSettings {
            origin: "https://auth.example".to_owned(),
            is_https: true,
            trusted_proxies: Vec::new(),
            cors_origins: vec!["https://app.example".to_owned()],
            cookie: CookieSettings { name: "r".into(), path: "/auth".into(), secure: true, same_site: "Strict" },
            request_timeout: Duration::from_secs(1),
            streams_per_client: 1,
            places: crate::places::Places::default(),
            has_lab: false,
            is_lab_only: false,
        };
        let headers =
            headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_allowed(&headers.collect(), &settings)
    }

    #[test]
    fn only_the_own_and_the_listed_origins_may_ask() {
        assert!(allowed(&[]));
        assert!(allowed(&[("sec-fetch-site", "same-origin"), ("origin", "https://auth.example")]));
        assert!(allowed(&[("sec-fetch-site", "none")]));
        assert!(allowed(&[("sec-fetch-site", "cross-site"), ("origin", "https://app.example")]));
        assert!(allowed(&[("origin", "https://auth.example")]));
        for refused in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site"), ("origin", "https://evil.auth.example")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://app.example.evil")],
            &[("sec-fetch-site", "nonsense")],
            &[("origin", "null")],
            &[("origin", "https://auth.example.evil")],
            &[("origin", "https://evil-auth.example")],
            &[("origin", "http://auth.example")],
            &[("origin", "https://AUTH.example")],
            &[("origin", "https://auth.example:8443")],
        ] {
            assert!(!allowed(refused), "{refused:?}");
        }
    }
}
