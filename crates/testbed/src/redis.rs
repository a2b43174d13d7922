//! A `redis-server` of the test's own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub use crate::ports::free_port;

/// How long a server may take to answer, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// A running server, killed when it is dropped.
#[derive(Debug)]
pub struct RedisServer {
    port: u16,
    arguments: Vec<String>,
    folder: TempDir,
    child: Option<Child>,
}

impl RedisServer {
    /// One server, with nothing written to disk.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with more arguments.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_with(arguments: &[&str]) -> Self {
        // Another process may take the port between the choice and the start.
        for _ in 0..10 {
            let mut server = Self {
                port: free_port(),
                arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
                folder: tempfile::tempdir().expect("a folder"),
                child: None,
            };
            if server.launch() {
                return server;
            }
        }
        panic!("redis-server does not start");
    }

    /// Its port on the loopback interface.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// SIGKILL.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            child.wait().expect("it ends");
        }
    }

    /// Starts it again on the same port: empty, since it writes nothing to disk.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        self.stop();
        let begun = Instant::now();
        while !self.launch() {
            assert!(begun.elapsed() < PATIENCE, "redis-server does not start again on port {}", self.port);
        }
    }

    /// Runs a command with `redis-cli`; what it prints, without the line's end.
    ///
    /// # Panics
    /// When `redis-cli` cannot be run.
    pub fn command(&self, words: &[&str]) -> String {
        cli(self.port, words).unwrap_or_default()
    }

    /// Whether a server came up and is this one.
    fn launch(&mut self) -> bool {
        let port = self.port.to_string();
        let folder = self.folder.path().display().to_string();
        let fixed = ["--port", &port, "--bind", "127.0.0.1", "--dir", &folder, "--save", "", "--appendonly", "no"];
        let mut command = Command::new("redis-server");
        command.args(fixed).args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("redis-server is installed");
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if child.try_wait().expect("it can be asked").is_some() {
                return false;
            }
            if cli(self.port, &["ping"]).is_some_and(|answer| answer == "PONG") {
                self.child = Some(child);
                return true;
            }
            sleep(POLL);
        }
        drop(child.kill());
        child.wait().expect("it ends");
        false
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs `redis-cli` against a port; none when it fails.
///
/// # Panics
/// When it is not installed.
pub fn cli(port: u16, words: &[&str]) -> Option<String> {
    let mut command = Command::new("redis-cli");
    command.args(["-h", "127.0.0.1", "-p", &port.to_string()]).args(words).stdin(Stdio::null());
    let output = command.output().expect("redis-cli is installed");
    let text = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    output.status.success().then_some(text)
}

/// Three masters that share the keys.
#[derive(Debug)]
pub struct RedisCluster(Vec<RedisServer>);

impl RedisCluster {
    /// Starts them, and waits until they agree.
    ///
    /// # Panics
    /// When they do not come to agree.
    pub fn start() -> Self {
        // The bus port is the port and ten thousand by default, which a high port does not leave room for.
        let nodes: Vec<RedisServer> = (0..3)
            .map(|_| {
                let bus = free_port().to_string();
                RedisServer::start_with(&["--cluster-enabled", "yes", "--cluster-port", &bus])
            })
            .collect();
        let addresses: Vec<String> = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        let mut words = vec!["--cluster", "create"];
        words.extend(addresses.iter().map(String::as_str));
        words.extend(["--cluster-replicas", "0", "--cluster-yes"]);
        let mut command = Command::new("redis-cli");
        let made = command.args(&words).stdin(Stdio::null()).output().expect("redis-cli is installed");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
        let cluster = Self(nodes);
        let begun = Instant::now();
        while !cluster.0.iter().all(|node| node.command(&["cluster", "info"]).contains("cluster_state:ok")) {
            assert!(begun.elapsed() < PATIENCE, "the cluster does not come to agree");
            sleep(POLL);
        }
        cluster
    }

    /// The nodes.
    pub fn nodes(&self) -> &[RedisServer] {
        &self.0
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        let nodes: Vec<String> = self.0.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect();
        format!("redis+cluster://{}", nodes.join(","))
    }

    /// What a key holds, whichever node has it.
    ///
    /// # Panics
    /// When `redis-cli` cannot be run.
    pub fn get(&self, key: &str) -> String {
        let port = self.0[0].port().to_string();
        let mut command = Command::new("redis-cli");
        let output = command.args(["-c", "-h", "127.0.0.1", "-p", &port, "get", key]).stdin(Stdio::null()).output();
        String::from_utf8_lossy(&output.expect("redis-cli is installed").stdout).trim_end().to_owned()
    }
}

/// A master, its replica, and a Sentinel that watches them.
#[derive(Debug)]
pub struct RedisSentinel {
    /// The master at first.
    pub master: RedisServer,
    /// The replica that takes over.
    pub replica: RedisServer,
    sentinel: Child,
    sentinel_port: u16,
    _folder: TempDir,
}

impl RedisSentinel {
    /// Starts them, and waits until the Sentinel knows both.
    ///
    /// # Panics
    /// When they do not find each other.
    pub fn start() -> Self {
        let master = RedisServer::start();
        let port = master.port().to_string();
        let replica = RedisServer::start_with(&["--replicaof", "127.0.0.1", &port]);
        let (folder, sentinel_port) = (tempfile::tempdir().expect("a folder"), free_port());
        let path = folder.path().join("sentinel.conf");
        let text = format!(
            "port {sentinel_port}\nbind 127.0.0.1\ndir {}\nsentinel monitor main 127.0.0.1 {port} 1\n\
             sentinel down-after-milliseconds main 1000\nsentinel failover-timeout main 10000\n",
            folder.path().display()
        );
        std::fs::write(&path, text).expect("a file");
        let mut command = Command::new("redis-server");
        command.arg(&path).arg("--sentinel").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let sentinel = command.spawn().expect("redis-server is installed");
        let this = Self { master, replica, sentinel, sentinel_port, _folder: folder };
        let begun = Instant::now();
        while !this.is_settled() {
            assert!(begun.elapsed() < PATIENCE, "Sentinel does not find master and replica");
            sleep(POLL);
        }
        this
    }

    fn is_settled(&self) -> bool {
        let knows = cli(self.sentinel_port, &["sentinel", "replicas", "main"]).unwrap_or_default();
        knows.contains(&self.replica.port().to_string())
            && self.replica.command(&["info", "replication"]).contains("master_link_status:up")
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("redis+sentinel://127.0.0.1:{}/main", self.sentinel_port)
    }
}

impl Drop for RedisSentinel {
    fn drop(&mut self) {
        drop(self.sentinel.kill());
        drop(self.sentinel.wait());
    }
}
