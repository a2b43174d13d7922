//! Addresses of this server and of the pages that may call it.

use ::http::Uri;

use crate::config::reader::{Reader, Refusal};

/// The issuer, taken apart.
#[derive(Debug)]
pub(super) struct Issuer {
    /// As it stands in tokens.
    pub(super) text: String,
    /// Scheme, host and port.
    pub(super) origin: String,
    pub(super) is_https: bool,
    pub(super) is_loopback: bool,
}

pub(super) fn issuer(reader: &mut Reader<'_>) -> Option<Issuer> {
    if reader.text("issuer").is_some() {
        return reader.with("issuer", parse);
    }
    let local = local(reader);
    reader.with("issuer", |_| parse(&local))
}

/// Where a developer who tries it out will look: this machine, at the port that is listened on.
fn local(reader: &Reader<'_>) -> String {
    let scheme = if reader.text("tls.cert_file").is_some() { "https" } else { "http" };
    let listen = reader.text("listen").filter(|listen| !listen.starts_with("unix:"));
    let port = listen.and_then(|listen| listen.rsplit(':').next()).unwrap_or("8080");
    format!("{scheme}://localhost:{port}")
}

/// RFC 8414 §2: a URL without query and fragment. Tokens compare it as a string, so one spelling only.
fn parse(text: &str) -> Result<Issuer, Refusal> {
    let bad = |message: &str| Err(("bad_issuer", format!("`{text}` {message}")));
    if text.contains(['#', '?']) {
        return bad("must not have a query or a fragment");
    }
    if text.ends_with('/') {
        return bad("must not end with a slash: tokens compare it letter by letter");
    }
    let Some((uri, scheme, authority)) = absolute(text) else {
        return bad("is not an http or https URL");
    };
    check_path(text, &scheme, &authority)?;
    if authority.contains('@') || authority.bytes().any(|c| c.is_ascii_uppercase()) {
        return bad("must have a lower-case host and no user name");
    }
    Ok(Issuer {
        text: text.to_owned(),
        origin: format!("{scheme}://{authority}"),
        is_https: scheme == "https",
        is_loopback: is_loopback(uri.host().unwrap_or_default()),
    })
}

/// Cookies, pages, problem types and RFC 8414's metadata are all at the root of a host: below a path nothing of it
/// would work.
fn check_path(text: &str, scheme: &str, authority: &str) -> Result<(), Refusal> {
    if text.len() == scheme.len() + "://".len() + authority.len() {
        return Ok(());
    }
    let message = format!(
        "`{text}` has a path: hallpass serves the root of a host and cannot be put below a path. Give it a host of its \
         own, such as {scheme}://auth.{authority}, and set issuer to that"
    );
    Err(("issuer_path", message))
}

fn absolute(text: &str) -> Option<(Uri, String, String)> {
    let uri: Uri = text.parse().ok()?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?.to_owned();
    let authority = uri.authority()?.as_str().to_owned();
    Some((uri, scheme, authority))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost"
        || bare.ends_with(".localhost")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// An origin as a browser spells it in `Origin`: exact, since a pattern is how look-alikes get in.
pub(super) fn cors(text: &str) -> Result<String, Refusal> {
    if text.contains('*') || text == "null" {
        let message = format!("`{text}` would let any page act for a logged-in user; list exact origins");
        return Err(("cors_wildcard", message));
    }
    let bad = || ("bad_origin", format!("`{text}` is not an origin; write it as a browser does: https://app.example"));
    let (uri, scheme, authority) = absolute(text).ok_or_else(bad)?;
    let is_exact = text == format!("{scheme}://{authority}") && !authority.contains('@');
    if !is_exact || authority.bytes().any(|c| c.is_ascii_uppercase()) {
        return Err(bad());
    }
    if scheme == "http" && !is_loopback(uri.host().unwrap_or_default()) {
        let message = format!("`{text}` is not https: an attacker on the network could put a page there");
        return Err(("insecure_origin", message));
    }
    Ok(text.to_owned())
}
