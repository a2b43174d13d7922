//! What was answered, what was mailed and what was told, while servers die: every mail and every event under one name.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use hallpass_testbed::MailServer;
use hallpass_testbed::receiver::{Receiver, Reply};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::process::http;

const PASSWORD: &str = "hall-monitor 4711";

/// Everything that was put off comes due, as it does when hours have passed.
pub const HOURS_PASS: &str = "UPDATE outbox SET claimed_until = 0, not_before = 0 WHERE state = 'waiting'; \
    UPDATE webhooks SET leased_until = 0, not_before = 0; UPDATE webhook_stuck SET next_at = 0 WHERE next_at IS NOT NULL;";

/// How much is not settled yet: mails, events that failed before, and events that were not tried yet.
pub const WAITING: [&str; 3] = [
    "SELECT COUNT(*) FROM outbox WHERE state = 'waiting'",
    "SELECT COUNT(*) FROM webhook_stuck WHERE next_at IS NOT NULL",
    "SELECT SUM((SELECT position FROM audit_chain WHERE name = 'head') - cursor) FROM webhooks",
];

/// How many events were tried ten times in vain: an admin sees them, and can have them told again.
pub const GIVEN_UP: &str = "SELECT COUNT(*) FROM webhook_stuck WHERE next_at IS NULL";

/// What was answered, by address: the ids of its users.
pub type Promised = BTreeMap<String, String>;

/// How long nothing may be settled while all are well, on a machine that is busy.
const STANDSTILL: Duration = Duration::from_secs(60);

/// Waits until nothing waits any more, as `count` tells of each query of [`WAITING`]; or says what does not move.
///
/// # Errors
/// What still waits after a minute without progress.
pub async fn settled(count: impl Fn(&str) -> i64) -> Result<(), [i64; 3]> {
    let (mut least, mut since) = (i64::MAX, Instant::now());
    loop {
        let waiting = WAITING.map(&count);
        let all = waiting.iter().sum();
        if all == 0 {
            return Ok(());
        }
        if all < least {
            (least, since) = (all, Instant::now());
        }
        if since.elapsed() > STANDSTILL {
            return Err(waiting);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The names of what has come, by whom it is for or about.
type Names = BTreeMap<String, BTreeSet<String>>;

/// A mail server and a receiver of webhooks, both of which fail at times.
pub struct Outside {
    pub mail: MailServer,
    pub receiver: Receiver,
}

impl Outside {
    pub async fn new() -> Self {
        Self { mail: MailServer::start(), receiver: Receiver::start().await }
    }

    /// What a server is told of them.
    pub fn settings(&self) -> Vec<String> {
        let url = format!("mail.url=smtp://127.0.0.1:{}", self.mail.port());
        let fixed = [
            "mail.transport=smtp",
            "mail.from=hallpass@auth.example",
            "mail.require_verified=false",
            "mail.language=en",
            "limits.mail_per_hour=100000",
            "limits.register_max=1000000",
            "egress.allow=localhost",
        ];
        fixed.into_iter().map(str::to_owned).chain([url]).collect()
    }

    /// Each is well or not.
    pub fn throw(&mut self, dice: &mut Dice) {
        if dice.roll(2) == 0 {
            self.mail.stop();
        } else {
            self.mail.start_again();
        }
        self.receiver.always(Reply::Status(if dice.roll(2) == 0 { 204 } else { 500 }));
    }

    pub fn recover(&mut self) {
        self.mail.start_again();
        self.receiver.always(Reply::Status(204));
    }

    /// Has events about new users told to the receiver.
    pub async fn subscribe(&self, base: &str, (email, password): (&str, &str)) {
        let login = json!({"email": email, "password": password, "delivery": "body"});
        let token = post(base, "/auth/login", None, &login).await.expect("an answer").1;
        let token = token["access_token"].as_str().expect("a token").to_owned();
        let hook = json!({"url": self.receiver.url(), "types": ["user.created"]});
        let (status, made) = post(base, "/admin/webhooks", Some(&token), &hook).await.expect("an answer");
        assert_eq!(status, StatusCode::CREATED, "{made}");
    }

    /// Every promise is kept, under one name each, but for so many events that were given up.
    pub fn check(&self, promised: &Promised, given_up: i64) {
        let (mailed, told) = (self.mailed(), self.told());
        assert!(!promised.is_empty(), "nobody registered");
        let mut missing = 0;
        for (email, user) in promised {
            let (mails, events) = (mailed.get(email), told.get(user));
            assert_eq!(mails.map(BTreeSet::len), Some(1), "mails to {email}: {mails:?}");
            missing += i64::from(events.is_none());
            assert!(events.is_none_or(|names| names.len() == 1), "events about {email}: {events:?}");
        }
        assert!(missing <= given_up, "{missing} events are missing, {given_up} were given up");
        println!("{} registrations were answered and mailed, {missing} events given up", promised.len());
    }

    /// The names of the mails to each address.
    fn mailed(&self) -> Names {
        let mut mailed = Names::new();
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
    fn told(&self) -> Names {
        let mut told = Names::new();
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

/// The end of a log.
pub fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

async fn post(
    base: &str,
    path: &str,
    token: Option<&str>,
    body: &Value,
) -> Result<(StatusCode, Value), reqwest::Error> {
    let request = http().post(format!("{base}{path}")).json(body);
    let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
    let answer = request.send().await?;
    Ok((answer.status(), answer.json().await?))
}

/// People register one after the other, until the server dies or the time is over; what was answered.
pub async fn register(base: String, name: String, lives: Duration) -> Promised {
    let (client, mut promised, begun) = (http(), Promised::new(), Instant::now());
    for number in 0..1000 {
        if begun.elapsed() > lives {
            break;
        }
        let email = format!("{name}-{number}@example.com");
        let body = json!({"email": email, "password": PASSWORD});
        let Ok(answer) = client.post(format!("{base}/auth/register")).json(&body).send().await else { break };
        let status = answer.status();
        let Ok(made) = answer.json::<Value>().await else { break };
        assert_eq!(status, StatusCode::CREATED, "{made}");
        promised.insert(email, made["user"]["id"].as_str().expect("an id").to_owned());
    }
    promised
}
