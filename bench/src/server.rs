//! The binary under test.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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

/// The binary: the one named, or the one beside this program.
pub(crate) fn find(named: Option<PathBuf>) -> Outcome<PathBuf> {
    let path = match named {
        Some(path) => path,
        None => std::env::current_exe()?.with_file_name("hallpass"),
    };
    if path.is_file() { Ok(path) } else { Err(format!("there is no binary at {}", path.display()).into()) }
}

fn command(binary: &Path, place: &Place, more: &[String]) -> Command {
    let mut command = Command::new(binary);
    let settings = SETTINGS.iter().map(|setting| (*setting).to_owned()).chain(place.settings());
    for setting in settings.chain(more.iter().cloned()) {
        command.args(["--set", &setting]);
    }
    command.env_clear();
    command
}

/// Makes the installation, if it is not there.
pub(crate) fn migrate(binary: &Path, place: &Place) -> Outcome<()> {
    let ended = command(binary, place, &[]).arg("migrate").output()?;
    if ended.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ended.stderr).into_owned().into()) }
}

/// A server that ends with the bench.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    url: String,
}

impl Server {
    pub(crate) fn start(binary: &Path, place: &Place, more: &[String]) -> Outcome<Self> {
        let mut command = command(binary, place, more);
        // Its lines go where those of a service go: to a file.
        std::fs::create_dir_all(&place.folder)?;
        command.stderr(std::fs::File::create(place.folder.join("log"))?);
        let listen = format!("{}:0", Ipv4Addr::LOCALHOST);
        let mut child = command.args(["--json", "--listen", &listen, "serve"]).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let greeting = serde_json::Deserializer::from_reader(stdout).into_iter::<Value>().next();
        let greeting = greeting.ok_or("it did not start")??;
        let url = format!("http://{}", greeting["listen"].as_str().ok_or("no address")?);
        Ok(Self { child, url })
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
