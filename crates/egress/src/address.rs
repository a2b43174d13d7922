//! Which addresses are beyond this machine and its networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one of the public internet. What is not is where a server's own services are: the host itself,
/// its neighbours, and the metadata services of clouds (169.254.169.254).
pub fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_global_v4(address),
        IpAddr::V6(address) => is_global_v6(address),
    }
}

/// Everything but the special-purpose blocks of RFC 6890 and the IANA registry.
const fn is_global_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    // This network, private, loopback; multicast, reserved and broadcast.
    let is_own = matches!(a, 0 | 10 | 127 | 224..);
    // Shared by carriers (RFC 6598), link-local, private, benchmarks.
    let is_near = matches!((a, b), (100, 64..=127) | (169, 254) | (172, 16..=31) | (192, 168) | (198, 18 | 19));
    // Protocol assignments, documentation, relays of 6to4.
    let is_paper = matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113));
    !(is_own || is_near || is_paper)
}

/// Global unicast is `2000::/3`. Outside of it are loopback, ULA, link-local, multicast, the forms that hold an IPv4 address
/// (v4-mapped, v4-compatible, NAT64 `64:ff9b::/96` and `64:ff9b:1::/48`), and whatever is assigned in future.
const fn is_global_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Protocol assignments (Teredo, benchmarks, ORCHID), documentation, and 6to4, which holds an IPv4 address.
    let is_special = matches!((a, b), (0x2001, ..0x0200 | 0x0db8) | (0x2002, _) | (0x3fff, ..0x1000));
    a & 0xe000 == 0x2000 && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> bool {
        is_global(text.parse().expect("an address"))
    }

    #[test]
    fn addresses_of_this_machine_and_its_networks_are_not_global() {
        for special in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!of(special), "{special}");
        }
    }

    #[test]
    fn forms_of_ipv6_that_stay_near_or_hold_an_ipv4_address_are_not_global() {
        for special in [
            "::",
            "::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "100::1",
            // v4-mapped, v4-compatible, translated, NAT64, 6to4, Teredo: also around a global address.
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::a00:1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "2001:0:4136:e378::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "4000::1",
        ] {
            assert!(!of(special), "{special}");
        }
    }

    #[test]
    fn all_others_are_global() {
        for global in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "169.253.1.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.1.1",
            "198.17.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
            "3ffe::1",
            "3fff:1000::1",
        ] {
            assert!(of(global), "{global}");
        }
    }
}
