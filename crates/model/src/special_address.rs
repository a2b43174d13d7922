//! What an address says by itself: the special-purpose registries of IANA for IPv4 and IPv6 (RFC 6890 and its updates).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network's first address, the length of its prefix, and its use; none where the registry says "globally reachable".
type Row<A> = (A, u32, Option<&'static str>);

const PRIVATE: Option<&str> = Some("Private network");
const DOCUMENTATION: Option<&str> = Some("Documentation");
const BENCHMARKING: Option<&str> = Some("Benchmarking");
const LINK_LOCAL: Option<&str> = Some("Link-local");
const ASSIGNMENT: Option<&str> = Some("IETF protocol assignment");
const LOOPBACK: Option<&str> = Some("This machine");
const GLOBAL: Option<&str> = None;

const fn v4(a: u8, b: u8, c: u8, d: u8) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, d)
}

/// Networks by their first segments and, where there is one, their last.
const fn v6(first: [u16; 4], last: u16) -> Ipv6Addr {
    Ipv6Addr::new(first[0], first[1], first[2], first[3], 0, 0, 0, last)
}

/// Globally reachable rows stand here only where they lie within one that is not.
const V4: &[Row<Ipv4Addr>] = &[
    (v4(0, 0, 0, 0), 8, Some("This network")),
    (v4(10, 0, 0, 0), 8, PRIVATE),
    (v4(100, 64, 0, 0), 10, Some("Carrier-grade NAT")),
    (v4(127, 0, 0, 0), 8, LOOPBACK),
    (v4(169, 254, 0, 0), 16, LINK_LOCAL),
    (v4(172, 16, 0, 0), 12, PRIVATE),
    (v4(192, 0, 0, 0), 24, ASSIGNMENT),
    (v4(192, 0, 0, 0), 29, Some("IPv4 service continuity")),
    (v4(192, 0, 0, 8), 32, Some("IPv4 dummy address")),
    (v4(192, 0, 0, 9), 32, GLOBAL),
    (v4(192, 0, 0, 10), 32, GLOBAL),
    (v4(192, 0, 0, 170), 31, Some("NAT64 discovery")),
    (v4(192, 0, 2, 0), 24, DOCUMENTATION),
    (v4(192, 88, 99, 0), 24, Some("6to4 relay")),
    (v4(192, 88, 99, 2), 32, Some("6a44 relay")),
    (v4(192, 168, 0, 0), 16, PRIVATE),
    (v4(198, 18, 0, 0), 15, BENCHMARKING),
    (v4(198, 51, 100, 0), 24, DOCUMENTATION),
    (v4(203, 0, 113, 0), 24, DOCUMENTATION),
    (v4(240, 0, 0, 0), 4, Some("Reserved")),
    (v4(255, 255, 255, 255), 32, Some("Limited broadcast")),
];

/// The same. IPv4-mapped addresses are read as what they map.
const V6: &[Row<Ipv6Addr>] = &[
    (v6([0; 4], 0), 128, Some("Unspecified")),
    (v6([0; 4], 1), 128, LOOPBACK),
    (v6([0x64, 0xff9b, 1, 0], 0), 48, Some("Local IPv4/IPv6 translation")),
    (v6([0x100, 0, 0, 0], 0), 64, Some("Discard-only")),
    (v6([0x100, 0, 0, 1], 0), 64, Some("IPv6 dummy prefix")),
    (v6([0x2001, 0, 0, 0], 0), 23, ASSIGNMENT),
    (v6([0x2001, 0, 0, 0], 0), 32, Some("Teredo tunnel")),
    (v6([0x2001, 1, 0, 0], 1), 128, GLOBAL),
    (v6([0x2001, 1, 0, 0], 2), 128, GLOBAL),
    (v6([0x2001, 1, 0, 0], 3), 128, GLOBAL),
    (v6([0x2001, 2, 0, 0], 0), 48, BENCHMARKING),
    (v6([0x2001, 3, 0, 0], 0), 32, GLOBAL),
    (v6([0x2001, 4, 0x112, 0], 0), 48, GLOBAL),
    (v6([0x2001, 0x10, 0, 0], 0), 28, Some("ORCHID")),
    (v6([0x2001, 0x20, 0, 0], 0), 28, GLOBAL),
    (v6([0x2001, 0x30, 0, 0], 0), 28, GLOBAL),
    (v6([0x2001, 0xdb8, 0, 0], 0), 32, DOCUMENTATION),
    (v6([0x2002, 0, 0, 0], 0), 16, Some("6to4 tunnel")),
    (v6([0x3fff, 0, 0, 0], 0), 20, DOCUMENTATION),
    (v6([0x5f00, 0, 0, 0], 0), 16, Some("Segment routing")),
    (v6([0xfc00, 0, 0, 0], 0), 7, Some("IPv6 unique local")),
    (v6([0xfe80, 0, 0, 0], 0), 10, LINK_LOCAL),
];

/// The use of an address that is not globally reachable; none for one that is. The longest prefix decides.
pub fn special_use(address: IpAddr) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(address) => longest(V4, |network, length| {
            (address.to_bits() ^ network.to_bits()).checked_shr(Ipv4Addr::BITS - length).unwrap_or(0) == 0
        }),
        IpAddr::V6(address) => longest(V6, |network, length| {
            (address.to_bits() ^ network.to_bits()).checked_shr(Ipv6Addr::BITS - length).unwrap_or(0) == 0
        }),
    }
}

fn longest<A: Copy>(table: &[Row<A>], contains: impl Fn(A, u32) -> bool) -> Option<&'static str> {
    let within = table.iter().filter(|(network, length, _)| contains(*network, *length));
    within.max_by_key(|(_, length, _)| *length).and_then(|(_, _, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First and last address of every row of both registries, the neighbours outside, and the RFC of the row.
    const CASES: &[(&str, Option<&str>, &str)] = &[
        ("0.0.0.0", Some("This network"), "RFC 791"),
        ("0.255.255.255", Some("This network"), "RFC 791"),
        ("1.0.0.0", None, "global"),
        ("9.255.255.255", None, "global"),
        ("10.0.0.0", PRIVATE, "RFC 1918"),
        ("10.255.255.255", PRIVATE, "RFC 1918"),
        ("11.0.0.0", None, "global"),
        ("100.63.255.255", None, "global"),
        ("100.64.0.0", Some("Carrier-grade NAT"), "RFC 6598"),
        ("100.127.255.255", Some("Carrier-grade NAT"), "RFC 6598"),
        ("100.128.0.0", None, "global"),
        ("127.0.0.1", LOOPBACK, "RFC 1122"),
        ("127.255.255.255", LOOPBACK, "RFC 1122"),
        ("128.0.0.0", None, "global"),
        ("169.253.255.255", None, "global"),
        ("169.254.0.0", LINK_LOCAL, "RFC 3927"),
        ("169.254.255.255", LINK_LOCAL, "RFC 3927"),
        ("172.15.255.255", None, "global"),
        ("172.16.0.0", PRIVATE, "RFC 1918"),
        ("172.31.255.255", PRIVATE, "RFC 1918"),
        ("172.32.0.0", None, "global"),
        ("192.0.0.0", Some("IPv4 service continuity"), "RFC 7335"),
        ("192.0.0.7", Some("IPv4 service continuity"), "RFC 7335"),
        ("192.0.0.8", Some("IPv4 dummy address"), "RFC 7600"),
        ("192.0.0.9", None, "RFC 7723, globally reachable"),
        ("192.0.0.10", None, "RFC 8155, globally reachable"),
        ("192.0.0.11", ASSIGNMENT, "RFC 6890"),
        ("192.0.0.170", Some("NAT64 discovery"), "RFC 7050, RFC 8880"),
        ("192.0.0.171", Some("NAT64 discovery"), "RFC 7050, RFC 8880"),
        ("192.0.0.255", ASSIGNMENT, "RFC 6890"),
        ("192.0.1.0", None, "global"),
        ("192.0.2.0", DOCUMENTATION, "RFC 5737"),
        ("192.0.2.255", DOCUMENTATION, "RFC 5737"),
        ("192.31.196.1", None, "RFC 7535, globally reachable"),
        ("192.52.193.1", None, "RFC 7450, globally reachable"),
        ("192.88.99.1", Some("6to4 relay"), "RFC 7526"),
        ("192.88.99.2", Some("6a44 relay"), "RFC 6751"),
        ("192.167.255.255", None, "global"),
        ("192.168.0.0", PRIVATE, "RFC 1918"),
        ("192.168.255.255", PRIVATE, "RFC 1918"),
        ("192.169.0.0", None, "global"),
        ("192.175.48.1", None, "RFC 7534, globally reachable"),
        ("198.17.255.255", None, "global"),
        ("198.18.0.0", BENCHMARKING, "RFC 2544"),
        ("198.19.255.255", BENCHMARKING, "RFC 2544"),
        ("198.20.0.0", None, "global"),
        ("198.51.100.7", DOCUMENTATION, "RFC 5737"),
        ("203.0.113.9", DOCUMENTATION, "RFC 5737"),
        ("203.0.114.0", None, "global"),
        ("240.0.0.0", Some("Reserved"), "RFC 1112"),
        ("255.255.255.254", Some("Reserved"), "RFC 1112"),
        ("255.255.255.255", Some("Limited broadcast"), "RFC 8190, RFC 919"),
        ("::", Some("Unspecified"), "RFC 4291"),
        ("::1", LOOPBACK, "RFC 4291"),
        ("::2", None, "not in the registry"),
        ("::ffff:127.0.0.1", LOOPBACK, "RFC 4291, mapped"),
        ("::ffff:10.0.0.1", PRIVATE, "RFC 4291, mapped"),
        ("::ffff:100.64.0.1", Some("Carrier-grade NAT"), "RFC 4291, mapped"),
        ("::ffff:1.1.1.1", None, "RFC 4291, mapped"),
        ("64:ff9b::a00:1", None, "RFC 6052, globally reachable"),
        ("64:ff9b:1::1", Some("Local IPv4/IPv6 translation"), "RFC 8215"),
        ("64:ff9b:2::1", None, "global"),
        ("100::", Some("Discard-only"), "RFC 6666"),
        ("100::ffff:ffff:ffff:ffff", Some("Discard-only"), "RFC 6666"),
        ("100:0:0:1::1", Some("IPv6 dummy prefix"), "RFC 9780"),
        ("100:0:0:2::1", None, "global"),
        ("2001::1", Some("Teredo tunnel"), "RFC 4380, RFC 8190"),
        ("2001:0:ffff::1", Some("Teredo tunnel"), "RFC 4380, RFC 8190"),
        ("2001:1::1", None, "RFC 7723, globally reachable"),
        ("2001:1::2", None, "RFC 8155, globally reachable"),
        ("2001:1::3", None, "RFC 9665, globally reachable"),
        ("2001:1::4", ASSIGNMENT, "RFC 2928"),
        ("2001:2::1", BENCHMARKING, "RFC 5180"),
        ("2001:2:1::1", ASSIGNMENT, "RFC 2928"),
        ("2001:3::1", None, "RFC 7450, globally reachable"),
        ("2001:4:112::1", None, "RFC 7535, globally reachable"),
        ("2001:4:113::1", ASSIGNMENT, "RFC 2928"),
        ("2001:10::1", Some("ORCHID"), "RFC 4843"),
        ("2001:1f:ffff::1", Some("ORCHID"), "RFC 4843"),
        ("2001:20::1", None, "RFC 7343, globally reachable"),
        ("2001:3f::1", None, "RFC 9374, globally reachable"),
        ("2001:40::1", ASSIGNMENT, "RFC 2928"),
        ("2001:1ff:ffff::1", ASSIGNMENT, "RFC 2928"),
        ("2001:200::1", None, "global"),
        ("2001:db7:ffff::1", None, "global"),
        ("2001:db8::7", DOCUMENTATION, "RFC 3849"),
        ("2001:db8:ffff:ffff::1", DOCUMENTATION, "RFC 3849"),
        ("2001:db9::1", None, "global"),
        ("2002:c000:204::1", Some("6to4 tunnel"), "RFC 3056"),
        ("2003::1", None, "global"),
        ("2620:4f:8000::1", None, "RFC 7534, globally reachable"),
        ("2a00:1450:4001::1", None, "global"),
        ("3ffe::1", None, "global"),
        ("3fff::1", DOCUMENTATION, "RFC 9637"),
        ("3fff:fff:ffff::1", DOCUMENTATION, "RFC 9637"),
        ("3fff:1000::1", None, "global"),
        ("5f00::1", Some("Segment routing"), "RFC 9602"),
        ("5f01::1", None, "global"),
        ("fbff::1", None, "not in the registry"),
        ("fc00::1", Some("IPv6 unique local"), "RFC 4193"),
        ("fdff:ffff::1", Some("IPv6 unique local"), "RFC 4193"),
        ("fe00::1", None, "not in the registry"),
        ("fe80::1", LINK_LOCAL, "RFC 4291"),
        ("febf:ffff::1", LINK_LOCAL, "RFC 4291"),
        ("fec0::1", None, "RFC 3879, deprecated and not in the registry"),
    ];

    #[test]
    fn an_address_says_what_the_registries_say_of_it_and_nothing_else() {
        for (text, expected, source) in CASES {
            let address: IpAddr = text.parse().expect("an address");
            assert_eq!(special_use(address), *expected, "{text} ({source})");
        }
    }

    #[test]
    fn every_row_begins_where_its_prefix_ends() {
        let spare = |bits: u128, unused: u32| bits & ((1_u128 << unused) - 1);
        for (network, length, _) in V4 {
            assert_eq!(spare(network.to_bits().into(), Ipv4Addr::BITS - length), 0, "{network}/{length}");
        }
        for (network, length, _) in V6 {
            assert_eq!(spare(network.to_bits(), Ipv6Addr::BITS - length), 0, "{network}/{length}");
        }
    }
}
