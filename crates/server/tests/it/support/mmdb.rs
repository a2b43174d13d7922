//! Writes small databases in the `MaxMind` DB format, version 2.0.

use std::net::Ipv6Addr;

use ipnet::IpNet;

/// A value of the data section.
#[derive(Clone)]
pub enum Value {
    Text(String),
    U16(u16),
    U32(u32),
    U64(u64),
    Array(Vec<Value>),
    Map(Vec<(&'static str, Value)>),
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// `{names: {en: …}}`, with a name in another language before it.
pub fn named(name: &str) -> Value {
    Value::Map(vec![("names", Value::Map(vec![("de", text("auf Deutsch")), ("en", text(name))]))])
}

impl Value {
    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Text(text) => {
                control(to, 2, text.len());
                to.extend(text.as_bytes());
            }
            Self::U16(number) => number_of(to, 5, &number.to_be_bytes()),
            Self::U32(number) => number_of(to, 6, &number.to_be_bytes()),
            Self::U64(number) => number_of(to, 9, &number.to_be_bytes()),
            Self::Array(values) => {
                control(to, 11, values.len());
                for value in values {
                    value.write(to);
                }
            }
            Self::Map(members) => {
                control(to, 7, members.len());
                for (name, value) in members {
                    text(name).write(to);
                    value.write(to);
                }
            }
        }
    }
}

fn number_of(to: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    control(to, kind, bytes.len());
    to.extend(bytes);
}

/// Type and size. Types above 7 have a byte of their own; sizes from 29 and from 285 on have one or two.
fn control(to: &mut Vec<u8>, kind: u8, size: usize) {
    let (low, more) = match size {
        0..29 => (size, vec![]),
        29..285 => (29, vec![size - 29]),
        _ => (30, vec![(size - 285) >> 8, (size - 285) & 0xff]),
    };
    let byte = |number: usize| u8::try_from(number).expect("a small size");
    if kind <= 7 {
        to.push(kind << 5 | byte(low));
    } else {
        to.extend([byte(low), kind - 7]);
    }
    to.extend(more.into_iter().map(byte));
}

/// Where a branch of the tree leads.
#[derive(Clone, Copy)]
enum Branch {
    Nothing,
    Node(usize),
    Data(usize),
}

/// The bytes of a database with these networks, which must not overlap.
pub fn database(kind: &str, networks: &[(&str, Value)]) -> Vec<u8> {
    let (mut nodes, mut data) = (vec![[Branch::Nothing; 2]], Vec::new());
    for (network, value) in networks {
        insert(&mut nodes, network.parse().expect("a network"), data.len());
        value.write(&mut data);
    }
    let number = |branch: &Branch| match *branch {
        Branch::Nothing => nodes.len(),
        Branch::Node(node) => node,
        Branch::Data(offset) => nodes.len() + 16 + offset,
    };
    let record = |branch| u32::try_from(number(branch)).expect("a small tree").to_be_bytes()[1..].to_vec();
    let mut file: Vec<u8> = nodes.iter().flatten().flat_map(record).collect();
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    metadata(kind, nodes.len()).write(&mut file);
    file
}

fn insert(nodes: &mut Vec<[Branch; 2]>, network: IpNet, offset: usize) {
    // An IPv4 address is an IPv6 address that begins with 96 zeros.
    let (bits, length) = match network {
        IpNet::V4(network) => (u128::from(network.addr().to_bits()), 96 + network.prefix_len()),
        IpNet::V6(network) => (Ipv6Addr::to_bits(network.addr()), network.prefix_len()),
    };
    let side = |depth: u8| usize::from(bits >> (127 - depth) & 1 == 1);
    let mut node = 0;
    for depth in 0..length - 1 {
        if let Branch::Node(next) = nodes[node][side(depth)] {
            node = next;
        } else {
            nodes.push([Branch::Nothing; 2]);
            let next = nodes.len() - 1;
            nodes[node][side(depth)] = Branch::Node(next);
            node = next;
        }
    }
    nodes[node][side(length - 1)] = Branch::Data(offset);
}

fn metadata(kind: &str, nodes: usize) -> Value {
    Value::Map(vec![
        ("binary_format_major_version", Value::U16(2)),
        ("binary_format_minor_version", Value::U16(0)),
        ("build_epoch", Value::U64(1_764_028_800)),
        ("database_type", text(kind)),
        ("description", Value::Map(vec![("en", text("for tests"))])),
        ("ip_version", Value::U16(6)),
        ("languages", Value::Array(vec![text("de"), text("en")])),
        ("node_count", Value::U32(u32::try_from(nodes).expect("a small tree"))),
        ("record_size", Value::U16(24)),
    ])
}
