//! `kill -9` at any moment, a mail server that is down half of the time, a receiver that fails half of the time: whatever was
//! answered is mailed and told, at least once and always under one name.

use std::time::{Duration, Instant};

use hallpass_testbed::rounds;

use crate::deliveries::{GIVEN_UP, HOURS_PASS, Outside, Promised, last_lines, register, settled};
use crate::dice::Dice;
use crate::process::{Running, Site};

/// Some seconds; `HALLPASS_ROUNDS` makes it more.
const ROUNDS: usize = 20;
/// Longer than any server of this test lives.
const UNTIL_IT_DIES: Duration = Duration::from_secs(60);

struct World {
    site: Site,
    outside: Outside,
    dice: Dice,
    promised: Promised,
}

impl World {
    async fn new() -> Self {
        let outside = Outside::new().await;
        let settings = outside.settings();
        let site = Site::with(&settings.iter().map(String::as_str).collect::<Vec<_>>());
        site.write("authority.pem", &outside.receiver.authority);
        let world = Self { site, outside, dice: Dice::new(11), promised: Promised::new() };
        let server = world.serve();
        let (email, password) = server.first_admin().expect("an admin");
        world.outside.subscribe(&server.url(""), (&email, &password)).await;
        assert_eq!(server.stop(), Some(0));
        world
    }

    fn serve(&self) -> Running {
        let authority = self.site.path("authority.pem").display().to_string();
        self.site.serve_at("127.0.0.1:0", &[("SSL_CERT_FILE", &authority)])
    }

    fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.site.path("hallpass-data/hallpass.db")).expect("opens")
    }

    fn count(&self, query: &str) -> rusqlite::Result<i64> {
        self.database().query_row(query, [], |row| row.get(0))
    }

    /// People register until the server dies.
    async fn round(&mut self, number: usize) {
        self.outside.throw(&mut self.dice);
        let mut server = self.serve();
        let asks = register(server.url(""), format!("person{number}"), UNTIL_IT_DIES);
        let lives = Duration::from_millis(self.dice.roll(400));
        let (promised, ()) = tokio::join!(asks, async {
            tokio::time::sleep(lives).await;
            server.kill();
        });
        self.promised.extend(promised);
        self.database().execute_batch(HOURS_PASS).expect("writes");
    }

    /// All are well again, until nothing waits any more.
    async fn drain(&mut self) {
        self.outside.recover();
        let server = self.serve();
        let begun = Instant::now();
        // The server writes at the same time.
        let settled = settled(|query| self.count(query).unwrap_or(i64::MAX / 4)).await;
        settled.unwrap_or_else(|waiting| panic!("{waiting:?} wait for ever: {}", last_lines(&self.site.log())));
        println!("all was settled {:?} after the last kill", begun.elapsed());
        assert_eq!(server.stop(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mail_and_every_event_arrives_under_one_name() {
    let mut world = World::new().await;
    for number in 0..rounds(ROUNDS) {
        world.round(number).await;
    }
    world.drain().await;
    world.outside.check(&world.promised, world.count(GIVEN_UP).expect("reads"));
}
