//! Three replicas share one outbox and one endpoint: each mail leaves once, each event is told once, whoever sends it.

use std::collections::BTreeMap;

use hallpass_testbed::MailServer;
use hallpass_testbed::receiver::Receiver;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::backing::{Backing, Services};
use super::generator::PASSWORD;
use super::replicas::Cluster;
use crate::process::http;

const PEOPLE: usize = 60;

async fn subscribe(cluster: &Cluster, receiver: &Receiver) {
    let token = cluster.admin_token().await;
    let body = json!({"url": receiver.url(), "types": ["user.created"]});
    let answer = http().post(cluster.url(0, "/admin/webhooks")).bearer_auth(token).json(&body).send().await;
    assert_eq!(answer.expect("an answer").status().as_u16(), 201);
}

/// Registrations at all replicas at once.
async fn register(cluster: &Cluster) {
    let mut asked = JoinSet::new();
    for n in 0..PEOPLE {
        let url = cluster.url(n % cluster.len(), "/auth/register");
        let body = json!({"email": format!("person{n}@example.com"), "password": PASSWORD});
        asked.spawn(async move { http().post(url).json(&body).send().await.expect("an answer").status().as_u16() });
    }
    assert!(asked.join_all().await.into_iter().all(|status| status == 201), "everybody has an account");
}

/// How often each event was told, by its id.
async fn told(receiver: &Receiver) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    while told.len() < PEOPLE {
        receiver.came().await;
        for one in receiver.take() {
            let body: Value = serde_json::from_str(&one.body).expect("JSON");
            if body["type"] == "user.created" {
                *told.entry(one.header("webhook-id").to_owned()).or_default() += 1;
            }
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_three_replicas_one_sends_each_mail_and_tells_each_event() {
    let (mail, receiver) = (MailServer::start(), Receiver::start().await);
    let folder = tempfile::tempdir().expect("a folder");
    let authority = folder.path().join("authority.pem").display().to_string();
    std::fs::write(&authority, &receiver.authority).expect("a file");
    let url = format!("mail.url=smtp://127.0.0.1:{}", mail.port());
    let settings = [
        "mail.transport=smtp",
        &url,
        "mail.from=hallpass@auth.example",
        "mail.require_verified=false",
        "egress.allow=localhost",
    ];
    let settings = [&settings[..], &["limits.register_max=1000"]].concat();
    let backing = Backing::services(Services::postgres());
    let environment = |_| vec![("SSL_CERT_FILE".to_owned(), authority.clone())];
    let cluster = tokio::task::block_in_place(|| Cluster::start_with(3, &backing, &settings, environment));
    subscribe(&cluster, &receiver).await;
    register(&cluster).await;
    let told = told(&receiver).await;
    assert!(told.values().all(|times| *times == 1), "told twice: {told:?}");
    let mails = tokio::task::block_in_place(|| mail.wait_for(PEOPLE));
    let name = |mail: &String| {
        let line = mail.lines().find(|line| line.contains("Message-ID:")).expect("a name");
        line.split('<').nth(1).expect("a name").to_owned()
    };
    let names: std::collections::BTreeSet<String> = mails.iter().map(name).collect();
    assert_eq!((mails.len(), names.len()), (PEOPLE, PEOPLE), "each mail left once");
}
