//! The `HALLPASS_…` variables of the environment.

use std::ffi::{OsStr, OsString};
use std::net::IpAddr;

use super::error::ConfigError;
use super::keys;

const PREFIX: &str = "HALLPASS_";
/// Names the configuration file, and is not a key.
const CONFIG_FILE: &str = "CONFIG";

/// What the environment sets.
#[derive(Default)]
pub(super) struct Variables {
    /// Dotted key and text.
    pub(super) pairs: Vec<(String, String)>,
    /// Variables that are passed over, and why.
    pub(super) warnings: Vec<ConfigError>,
    /// Variables that cannot be used.
    pub(super) errors: Vec<ConfigError>,
}

impl Variables {
    /// Sorts out the variables that are meant for this program.
    ///
    /// A value that is not UTF-8, or empty, is an error and never "not set": a setting that was meant to restrict
    /// something must not fall back to an open default.
    pub(super) fn read(environment: &[(OsString, OsString)]) -> Self {
        let mut variables = Self::default();
        for (name, value) in environment {
            if name.as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
                variables.one(name, value);
            }
        }
        variables
    }

    fn one(&mut self, variable: &OsStr, value: &OsStr) {
        let shown = variable.to_string_lossy();
        let Some(name) = variable.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
            return self.refuse("not_utf8", &shown, "is a variable whose name is not UTF-8");
        };
        if value.is_empty() || value.to_str().is_some_and(|value| value.trim().is_empty()) {
            return self.refuse("empty_value", &shown, "is empty: unset it to use the default, or give it a value");
        }
        // A path need not be UTF-8.
        if name == CONFIG_FILE {
            return;
        }
        let Some(value) = value.to_str() else {
            return self.refuse("not_utf8", &shown, "holds a value that is not UTF-8");
        };
        let key = name.to_ascii_lowercase().replace("__", ".");
        if !keys::is_known(&key) && is_service_variable(name, value) {
            let message = "looks like a variable that Kubernetes injects for a Service, and is passed over. \
                           `enableServiceLinks: false` in the pod keeps them out";
            return self.warnings.push(ConfigError::new("service_variable", &*shown, message));
        }
        self.pairs.push((key, value.to_owned()));
    }

    fn refuse(&mut self, code: &'static str, variable: &str, message: &str) {
        self.errors.push(ConfigError::new(code, variable, message));
    }
}

/// Whether a variable has the name and the value of those that Kubernetes, and Docker's links before it, set for each
/// service: `HALLPASS_SERVICE_HOST=10.0.0.1`, `HALLPASS_PORT=tcp://10.0.0.1:8080`, `HALLPASS_PORT_8080_TCP_ADDR=…`. A
/// service named `hallpass-operator` puts its name in between: `HALLPASS_OPERATOR_SERVICE_HOST`.
///
/// Both are looked at, so that a mistyped key is still an error.
fn is_service_variable(name: &str, value: &str) -> bool {
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    if ends_with_word(name, "SERVICE_HOST") {
        return value.parse::<IpAddr>().is_ok();
    }
    if ends_with_word(name, "SERVICE_PORT") || has_word(name, "SERVICE_PORT_") {
        return is_port(value);
    }
    if ends_with_word(name, "PORT") && is_link(value) {
        return true;
    }
    let Some((_, port)) = name.rsplit_once("PORT_").filter(|(before, _)| before.is_empty() || before.ends_with('_'))
    else {
        return false;
    };
    let parts: Vec<&str> = port.split('_').collect();
    match parts.as_slice() {
        [number, protocol] if is_port(number) && is_protocol(protocol) => is_link(value),
        [number, protocol, rest] if is_port(number) && is_protocol(protocol) => match *rest {
            "PROTO" => is_protocol(value),
            "PORT" => is_port(value),
            "ADDR" => value.parse::<IpAddr>().is_ok(),
            _ => false,
        },
        _ => false,
    }
}

fn ends_with_word(name: &str, word: &str) -> bool {
    name.strip_suffix(word).is_some_and(|before| before.is_empty() || before.ends_with('_'))
}

fn has_word(name: &str, word: &str) -> bool {
    name.starts_with(word) || name.contains(&format!("_{word}"))
}

fn is_protocol(text: &str) -> bool {
    ["tcp", "udp", "sctp"].iter().any(|known| text.eq_ignore_ascii_case(known))
}

/// `tcp://10.0.0.1:8080`.
fn is_link(value: &str) -> bool {
    let Some((protocol, address)) = value.split_once("://") else { return false };
    is_protocol(protocol) && address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_variables_are_known_by_name_and_value() {
        for (name, value) in [
            ("SERVICE_HOST", "10.96.0.12"),
            ("SERVICE_HOST", "fd00::12"),
            ("SERVICE_PORT", "8080"),
            ("SERVICE_PORT_HTTP", "8080"),
            ("PORT", "tcp://10.96.0.12:8080"),
            ("PORT", "tcp://[fd00::12]:8080"),
            ("PORT_8080_TCP", "tcp://10.96.0.12:8080"),
            ("PORT_8080_TCP_PROTO", "tcp"),
            ("PORT_8080_TCP_PORT", "8080"),
            ("PORT_8080_TCP_ADDR", "10.96.0.12"),
            ("OPERATOR_SERVICE_HOST", "10.96.0.13"),
            ("OPERATOR_PORT_9090_TCP", "tcp://10.96.0.13:9090"),
            ("OPERATOR_SERVICE_PORT_METRICS", "9090"),
        ] {
            assert!(is_service_variable(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("PORT", "8080"),
            ("PORT", "tcp://10.96.0.12"),
            ("SERVICE_HOST", "auth.example"),
            ("SERVICE_PORT", "http"),
            ("PORT_8080_TCP", "8080"),
            ("PORT_X_TCP", "tcp://10.96.0.12:8080"),
            ("PORT_8080_TCP_NAME", "tcp"),
            ("LISTEN_ADDRESS", "10.96.0.12"),
            ("SUPPORT", "tcp://10.96.0.12:8080"),
        ] {
            assert!(!is_service_variable(name, value), "{name}={value}");
        }
    }
}
