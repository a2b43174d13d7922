//! Reading single values from text.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;

/// A duration such as `15m`, `7d`, `1h30m`, `250ms` or `0s`.
///
/// # Errors
/// What is wrong with it.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration; write a number and a unit, such as 10s, 15m, 12h or 7d");
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit_millis = match &rest[..letters] {
            "ms" => 1,
            "s" => 1000,
            "m" => 60 * 1000,
            "h" => 60 * 60 * 1000,
            "d" => 24 * 60 * 60 * 1000,
            _ => return Err(wrong()),
        };
        rest = &rest[letters..];
        let part = number.checked_mul(unit_millis).map(Duration::from_millis).ok_or_else(wrong)?;
        total = total.checked_add(part).ok_or_else(wrong)?;
    }
    if text.is_empty() { Err(wrong()) } else { Ok(total) }
}

/// `true` or `false`.
///
/// # Errors
/// What is wrong with it.
pub fn flag(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| format!("`{text}` is neither true nor false"))
}

/// Parts between commas, without the spaces around them.
pub fn list(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// A network in CIDR notation, or one address.
///
/// # Errors
/// What is wrong with it.
pub fn network(text: &str) -> Result<IpNet, String> {
    let single = || text.parse::<IpAddr>().map(IpNet::from);
    let wrong = || format!("`{text}` is not a network; write an address or CIDR, such as 10.0.0.0/8");
    let network = text.parse::<IpNet>().or_else(|_| single()).map_err(|_| wrong())?;
    // A proxy list of the whole internet would trust every forged header.
    if network.prefix_len() == 0 { Err(format!("`{text}` would believe anyone")) } else { Ok(network) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        for (text, millis) in [("0s", 0), ("15m", 900_000), ("7d", 604_800_000), ("1h30m", 5_400_000), ("250ms", 250)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for wrong in ["", "15", "m", "15 m", "-1s", "1.5h", "1w", "99999999999999999999d", "18446744073709551615d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn networks_are_cidrs_or_addresses_and_never_everybody() {
        assert!(network("10.0.0.0/8").is_ok());
        assert!(network("2001:db8::1").is_ok());
        for wrong in ["0.0.0.0/0", "::/0", "10.0.0.0/33", "proxy.local", ""] {
            assert!(network(wrong).is_err(), "{wrong}");
        }
    }
}
