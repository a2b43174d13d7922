//! Keys of buckets: which one a client address and an email address fall into.

use std::net::IpAddr;

use hallpass_model::Email;
use hallpass_model::rate_limit::BucketKey;

use crate::core::Auth;

impl Auth {
    /// The bucket of a client address for logins.
    pub(crate) fn login_address_key(&self, ip: Option<IpAddr>) -> BucketKey {
        self.core().limiter_keys.key("login address", &network(ip))
    }

    /// The bucket of a client address for registrations.
    pub(crate) fn register_address_key(&self, ip: Option<IpAddr>) -> BucketKey {
        self.core().limiter_keys.key("register address", &network(ip))
    }

    /// The bucket of a client address for what sends mail, and for what is typed from one.
    pub(crate) fn mail_address_key(&self, ip: Option<IpAddr>) -> BucketKey {
        self.core().limiter_keys.key("mail address", &network(ip))
    }

    /// The bucket of an email address, whether an account has it or not.
    pub(crate) fn account_key(&self, email: &Email) -> BucketKey {
        self.core().limiter_keys.key("account", email.canonical().as_bytes())
    }
}

/// What counts as one client: an IPv4 address, or the /64 of an IPv6 one, which is what one subscriber gets. A mapped
/// address is its IPv4 address by its bits, so no notation opens a second bucket. Without an address all share one.
pub fn network(ip: Option<IpAddr>) -> Vec<u8> {
    match ip.map(|ip| ip.to_canonical()) {
        None => Vec::new(),
        Some(IpAddr::V4(v4)) => v4.octets().to_vec(),
        Some(IpAddr::V6(v6)) => v6.octets()[..8].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u8> {
        network(Some(text.parse().expect("an address")))
    }

    #[test]
    fn one_client_has_one_bucket_whatever_the_notation() {
        assert_eq!(of("::ffff:1.2.3.4"), of("1.2.3.4"));
        assert_eq!(of("::ffff:102:304"), of("1.2.3.4"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:ffff"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("1.2.3.4"), of("1.2.3.5"));
        assert_eq!(of("2001:db8::1.2.3.4"), of("2001:db8::1"));
    }
}
