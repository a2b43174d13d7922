//! Several real servers, each on an address of its own, that a test may kill, stop, pause and start again.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};

use super::backing::Backing;
use super::history::ReplicaNo;
use crate::process::{Running, Site, http};

/// What clusters of tests are set to, so that no limit but the one under test is met.
const ROOMY: [&str; 3] = ["limits.lockout_failures=1000", "password.hash_queue=10000", "log.level=warn"];

/// The servers, and the admin that the first of them made.
pub struct Cluster {
    replicas: Vec<Replica>,
    pub admin: (String, String),
}

struct Replica {
    site: Arc<Site>,
    address: String,
    environment: Vec<(String, String)>,
    running: Mutex<Option<Running>>,
}

impl Cluster {
    pub fn start(count: usize, backing: &Backing, settings: &[&str]) -> Self {
        Self::start_with(count, backing, settings, |_| Vec::new())
    }

    /// The same, with an environment for each.
    pub fn start_with(
        count: usize,
        backing: &Backing,
        settings: &[&str],
        environment: impl Fn(ReplicaNo) -> Vec<(String, String)>,
    ) -> Self {
        let settings = [&ROOMY[..], settings].concat();
        let sites = backing.sites(count, &settings).into_iter().enumerate();
        let replicas: Vec<_> = sites.map(|(n, site)| Replica::new(site, environment(n))).collect();
        let mut admin = None;
        for replica in &replicas {
            replica.start();
            admin = admin.or_else(|| replica.running().as_ref().and_then(Running::first_admin));
        }
        Self { replicas, admin: admin.expect("the first start makes an admin") }
    }

    pub const fn len(&self) -> usize {
        self.replicas.len()
    }

    pub fn url(&self, replica: ReplicaNo, path: &str) -> String {
        format!("http://{}{path}", self.replicas[replica].address)
    }

    /// SIGKILL, if it runs.
    pub fn kill(&self, replica: ReplicaNo) {
        if let Some(mut running) = self.replicas[replica].running().take() {
            running.kill();
        }
    }

    /// SIGTERM, if it runs; waits for the end, and returns the exit code.
    pub fn stop(&self, replica: ReplicaNo) -> Option<i32> {
        let running = self.replicas[replica].running().take();
        running.and_then(Running::stop)
    }

    pub fn signal(&self, replica: ReplicaNo, name: &str) {
        if let Some(running) = self.replicas[replica].running().as_ref() {
            running.signal(name);
        }
    }

    /// Starts it, unless it runs.
    pub fn restart(&self, replica: ReplicaNo) {
        self.replicas[replica].start();
    }

    /// What its servers have written to standard error.
    pub fn log(&self, replica: ReplicaNo) -> String {
        self.replicas[replica].site.log()
    }

    /// Waits, for a bounded time, until every replica says that it can serve.
    pub async fn until_ready(&self) {
        for replica in 0..self.len() {
            let mut waited = 0;
            while http().get(self.url(replica, "/readyz")).send().await.map_or(0, |answer| answer.status().as_u16())
                != 200
            {
                waited += 1;
                assert!(waited < 600, "replica {replica} does not recover: {}", self.log(replica));
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// Makes an account; its id.
    pub async fn register(&self, email: &str, password: &str) -> String {
        let body = json!({"email": email, "password": password});
        let answer = http().post(self.url(0, "/auth/register")).json(&body).send().await.expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        body["user"]["id"].as_str().unwrap_or_else(|| panic!("no user: {body}\n{}", self.end_of_log(0))).to_owned()
    }

    /// Logs in; the body.
    pub async fn login(&self, replica: ReplicaNo, email: &str, password: &str) -> Value {
        let body = json!({"email": email, "password": password, "delivery": "body"});
        let answer = http().post(self.url(replica, "/auth/login")).json(&body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        assert_eq!(status, 200, "{:?}\n{}", answer.text().await, self.end_of_log(replica));
        answer.json().await.expect("JSON")
    }

    /// Why a replica has refused something, most likely.
    fn end_of_log(&self, replica: ReplicaNo) -> String {
        let log = self.log(replica);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    pub async fn admin_token(&self) -> String {
        let (email, password) = &self.admin;
        let body = self.login(0, email, password).await;
        body["access_token"].as_str().expect("a token").to_owned()
    }
}

impl Replica {
    fn new(site: Arc<Site>, environment: Vec<(String, String)>) -> Self {
        Self { site, address: address(), environment, running: Mutex::new(None) }
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().expect("no panic under the lock")
    }

    fn start(&self) {
        let mut running = self.running();
        if running.is_none() {
            let environment: Vec<_> = self.environment.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            *running = Some(self.site.serve_at(&self.address, &environment));
        }
    }
}

/// An address that no other test has, so that a restarted server finds its port free and a killed one is answered for
/// by nobody: the process's number as a loopback address, and a port a server.
fn address() -> String {
    static PORT: AtomicU16 = AtomicU16::new(20_000);
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    let ip = Ipv4Addr::new(127, 64 | high, middle, low);
    format!("{ip}:{}", PORT.fetch_add(1, Ordering::Relaxed))
}
