//! Where a PostgreSQL database is, and how it is reached: a checked connection URL.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::config::Host;

use super::tls::Verification;

/// A connection that does not come about by then is a fault; a login page should not wait for the kernel's two minutes.
const CONNECT: Duration = Duration::from_secs(3);
/// A connection ends when its bytes stay unacknowledged for this long, so that a half-dead socket delays no request for
/// longer.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);
/// The server's own limits. A statement of ours takes milliseconds; one that waits this long is stuck, and so is
/// the holder of its lock. A transaction that is left open holds rows that a login needs.
const LIMITS: &str = "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=10s \
    -c enable_seqscan=off";
/// Of PostgreSQL's hundred, so that several replicas and an operator find room. More than a few for each core of the
/// database only wait for each other there: with 16 a machine of two cores does a fifth less than with 8.
const CONNECTIONS: usize = 8;

/// A PostgreSQL database. What it shows of itself holds no password.
#[derive(Clone)]
pub struct PostgresUrl {
    pub(super) config: tokio_postgres::Config,
    pub(super) verification: Verification,
    pub(super) root_certificates: Option<PathBuf>,
    /// Behind a pooler that hands each transaction another connection: no named statements, no start-up options, no
    /// listening.
    pub(super) is_pooled: bool,
    pub(super) connections: usize,
}

/// Why a URL was refused. It repeats nothing of the URL, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidUrl(String);

fn bad(message: impl Into<String>) -> InvalidUrl {
    InvalidUrl(message.into())
}

/// The parameters that are ours. The others are the driver's, which are those of libpq.
#[derive(Default)]
struct Extras {
    verification: Option<Verification>,
    root_certificates: Option<PathBuf>,
    is_pooled: bool,
    connections: Option<usize>,
}

impl FromStr for PostgresUrl {
    type Err = InvalidUrl;

    fn from_str(url: &str) -> Result<Self, InvalidUrl> {
        let (bare, query) = url.split_once('?').unwrap_or((url, ""));
        let mut extras = Extras::default();
        let mut rest = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or_else(|| bad("has a parameter without a value"))?;
            if let Some(kept) = extras.take(name, value)? {
                rest.push(kept);
            }
        }
        let url = if rest.is_empty() { bare.to_owned() } else { format!("{bare}?{}", rest.join("&")) };
        let config = url.parse::<tokio_postgres::Config>().map_err(|error| malformed(&error))?;
        if config.get_hosts().is_empty() {
            return Err(bad("names no host"));
        }
        let is_pooled = extras.is_pooled;
        Ok(Self {
            config: with_defaults(config, is_pooled),
            verification: extras.verification.unwrap_or(Verification::Nothing),
            root_certificates: extras.root_certificates,
            is_pooled,
            connections: extras.connections.unwrap_or(CONNECTIONS),
        })
    }
}

impl PostgresUrl {
    /// Whether no third party can listen in or pose as the server: a verified certificate, or a connection that never leaves
    /// the machine.
    pub fn is_private(&self) -> bool {
        let is_local = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        };
        self.verification != Verification::Nothing || self.config.get_hosts().iter().all(is_local)
    }
}

impl Extras {
    /// Takes a parameter, or gives it on to the driver, which knows three of the six modes of `sslmode`.
    fn take(&mut self, name: &str, value: &str) -> Result<Option<String>, InvalidUrl> {
        let given = Some(format!("{name}={value}"));
        match (name, value) {
            ("sslmode", "verify-full" | "verify-ca") => {
                let full = value == "verify-full";
                self.verification = Some(if full { Verification::Full } else { Verification::Chain });
                Ok(Some("sslmode=require".to_owned()))
            }
            ("sslmode", "disable" | "prefer" | "require") => Ok(given),
            ("sslmode", _) => {
                Err(bad("has an sslmode that is not one of disable, prefer, require, verify-ca, verify-full"))
            }
            ("sslrootcert", path) => {
                self.root_certificates = Some(PathBuf::from(decoded(path)?));
                Ok(None)
            }
            ("pgbouncer", "true" | "false") => {
                self.is_pooled = value == "true";
                Ok(None)
            }
            ("pgbouncer", _) => Err(bad("has a parameter pgbouncer that is neither true nor false")),
            ("max_connections", number) => {
                let number = number.parse().ok().filter(|number| (2..=1000).contains(number));
                self.connections = Some(number.ok_or_else(|| bad("has max_connections that is not 2 to 1000"))?);
                Ok(None)
            }
            _ => Ok(given),
        }
    }
}

fn with_defaults(mut config: tokio_postgres::Config, is_pooled: bool) -> tokio_postgres::Config {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(UNACKNOWLEDGED);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_idle(UNACKNOWLEDGED).keepalives_interval(Duration::from_secs(3)).keepalives_retries(3);
    }
    if config.get_application_name().is_none() {
        config.application_name("hallpass");
    }
    if !is_pooled {
        let given = config.get_options().unwrap_or_default().to_owned();
        config.options(format!("{LIMITS} {given}").trim_end());
    }
    config
}

/// `%2F` and its like.
fn decoded(text: &str) -> Result<String, InvalidUrl> {
    let wrong = || bad("has an sslrootcert that is not well encoded");
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next().ok_or_else(wrong)?, rest.next().ok_or_else(wrong)?];
        let digits = std::str::from_utf8(&digits).map_err(|_| wrong())?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| wrong())?);
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

/// The driver names a known parameter whose value is wrong, and not the value. What it takes for the name of an unknown
/// one may be the rest of a password with a `?` in it.
fn malformed(error: &tokio_postgres::Error) -> InvalidUrl {
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    if text.starts_with("invalid value for option") {
        return bad(format!("has an {text}"));
    }
    bad("is not a PostgreSQL URL: write postgres://USER@HOST/NAME?PARAMETER=VALUE, everything else percent-encoded")
}

impl fmt::Display for PostgresUrl {
    /// As a URL, without the password and without the parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.config.get_user() {
            write!(f, "{user}@")?;
        }
        for (n, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
                Host::Unix(path) => write!(f, "{comma}{}", path.display())?,
            }
            let ports = self.config.get_ports();
            if let Some(port) = ports.get(n).or_else(|| ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().or(self.config.get_user()).unwrap_or_default())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self}, {:?})", self.verification)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_url_holds_no_password() {
        let target: PostgresUrl =
            "postgres://ada:pa55@db.example:6432/house?sslmode=verify-full&pgbouncer=true".parse().expect("a URL");
        assert_eq!(target.to_string(), "postgres://ada@db.example:6432/house");
        assert!(!format!("{target:?}").contains("pa55"), "{target:?}");
        assert_eq!(target.verification, Verification::Full);
        assert!(target.is_pooled && target.config.get_options().is_none());
    }

    #[test]
    fn a_refusal_repeats_nothing_of_the_url() {
        for wrong in [
            "postgres://ada:pa55@db/house?sslmode=pa55",
            "postgres://ada:pa55@db/house?pa55=1",
            "postgres://ada:pa55@db:pa55/house",
            "postgres://ada:pa55@db/house?max_connections=1",
            "postgres://ada:pa55@db/house?pgbouncer=pa55",
            "postgres://ada:pa55@db/house?sslrootcert=%pa55",
            "postgres:///pa55",
        ] {
            let refused = wrong.parse::<PostgresUrl>().expect_err(wrong);
            assert!(!refused.to_string().contains("pa55"), "{refused}");
        }
    }

    #[test]
    fn an_own_limit_goes_before_ours() {
        let target: PostgresUrl = "postgres://db/house?options=-c%20lock_timeout%3D1s".parse().expect("a URL");
        assert!(target.config.get_options().is_some_and(|options| options.ends_with("-c lock_timeout=1s")));
    }
}
