//! Webhooks: who is told of what, how it is signed, what happens when a receiver fails.

mod failing;
mod replicas;

use std::time::Duration;

use aws_lc_rs::hmac;
use base64_simd::STANDARD as BASE64;
use hallpass_auth::Auth;
use hallpass_egress::Rules;
use hallpass_testbed::receiver::{Received, Receiver, Reply};
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, TestServer};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

pub struct World {
    server: TestServer,
    receiver: Receiver,
    admin: Client,
}

/// An endpoint as a test knows it.
pub struct Hook {
    pub id: String,
    pub secret: String,
}

impl World {
    pub async fn new() -> Self {
        Self::allowing(&["localhost"]).await
    }

    async fn allowing(hosts: &[&str]) -> Self {
        let receiver = Receiver::start().await;
        let rules = Rules {
            allow: hosts.iter().map(|host| (*host).to_owned()).collect(),
            authorities: vec![receiver.authority.clone()],
            ..Rules::default()
        };
        let server = TestServer::with(|setup| setup.settings.webhooks = Some(rules)).await;
        let admin = server.admin("root@example.com").await;
        Self { server, receiver, admin }
    }

    async fn create(&mut self, types: &[&str]) -> Hook {
        let body = json!({"url": self.receiver.url(), "types": types});
        let made = self.admin.post("/admin/webhooks").bearer().json(body).send().await.expect(201).json();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        assert_eq!(made["webhook"]["state"], "pending");
        Hook { id: text(&made["webhook"]["id"]), secret: text(&made["secret"]) }
    }

    /// An endpoint at another receiver.
    async fn elsewhere(&mut self) -> Receiver {
        let receiver = Receiver::start_like(&self.receiver).await;
        let body = json!({"url": receiver.url(), "types": ["user.created"]});
        self.admin.post("/admin/webhooks").bearer().json(body).send().await.expect(201);
        receiver
    }

    /// One that has taken its `ping`.
    pub async fn active(&mut self, types: &[&str]) -> Hook {
        let hook = self.create(types).await;
        self.tell().await;
        assert_eq!(self.show(&hook).await["state"], "active");
        assert_eq!(kinds(&self.receiver.take()), ["ping"]);
        hook
    }

    async fn show(&mut self, hook: &Hook) -> Value {
        self.admin.get(&format!("/admin/webhooks/{}", hook.id)).bearer().send().await.expect(200).json()
    }

    pub async fn act(&mut self, hook: &Hook, act: &str, body: Option<Value>) -> Answer {
        let call = self.admin.post(&format!("/admin/webhooks/{}/{act}", hook.id));
        let call = call.bearer();
        let call = match body {
            Some(body) => call.json(body),
            None => call,
        };
        call.send().await
    }

    /// The access token of the admin has expired.
    async fn admin_login(&mut self) -> &mut Self {
        self.admin.login("root@example.com", PASSWORD).await.expect(200);
        self
    }

    /// Tells everybody whatever is due now.
    async fn tell(&self) {
        tell(&self.server, &self.server.auth).await;
    }

    /// Tells, and what the receiver was sent.
    pub async fn told(&self) -> Vec<Received> {
        self.tell().await;
        self.receiver.take()
    }

    pub async fn register(&self, name: &str) -> Client {
        self.server.user(&format!("{name}@example.com")).await
    }
}

async fn tell(server: &TestServer, auth: &Auth) {
    loop {
        let due = auth.background().due_webhooks(&server.ctx()).await.expect("the store answers");
        if due.is_empty() {
            return;
        }
        for id in due {
            auth.background().tell_webhook(&server.ctx(), id).await.expect("the store answers");
        }
    }
}

fn body(received: &Received) -> Value {
    serde_json::from_str(&received.body).expect("JSON")
}

fn kinds(received: &[Received]) -> Vec<String> {
    received.iter().map(|one| body(one)["type"].as_str().expect("a type").to_owned()).collect()
}

/// Two are sent at once, so that their order says nothing.
fn sorted(received: &[Received]) -> Vec<String> {
    let mut kinds = kinds(received);
    kinds.sort_unstable();
    kinds
}

#[track_caller]
fn of<'a>(received: &'a [Received], kind: &str) -> &'a Received {
    received.iter().find(|one| body(one)["type"] == kind).expect("one of this type")
}

fn seqs(received: &[Received]) -> Vec<i64> {
    received.iter().map(|one| body(one)["data"]["seq"].as_i64().expect("a number")).collect()
}

/// Whether a signature is good, as Standard Webhooks say it is computed.
pub fn verifies(received: &Received, secret: &str) -> bool {
    let key = BASE64.decode_to_vec(secret.strip_prefix("whsec_").expect("the prefix")).expect("base64");
    assert_eq!(key.len(), 32);
    let signed =
        format!("{}.{}.{}", received.header("webhook-id"), received.header("webhook-timestamp"), received.body);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
    let good = format!("v1,{}", BASE64.encode_to_string(tag));
    received.header("webhook-signature").split(' ').any(|signature| signature == good)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_takes_a_ping_first_and_is_told_of_what_happened_since_it_was_made() {
    let mut world = World::new().await;
    world.register("before").await;
    let hook = world.create(&[]).await;
    let mut ada = world.register("ada").await;
    let told = world.told().await;
    assert_eq!(sorted(&told), ["ping", "session.created", "user.created"]);
    assert_eq!(body(of(&told, "ping"))["data"]["webhook"], hook.id);
    let id = world.server.id_of("ada@example.com").await.to_string();
    let created = body(of(&told, "user.created"));
    assert_eq!(created["timestamp"], "2027-01-15T08:00:00Z");
    assert_eq!(created["data"]["user"], id);
    assert_eq!(created["data"]["role"], "user");
    assert!(told.iter().all(|one| !one.body.contains("ada@") && verifies(one, &hook.secret)), "{told:?}");
    assert!(told.iter().all(|one| one.header("content-type") == "application/json"));
    assert!(told.iter().all(|one| one.header("webhook-id").starts_with("evt_")));
    ada.post("/auth/logout").bearer().send().await.expect(204);
    let told = world.told().await;
    assert_eq!(kinds(&told), ["session.revoked"]);
    assert_eq!(body(&told[0])["data"]["reason"], "session.logged_out");
    let shown = world.show(&hook).await;
    assert_eq!((&shown["lag"], &shown["waiting"]), (&json!(0), &json!(0)));
    let deliveries: Vec<&str> =
        shown["deliveries"].as_array().expect("a list").iter().map(|d| d["type"].as_str().expect("a type")).collect();
    assert_eq!(deliveries, ["session.revoked", "session.created", "user.created", "ping"], "the newest first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_is_told_of_the_types_that_it_chose() {
    let mut world = World::new().await;
    world.active(&["user.suspended", "login.locked"]).await;
    world.register("ada").await;
    assert!(world.told().await.is_empty());
    let id = world.server.id_of("ada@example.com").await;
    let path = format!("/admin/users/{id}");
    world.admin.patch(&path).bearer().json(json!({"status": "suspended"})).send().await.expect(200);
    let mut stranger = world.server.client();
    for _ in 0..5 {
        stranger.login("nobody@example.com", "wrong wrong wrong").await.refused(401, "invalid_credentials");
    }
    let told = world.told().await;
    assert_eq!(sorted(&told), ["login.locked", "user.suspended"]);
    assert_eq!(body(of(&told, "login.locked"))["data"]["user"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_of_this_machine_and_its_networks_are_refused_unless_the_configuration_names_them() {
    let mut world = World::allowing(&[]).await;
    for url in [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://user:secret@example.com/",
        "ftp://example.com/",
        "nothing",
    ] {
        world.admin.post("/admin/webhooks").bearer().json(json!({"url": url})).send().await.invalid("url");
    }
    // A name is looked up when something is sent.
    let hook = world.create(&[]).await;
    assert!(world.told().await.is_empty());
    let shown = world.show(&hook).await;
    assert_eq!(shown["state"], "pending");
    let error = shown["deliveries"][0]["error"].as_str().expect("an error");
    assert!(error.contains("egress.allow"), "{error}");
    let path = format!("/admin/webhooks/{}", hook.id);
    world.admin.patch(&path).bearer().json(json!({"url": "https://192.168.0.1/"})).send().await.invalid("url");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_tells_once_more_what_happened_since_an_instant_under_the_same_ids() {
    let mut world = World::new().await;
    let hook = world.active(&["user.created"]).await;
    world.register("ada").await;
    world.server.advance(MINUTE * 10);
    let since = world.server.clock_now();
    world.register("eve").await;
    let mut first = world.told().await;
    first.sort_by_key(|one| seqs(std::slice::from_ref(one)));
    assert_eq!(first.len(), 2);
    world.act(&hook, "replay", Some(json!({"since": since}))).await.expect(200);
    let again = world.told().await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].header("webhook-id"), first[1].header("webhook-id"));
    assert_eq!(again[0].body, first[1].body);
    world.act(&hook, "replay", Some(json!({"since": "yesterday"}))).await.invalid("since");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_sends_a_ping_at_once_and_activates_what_waited_for_it() {
    let mut world = World::new().await;
    let hook = world.create(&[]).await;
    world.receiver.next(Reply::Status(500));
    let tested = world.act(&hook, "test", None).await.expect(200).json();
    assert_eq!((&tested["delivery"]["status"], &tested["webhook"]["state"]), (&json!(500), &json!("pending")));
    let tested = world.act(&hook, "test", None).await.expect(200).json();
    assert_eq!((&tested["delivery"]["status"], &tested["webhook"]["state"]), (&json!(204), &json!("active")));
    let told = world.receiver.take();
    assert_eq!(kinds(&told), ["ping", "ping"]);
    assert!(verifies(&told[1], &hook.secret));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_audits_tells_who_changed_a_webhook_and_not_its_path() {
    let mut world = World::new().await;
    let hook = world.active(&[]).await;
    world.act(&hook, "rotate", None).await.expect(200);
    world.admin.delete(&format!("/admin/webhooks/{}", hook.id)).bearer().send().await.expect(204);
    world.admin.get(&format!("/admin/webhooks/{}", hook.id)).bearer().send().await.refused(404, "not_found");
    for event in ["webhook.created", "webhook.rotated", "webhook.deleted"] {
        let path = format!("/admin/audit?event={event}");
        let rows = world.admin.get(&path).bearer().send().await.expect(200);
        assert_eq!(rows.json()["items"][0]["detail"]["webhook"], hook.id, "{event}");
        assert!(!rows.text().contains("/hook") && !rows.text().contains("whsec_"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_rotation_both_secrets_sign_for_a_day() {
    let mut world = World::new().await;
    let hook = world.active(&["user.created"]).await;
    let rotated = world.act(&hook, "rotate", None).await.expect(200).json();
    let new = rotated["secret"].as_str().expect("a secret").to_owned();
    assert_ne!(new, hook.secret);
    world.register("ada").await;
    let told = world.told().await;
    assert!(verifies(&told[0], &new) && verifies(&told[0], &hook.secret));
    world.server.advance(HOUR * 24);
    world.register("eve").await;
    let told = world.told().await;
    assert!(verifies(&told[0], &new) && !verifies(&told[0], &hook.secret));
}
