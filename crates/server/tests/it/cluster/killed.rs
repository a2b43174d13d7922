//! Three replicas on one PostgreSQL, killed one by one or all at once, while mails are sent and events are told: each arrives
//! under one name, whichever replica wrote it and whichever sends it.

use std::sync::Arc;
use std::time::Duration;

use hallpass_testbed::{Postgres, rounds};
use tokio::task::JoinSet;

use super::backing::{Backing, Services};
use super::replicas::Cluster;
use crate::deliveries::{GIVEN_UP, Outside, Promised, last_lines, register, settled};
use crate::dice::Dice;

/// Some seconds; `HALLPASS_ROUNDS` makes it more.
const ROUNDS: usize = 8;
const REPLICAS: usize = 3;
/// Everything that was put off comes due, as it does when hours have passed. What a replica is busy with is left to it: two
/// that wait for each other would be this test's fault.
const HOURS_PASS: [&str; 3] = [
    "UPDATE outbox SET claimed_until = 0, not_before = 0 WHERE id IN \
        (SELECT id FROM outbox WHERE state = 'waiting' FOR UPDATE SKIP LOCKED)",
    "UPDATE webhooks SET leased_until = 0, not_before = 0 WHERE id IN (SELECT id FROM webhooks FOR UPDATE SKIP LOCKED)",
    "UPDATE webhook_stuck SET next_at = 0 WHERE ctid IN \
        (SELECT ctid FROM webhook_stuck WHERE next_at IS NOT NULL FOR UPDATE SKIP LOCKED)",
];

struct World {
    cluster: Arc<Cluster>,
    backing: Backing,
    outside: Outside,
    dice: Dice,
    promised: Promised,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let outside = Outside::new().await;
        let folder = tempfile::tempdir().expect("a folder");
        let authority = folder.path().join("authority.pem").display().to_string();
        std::fs::write(&authority, &outside.receiver.authority).expect("a file");
        let backing = Backing::services(Services::postgres());
        let settings = outside.settings();
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let environment = |_| vec![("SSL_CERT_FILE".to_owned(), authority.clone())];
        let cluster = tokio::task::block_in_place(|| Cluster::start_with(REPLICAS, &backing, &settings, environment));
        let (email, password) = &cluster.admin;
        outside.subscribe(&cluster.url(0, ""), (email, password)).await;
        let cluster = Arc::new(cluster);
        Self { cluster, backing, outside, dice: Dice::new(11), promised: Promised::new(), _folder: folder }
    }

    /// People register everywhere; one replica dies, or all of them.
    async fn round(&mut self, number: usize) {
        self.outside.throw(&mut self.dice);
        let (dies, lives) = (self.dice.roll(4), Duration::from_millis(self.dice.roll(400)));
        let mut asking = JoinSet::new();
        for replica in 0..REPLICAS {
            let name = format!("person{number}-{replica}");
            asking.spawn(register(self.cluster.url(replica, ""), name, Duration::from_millis(500)));
        }
        tokio::time::sleep(lives).await;
        let dying = (0..REPLICAS).filter(|replica| dies == 3 || *replica as u64 == dies);
        dying.clone().for_each(|replica| self.cluster.kill(replica));
        while let Some(asked) = asking.join_next().await {
            let promised = asked.unwrap_or_else(|error| panic!("{error}: {}", self.log()));
            self.promised.extend(promised);
        }
        tokio::task::block_in_place(|| {
            dying.for_each(|replica| self.cluster.restart(replica));
            self.hours_pass();
        });
    }

    fn log(&self) -> String {
        (0..REPLICAS).map(|replica| last_lines(&self.cluster.log(replica))).collect::<Vec<_>>().join("\n\n")
    }

    fn ask(&self, query: &str) -> String {
        let Backing::Services(services) = &self.backing else { panic!("replicas share a PostgreSQL") };
        Postgres::psql(services.database().url(), query)
    }

    fn hours_pass(&self) {
        for query in HOURS_PASS {
            self.ask(query);
        }
    }

    fn count(&self, query: &str) -> i64 {
        tokio::task::block_in_place(|| self.ask(query)).parse().expect("a count")
    }

    /// All are well again, until nothing waits any more.
    async fn drain(&mut self) {
        self.outside.recover();
        // What a replica was busy with in the last round may have been put off since.
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            tokio::task::block_in_place(|| self.hours_pass());
        }
        let settled = settled(|query| self.count(query)).await;
        settled.unwrap_or_else(|waiting| panic!("{waiting:?} wait for ever: {}", self.log()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mail_and_every_event_arrives_under_one_name_whichever_replica_dies() {
    let mut world = World::new().await;
    for number in 0..rounds(ROUNDS) {
        world.round(number).await;
    }
    world.drain().await;
    world.outside.check(&world.promised, world.count(GIVEN_UP));
}
