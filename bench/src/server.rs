//! The binary under test.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Outcome;
use crate::installation::Place;

/// Quick to log in to, and without limits in the way: neither is what is measured.
const SETTINGS: [&str; 8] = [
    "issuer=http://localhost:8080",
    "log.level=error",
    "token.algorithm=EdDSA",
    "password.scheme=argon2id",
    "password.argon2_memory_kib=7168",
    "password.argon2_iterations=1",
    "limits.login_max=100000",
    "limits.register_max=100000",
];

const START_TIMEOUT: Duration = Duration::from_secs(60);

/// The binary: the one named, or the one beside this program.
pub(crate) fn find(named: Option<PathBuf>) -> Outcome<PathBuf> {
    let path = match named {
        Some(path) => path,
        None => std::env::current_exe()?.with_file_name("hallpass"),
    };
    if path.is_file() { Ok(path) } else { Err(format!("there is no binary at {}", path.display()).into()) }
}

fn tuned(place: &Place, more: &[String]) -> Vec<String> {
    let settings = SETTINGS.iter().map(|setting| (*setting).to_owned());
    settings.chain(place.settings()).chain(more.iter().cloned()).collect()
}

fn command(binary: &Path, settings: &[String]) -> Command {
    let mut command = Command::new(binary);
    for setting in settings {
        command.args(["--set", setting]);
    }
    command.env_clear();
    command
}

/// Makes the installation, if it is not there.
pub(crate) fn migrate(binary: &Path, place: &Place) -> Outcome<()> {
    let ended = command(binary, &tuned(place, &[])).arg("migrate").output()?;
    if ended.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ended.stderr).into_owned().into()) }
}

/// A server that ends with the bench.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    url: String,
    greeting: Value,
}

impl Server {
    pub(crate) fn start(binary: &Path, place: &Place, more: &[String]) -> Outcome<Self> {
        Self::launch(command(binary, &tuned(place, more)), place)
    }

    /// With the defaults and a quiet log, and how long it took until it was ready.
    pub(crate) fn start_plain(binary: &Path, place: &Place) -> Outcome<(Self, Duration)> {
        let settings = place.settings().into_iter().chain(["log.level=warn".to_owned()]);
        Self::launch_timed(command(binary, &settings.collect::<Vec<_>>()), place)
    }

    /// As [`Server::start`], and how long it took until it was ready.
    pub(crate) fn start_timed(binary: &Path, place: &Place) -> Outcome<(Self, Duration)> {
        Self::launch_timed(command(binary, &tuned(place, &[])), place)
    }

    fn launch_timed(command: Command, place: &Place) -> Outcome<(Self, Duration)> {
        let begun = Instant::now();
        let server = Self::launch(command, place)?;
        while !server.is_ready() {
            if begun.elapsed() > START_TIMEOUT {
                return Err("the server does not become ready".into());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok((server, begun.elapsed()))
    }

    fn launch(mut command: Command, place: &Place) -> Outcome<Self> {
        // Its lines go where those of a service go: to a file.
        std::fs::create_dir_all(&place.folder)?;
        command.stderr(std::fs::File::create(place.folder.join("log"))?);
        let listen = format!("{}:0", Ipv4Addr::LOCALHOST);
        let mut child = command.args(["--json", "--listen", &listen, "serve"]).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let greeting = serde_json::Deserializer::from_reader(stdout).into_iter::<Value>().next();
        let greeting = greeting.ok_or("it did not start")??;
        let url = format!("http://{}", greeting["listen"].as_str().ok_or("no address")?);
        Ok(Self { child, url, greeting })
    }

    /// Whether `/readyz` answers 200.
    pub(crate) fn is_ready(&self) -> bool {
        self.get("/readyz").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    /// The answer of a connection of its own.
    pub(crate) fn get(&self, path: &str) -> Outcome<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port()?))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// The account that the first start of an installation has made, as the body of a login.
    pub(crate) fn first_admin(&self) -> Option<Value> {
        Some(self.greeting["first_admin"].clone()).filter(Value::is_object)
    }

    /// Resident memory in MB.
    pub(crate) fn resident(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    pub(crate) fn port(&self) -> Outcome<u16> {
        Ok(self.url.rsplit(':').next().ok_or("no port")?.parse()?)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
