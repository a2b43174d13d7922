//! Opening: the file's mode, its schema, its age, its damage, its neighbours.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use hallpass_model::Role;
use hallpass_store::op::NewUser;
use hallpass_store::{Error, Options, Store, op};
use tempfile::TempDir;

use crate::support::{World, create, hash_of, new_user, user_id};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("there").permissions().mode() & 0o777
}

#[tokio::test]
async fn folder_and_files_are_their_owners_alone() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    assert_eq!(mode(&world.folder.path().join("data")), 0o700);
    for ending in ["", "-wal", "-shm", ".lock"] {
        assert_eq!(mode(&world.path().with_file_name(format!("hallpass.db{ending}"))), 0o600, "{ending}");
    }
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let world = World::new().await;
    let user = world.user(1, Role::admin()).await;
    world.store.close().await;
    let again = Store::open(Options::new(world.path())).expect("opens");
    let key = op::UserKey::Id(user.id);
    assert_eq!(again.read(op::FindUser { key }).await, Ok(Some(user)));
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_left_alone() {
    let world = World::new().await;
    world.store.close().await;
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
        VALUES (999, 'from_the_future', '2099-01-01T00:00:00Z', '1')";
    world.raw().execute(newer, []).expect("writes");
    let refused = Store::open(Options::new(world.path())).expect_err("refused");
    assert!(matches!(&refused, Error::Newer(what) if what.contains("from_the_future")), "{refused}");
}

mod of_sqlite {
    refinery::embed_migrations!("migrations/sqlite");
}

#[tokio::test]
async fn a_file_from_before_accounts_without_a_password_keeps_its_accounts_and_takes_such_ones() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("hallpass.db");
    let mut raw = rusqlite::Connection::open(&path).expect("opens");
    let before = refinery::Target::Version(9);
    of_sqlite::migrations::runner().set_target(before).run(&mut raw).expect("migrates");
    let insert = "INSERT INTO users \
        (id, email, email_key, role, status, password_hash, tokens_from, created_at, updated_at) \
        VALUES ($1, 'ada@example.com', 'ada@example.com', 'user', 'active', $2, 0, 0, 0)";
    raw.execute(insert, (user_id(1).as_bytes(), hash_of(1))).expect("writes");
    assert!(raw.execute("UPDATE users SET password_hash = NULL", []).is_err(), "the schema of before refuses it");
    drop(raw);
    let store = Store::open(Options::new(&path)).expect("opens");
    store.write(create(NewUser { password_hash: None, ..new_user(2, Role::user()) }, None)).await.expect("writes");
    for (n, hash) in [(1, Some(hash_of(1))), (2, None)] {
        let found = store.read(op::FindCredential { key: op::UserKey::Id(user_id(n)) }).await.expect("reads");
        assert_eq!(found.expect("the account").password_hash, hash);
    }
    assert_eq!(store.check().await, Ok(Vec::new()));
}

#[test]
fn a_file_that_is_no_database_is_called_damaged_and_left_alone() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("hallpass.db");
    let text = "this is a letter to a friend, and not a database at all. ".repeat(40);
    std::fs::write(&path, &text).expect("writes");
    let refused = Store::open(Options::new(&path)).expect_err("refused");
    assert_eq!(refused.code(), "store_corrupt");
    assert_eq!(std::fs::read_to_string(&path).expect("reads"), text);
}

#[test]
fn a_folder_that_cannot_be_made_is_unavailable() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("file"), "").expect("writes");
    let refused = Store::open(Options::new(folder.path().join("file/hallpass.db"))).expect_err("refused");
    assert_eq!(refused.code(), "store_unavailable");
}

#[tokio::test]
async fn many_that_start_together_on_a_new_file_all_open_it() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("data/hallpass.db");
    let starting: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || Store::open(Options::new(path).readers(1)))
        })
        .collect();
    let stores: Vec<Store> = starting.into_iter().map(|thread| thread.join().expect("joins").expect("opens")).collect();
    for (n, store) in (0..8).zip(&stores) {
        store.write(create(new_user(n, Role::user()), None)).await.expect("writes");
    }
    assert_eq!(stores[0].read(op::CountUsers).await, Ok(8));
}

#[tokio::test]
async fn a_lock_that_another_process_never_lets_go_is_unavailable_and_passes() {
    let world = World::new().await;
    let other = world.raw();
    other.execute_batch("BEGIN IMMEDIATE").expect("locks");
    let refused = world.store.write(create(new_user(1, Role::user()), None)).await;
    assert_eq!(refused.map_err(|error| error.code()), Err("store_unavailable"));
    assert!(world.store.read(op::ListKeys).await.is_ok(), "readers go on");
    other.execute_batch("ROLLBACK").expect("unlocks");
    world.user(1, Role::user()).await;
}

#[tokio::test]
async fn damage_to_a_page_is_found_by_the_check() {
    let world = World::new().await;
    let users = (0..200).map(|n| new_user(n, Role::user())).collect();
    world.write(op::ImportUsers { act: crate::support::act(0), users }).await;
    assert_eq!(world.store.check().await, Ok(Vec::new()));
    world.store.close().await;
    let mut bytes = std::fs::read(world.path()).expect("reads");
    let length = bytes.len();
    bytes[length / 2..length / 2 + 4096].fill(0xA5);
    std::fs::write(world.path(), bytes).expect("writes");
    let found = match Store::open(Options::new(world.path())) {
        Ok(again) => again.check().await.map_or(true, |lines| !lines.is_empty()),
        Err(error) => error.code() == "store_corrupt",
    };
    assert!(found);
}
