//! Nobody is told who has an account: whatever is asked about an address, the answers are the same to the byte, and take as
//! long.

use std::time::{Duration, Instant};

use hallpass_auth::admin::ImportUser;
use hallpass_model::outbox::Allowance;
use hallpass_model::user::Status;
use hallpass_model::{Email, Role};
use hallpass_password::{Incoming, Password, Scheme};
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, TestServer};

const KINDS: [&str; 4] = ["unknown", "known", "unverified", "suspended"];
type Question = (&'static str, &'static str, fn(&mut Value));

/// What is asked about an address: a name, a path, and what goes with the address.
const QUESTIONS: [Question; 9] = [
    ("register", "/auth/register", with_password),
    ("log in", "/auth/login", with_password),
    ("forgot", "/auth/password/forgot", nothing),
    ("magic", "/auth/magic", nothing),
    ("unlock", "/auth/unlock", nothing),
    ("verify", "/auth/email/verify/request", nothing),
    ("reset", "/auth/password/reset", with_code_and_password),
    ("enter", "/auth/magic/confirm", with_code),
    ("let in", "/auth/unlock/confirm", with_code),
];
/// What sends the mails whose codes are guessed.
const ASKED: [&str; 3] = ["/auth/password/forgot", "/auth/magic", "/auth/unlock"];

fn with_password(body: &mut Value) {
    body["password"] = "corridor-warden 1893".into();
}

fn with_code(body: &mut Value) {
    body["code"] = "0000 0000".into();
}

fn with_code_and_password(body: &mut Value) {
    with_code(body);
    body["new_password"] = "corridor-warden 1893".into();
}

fn nothing(_: &mut Value) {}

struct World {
    server: TestServer,
    admin: Client,
}

impl World {
    async fn new() -> Self {
        let server = TestServer::with(|setup| {
            setup.settings.mail.requires_proof = true;
            setup.settings.mail.allowance = Allowance { in_quarter_hour: 1000, in_a_day: 1000, of_template: false };
            setup.settings.rules.login.max = 100_000;
            setup.settings.rules.mail.max = 100_000;
            setup.settings.rules.register.max = 100_000;
        })
        .await;
        let admin = server.admin("root@example.com").await;
        Self { server, admin }
    }

    /// An address of a kind, about which nothing was asked yet.
    async fn address(&mut self, kind: &str, number: usize) -> String {
        let email = format!("{kind}{number}@example.com");
        if kind == "unknown" {
            return email;
        }
        if kind == "known" {
            self.import(&email).await;
            return email;
        }
        self.server.client().register(&email).await.expect(202);
        if kind == "suspended" {
            let path = format!("/admin/users/{}", self.server.id_of(&email).await);
            self.admin.patch(&path).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
        }
        email
    }

    /// Has mails sent to an address, so that there are codes to guess.
    async fn mail(&self, email: &str) {
        for path in ASKED {
            self.server.client().post(path).json(json!({"email": email})).send().await.expect(202);
        }
    }

    /// An account whose address is proved.
    async fn import(&self, email: &str) {
        let hash = hallpass_password::hash(&Password::from(PASSWORD.to_owned()), Scheme::insecure_for_tests());
        let user = ImportUser {
            email: Email::parse(email).expect("an address"),
            role: Role::user(),
            password_hash: Incoming::parse(&hash.expect("hashes")).expect("readable"),
            status: Status::Active,
            one_time_until: None,
            external_id: None,
            email_verified_at: Some(self.server.ctx().now),
        };
        let imported = self.server.auth.operator().import_users(&self.server.ctx(), vec![user]).await;
        assert_eq!(imported.expect("imports"), [true]);
    }

    async fn ask(&self, (path, more): (&str, fn(&mut Value)), email: &str) -> (Answer, Duration) {
        let mut body = json!({"email": email});
        more(&mut body);
        let mut client = self.server.client();
        let begun = Instant::now();
        let answer = client.post(path).json(&body).send().await;
        (answer, begun.elapsed())
    }
}

/// What somebody outside can tell one answer from another by: all but what is drawn anew each time.
fn visible(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in &answer.headers {
        let value = value.to_str().expect("ASCII").to_owned();
        match name.as_str() {
            "x-request-id" => {}
            "set-cookie" => headers.push((name.to_string(), value.split('=').next().unwrap_or_default().to_owned())),
            _ => headers.push((name.to_string(), value)),
        }
    }
    let text = match answer.try_json() {
        Some(mut body) if body.get("digits").is_some() => {
            body["digits"] = "0000".into();
            body.to_string()
        }
        _ => answer.text(),
    };
    (answer.status.as_u16(), text, headers)
}

fn is_guess(path: &str) -> bool {
    path.ends_with("/reset") || path.ends_with("/confirm")
}

#[tokio::test]
async fn whatever_is_asked_about_an_address_answers_the_same_to_the_byte() {
    let mut world = World::new().await;
    for (number, (name, path, more)) in QUESTIONS.into_iter().enumerate() {
        let mut first = None;
        for kind in KINDS {
            let email = world.address(kind, number).await;
            if is_guess(path) {
                world.mail(&email).await;
            }
            let (answer, _) = world.ask((path, more), &email).await;
            let mut seen = visible(&answer);
            // Attempts are counted down, whoever is asked about.
            seen.2.retain(|(name, _)| name != "ratelimit-remaining");
            let first = first.get_or_insert_with(|| seen.clone());
            assert_eq!(&seen, first, "{name}, {kind}");
        }
    }
}

/// How often a time of `one` is the shorter: one half, if they are alike.
fn shorter(one: &[Duration], other: &[Duration]) -> f64 {
    let mut sum = 0.0;
    for a in one {
        for b in other {
            sum += match a.cmp(b) {
                std::cmp::Ordering::Less => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Greater => 0.0,
            };
        }
    }
    #[allow(clippy::cast_precision_loss)]
    let pairs = (one.len() * other.len()) as f64;
    sum / pairs
}

/// Prints, for each question and kind, the median time, and how often it is shorter than the time for an unknown address.
#[tokio::test]
#[ignore = "measures time, and asserts nothing; run it in release mode on a quiet machine"]
async fn print_how_alike_the_answers_are_in_time() {
    const ROUNDS: usize = 60;
    for (name, path, more) in QUESTIONS {
        let mut world = World::new().await;
        let mut addresses = Vec::new();
        for number in 0..ROUNDS {
            for kind in KINDS {
                let email = world.address(kind, number).await;
                if is_guess(path) {
                    world.mail(&email).await;
                }
                addresses.push((kind, email));
            }
        }
        let mut times: Vec<Vec<Duration>> = vec![Vec::new(); KINDS.len()];
        for (kind, email) in &addresses {
            let (_, took) = world.ask((path, more), email).await;
            times[KINDS.iter().position(|known| known == kind).expect("a kind")].push(took);
        }
        for (kind, times_of) in KINDS.iter().zip(&times) {
            let mut sorted = times_of.clone();
            sorted.sort();
            let share = shorter(times_of, &times[0]);
            println!("{name:10} {kind:11} median {:8.1?}  shorter than unknown in {:.3}", sorted[ROUNDS / 2], share);
        }
    }
}
