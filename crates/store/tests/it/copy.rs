//! A store copied into another one: whole, live, resumed; and closed in favour of the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hallpass_model::audit::{AuditEntry, Event};
use hallpass_model::key::KeyRecord;
use hallpass_model::{Email, Role};
use hallpass_store::op::transfer::{
    Begin, Begun, Close, Closed, Finish, Incoming, MarkMoved, Outgoing, ReadMarks, Reopen,
};
use hallpass_store::op::transfer::{ReadPlaces, Table};
use hallpass_store::op::{self, KeyChange, Refreshed};
use hallpass_store::transfer::{Compared, Copier, CopyError};
use hallpass_store::{Fault, Options};
use hallpass_testbed::Postgres;
use tokio::runtime::Handle;

use crate::support::{
    Alone, POLICY, World, act, at, create, first_token, hash_of, new_session, new_user, refresh, session_id, user_id,
};

fn mark() -> Incoming {
    Incoming { installation: "this one".to_owned(), ticket: "ticket".to_owned(), from: "sqlite:old".to_owned() }
}

fn closing(name: &str) -> Outgoing {
    Outgoing { ticket: "ticket".to_owned(), closing: name.to_owned(), to: "sqlite:new".to_owned() }
}

/// A source and its marked copy.
struct Pair {
    source: World,
    target: World,
    mirror: Copier,
}

impl Pair {
    async fn new() -> Self {
        Self::with(|options| options).await
    }

    async fn with(adjust: impl FnOnce(Options) -> Options) -> Self {
        let (source, target) = (World::new().await, World::with(adjust).await);
        assert_eq!(target.write(Begin { mark: mark() }).await, Begun::Fresh);
        let mirror = Copier::new(source.store.clone(), target.store.clone(), &mark()).expect("encodes");
        Self { source, target, mirror }
    }

    /// What a pass finds, table by table; only what differs.
    async fn catch_up(&self) -> Vec<(&'static str, u64)> {
        let found = self.mirror.catch_up(&mut |_, _| ()).await.expect("a pass");
        let different = found.iter().filter(|compared| compared.differences > 0);
        different.map(|compared| (compared.table.name(), compared.differences)).collect()
    }

    /// Every row of every table is the same in both, by a look that shares nothing with the passes.
    fn assert_equal(&self) {
        for table in Table::ALL {
            let name = table.name();
            let (one, other) = (dump(&self.source, name), dump(&self.target, name));
            assert_eq!(one, other, "{name}");
        }
    }
}

/// Every column of every row, as text, by the database's own tools.
pub fn dump(world: &World, table: &str) -> Vec<String> {
    let only = if table == "meta" { " WHERE name NOT LIKE 'migration.%'" } else { "" };
    let Some(url) = &world.url else {
        return dump_of(&world.raw(), &format!("SELECT * FROM {table}{only} ORDER BY 1"));
    };
    let rows = Postgres::psql(url, &format!("SELECT CAST(t AS TEXT) FROM {table} t{only} ORDER BY 1"));
    rows.lines().map(str::to_owned).collect()
}

fn dump_of(raw: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut statement = raw.prepare(sql).expect("prepares");
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let cells = (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column).expect("a value"));
        Ok(format!("{:?}", cells.collect::<Vec<_>>()))
    };
    statement.query_map([], row).expect("reads").map(|row| row.expect("a row")).collect()
}

fn key(kid: &str) -> KeyChange {
    KeyChange::Insert(KeyRecord {
        kid: kid.to_owned(),
        algorithm: "EdDSA".to_owned(),
        sealed: vec![0, 1, 255],
        announced_at: at(0),
        active_from: None,
        retired_at: None,
        gone_at: None,
        revoked_at: None,
    })
}

/// A row of every kind, NULLs and all.
pub async fn furnish(world: &World) {
    for n in 1..=3 {
        world.user_with_session(n).await;
    }
    world.user(9, Role::admin()).await;
    let spent = first_token(1);
    world.rotate(&spent, 5, 7).await;
    let ends = op::RevokeSession {
        act: act(6),
        revocation_ttl: crate::support::REVOCATION_TTL,
        session: session_id(2),
        owner: None,
        event: Event::LoggedOut,
    };
    world.revoke(ends).await.expect("it was live");
    assert!(world.write(op::ChangeKeys { act: act(0), version: 0, changes: vec![key("k-1"), key("K-2")] }).await);
    assert!(
        world.write(super::clients::client(1, "orders")).await && world.write(super::clients::client(3, "keyed")).await
    );
    world.write(op::PutMeta { name: "secret", value: vec![0, 255, 7] }).await;
    super::login::fail(world, 1, 7).await;
    assert!(world.write(super::once::used(1, 60, 0)).await);
    super::outbox::furnish(world).await;
    super::webhooks::furnish(world).await;
    for table in Table::ALL {
        assert!(!dump(world, table.name()).is_empty(), "nothing to copy in {}", table.name());
    }
}

#[tokio::test]
async fn every_row_of_every_table_is_copied_and_a_second_pass_finds_nothing() {
    let pair = Pair::new().await;
    furnish(&pair.source).await;
    pair.mirror.fill(&mut |_, _| ()).await.expect("a pass");
    pair.assert_equal();
    let again: Vec<Compared> = pair.mirror.catch_up(&mut |_, _| ()).await.expect("a pass");
    for found in again {
        assert_eq!((found.differences, found.source), (0, found.target), "{:?}", found.table);
        let counts = pair.mirror.counts(found.table).await.expect("counts");
        assert_eq!(counts, (found.source.rows, found.target.rows));
    }
}

#[tokio::test]
async fn what_changes_and_what_goes_in_the_meantime_follows() {
    let pair = Pair::new().await;
    furnish(&pair.source).await;
    pair.mirror.fill(&mut |_, _| ()).await.expect("a pass");
    pair.source.rotate(&first_token(3), 20, 9).await;
    let gone = op::DeleteUser { act: act(21), revocation_ttl: crate::support::REVOCATION_TTL, id: user_id(2) };
    pair.source.revoke(gone).await;
    pair.source.user_with_session(4).await;
    let entry = AuditEntry::new(Event::AccountUnlocked).user(user_id(1));
    let unlock = op::Unlock { act: act(22), account: super::login::account(1), entry };
    pair.source.write(unlock).await;
    let found = pair.catch_up().await;
    for table in ["users", "sessions", "audit_log", "revocations", "counters", "account_attempts"] {
        assert!(found.iter().any(|(name, _)| *name == table), "{table}: {found:?}");
    }
    assert_eq!(pair.catch_up().await, []);
    pair.assert_equal();
}

#[tokio::test]
async fn addresses_that_change_hands_are_no_obstacle() {
    let pair = Pair::new().await;
    for n in 1..=3 {
        pair.source.user_with_session(n).await;
    }
    pair.mirror.fill(&mut |_, _| ()).await.expect("a pass");
    // Users 1 and 2 swap their addresses, by way of a third; user 4 takes the one of user 3, who is gone.
    for (user, email) in [(1, "aside"), (2, "user1"), (1, "user2")] {
        let email = Some(Email::parse(&format!("{email}@example.com")).expect("an address"));
        let (act, revocation_ttl, id) = (act(9), crate::support::REVOCATION_TTL, user_id(user));
        let change = op::UpdateUser { act, revocation_ttl, id, role: None, status: None, email };
        assert!(matches!(pair.source.revoke(change).await, op::UpdateUserOutcome::Updated(_)));
    }
    let gone = op::DeleteUser { act: act(9), revocation_ttl: crate::support::REVOCATION_TTL, id: user_id(3) };
    pair.source.revoke(gone).await;
    let heir = op::NewUser { email: new_user(3, Role::user()).email, ..new_user(4, Role::user()) };
    pair.source.write(create(heir, Some(new_session(4, 4, 0)))).await;
    pair.catch_up().await;
    pair.catch_up().await;
    assert_eq!(pair.catch_up().await, []);
    pair.assert_equal();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_user_came_later_waits_for_the_next_pass() {
    let pair = Pair::new().await;
    pair.source.user_with_session(1).await;
    let source = &pair.source.store;
    // The user is made between the pass over the users and the one over the sessions.
    let mut told = |table, _| {
        if table == Table::Users {
            let made = source.write(create(new_user(2, Role::user()), Some(new_session(2, 2, 0))));
            tokio::task::block_in_place(|| Handle::current().block_on(made)).expect("writes");
        }
    };
    pair.mirror.fill(&mut told).await.expect("a pass, and no broken reference");
    assert_eq!(dump(&pair.target, "sessions").len(), 1);
    pair.catch_up().await;
    assert_eq!(pair.catch_up().await, []);
    pair.assert_equal();
}

#[tokio::test]
async fn what_the_source_has_pruned_leaves_the_copy_although_its_log_guards_the_newest_day() {
    let pair = Pair::new().await;
    let import = |n: u8, secs| op::ImportUsers { act: act(secs), users: vec![new_user(n, Role::user())] };
    pair.source.write(import(1, 0)).await;
    pair.mirror.fill(&mut |_, _| ()).await.expect("a pass");
    let days = 24 * 3600;
    pair.source.write(import(2, 40 * days)).await;
    pair.source.write(op::Prune { now: at(40 * days), audit_before: at(30 * days), limit: 100 }).await;
    assert_eq!(dump(&pair.source, "audit_log").len(), 1, "the first row is past its retention");
    pair.catch_up().await;
    pair.catch_up().await;
    assert_eq!(pair.catch_up().await, []);
    pair.assert_equal();
}

#[tokio::test]
async fn an_interrupted_first_pass_goes_on_where_it_was() {
    let writes = Arc::new(AtomicU32::new(0));
    let count = writes.clone();
    let fails = move |name: &'static str| {
        (name == "copy_write" && count.fetch_add(1, Ordering::Relaxed) == 2).then_some(Fault::AtCommit)
    };
    let pair = Pair::with(|options| options.faults(Arc::new(fails)).batch(1)).await;
    let users = |from: u16| (from..from + 500).map(many).collect();
    for from in (0..3500).step_by(500) {
        pair.source.write(op::ImportUsers { act: act(0), users: users(from) }).await;
    }
    let interrupted = pair.mirror.fill(&mut |_, _| ()).await;
    assert!(matches!(interrupted, Err(CopyError::Target(_))), "{interrupted:?}");
    let places = pair.target.read(ReadPlaces).await;
    assert_eq!(places.keys().collect::<Vec<_>>(), [&Table::Users]);
    assert_eq!(dump(&pair.target, "users").len(), 2000, "what was written stays");
    let mut gone_through = 0;
    let mut told = |table, rows| gone_through += if table == Table::Users { rows } else { 0 };
    pair.mirror.fill(&mut told).await.expect("a pass");
    assert_eq!(gone_through, 1500, "what was there already was gone through again");
    assert_eq!(pair.catch_up().await, []);
    pair.assert_equal();
}

fn many(n: u16) -> op::NewUser {
    let [high, low] = n.to_be_bytes();
    let id = hallpass_model::UserId::new(at(0), [0, 0, 0, 0, 0, 0, 0, 0, high, low]);
    let email = Email::parse(&format!("many{n}@example.com")).expect("an address");
    op::NewUser::new(id, email, Role::user(), hash_of(1))
}

#[tokio::test]
async fn a_copy_that_is_finished_is_not_written_to_any_more() {
    let pair = Pair::new().await;
    furnish(&pair.source).await;
    pair.mirror.fill(&mut |_, _| ()).await.expect("a pass");
    let newest = pair.source.audit().await[0].seq;
    assert!(pair.target.write(Finish { act: act(30), mark: mark() }).await);
    assert_eq!(pair.target.read(ReadMarks).await.incoming, None);
    let told = pair.target.audit().await;
    assert_eq!((told[0].seq, told[0].event.as_str()), (newest + 1, "store.moved"), "the log goes on");
    pair.source.rotate(&first_token(3), 31, 9).await;
    let late = pair.mirror.catch_up(&mut |_, _| ()).await;
    assert_eq!(late, Err(CopyError::NotOurs));
    assert!(!pair.target.write(Finish { act: act(30), mark: mark() }).await);
    // The feed goes on behind the last number of the source.
    let before = pair.source.read(op::RevocationsSince { seq: 0 }).await.last_seq;
    pair.target.revoke(op::RevokeToken { act: act(31), jti: "x".to_owned(), until: at(900) }).await;
    let after = pair.target.read(op::RevocationsSince { seq: before }).await;
    assert_eq!(after.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [before + 1]);
}

#[tokio::test]
async fn numbers_go_on_although_the_source_has_forgotten_its_newest() {
    let pair = Pair::new().await;
    furnish(&pair.source).await;
    let last = pair.source.read(op::RevocationsSince { seq: 0 }).await.last_seq;
    pair.source.write(op::Prune { now: at(10_000_000), audit_before: at(0), limit: 100 }).await;
    assert_eq!(dump(&pair.source, "revocations"), Vec::<String>::new());
    pair.mirror.fill(&mut |_, _| ()).await.expect("a pass");
    pair.target.revoke(op::RevokeToken { act: act(31), jti: "x".to_owned(), until: at(20_000_000) }).await;
    let after = pair.target.read(op::RevocationsSince { seq: last }).await;
    assert_eq!(after.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [last + 1], "a number came twice");
}

#[tokio::test]
async fn only_an_empty_store_or_an_earlier_copy_of_the_same_becomes_a_copy() {
    let pair = Pair::new().await;
    let other = Incoming { ticket: "another".to_owned(), ..mark() };
    assert_eq!(pair.target.write(Begin { mark: other.clone() }).await, Begun::Resumed(mark()));
    let foreign = Incoming { installation: "that one".to_owned(), ..other };
    assert_eq!(pair.target.write(Begin { mark: foreign.clone() }).await, Begun::Foreign(mark()));
    pair.source.user(1, Role::user()).await;
    assert_eq!(pair.source.write(Begin { mark: foreign }).await, Begun::Inhabited);
}

#[tokio::test]
async fn a_closed_store_refuses_every_write_of_every_process_and_answers_reads() {
    let world = World::new().await;
    furnish(&world).await;
    let neighbour = world.beside().await;
    let before: Vec<_> = Table::ALL.iter().map(|table| dump(&world, table.name())).collect();
    assert_eq!(neighbour.write(Close { mark: closing("one") }).await, Ok(Closed::Closed(closing("one"))));
    for store in [&world.store, &neighbour] {
        let rotated = store.revoked(refresh(&first_token(3), 40, 9, POLICY)).await;
        assert_eq!(rotated.map_err(|error| error.code()), Err("store_unavailable"));
        let made = store.write(create(new_user(7, Role::user()), Some(new_session(7, 7, 0)))).await;
        assert!(made.is_err());
        // A token that was spent comes again: no verdict, and no trace.
        assert!(store.revoked(refresh(&first_token(1), 4000, 9, POLICY)).await.is_err());
        assert!(store.revoked(op::RevokeToken { act: act(31), jti: "x".to_owned(), until: at(900) }).await.is_err());
        assert!(store.write(op::RevokeKey { act: act(31), kid: "k-1".to_owned() }).await.is_err());
        let pruned = store.write(op::Prune { now: at(10_000_000), audit_before: at(0), limit: 100 }).await;
        assert!(pruned.is_err());
    }
    assert!(world.find(1).await.is_some());
    let after: Vec<_> = Table::ALL.iter().map(|table| dump(&world, table.name())).collect();
    for (table, (before, after)) in Table::ALL.iter().zip(before.iter().zip(&after)) {
        let is_mark = *table == Table::Meta;
        assert!(is_mark || before == after, "{} changed", table.name());
    }
    assert!(world.write(Reopen).await);
    assert_eq!(world.read(ReadMarks).await.outgoing, None);
    let rotated = world.revoke(refresh(&first_token(3), 40, 9, POLICY)).await;
    assert!(matches!(rotated, Refreshed::Rotated(_)), "{rotated:?}");
}

#[tokio::test]
async fn a_store_that_was_opened_in_between_has_not_moved_and_one_that_has_never_opens_again() {
    let world = World::new().await;
    furnish(&world).await;
    world.write(Close { mark: closing("one") }).await;
    assert_eq!(world.write(Close { mark: closing("two") }).await, Closed::Closed(closing("one")));
    let elsewhere = Outgoing { ticket: "another".to_owned(), ..closing("three") };
    assert_eq!(world.write(Close { mark: elsewhere }).await, Closed::Elsewhere(closing("one")));
    assert!(world.write(Reopen).await);
    assert!(!world.write(MarkMoved { mark: closing("one") }).await, "it is open");
    world.write(Close { mark: closing("two") }).await;
    assert!(!world.write(MarkMoved { mark: closing("one") }).await, "it was open in between");
    assert!(!world.read(op::RevocationsSince { seq: 0 }).await.has_moved);
    assert!(world.write(MarkMoved { mark: closing("two") }).await);
    assert!(world.read(op::RevocationsSince { seq: 0 }).await.has_moved, "servers do not hear of it");
    assert!(!world.write(Reopen).await);
    assert!(world.read(ReadMarks).await.is_moved);
}
