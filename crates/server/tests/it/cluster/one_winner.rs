//! One refresh token, many clients, three replicas, no grace: one winner, and everybody else is told of the theft.

use std::sync::Arc;
use std::time::Instant;

use super::backing::{Backing, Services};
use super::client::{Reply, patient, send};
use super::generator::PASSWORD;
use super::replicas::Cluster;
use hallpass_testbed::rounds;
use serde_json::{Value, json};

/// Two minutes on a quiet machine; `HALLPASS_ROUNDS` makes it more, or fewer.
const ROUNDS: usize = 1000;
/// A minute, at most.
const ROUNDS_ON_A_FILE: usize = 100;
const WAYS: usize = 32;
/// Rounds that go on beside each other, with a user each.
const LANES: usize = 4;

/// Presents one token from all sides; how many won, and with which successor.
async fn round(cluster: &Arc<Cluster>, http: &reqwest::Client, number: usize, token: &str) -> Vec<String> {
    let mut asked = Vec::new();
    for way in 0..WAYS {
        let url = cluster.url((number + way) % cluster.len(), "/auth/refresh");
        asked.push(tokio::spawn(send(http.post(url).json(&json!({"refresh_token": token})))));
    }
    let mut won = Vec::new();
    for one in asked {
        match one.await.expect("no panic") {
            Reply::Answer(200, body) => won.push(text(&body, "refresh_token")),
            Reply::Answer(401, body) => assert_eq!(text(&body, "code"), "token_reuse"),
            other => panic!("round {number}: {other:?}"),
        }
    }
    won
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned()
}

async fn lane(cluster: Arc<Cluster>, lane: usize, rounds: usize) {
    let (http, email) = (patient(), format!("lane{lane}@example.com"));
    cluster.register(&email, PASSWORD).await;
    for number in 0..rounds {
        let token = text(&cluster.login(number % cluster.len(), &email, PASSWORD).await, "refresh_token");
        let won = round(&cluster, &http, number, &token).await;
        assert_eq!(won.len(), 1, "lane {lane}, round {number}: {} winners", won.len());
        // The others were thieves, as far as anybody can tell: the family has ended, for the winner too.
        let url = cluster.url((number + 1) % cluster.len(), "/auth/refresh");
        let Reply::Answer(status, body) = send(http.post(url).json(&json!({"refresh_token": won[0]}))).await else {
            panic!("no answer");
        };
        assert_eq!((status, text(&body, "code").as_str()), (401, "invalid_refresh_token"));
    }
}

async fn race(backing: &Backing, rounds: usize) {
    let begun = Instant::now();
    let cluster = tokio::task::block_in_place(|| Cluster::start(3, backing, &["token.refresh_grace=0s"]));
    let cluster = Arc::new(cluster);
    let lanes: Vec<_> = (0..LANES).map(|n| tokio::spawn(lane(cluster.clone(), n, rounds.div_ceil(LANES)))).collect();
    for lane in lanes {
        lane.await.expect("one winner each");
    }
    println!("{} rounds, {WAYS} ways, {:?}", rounds, begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_present_one_token_to_three_replicas_exactly_one_wins() {
    race(&Backing::File, rounds(ROUNDS_ON_A_FILE)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_exactly_one_wins() {
    race(&Backing::services(Services::postgres()), rounds(ROUNDS)).await;
}
