//! A PostgreSQL cluster of its own, and schemas in one that is shared.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Where a cluster for the whole run of tests is, if the runner has started one.
const SHARED: &str = "HALLPASS_TEST_POSTGRES";
/// What a crash may lose is not what is tested on a shared cluster.
const QUICK: [&str; 6] = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"];
const SCRIPT: &str = include_str!("postgres.sh");

/// A private cluster, stopped and removed when this is dropped or its process ends in whatever way.
#[derive(Debug)]
pub struct Postgres {
    port: u16,
    url: String,
    supervisor: Child,
    pipes: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
}

impl Postgres {
    /// A cluster for one test.
    ///
    /// # Panics
    /// When the installed PostgreSQL cannot be started.
    pub fn start() -> Self {
        Self::with(&QUICK)
    }

    /// A cluster that keeps what it has committed, as one in production does.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn durable() -> Self {
        Self::with(&[])
    }

    /// A cluster with these arguments to the server.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn with(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    /// A cluster that speaks TLS only; certificate and key are PEM texts.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn with_tls(certificate: &str, key: &str) -> Self {
        Self::start_with(&QUICK, &[("TLS_CERTIFICATE", certificate), ("TLS_KEY", key)])
    }

    /// A durable cluster whose data lie below this folder, which everybody may write to.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    pub fn below(folder: &Path) -> Self {
        let small = ["-c", "max_wal_size=32MB", "-c", "min_wal_size=32MB"];
        Self::start_with(&small, &[("TMPDIR", &folder.display().to_string())])
    }

    /// A streaming replica of this cluster, which from now on answers no commit that the replica does not have.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    #[must_use]
    pub fn standby(&self) -> Self {
        let standby = Self::start_with(&[], &[("STANDBY_OF", &self.port().to_string())]);
        Self::psql(&self.url, "ALTER SYSTEM SET synchronous_standby_names = '*'");
        Self::psql(&self.url, "SELECT pg_reload_conf()");
        for _ in 0..600 {
            if Self::psql(&self.url, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1" {
                return standby;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the replica does not follow");
    }

    /// Makes a replica a cluster that is written to.
    pub fn promote(&self) {
        self.tell("promote");
    }

    fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        // Between finding a free port and taking it another process may take it; then another is found.
        (0..5).find_map(|_| Self::try_start(arguments, variables)).expect("the installed PostgreSQL starts")
    }

    fn try_start(arguments: &[&str], variables: &[(&str, &str)]) -> Option<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).ok()?.port();
        let mut command = as_nobody_special();
        command.args(["sh", "-c", SCRIPT, "postgres.sh", &port.to_string()]).args(arguments);
        command.envs(variables.iter().copied()).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut supervisor = command.spawn().expect("a shell");
        let stdin = supervisor.stdin.take().expect("piped");
        let mut stdout = BufReader::new(supervisor.stdout.take().expect("piped"));
        let mut line = String::new();
        if stdout.read_line(&mut line).is_err() || line.is_empty() {
            let _ = supervisor.wait();
            return None;
        }
        let url = format!("postgres://hallpass@127.0.0.1:{port}/postgres");
        Some(Self { port, url, supervisor, pipes: Mutex::new(Some((stdin, stdout))) })
    }

    /// The database that is there from the start.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its port on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Ends connections and stops, as a restart of the service does.
    pub fn stop(&self) {
        self.tell("stop");
    }

    /// Stops at once, as a power cut does.
    pub fn crash(&self) {
        self.tell("crash");
    }

    /// Starts again on the same port and the same data.
    pub fn start_again(&self) {
        self.tell("start");
    }

    /// Whether its server answers.
    pub fn is_up(&self) -> bool {
        let mut command = Command::new("psql");
        command.args(["-X", "-q", "-d", &self.url, "-c", "SELECT 1"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    fn tell(&self, command: &str) {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let (stdin, stdout) = pipes.as_mut().expect("it runs");
        writeln!(stdin, "{command}").expect("the supervisor reads");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the supervisor answers");
        assert_eq!(line.trim_end(), command, "the server does not {command}");
    }

    /// An empty schema in a cluster that the whole run of tests shares, or else this process; the URL leads into it.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    #[allow(clippy::disallowed_methods, reason = "a test finds what its runner has prepared for it")]
    pub fn schema() -> String {
        static OWN: OnceLock<Postgres> = OnceLock::new();
        let shared = std::env::var(SHARED);
        let url = shared.unwrap_or_else(|_| OWN.get_or_init(Self::start).url().to_owned());
        schema_in(&url)
    }

    /// An empty schema in this cluster.
    pub fn own_schema(&self) -> String {
        schema_in(&self.url)
    }

    /// Runs SQL with psql, as an operator does; the answer is unaligned, without headings.
    ///
    /// # Panics
    /// When it fails.
    pub fn psql(url: &str, sql: &str) -> String {
        let mut command = Command::new("psql");
        // What is ours in the URL psql does not know.
        let url = url.split("&pgbouncer").next().unwrap_or(url);
        command.args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]);
        let ended = command.output().expect("psql runs");
        assert!(ended.status.success(), "{sql}: {}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8_lossy(&ended.stdout).trim_end().to_owned()
    }
}

fn schema_in(url: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    Postgres::psql(url, &format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}"));
    format!("{url}?options=-csearch_path%3D{name}&application_name={name}")
}

/// PostgreSQL refuses to run as root.
pub(crate) fn as_nobody_special() -> Command {
    let who = Command::new("id").arg("-u").output().map(|ended| ended.stdout).unwrap_or_default();
    let mut command = Command::new("env");
    if who.trim_ascii() == b"0" {
        command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    // A test that is ended with its whole group must leave a process that cleans up.
    command.process_group(0);
    command
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The end of its input is what the supervisor waits for.
        drop(self.pipes.lock().unwrap_or_else(PoisonError::into_inner).take());
        let _ = self.supervisor.wait();
    }
}
