//! The client's address: the socket's peer, unless that is a trusted proxy.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The socket's peer, put into the request by the accept loop (or by a test).
#[derive(Debug, Clone, Copy)]
pub struct ClientIp(pub SocketAddr);

/// The request came over a Unix socket: its peer is the proxy, since the socket's mode lets no other in. What the proxy
/// says of its own client is believed; if it says nothing, all its clients are one.
#[derive(Debug, Clone, Copy)]
pub struct LocalProxy;

/// Walks `X-Forwarded-For` from the right, past trusted proxies only. What stands left of the first untrusted hop was
/// written by the client, and is worth nothing. A hop that is not an address ends the walk at the last one believed.
pub fn client_ip(headers: &HeaderMap, extensions: &Extensions, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.contains(&ip));
    let is_local = extensions.get::<LocalProxy>().is_some();
    let mut client = if is_local { Ipv4Addr::LOCALHOST.into() } else { peer(extensions)?.ip().to_canonical() };
    let mut is_proxy = is_local || is_trusted(client);
    // The header of any other peer is not read at all: it may say what it likes.
    if !is_proxy {
        return Some(client);
    }
    for hop in hops(headers) {
        let Some(ip) = hop.filter(|_| is_proxy) else { break };
        client = ip;
        is_proxy = is_trusted(client);
    }
    Some(client)
}

fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    let peer = extensions.get::<ClientIp>().map(|peer| peer.0);
    peer.or_else(|| extensions.get::<axum::extract::ConnectInfo<SocketAddr>>().map(|info| info.0))
}

/// The hops from right to left, through every line of the header.
fn hops(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    // Hop by hop: bytes that a client writes at the left must not hide what the proxy has added at the right.
    let hops = |line: &http::HeaderValue| -> Vec<Option<IpAddr>> {
        let text = String::from_utf8_lossy(line.as_bytes());
        text.rsplit(',').map(|hop| parse(hop.trim())).collect()
    };
    lines.into_iter().rev().flat_map(hops).collect::<Vec<_>>().into_iter()
}

/// An address, as it is or with a port, in the notations that proxies write.
fn parse(hop: &str) -> Option<IpAddr> {
    if let Ok(ip) = hop.parse::<IpAddr>() {
        return Some(ip.to_canonical());
    }
    if let Ok(socket) = hop.parse::<SocketAddr>() {
        return Some(socket.ip().to_canonical());
    }
    let bracketed = hop.strip_prefix('[')?.strip_suffix(']')?;
    bracketed.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, lines: &[&str]) -> String {
        let mut request = http::Request::builder();
        for line in lines {
            request = request.header("x-forwarded-for", *line);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts.extensions.insert(ClientIp(peer.parse().expect("an address")));
        let trusted = ["10.0.0.0/8".parse().expect("a net"), "fd00::/8".parse().expect("a net")];
        client_ip(&parts.headers, &parts.extensions, &trusted).expect("an address").to_string()
    }

    #[test]
    fn over_a_unix_socket_the_last_hop_is_believed_and_those_before_it_as_ever() {
        let of = |hops: &str| {
            let request = http::Request::builder().header("x-forwarded-for", hops);
            let (mut parts, ()) = request.body(()).expect("a request").into_parts();
            parts.extensions.insert(LocalProxy);
            client_ip(&parts.headers, &parts.extensions, &["10.0.0.0/8".parse().expect("a net")])
                .expect("an address")
                .to_string()
        };
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
        assert_eq!(of("1.1.1.1, 203.0.113.9"), "203.0.113.9");
        assert_eq!(of("203.0.113.9, 10.0.0.2"), "203.0.113.9");
        assert_eq!(of("unknown"), "127.0.0.1");
        assert_eq!(of(""), "127.0.0.1");
    }

    #[test]
    fn only_trusted_proxies_are_believed_from_right_to_left() {
        let table: &[(&str, &[&str], &str)] = &[
            ("192.0.2.1:1", &["203.0.113.9"], "192.0.2.1"),
            ("10.0.0.1:1", &["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1:1", &["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1:1", &["1.1.1.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1:1", &["1.1.1.1", "203.0.113.9", "10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1:1", &["203.0.113.9, unknown"], "10.0.0.1"),
            ("10.0.0.1:1", &["203.0.113.9, "], "10.0.0.1"),
            ("10.0.0.1:1", &["203.0.113.9:4711"], "203.0.113.9"),
            ("10.0.0.1:1", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.0.0.1:1", &["[2001:db8::7]"], "2001:db8::7"),
            ("10.0.0.1:1", &[], "10.0.0.1"),
            ("[::ffff:10.0.0.1]:1", &["::ffff:203.0.113.9"], "203.0.113.9"),
            ("[fd00::1]:1", &["2001:db8::7"], "2001:db8::7"),
        ];
        for (peer, lines, client) in table {
            assert_eq!(of(peer, lines), *client, "{peer} {lines:?}");
        }
    }
}
