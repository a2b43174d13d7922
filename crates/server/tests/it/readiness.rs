//! When `/readyz` says no.

use std::time::Duration;

use hallpass_store::Fault;

use crate::support::{Client, TestServer};

async fn readyz(client: &mut Client) -> u16 {
    client.get("/readyz").send().await.status.as_u16()
}

#[tokio::test]
async fn a_store_that_can_be_read_and_not_written_is_not_ready() {
    let server = TestServer::new().await;
    let mut client = server.client();
    assert_eq!(readyz(&mut client).await, 200);
    server.faults.break_only("probe", Fault::AtCommit);
    server.advance(Duration::from_secs(1));
    assert_eq!(readyz(&mut client).await, 503);
    server.faults.mend();
    server.advance(Duration::from_secs(1));
    assert_eq!(readyz(&mut client).await, 200);
}

#[tokio::test]
async fn a_flood_of_probes_writes_once_a_second() {
    let server = TestServer::new().await;
    let mut client = server.client();
    for _ in 0..20 {
        assert_eq!(readyz(&mut client).await, 200);
    }
    let writes = server.faults.seen().into_iter().filter(|name| *name == "probe").count();
    assert_eq!(writes, 1);
}

#[tokio::test]
async fn a_feed_of_revocations_that_was_not_read_for_ten_seconds_is_not_ready() {
    let server = TestServer::new().await;
    let mut client = server.client();
    assert_eq!(readyz(&mut client).await, 200);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
    assert!(server.auth.background().feed_age() >= Duration::from_secs(11));
    assert_eq!(readyz(&mut client).await, 503);
    server.auth.background().tick(&server.ctx()).await.expect("it reads the feed");
    assert_eq!(readyz(&mut client).await, 200);
    server.faults.break_only("revocations_since", Fault::Before);
    server.auth.background().tick(&server.ctx()).await.expect_err("it cannot");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
    assert_eq!(readyz(&mut client).await, 503, "a feed that cannot be read was not read");
}
