//! How long a start takes once keys exist, and how much memory the idle server holds.
//!
//! `cargo bench -p hallpass-server --bench footprint`. Targets: under 100 ms to the first good `/readyz`, under 25 MB
//! resident. Printed, not asserted: a busy machine is not a bug.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const STARTS: usize = 15;
const REQUESTS: usize = 2_000;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

struct Server {
    child: Child,
    address: SocketAddr,
    took: Duration,
}

impl Server {
    /// Starts on a free port, and waits for the first good answer of `/readyz`.
    fn start(folder: &Path) -> Outcome<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let begun = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_hallpass"))
            .args(["--listen", &address.to_string(), "--set", "log.level=warn"])
            .current_dir(folder)
            .env_clear()
            .stdout(Stdio::null())
            .spawn()?;
        let mut server = Self { child, address, took: Duration::ZERO };
        while !server.get("/readyz").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err("the server does not become ready".into());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        server.took = begun.elapsed();
        Ok(server)
    }

    fn get(&self, path: &str) -> Outcome<String> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// Resident memory in MB.
    fn resident(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1000.0 * 1.024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let first = Server::start(folder.path())?;
    println!("first start (makes RSA keys and the first admin)  {:>8.1} ms", millis(first.took));
    drop(first);
    let mut starts = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        starts.push(Server::start(folder.path())?.took);
    }
    starts.sort();
    println!("start to ready once keys exist, fastest           {:>8.1} ms", millis(starts[0]));
    println!("                                median of {STARTS}      {:>8.1} ms", millis(starts[STARTS / 2]));
    println!("to compare: `true`, which does nothing, median    {:>8.1} ms", millis(nothing()?));
    let server = Server::start(folder.path())?;
    std::thread::sleep(Duration::from_secs(1));
    println!("resident memory, idle                             {:>8.1} MB", server.resident()?);
    for _ in 0..REQUESTS {
        server.get("/.well-known/jwks.json")?;
    }
    std::thread::sleep(Duration::from_secs(1));
    println!("                 after {REQUESTS} connections           {:>8.1} MB", server.resident()?);
    drop(server);
    for (name, header) in floods() {
        flood(folder.path(), name, &header)?;
    }
    Ok(())
}

const FLOODERS: usize = 300;
const STREAMS: u32 = 125;

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

/// Resident memory before, during and after a flood of HTTP/2 requests that stay half open, from one address.
fn flood(folder: &Path, name: &str, [first, others]: &[Vec<u8>; 2]) -> Outcome<()> {
    let server = Server::start(folder)?;
    std::thread::sleep(Duration::from_secs(1));
    let before = server.resident()?;
    let preface = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frame(4, 0, 0, &[])].concat();
    let headers = (0..STREAMS).flat_map(|n| frame(1, 4, 2 * n + 1, if n == 0 { first } else { others }));
    let bytes: Vec<u8> = preface.into_iter().chain(headers).collect();
    let (mut open, mut most) = (Vec::new(), before);
    for _ in 0..FLOODERS {
        let mut stream = TcpStream::connect(server.address)?;
        // Those that are refused may be closed before all is written.
        drop(stream.write_all(&bytes));
        open.push(stream);
        most = most.max(server.resident()?);
    }
    for _ in 0..40 {
        std::thread::sleep(Duration::from_millis(100));
        most = most.max(server.resident()?);
    }
    let ready = server.get("/readyz").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"));
    drop(open);
    std::thread::sleep(Duration::from_secs(5));
    let after = server.resident()?;
    println!("flood of {name}: {FLOODERS} connections, {STREAMS} streams and {} bytes each", bytes.len());
    println!(
        "    before {before:.1} MB, at most {most:.1} MB, five seconds after {after:.1} MB; ready meanwhile: {ready}"
    );
    Ok(())
}

/// What the machine takes to start and end any program at all.
fn nothing() -> Outcome<Duration> {
    let mut runs = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let begun = Instant::now();
        Command::new("true").status()?;
        runs.push(begun.elapsed());
    }
    runs.sort();
    Ok(runs[STARTS / 2])
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
