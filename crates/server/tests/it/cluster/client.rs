//! One request, and what came of it.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::Value;

/// Longer than a store waits for a lock and a paused server pauses.
const PATIENCE: Duration = Duration::from_secs(12);

/// What came of a request.
#[derive(Debug)]
pub enum Reply {
    /// A status and, if there was one, a document.
    Answer(u16, Value),
    /// 503, a time-out, a connection that broke.
    Unknown,
    /// Nobody listened: it cannot have happened.
    NotSent,
}

pub fn patient() -> reqwest::Client {
    reqwest::Client::builder().timeout(PATIENCE).no_proxy().build().expect("a client")
}

/// Sends, and checks what a 503 must carry.
pub async fn send(request: RequestBuilder) -> Reply {
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) if error.is_connect() => return Reply::NotSent,
        Err(_) => return Reply::Unknown,
    };
    let status = answer.status().as_u16();
    if status == 503 {
        assert!(answer.headers().contains_key("retry-after"), "a 503 says when to come again");
        assert!(!answer.headers().contains_key("set-cookie"), "a 503 takes nobody's cookie");
        return Reply::Unknown;
    }
    match answer.bytes().await {
        Ok(body) if body.is_empty() => Reply::Answer(status, Value::Null),
        Ok(body) => Reply::Answer(status, serde_json::from_slice(&body).expect("JSON")),
        // The server died between header and body.
        Err(_) => Reply::Unknown,
    }
}
