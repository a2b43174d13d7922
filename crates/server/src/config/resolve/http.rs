//! HTTP: cookie, proxies, origins, listeners.

use std::path::PathBuf;
use std::time::Duration;

use hallpass_http::STREAMS;
use hallpass_http::places::Places;
use hallpass_http::state::{CookieSettings, HttpSettings};

use super::origin::{self, Issuer};
use crate::config::reader::{Reader, Refusal};
use crate::config::value;
use crate::serve::{Listen, Sockets};

pub(super) fn settings(reader: &mut Reader<'_>, issuer: Option<&Issuer>) -> Option<HttpSettings> {
    let trusted_proxies =
        reader.list("trusted_proxies", |text| value::network(text).map_err(|message| ("bad_proxy", message)));
    let cors_origins = reader.list("cors_origins", origin::cors);
    let cookie = cookie(reader);
    let request_timeout = reader.duration("limits.request_timeout", ("1s", "10m"));
    let streams_per_client = reader.number("limits.streams_per_client", 1..=STREAMS);
    let (issuer, cookie) = (issuer?, cookie?);
    check_transport(reader, issuer, cookie.secure);
    Some(HttpSettings {
        origin: issuer.origin.clone(),
        is_https: issuer.is_https,
        trusted_proxies: trusted_proxies?,
        cors_origins: cors_origins?,
        cookie,
        request_timeout: request_timeout?,
        streams_per_client: streams_per_client?,
        places: Places::default(),
        has_lab: false,
        is_lab_only: false,
    })
}

fn cookie(reader: &mut Reader<'_>) -> Option<CookieSettings> {
    let name = reader.with("cookie.name", cookie_name);
    let path = reader.with("cookie.path", cookie_path);
    let secure = reader.flag("cookie.secure");
    let same_site = reader.choice("cookie.same_site", &[("strict", "Strict"), ("lax", "Lax"), ("none", "None")]);
    let cookie = CookieSettings { name: name?, path: path?, secure: secure?, same_site: same_site? };
    check_cookie(reader, &cookie);
    Some(cookie)
}

/// RFC 6265bis §4.1.3: browsers drop cookies that break the promise of their prefix.
fn check_cookie(reader: &mut Reader<'_>, cookie: &CookieSettings) {
    let is_host = cookie.name.starts_with("__Host-");
    if (is_host || cookie.name.starts_with("__Secure-")) && !cookie.secure {
        reader.refuse("cookie_prefix", "cookie.name", "a name with this prefix needs cookie.secure = true");
    }
    if is_host && cookie.path != "/" {
        reader.refuse("cookie_prefix", "cookie.path", "a cookie named __Host-… must have the path /");
    }
    if cookie.same_site == "None" && !cookie.secure {
        reader.refuse("cookie_same_site", "cookie.same_site", "none needs cookie.secure = true");
    }
}

/// Tokens in clear text on a network are read on it. On this machine they are not; elsewhere it must be said aloud.
fn check_transport(reader: &mut Reader<'_>, issuer: &Issuer, secure: bool) {
    if issuer.is_https && !secure {
        let message = "must stay true with an https issuer: one plain request would give the refresh token away";
        reader.refuse("insecure_cookie", "cookie.secure", message);
    }
    if !issuer.is_https && !issuer.is_loopback && secure {
        let message = "is plain http on a network: browsers would not send the refresh cookie there, and everybody on \
                       the way could read tokens. Use https, or set cookie.secure = false if you mean it";
        reader.refuse("insecure_issuer", "issuer", message);
    }
}

/// RFC 9110 §5.6.2 `token`, which is what RFC 6265 §4.1.1 allows as a name.
fn cookie_name(text: &str) -> Result<String, Refusal> {
    let is_token = |c: u8| {
        c.is_ascii_alphanumeric()
            || matches!(c, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-'..=b'.' | b'^'..=b'`' | b'|' | b'~')
    };
    if !text.is_empty() && text.len() <= 64 && text.bytes().all(is_token) {
        Ok(text.to_owned())
    } else {
        Err(("bad_value", format!("`{text}` is not a name of a cookie")))
    }
}

fn cookie_path(text: &str) -> Result<String, Refusal> {
    let is_path = text.starts_with('/') && text.bytes().all(|c| c.is_ascii_graphic() && c != b';');
    if is_path { Ok(text.to_owned()) } else { Err(("bad_value", format!("`{text}` is not a path"))) }
}

pub(super) fn sockets(reader: &mut Reader<'_>) -> Option<Sockets> {
    let listen = reader.with("listen", address);
    let operator_listen =
        reader.with("operator_listen", |text| if text.is_empty() { Ok(None) } else { address(text).map(Some) });
    let listen_mode = reader.with("listen_mode", mode);
    let max_connections = reader.number("limits.max_connections", 1..=1_000_000);
    let connections_per_address = reader.number("limits.connections_per_address", 1..=1_000_000);
    let header_timeout = reader.duration("limits.header_timeout", ("1s", "2m"));
    let keep_alive = reader.duration("limits.keep_alive", ("1s", "1h"));
    let drain_notice = drain_notice(reader, listen.as_ref());
    let drain_timeout = reader.duration("limits.drain_timeout", ("0s", "10m"));
    let files = |key: &'static str| reader.text(key).map(PathBuf::from);
    let tls = match (files("tls.cert_file"), files("tls.key_file")) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => {
            reader.refuse("incomplete_tls", "tls.cert_file", "and tls.key_file are needed together");
            None
        }
    };
    let (listen, operator_listen) = (listen?, operator_listen?);
    Some(Sockets {
        operator_listen: operator_listen.filter(|operator| *operator != listen),
        listen,
        listen_mode: listen_mode?,
        header_timeout: header_timeout?,
        keep_alive: keep_alive?,
        drain_notice: drain_notice?,
        drain_timeout: drain_timeout?,
        max_connections: max_connections?,
        connections_per_address: connections_per_address?,
        tls,
    })
}

/// A server that only this machine reaches has no load balancer in front of it that would have to learn of its end.
fn drain_notice(reader: &mut Reader<'_>, listen: Option<&Listen>) -> Option<Duration> {
    if reader.text("limits.drain_notice").is_some() {
        return reader.duration("limits.drain_notice", ("0s", "5m"));
    }
    let is_local = listen.is_none_or(Listen::is_local);
    Some(if is_local { Duration::ZERO } else { Duration::from_secs(5) })
}

fn address(text: &str) -> Result<Listen, Refusal> {
    text.parse().map_err(|message| ("bad_value", message))
}

/// The owner can always connect; whom else the file lets in is the operator's choice.
fn mode(text: &str) -> Result<u32, Refusal> {
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode & !0o666 == 0 && mode & 0o600 == 0o600 => Ok(mode),
        _ => Err(("bad_value", format!("`{text}` is not a mode such as 660 or 600"))),
    }
}
