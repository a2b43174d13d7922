//! The real binary, as the benches start it.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

const SETTINGS: [&str; 6] = [
    "issuer=http://localhost:8080",
    "log.level=error",
    "password.scheme=argon2id",
    "password.argon2_memory_kib=7168",
    "password.argon2_iterations=1",
    "limits.register_max=100000",
];

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// A server that ends with the bench.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A command on the installation in a folder.
pub(crate) fn command(folder: &Path, settings: &[&str], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hallpass"));
    command
        .current_dir(folder)
        .env_clear()
        .args(SETTINGS.iter().chain(settings).flat_map(|setting| ["--set", setting]))
        .args(arguments);
    command
}

/// Starts a server on a free port.
pub(crate) fn start(folder: &Path, settings: &[&str]) -> Outcome<Server> {
    let mut command = command(folder, settings, &["--json", "--listen", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().ok_or("no output")?;
    let greeting: Value = serde_json::Deserializer::from_reader(stdout).into_iter().next().ok_or("no greeting")??;
    let url = format!("http://{}", greeting["listen"].as_str().ok_or("no address")?);
    Ok(Server { child, url })
}
