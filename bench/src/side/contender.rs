//! The servers, each with databases of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use hallpass_testbed::Postgres;
use hallpass_testbed::redis::{RedisServer, free_port};
use tempfile::TempDir;

use super::client::Connection;
use super::workload;
use crate::Outcome;
use crate::installation::Place;
use crate::server::Server;

/// A server that is up.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    pub(crate) pid: u32,
    /// Refresh tokens of sessions that nothing uses at the moment.
    pub(crate) sessions: Mutex<Vec<String>>,
    _process: Process,
}

enum Process {
    Hallpass(#[allow(dead_code, reason = "it ends when it is dropped")] Server),
    Node(Child),
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Self::Node(child) = self {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// All of them, and what they stand on.
pub(crate) struct Contenders {
    all: Vec<Contender>,
    _postgres: Postgres,
    _redis: [RedisServer; 3],
    _folder: TempDir,
}

impl Contenders {
    pub(crate) async fn start(binary: &Path, rivals: &Path, cost: u32) -> Outcome<Self> {
        let (folder, postgres) = (tempfile::tempdir()?, Postgres::durable());
        let redis = [RedisServer::start(), RedisServer::start(), RedisServer::start()];
        let settings = settings(cost);
        let place = |name: &str, url| Place::new(folder.path().join(name), url);
        let mut shared = settings.clone();
        shared.push(format!("redis_url={}", redis[0].url()));
        let mut all = vec![
            hallpass("hallpass, SQLite", Server::start(binary, &place("sqlite", None), &settings)?)?,
            hallpass(
                "hallpass, PostgreSQL and Redis",
                Server::start(binary, &place("postgres", Some(postgres.own_schema())), &shared)?,
            )?,
        ];
        for (name, script, redis) in [("Express", "express.js", &redis[1]), ("Fastify", "fastify.js", &redis[2])] {
            let (database, port) = (postgres.own_schema(), free_port());
            let child = Command::new("node")
                .arg(rivals.join(script))
                .env("PORT", port.to_string())
                .env("DATABASE_URL", database)
                .env("REDIS_URL", redis.url())
                .env("COST", cost.to_string())
                .env("NODE_ENV", "production")
                .stdin(Stdio::null())
                .stderr(std::fs::File::create(folder.path().join(script))?)
                .spawn()?;
            let (pid, process) = (child.id(), Process::Node(child));
            all.push(Contender { name, port, pid, sessions: Mutex::default(), _process: process });
            until_open(port).await?;
        }
        Ok(Self { all, _postgres: postgres, _redis: redis, _folder: folder })
    }

    pub(crate) fn all(&self) -> &[Contender] {
        &self.all
    }

    /// Gives every connection an account of its own, in every contender. The storm has some, too.
    pub(crate) async fn register(&self, connections: usize) -> Outcome<()> {
        for contender in &self.all {
            let mut connection = Connection::open(contender.port).await?;
            for number in 0..connections.max(16) {
                workload::register(&mut connection, number).await?;
            }
        }
        Ok(())
    }
}

fn settings(cost: u32) -> Vec<String> {
    let cost = format!("password.bcrypt_cost={cost}");
    let fixed = ["token.algorithm=ES256", "password.scheme=bcrypt", "limits.connections_per_address=5000"];
    // The line for each request is part of what is measured.
    fixed.into_iter().chain(["log.level=info"]).map(str::to_owned).chain([cost]).collect()
}

fn hallpass(name: &'static str, server: Server) -> Outcome<Contender> {
    let (port, pid) = (server.port()?, server.pid());
    Ok(Contender { name, port, pid, sessions: Mutex::default(), _process: Process::Hallpass(server) })
}

async fn until_open(port: u16) -> Outcome<()> {
    for _ in 0..200 {
        if Connection::open(port).await.is_ok() {
            // Each of its processes listens.
            tokio::time::sleep(Duration::from_millis(500)).await;
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("nothing listens on port {port}: was `npm install` run in bench/rivals?").into())
}
