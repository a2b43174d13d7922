//! Other people's programs: proxies, interpreters, services. Each is bounded in time and killed by its handle.

use std::fmt::Display;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// How long a program may take to say a line. Generous: the machine is shared.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that is killed when the test is over.
pub struct Program {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Program {
    /// Starts it, with its standard error among that of the test.
    pub fn start(mut command: Command) -> Self {
        let name = command.get_program().display().to_string();
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name} does not start ({error}): see ./test"));
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().expect("piped"));
        Self { name, child, stdin, lines: lines_of(stdout) }
    }

    /// The next line that it prints.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{} says nothing", self.name))
    }

    /// Says a line, and hears one; both are JSON.
    pub fn ask(&mut self, question: &Value) -> Value {
        let stdin = self.stdin.as_mut().expect("piped");
        writeln!(stdin, "{question}").expect("it listens");
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("{} answers {line}", self.name))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn lines_of(stdout: ChildStdout) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|l| sender.send(l)));
    receiver
}

/// A file of the repository.
pub fn in_repository(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
}

/// A block of this language in a document.
pub fn block(document: &str, heading: &str, language: &str) -> String {
    let text = std::fs::read_to_string(in_repository(document)).expect("a document");
    let after = text.split_once(heading).unwrap_or_else(|| panic!("no {heading}")).1;
    let (_, block) = after.split_once(&format!("```{language}\n")).expect("a block");
    block.split_once("```").expect("its end").0.to_owned()
}

/// A file in a folder.
pub fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, text).expect("a file");
    file
}

/// nginx in a folder of its own, with this in its `http` context.
pub fn nginx(folder: &Path, config: &str) -> Command {
    let at = folder.display();
    let scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let scratch = scratch.map(|kind| format!("{kind}_temp_path {at}/{kind};\n")).concat();
    let text = format!("pid {at}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{scratch}{config}}}\n");
    let is_in_path = Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_ok();
    // Debian puts it where only root looks.
    let mut command = Command::new(if is_in_path { "nginx" } else { "/usr/sbin/nginx" });
    command.args(["-e", "stderr", "-g", "daemon off; master_process off;", "-p"]).arg(folder);
    command.arg("-c").arg(written(folder, "nginx.conf", &text));
    command
}

/// Node, with the packages of `tests/e2e`.
pub fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(in_repository(script));
    command
}

/// A copy of an example in Node beside the packages of `tests/e2e`, which are the ones that it asks for.
pub fn packaged(example: &str) -> TempDir {
    let (folder, source) = (tempfile::tempdir().expect("a folder"), in_repository(example));
    for entry in std::fs::read_dir(&source).expect("a folder").map(|entry| entry.expect("an entry")) {
        if entry.file_type().expect("a type").is_file() {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
        }
    }
    let packages = in_repository("tests/e2e").canonicalize().expect("a folder");
    let read = |folder: &Path| -> Value {
        let text = std::fs::read_to_string(folder.join("package.json")).expect("package.json");
        serde_json::from_str::<Value>(&text).expect("JSON")["dependencies"].clone()
    };
    let (wanted, installed) = (read(&source), read(&packages));
    for (name, version) in wanted.as_object().expect("dependencies") {
        assert_eq!(installed[name], *version, "{name}: tests/e2e has another version");
    }
    std::os::unix::fs::symlink(packages.join("node_modules"), folder.path().join("node_modules")).expect("a link");
    folder
}

/// The system's Python: it has Debian's packages, which another may not.
pub fn python(script: &str) -> Command {
    let mut command = Command::new("/usr/bin/python3");
    command.arg("-u").arg(in_repository(script)).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// A module of Python, run as a program.
pub fn python_module(module: &str) -> Command {
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-u", "-m", module]);
    command
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

/// Waits until somebody listens.
pub async fn listening(port: u16, who: impl Display) {
    for _ in 0..600 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{who} does not listen");
}
