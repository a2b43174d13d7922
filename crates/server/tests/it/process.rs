//! The real binary, as a process of its own on a free port.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use hallpass_testbed::Postgres;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::ON_POSTGRES;

/// Settings that make a server quick to start and to log in to; what is under test is set on top.
const QUICK: [&str; 7] = [
    "issuer=http://localhost:8080",
    "token.algorithm=EdDSA",
    "password.scheme=argon2id",
    "password.argon2_memory_kib=7168",
    "password.argon2_iterations=1",
    "limits.login_max=100000",
    "limits.register_max=100000",
];

/// A folder with an installation in it.
pub struct Site {
    folder: TempDir,
    settings: Vec<String>,
}

impl Site {
    pub fn new() -> Self {
        Self::with(&[])
    }

    pub fn with(settings: &[&str]) -> Self {
        let has_database = settings.iter().any(|setting| setting.starts_with("database_url="));
        let mut settings: Vec<_> = QUICK.iter().chain(settings).map(|setting| (*setting).to_owned()).collect();
        if ON_POSTGRES && !has_database {
            settings.push(format!("database_url={}", Postgres::schema()));
        }
        Self { folder: tempfile::tempdir().expect("a folder"), settings }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    /// A command line in the folder, with an empty environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(self.folder.path());
        command.args(self.settings.iter().flat_map(|setting| ["--set", setting]));
        command.args(arguments);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).stdin(Stdio::null()).output().expect("it runs"))
    }

    /// The same, with a line on standard input.
    pub fn feed(&self, input: &str, arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
        Ended::of(child.wait_with_output().expect("it ends"))
    }

    /// Starts a server, and waits until it listens.
    pub fn serve(&self) -> Running {
        self.serve_with(&[])
    }

    /// The same with settings of its own: a second one is a replica.
    pub fn serve_with(&self, settings: &[&str]) -> Running {
        let settings = settings.iter().flat_map(|setting| ["--set", setting]);
        self.start(
            self.command(
                &[&["--json", "--listen", "127.0.0.1:0"], &settings.collect::<Vec<_>>()[..], &["serve"]].concat(),
            ),
        )
    }

    /// The same, on an address of the caller's choice and with these variables in its environment.
    pub fn serve_at(&self, listen: &str, environment: &[(&str, &str)]) -> Running {
        let mut command = self.command(&["--json", "--listen", listen, "serve"]);
        command.envs(environment.iter().copied());
        self.start(command)
    }

    /// Starts what prints a greeting and goes on, and waits for that.
    pub fn start(&self, mut command: Command) -> Running {
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).expect("a file");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it runs");
        let stdout = child.stdout.take().expect("piped");
        let greeting = serde_json::Deserializer::from_reader(stdout).into_iter::<Value>().next();
        let Some(Ok(greeting)) = greeting else { panic!("it did not start: {}", self.log()) };
        Running { child, greeting }
    }

    /// What servers here have written to standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

/// The binary in a folder, with nothing in its environment.
pub fn bare(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hallpass"));
    command.current_dir(folder).env_clear();
    command
}

/// A server that is killed when the test is over.
pub struct Running {
    child: Child,
    greeting: Value,
}

impl Running {
    /// What it printed at its start.
    pub fn greeting(&self) -> &Value {
        &self.greeting
    }

    /// A line of `/proc/…/status`.
    pub fn status_of_process(&self, name: &str) -> String {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a process");
        let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("the line");
        line.trim_start_matches(':').trim().to_owned()
    }

    /// Ctrl-C, and the exit code.
    pub fn interrupt(mut self) -> Option<i32> {
        self.signal("INT");
        self.child.wait().expect("it ends").code()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.greeting["listen"].as_str().expect("an address"))
    }

    /// Address and password of the first admin, if this start made one.
    pub fn first_admin(&self) -> Option<(String, String)> {
        let text = |name: &str| self.greeting["first_admin"][name].as_str().map(str::to_owned);
        Some((text("email")?, text("password")?))
    }

    /// SIGKILL: no time for last words.
    pub fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }

    /// Waits, for a bounded time, until it has ended by itself; the exit code.
    pub fn ended(&mut self) -> Option<i32> {
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("it goes on");
    }

    /// SIGTERM, and the exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().expect("it ends").code()
    }

    /// Sends it a signal by name.
    pub fn signal(&self, name: &str) {
        let number = self.child.id().to_string();
        let told = Command::new("kill").args(["-s", name, &number]).status().expect("kill runs");
        assert!(told.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What came of a command.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self {
            code: output.status.code().expect("no signal"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{} {}", self.stdout, self.stderr);
        self
    }

    /// Standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("no JSON: {} {}", self.stdout, self.stderr))
    }

    /// The code of the error document on standard error.
    #[track_caller]
    pub fn error(&self) -> String {
        let document: Value = serde_json::from_str(&self.stderr).unwrap_or_else(|_| panic!("no JSON: {}", self.stderr));
        assert!(document["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
        document["error"]["code"].as_str().expect("a code").to_owned()
    }
}

/// An HTTP client that gives up in time.
pub fn http() -> reqwest::Client {
    let built = reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().build();
    built.expect("a client")
}
