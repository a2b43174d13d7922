//! Readers that share the reads of the store miss nothing and are given nothing twice.

use hallpass_auth::FeedReader;

use crate::support::World;

const ROUNDS: usize = 30;

async fn log_out(world: &World, round: usize) {
    let logged_in = world.register(&format!("user{round}@example.com")).await;
    let principal = world.auth.authenticate(&world.ctx(), logged_in.access.token.expose()).await.expect("valid");
    world.auth.sessions().logout_all(&world.ctx(), &principal).await.expect("logs out");
}

/// The numbers of the entries in the order in which a reader gets them, until there are so many.
async fn numbers(mut reader: FeedReader, enough: usize) -> Vec<i64> {
    let mut numbers = Vec::new();
    loop {
        let page = reader.read().await.expect("the store is read");
        numbers.extend(page.entries.iter().map(|entry| entry.seq));
        if numbers.len() >= enough {
            return numbers;
        }
        reader.changed().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_many_readers_gets_every_entry_once_and_in_order_while_entries_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    log_out(&world, ROUNDS).await;
    let readers: Vec<_> =
        (0..24).map(|_| tokio::spawn(numbers(world.auth.services().feed_reader(None), ROUNDS + 1))).collect();
    for round in 0..ROUNDS {
        log_out(&world, round).await;
    }
    let all = world.auth.services().revocations(None).await.expect("the store is read");
    let expected: Vec<i64> = all.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(expected.len(), ROUNDS + 1);
    for reader in readers {
        assert_eq!(reader.await.expect("no panic"), expected);
    }
}

#[tokio::test]
async fn a_read_from_before_a_revocation_serves_no_reader_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    let (mut first, mut second) = (world.auth.services().feed_reader(None), world.auth.services().feed_reader(None));
    for reader in [&mut first, &mut second] {
        assert!(reader.read().await.expect("the store is read").is_complete);
    }
    for round in 0..ROUNDS {
        assert_eq!(first.read().await.expect("the store is read").entries.len(), 0);
        log_out(&world, round).await;
        // Within the time for which a read is shared.
        for reader in [&mut first, &mut second] {
            assert_eq!(reader.read().await.expect("the store is read").entries.len(), 1, "round {round}");
        }
    }
}

#[tokio::test]
async fn a_place_that_the_store_has_not_reached_is_given_the_whole_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    log_out(&world, 0).await;
    let page = world.auth.services().feed_reader(Some(99_999)).read().await.expect("the store is read");
    assert_eq!((page.is_complete, page.entries.len()), (true, 1));
    assert_eq!(page, world.auth.services().revocations(Some(99_999)).await.expect("the store is read"));
}
