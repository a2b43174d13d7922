//! The audit log.

use hallpass_model::UserId;
use hallpass_model::audit::{Actor, AuditContext, AuditEntry, AuditRecord, Event};
use hallpass_store::op;

use crate::support::{Execute, World, act, at, session_id, user_id};

fn entry(secs: i64, event: Event, user: u8) -> op::AppendAudit {
    op::AppendAudit { act: act(secs), entry: AuditEntry::new(event).user(user_id(user)).session(session_id(user)) }
}

async fn list(world: &World, user: Option<UserId>, event: Option<Event>, before: Option<i64>) -> Vec<i64> {
    let filter = op::AuditFilter { subject: user.map(op::AuditSubject::User), event, ..op::AuditFilter::default() };
    let page = world.read(op::ListAudit { filter, before, limit: 100 }).await;
    page.items.into_iter().map(|row| row.seq).collect()
}

#[tokio::test]
async fn a_row_says_who_what_when_and_from_where() {
    let world = World::new().await;
    let detail = AuditEntry::new(Event::RoleChanged).user(user_id(1)).detail("from", "us\"er").detail("to", "admin");
    let act = AuditContext { actor: Actor::User(user_id(2)), ..act(3) };
    world.write(op::AppendAudit { act, entry: detail }).await;
    let expected = AuditRecord {
        seq: 1,
        at: at(3),
        event: "user.role_changed".to_owned(),
        actor: format!("user:{}", user_id(2)),
        user: Some(user_id(1)),
        session: None,
        ip: Some("192.0.2.7".to_owned()),
        user_agent: Some("agent".to_owned()),
        request_id: Some("request-1".to_owned()),
        detail: r#"{"from":"us\"er","to":"admin"}"#.to_owned(),
    };
    assert_eq!(world.audit().await, [expected]);
}

#[tokio::test]
async fn the_log_is_filtered_by_user_and_by_event_newest_first() {
    let world = World::new().await;
    for (event, user) in [
        (Event::LoginFailed, 1),
        (Event::LoginSucceeded, 1),
        (Event::LoginFailed, 2),
        (Event::LoginFailed, 1),
        (Event::LoggedOut, 2),
    ] {
        world.write(entry(0, event, user)).await;
    }
    assert_eq!(list(&world, None, None, None).await, [5, 4, 3, 2, 1]);
    assert_eq!(list(&world, Some(user_id(1)), None, None).await, [4, 2, 1]);
    assert_eq!(list(&world, None, Some(Event::LoginFailed), None).await, [4, 3, 1]);
    assert_eq!(list(&world, Some(user_id(1)), Some(Event::LoginFailed), Some(4)).await, [1]);
    assert!(list(&world, Some(user_id(3)), None, None).await.is_empty());
}

#[tokio::test]
async fn a_page_says_where_the_next_one_begins() {
    let world = World::new().await;
    for n in 0..5 {
        world.write(entry(n, Event::LoginFailed, 1)).await;
    }
    let page = |before| op::ListAudit { filter: op::AuditFilter::default(), before, limit: 3 };
    let first = world.read(page(None)).await;
    assert_eq!((first.items.len(), first.next), (3, Some(3)));
    let last = world.read(page(first.next)).await;
    assert_eq!((last.items.len(), last.next), (2, None));
}

#[tokio::test]
async fn what_was_written_can_be_neither_changed_nor_deleted_while_it_is_young() {
    let world = World::new().await;
    let day = 24 * 3600;
    world.write(entry(0, Event::LoginFailed, 1)).await;
    world.write(entry(day, Event::LoginFailed, 1)).await;
    world.write(entry(day + 1, Event::LoginFailed, 1)).await;
    let changed = world.store.write(Execute("UPDATE audit_log SET actor = 'operator'")).await;
    assert!(changed.expect_err("refused").to_string().contains("append-only"));
    let deleted = world.store.write(Execute("DELETE FROM audit_log WHERE seq = 2")).await;
    assert!(deleted.expect_err("refused").to_string().contains("newest day"));
    assert_eq!(world.write(Execute("DELETE FROM audit_log WHERE seq = 1")).await, 1);
}

async fn about(world: &World, email: &str) -> Vec<i64> {
    let subject = Some(op::AuditSubject::Email(email.to_owned()));
    let filter = op::AuditFilter { subject, ..op::AuditFilter::default() };
    world.read(op::ListAudit { filter, before: None, limit: 100 }).await.items.into_iter().map(|row| row.seq).collect()
}

#[tokio::test]
async fn a_particular_that_looks_like_an_address_or_holds_a_nul_names_nobody() {
    let world = World::new().await;
    let append = |entry: AuditEntry| op::AppendAudit { act: act(1), entry };
    for hostile in [
        "\",\"email\":\"ada@example.com\"",
        "{\"email\":\"ada@example.com\"}",
        "a\0b",
        "\\\",\"email\":\"ada@example.com",
    ] {
        world.write(append(AuditEntry::new(Event::LoginFailed).detail("client", hostile))).await;
    }
    assert!(about(&world, "ada@example.com").await.is_empty());
    world
        .write(append(AuditEntry::new(Event::LoginFailed).detail("client", "a\0b").detail("email", "ada@example.com")))
        .await;
    assert_eq!(about(&world, "ada@example.com").await, [5]);
    assert!(about(&world, "").await.is_empty());
    let moved = AuditEntry::new(Event::EmailChanged).detail("from", "Old@example.com").detail("to", "new@example.com");
    world.write(append(moved)).await;
    assert_eq!(about(&world, "old@example.com").await, [6]);
    world.write(append(AuditEntry::new(Event::RoleChanged).detail("from", "user").detail("to", "admin"))).await;
    assert!(about(&world, "user").await.is_empty());
}
