//! Floods of HTTP/2 requests that stay half open, from one address.

use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::Outcome;
use crate::installation::Place;
use crate::server::Server;

const FLOODERS: usize = 300;
const STREAMS: u32 = 125;

/// Resident memory in MB.
#[derive(Debug, Serialize)]
pub(super) struct Flooded {
    name: &'static str,
    /// What each connection has sent.
    bytes: usize,
    before_mb: f64,
    most_mb: f64,
    /// Five seconds after the connections were closed.
    after_mb: f64,
    ready_meanwhile: bool,
}

impl Flooded {
    pub(super) fn print(&self) {
        let Self { name, bytes, before_mb, most_mb, after_mb, ready_meanwhile } = self;
        println!("flood of {name}: {FLOODERS} connections, {STREAMS} streams and {bytes} bytes each");
        println!(
            "    before {before_mb:.1} MB, at most {most_mb:.1} MB, five seconds after {after_mb:.1} MB; \
             ready meanwhile: {ready_meanwhile}"
        );
    }
}

/// Every flood, each on a server of its own.
pub(super) fn all(binary: &Path, place: &Place) -> Outcome<Vec<Flooded>> {
    floods().into_iter().map(|(name, headers)| flood(&Server::start_plain(binary, place)?.0, name, &headers)).collect()
}

/// Logins whose bodies never come, as header blocks: the first of a connection, and the others, which repeat by HPACK
/// what the first has put into the table.
fn floods() -> [(&'static str, [Vec<u8>; 2]); 3] {
    const LOGIN: &[u8] = b"\x83\x86\x04\x0b/auth/login\x01\x09localhost\x00\x0ccontent-type\x10application/json";
    let repeated = |value: &[u8], times: usize| {
        let name = [0x40, 1, b'a'].as_slice();
        // 3,800 as an integer of seven bits and its continuation (RFC 7541 §5.1).
        let length = if value.is_empty() { vec![0] } else { vec![0x7f, 0xd9, 0x1c] };
        let again = vec![0xbe; times];
        [[LOGIN, name, &length, value, &again].concat(), [LOGIN, &[0xbe], &again].concat()]
    };
    [
        ("plain headers", [LOGIN.to_vec(), LOGIN.to_vec()]),
        ("a large field, repeated", repeated(&[b'x'; 3800], 3)),
        ("many small fields", repeated(b"", 85)),
    ]
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn flood(server: &Server, name: &'static str, [first, others]: &[Vec<u8>; 2]) -> Outcome<Flooded> {
    std::thread::sleep(Duration::from_secs(1));
    let before_mb = server.resident()?;
    let preface = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frame(4, 0, 0, &[])].concat();
    let headers = (0..STREAMS).flat_map(|n| frame(1, 4, 2 * n + 1, if n == 0 { first } else { others }));
    let bytes: Vec<u8> = preface.into_iter().chain(headers).collect();
    let (mut open, mut most_mb) = (Vec::new(), before_mb);
    for _ in 0..FLOODERS {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port()?))?;
        // Those that are refused may be closed before all is written.
        drop(stream.write_all(&bytes));
        open.push(stream);
        most_mb = most_mb.max(server.resident()?);
    }
    for _ in 0..40 {
        std::thread::sleep(Duration::from_millis(100));
        most_mb = most_mb.max(server.resident()?);
    }
    let ready_meanwhile = server.is_ready();
    drop(open);
    std::thread::sleep(Duration::from_secs(5));
    Ok(Flooded { name, bytes: bytes.len(), before_mb, most_mb, after_mb: server.resident()?, ready_meanwhile })
}
