//! What `hallpass doctor` says about the TLS certificate.

use std::path::Path;
use std::time::Duration;

use hallpass_model::Timestamp;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::out::Mark;
use crate::serve::check_tls;

/// A certificate that ends within this time should have been renewed.
const SOON: Duration = Duration::from_secs(14 * 24 * 3600);

/// Whether clients that ask for this origin will accept the certificate, now and for a while.
pub(super) fn examine(files: (&Path, &Path), origin: &str, now: Timestamp) -> (Mark, String) {
    let certificate = match check_tls(files.0, files.1) {
        Ok(certificate) => certificate,
        Err(error) => return (Mark::Fail, error.to_string()),
    };
    let Some((begins, ends)) = validity(&certificate) else {
        return (Mark::Fail, format!("{}: its dates cannot be read", files.0.display()));
    };
    if now < begins {
        return (Mark::Fail, format!("it is not valid before {begins}"));
    }
    if now >= ends {
        return (Mark::Fail, format!("it has expired, at {ends}: renew it; a running server loads it by itself"));
    }
    let host = host_of(origin);
    if !covers(&certificate, host) {
        return (Mark::Fail, format!("none of its names is {host}, the host of the issuer"));
    }
    if now + SOON >= ends {
        return (Mark::Warn, format!("it expires soon, at {ends}: renew it; a running server loads it by itself"));
    }
    (Mark::Ok, format!("good for {host} until {ends}"))
}

fn validity(certificate: &CertificateDer<'_>) -> Option<(Timestamp, Timestamp)> {
    let validity = Certificate::from_der(certificate).ok()?.tbs_certificate.validity;
    let instant = |time: x509_cert::time::Time| {
        let since = time.to_unix_duration().as_millis();
        i64::try_from(since).ok().map(Timestamp::from_millis)
    };
    Some((instant(validity.not_before)?, instant(validity.not_after)?))
}

fn covers(certificate: &CertificateDer<'_>, host: &str) -> bool {
    let name = ServerName::try_from(host).ok();
    let parsed = ParsedCertificate::try_from(certificate).ok();
    name.zip(parsed).is_some_and(|(name, parsed)| verify_server_name(&parsed, &name).is_ok())
}

/// The host of an origin, without the brackets of an IPv6 address.
fn host_of(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split_once(':').map_or(authority, |(host, _)| host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_origin_has_no_port_and_no_brackets() {
        assert_eq!(host_of("https://auth.example"), "auth.example");
        assert_eq!(host_of("https://auth.example:8443"), "auth.example");
        assert_eq!(host_of("https://127.0.0.1:8443"), "127.0.0.1");
        assert_eq!(host_of("https://[::1]:8443"), "::1");
    }
}
