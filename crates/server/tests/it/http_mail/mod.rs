//! What comes and goes by mail.

mod change;
mod delivery;
mod device;
mod enter;
mod invite;
mod notices;
mod outbox;
mod prehijack;
mod registration;
mod reset;
mod unlock;
mod verify;

use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, TestServer};

const NEW: &str = "corridor-warden 1893";
const ADA: &str = "ada@example.com";

/// What a mail carried.
#[derive(Debug, Clone)]
struct Mail {
    to: String,
    subject: String,
    token: String,
    code: String,
    text: String,
}

/// Sends what waits, and reads all mails that were ever sent, the oldest first.
async fn mails(server: &TestServer) -> Vec<Mail> {
    server.send_all_messages().await;
    let Ok(folder) = std::fs::read_dir(server.mail_folder()) else { return Vec::new() };
    let mut files: Vec<_> = folder.map(|file| file.expect("a file").path()).collect();
    files.sort_by_key(|path| {
        let data = path.metadata().expect("there");
        (data.ctime(), data.ctime_nsec())
    });
    files.iter().map(|path| read(&std::fs::read_to_string(path).expect("reads"))).collect()
}

fn read(raw: &str) -> Mail {
    let text = raw.replace("=\r\n", "").replace("=3D", "=").replace("\r\n", "\n");
    let header = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().to_owned()
    };
    let token = text.split("hpm_").nth(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
        format!("hpm_{}", &rest[..end])
    });
    let code = text.lines().map(str::trim).find(|line| {
        line.len() == 9 && line.split(' ').all(|half| half.len() == 4 && half.bytes().all(|byte| byte.is_ascii_digit()))
    });
    Mail {
        to: header("To:"),
        subject: header("Subject:"),
        token: token.unwrap_or_default(),
        code: code.unwrap_or_default().to_owned(),
        text: text.clone(),
    }
}

async fn newest(server: &TestServer) -> Mail {
    mails(server).await.pop().expect("a mail")
}

/// The newest mail to an address.
async fn newest_to(server: &TestServer, to: &str) -> Mail {
    mails(server).await.into_iter().rev().find(|mail| mail.to == to).expect("a mail to this address")
}

/// A user who has had the mail of the registration, some time ago.
async fn user(server: &TestServer, email: &str) -> Client {
    let client = server.user(email).await;
    mails(server).await;
    server.advance(Duration::from_secs(1));
    client
}

/// A user who has proved the address.
async fn verified(server: &TestServer, email: &str) -> Client {
    let mut client = server.user(email).await;
    let mail = newest_to(server, email).await;
    verify(&mut client, json!({"token": mail.token})).await.expect(204);
    server.advance(Duration::from_secs(1));
    client
}

async fn forgot(client: &mut Client, email: &str) -> Answer {
    client.post("/auth/password/forgot").json(json!({"email": email})).send().await
}

async fn reset(client: &mut Client, body: Value) -> Answer {
    client.post("/auth/password/reset").json(body).send().await
}

async fn verify(client: &mut Client, body: Value) -> Answer {
    client.post("/auth/email/verify").bearer().json(body).send().await
}

async fn is_verified(client: &mut Client) -> bool {
    !client.me().await.expect(200).json()["email_verified_at"].is_null()
}
