//! `kill -9` at any moment, a mail server that is down half of the time, a receiver that fails half of the time: whatever was
//! answered is mailed and told, at least once and always under one name.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hallpass_testbed::MailServer;
use hallpass_testbed::receiver::{Receiver, Reply};
use hallpass_testbed::rounds;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::process::{Running, Site, http};

/// Some seconds; `HALLPASS_ROUNDS` makes it more.
const ROUNDS: usize = 20;
const PASSWORD: &str = "hall-monitor 4711";
/// Everything that was put off comes due, as it does when hours have passed.
const HOURS_PASS: &str = "UPDATE outbox SET claimed_until = 0, not_before = 0 WHERE state = 'waiting'; \
    UPDATE webhooks SET leased_until = 0, not_before = 0; UPDATE webhook_stuck SET next_at = 0 WHERE next_at IS NOT NULL;";

const WAITING: &str = "SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'waiting') + \
    (SELECT COUNT(*) FROM webhook_stuck WHERE next_at IS NOT NULL) + (SELECT COUNT(*) FROM webhooks \
    WHERE state <> 'active' OR cursor < (SELECT position FROM audit_chain WHERE name = 'head'))";

/// What was answered, by address: the ids of its users.
type Promised = BTreeMap<String, String>;

struct World {
    site: Site,
    mail: MailServer,
    receiver: Receiver,
    dice: Dice,
    promised: Promised,
}

impl World {
    async fn new() -> Self {
        let (mail, receiver) = (MailServer::start(), Receiver::start().await);
        let (url, name) = (format!("mail.url=smtp://127.0.0.1:{}", mail.port()), "mail.from=hallpass@auth.example");
        let site = Site::with(&[
            "mail.transport=smtp",
            &url,
            name,
            "mail.require_verified=false",
            "mail.language=en",
            "limits.mail_per_hour=100000",
            "limits.register_max=1000000",
            "egress.allow=localhost",
        ]);
        site.write("authority.pem", &receiver.authority);
        let world = Self { site, mail, receiver, dice: Dice::new(11), promised: Promised::new() };
        let server = world.serve();
        world.subscribe(&server).await;
        assert_eq!(server.stop(), Some(0));
        world
    }

    fn serve(&self) -> Running {
        let authority = self.site.path("authority.pem").display().to_string();
        self.site.serve_at("127.0.0.1:0", &[("SSL_CERT_FILE", &authority)])
    }

    async fn subscribe(&self, server: &Running) {
        let (email, password) = server.first_admin().expect("an admin");
        let login = json!({"email": email, "password": password, "delivery": "body"});
        let token: Value = post(server, "/auth/login", None, &login).await.expect("an answer").1;
        let token = token["access_token"].as_str().expect("a token").to_owned();
        let hook = json!({"url": self.receiver.url(), "types": ["user.created"]});
        let (status, made) = post(server, "/admin/webhooks", Some(&token), &hook).await.expect("an answer");
        assert_eq!(status, StatusCode::CREATED, "{made}");
    }

    fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.site.path("hallpass-data/hallpass.db")).expect("opens")
    }

    /// People register until the server dies.
    async fn round(&mut self, number: usize) {
        if self.dice.roll(2) == 0 {
            self.mail.stop();
        } else {
            self.mail.start_again();
        }
        self.receiver.always(Reply::Status(if self.dice.roll(2) == 0 { 204 } else { 500 }));
        let mut server = self.serve();
        let asks = ask(server.url(""), number);
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
        self.mail.start_again();
        self.receiver.always(Reply::Status(204));
        let server = self.serve();
        let database = self.database();
        for _ in 0..1200 {
            let waiting: i64 = database.query_row(WAITING, [], |row| row.get(0)).unwrap_or(1);
            if waiting == 0 {
                assert_eq!(server.stop(), Some(0));
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("something waits for ever: {}", self.site.log().lines().rev().take(20).collect::<Vec<_>>().join("\n"));
    }

    /// The names of the mails to each address.
    fn mailed(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut mailed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for mail in self.mail.taken() {
            let line = |name: &str| {
                let at = mail.find(name).unwrap_or_else(|| panic!("no {name} in {mail}")) + name.len();
                mail[at..].lines().next().unwrap_or_default().trim().to_owned()
            };
            mailed.entry(line("To: ")).or_default().insert(line("Message-ID: "));
        }
        mailed
    }

    /// The names of the deliveries about each user.
    fn told(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for one in self.receiver.take() {
            let body: Value = serde_json::from_str(&one.body).expect("JSON");
            if body["type"] == "user.created" {
                let user = body["data"]["user"].as_str().expect("a user").to_owned();
                told.entry(user).or_default().insert(one.header("webhook-id").to_owned());
            }
        }
        told
    }
}

async fn post(
    server: &Running,
    path: &str,
    token: Option<&str>,
    body: &Value,
) -> Result<(StatusCode, Value), reqwest::Error> {
    let request = http().post(server.url(path)).json(body);
    let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
    let answer = request.send().await?;
    Ok((answer.status(), answer.json().await?))
}

/// One after the other; what was answered.
async fn ask(base: String, round: usize) -> Promised {
    let (client, mut promised) = (http(), Promised::new());
    for number in 0..1000 {
        let email = format!("person{round}-{number}@example.com");
        let body = json!({"email": email, "password": PASSWORD});
        let Ok(answer) = client.post(format!("{base}/auth/register")).json(&body).send().await else { break };
        let status = answer.status();
        let Ok(made) = answer.json::<Value>().await else { break };
        assert_eq!(status, StatusCode::CREATED, "{made}");
        promised.insert(email, made["user"]["id"].as_str().expect("an id").to_owned());
    }
    promised
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mail_and_every_event_arrives_under_one_name() {
    let mut world = World::new().await;
    for number in 0..rounds(ROUNDS) {
        world.round(number).await;
    }
    world.drain().await;
    let (mailed, told) = (world.mailed(), world.told());
    assert!(!world.promised.is_empty(), "nobody registered");
    // Tried ten times in vain: an admin sees it, and can have it told again.
    let mut given_up = 0;
    for (email, user) in &world.promised {
        let (mails, events) = (mailed.get(email), told.get(user));
        assert_eq!(mails.map(BTreeSet::len), Some(1), "mails to {email}: {mails:?}");
        given_up += usize::from(events.is_none());
        assert!(events.is_none_or(|names| names.len() == 1), "events about {email}: {events:?}");
    }
    let seen: i64 = world
        .database()
        .query_row("SELECT COUNT(*) FROM webhook_stuck WHERE next_at IS NULL", [], |row| row.get(0))
        .expect("reads");
    assert!(i64::try_from(given_up).expect("a count") <= seen, "{given_up} events are missing, {seen} were given up");
    println!("{} registrations were answered, {} mailed, {given_up} given up", world.promised.len(), mailed.len());
}
