//! The feed of what is refused.

use std::time::Duration;

use hallpass_model::audit::Event;
use hallpass_model::revocation::Subject;
use hallpass_store::op;

use crate::support::{Alone, REVOCATION_TTL, World, act, at, session_id, user_id};

fn token(jti: &str, until: i64) -> op::RevokeToken {
    op::RevokeToken { act: act(0), jti: jti.to_owned(), until: at(until) }
}

async fn since(world: &World, seq: i64) -> op::RevocationFeed {
    world.read(op::RevocationsSince { seq }).await
}

#[tokio::test]
async fn the_feed_holds_every_kind_of_entry_as_it_was_announced() {
    let world = World::new().await;
    world.user_with_session(1).await;
    world.revoke(token("jti-1", 600)).await;
    let all = op::RevokeSessions {
        act: act(1),
        revocation_ttl: REVOCATION_TTL,
        user: user_id(1),
        except: None,
        event: Event::LoggedOutAll,
    };
    world.revoke(all).await;
    world.revoke(op::DeleteUser { act: act(2), revocation_ttl: REVOCATION_TTL, id: user_id(1) }).await;
    let feed = since(&world, 0).await;
    assert_eq!(feed.entries, *world.heard.lock().expect("whole"));
    let subjects = world.subjects();
    assert_eq!(subjects[..2], [Subject::Token("jti-1".to_owned()), Subject::Session(session_id(1))]);
    assert!(matches!(subjects[2], Subject::User { user, .. } if user == user_id(1)));
    assert_eq!(feed.last_seq, 3);
}

#[tokio::test]
async fn a_reader_continues_where_it_stopped_and_hears_of_what_has_ended_until_it_is_pruned() {
    let world = World::new().await;
    world.revoke(token("a", 100)).await;
    world.revoke(token("b", 50)).await;
    world.revoke(token("c", 100)).await;
    let seqs = |feed: &op::RevocationFeed| feed.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>();
    assert_eq!(seqs(&since(&world, 0).await), [1, 2, 3]);
    assert_eq!(seqs(&since(&world, 1).await), [2, 3]);
    let prune = op::Prune { now: at(50) + op::Prune::KEPT, audit_before: at(0) - Duration::from_secs(1), limit: 100 };
    world.write(prune).await;
    assert_eq!(seqs(&since(&world, 1).await), [3], "what has ended is told until it is pruned");
    let caught_up = since(&world, 3).await;
    assert_eq!((caught_up.entries.len(), caught_up.last_seq), (0, 3));
}

#[tokio::test]
async fn a_number_is_never_given_out_twice_even_when_every_entry_is_pruned() {
    let world = World::new().await;
    world.revoke(token("a", 1)).await;
    world.revoke(token("b", 1)).await;
    let prune = op::Prune { now: at(9) + op::Prune::KEPT, audit_before: at(0) - Duration::from_secs(1), limit: 100 };
    assert_eq!(world.write(prune).await.revocations, 2);
    assert_eq!(since(&world, 0).await.last_seq, 2);
    world.revoke(token("c", 100)).await;
    let feed = since(&world, 2).await;
    assert_eq!((feed.last_seq, feed.entries.len(), feed.entries[0].seq), (3, 1, 3));
}

#[tokio::test]
async fn another_process_on_the_same_database_hears_by_reading_on() {
    let world = World::new().await;
    let other = world.beside().await;
    other.revoked(token("from-the-command-line", 100)).await.expect("writes");
    assert!(world.subjects().is_empty(), "a listener hears its own process only");
    let feed = since(&world, 0).await;
    assert_eq!(feed.entries[0].revocation.subject, Subject::Token("from-the-command-line".to_owned()));
    other.close().await;
}
