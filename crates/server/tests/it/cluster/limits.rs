//! Attempts and failures are counted by all replicas together.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::backing::{Backing, Services};
use super::client::{Reply, patient, send};
use super::generator::PASSWORD;
use super::replicas::Cluster;

const GUESSES: usize = 30;

/// Logs in on all replicas at once; how often what was answered.
async fn storm(cluster: &Arc<Cluster>, email: impl Fn(usize) -> String) -> BTreeMap<String, usize> {
    let (http, mut asked) = (patient(), Vec::new());
    for guess in 0..GUESSES {
        let body = json!({"email": email(guess), "password": "a wrong password"});
        asked.push(tokio::spawn(send(http.post(cluster.url(guess % cluster.len(), "/auth/login")).json(&body))));
    }
    let mut answers = BTreeMap::new();
    for one in asked {
        let Reply::Answer(_, body) = one.await.expect("no panic") else { panic!("no answer") };
        *answers.entry(body["code"].as_str().expect("a refusal").to_owned()).or_default() += 1;
    }
    answers
}

async fn login_status(cluster: &Cluster, http: &reqwest::Client, replica: usize, email: &str) -> u16 {
    let body = json!({"email": email, "password": PASSWORD});
    let Reply::Answer(status, _) = send(http.post(cluster.url(replica, "/auth/login")).json(&body)).await else {
        panic!("no answer");
    };
    status
}

fn start(backing: &Backing, setting: &str) -> Arc<Cluster> {
    tokio::task::block_in_place(|| Arc::new(Cluster::start(3, backing, &[setting])))
}

async fn ten_attempts(backing: &Backing) {
    let cluster = start(backing, "limits.login_max=10");
    let answers = storm(&cluster, |guess| format!("guess{guess}@example.com")).await;
    let expected = [("invalid_credentials".to_owned(), 10), ("too_many_attempts".to_owned(), GUESSES - 10)];
    assert_eq!(answers, BTreeMap::from(expected));
    let elsewhere = reqwest::Client::builder().local_address(std::net::IpAddr::from([127, 0, 0, 9])).no_proxy();
    let elsewhere = elsewhere.build().expect("a client");
    for replica in 0..3 {
        assert_eq!(login_status(&cluster, &patient(), replica, "other@example.com").await, 429);
        assert_eq!(login_status(&cluster, &elsewhere, replica, "other@example.com").await, 401);
    }
}

async fn five_failures(backing: &Backing) {
    let cluster = start(backing, "limits.lockout_failures=5");
    let (http, email) = (patient(), "ada@example.com");
    let id = cluster.register(email, PASSWORD).await;
    let answers = storm(&cluster, |_| email.to_owned()).await;
    let expected = [("account_locked".to_owned(), GUESSES - 5), ("invalid_credentials".to_owned(), 5)];
    assert_eq!(answers, BTreeMap::from(expected));
    for replica in 0..3 {
        assert_eq!(login_status(&cluster, &http, replica, email).await, 429, "the right password, on {replica}");
    }
    let unlock = http.post(cluster.url(1, &format!("/admin/users/{id}/unlock")));
    let Reply::Answer(204, _) = send(unlock.bearer_auth(cluster.admin_token().await)).await else {
        panic!("it was not unlocked");
    };
    for replica in 0..3 {
        assert_eq!(login_status(&cluster, &http, replica, email).await, 200, "unlocked, on {replica}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_attempts_of_an_address_are_ten_and_five_failures_lock_whichever_replica_is_asked() {
    ten_attempts(&Backing::File).await;
    five_failures(&Backing::File).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_ten_attempts_are_ten_and_five_failures_lock() {
    ten_attempts(&Backing::services(Services::postgres())).await;
    five_failures(&Backing::services(Services::postgres())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_redis_ten_attempts_are_ten_and_five_failures_lock() {
    ten_attempts(&Backing::services(Services::with_redis(3, "replica"))).await;
    five_failures(&Backing::services(Services::with_redis(3, "replica"))).await;
}
