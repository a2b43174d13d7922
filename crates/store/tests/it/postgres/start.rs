//! Starting: together, after a newer release, on a database that is not there.

use hallpass_model::Role;
use hallpass_store::{Error, Options, PostgresUrl, Store, op};
use hallpass_testbed::Postgres as Cluster;

use crate::support::{World, create, new_user};

fn options(url: &str) -> Options {
    Options::postgres(url.parse().expect("a URL"))
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_start_together_on_an_empty_database_all_open_it() {
    let url = Cluster::schema();
    let starting: Vec<_> = (0..6).map(|_| tokio::spawn(Store::connect(options(&url)))).collect();
    for (start, n) in starting.into_iter().zip(0..) {
        let store = start.await.expect("joins").expect("opens");
        store.write(create(new_user(n, Role::user()), None)).await.expect("writes");
        assert_eq!(store.read(op::CountUsers).await, Ok(i64::from(n) + 1));
        store.close().await;
    }
    let history = Cluster::psql(&url, "SELECT version FROM refinery_schema_history ORDER BY version");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
    let number = |file: std::io::Result<std::fs::DirEntry>| -> u32 {
        let name = file.expect("a file").file_name().into_string().expect("UTF-8");
        name.trim_start_matches('V').split('_').next().and_then(|number| number.parse().ok()).expect("a number")
    };
    let mut migrations: Vec<u32> = std::fs::read_dir(folder).expect("lists").map(number).collect();
    migrations.sort_unstable();
    let applied: Vec<u32> = history.lines().map(|line| line.parse().expect("a number")).collect();
    assert_eq!(applied, migrations);
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_left_alone() {
    let world = World::new().await;
    let url = world.url.as_deref().expect("on PostgreSQL");
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
        VALUES (999, 'from_the_future', '2099-01-01T00:00:00Z', '1')";
    Cluster::psql(url, newer);
    let refused = Store::connect(options(url)).await.expect_err("refused");
    assert!(matches!(&refused, Error::Newer(what) if what.contains("from_the_future")), "{refused}");
    // The release that runs meanwhile goes on.
    world.user(1, Role::user()).await;
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind() {
    let url = Cluster::schema();
    Cluster::psql(&url, "CREATE TABLE counters (what TEXT)");
    assert!(Store::connect(options(&url)).await.is_err());
    let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()";
    assert_eq!(Cluster::psql(&url, tables), "counters");
    Cluster::psql(&url, "DROP TABLE counters");
    Store::connect(options(&url)).await.expect("opens").close().await;
}

#[tokio::test]
async fn whether_there_is_a_database_is_told_without_making_one() {
    let url = Cluster::schema();
    assert_eq!(Store::exists(&options(&url)).await, Ok(false));
    Store::connect(options(&url)).await.expect("opens").close().await;
    assert_eq!(Store::exists(&options(&url)).await, Ok(true));
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart_and_a_closed_store_is_unavailable() {
    let world = World::new().await;
    let user = world.user(1, Role::admin()).await;
    world.store.close().await;
    let unavailable = Error::Unavailable("the store is closed".to_owned());
    assert_eq!(world.store.read(op::ListKeys).await, Err(unavailable));
    world.store.close().await;
    let again = world.beside().await;
    assert_eq!(again.read(op::FindUser { key: op::UserKey::Id(user.id) }).await, Ok(Some(user)));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_its_password_is_told_to_nobody() {
    let target: PostgresUrl = "postgres://ada:pa55word@127.0.0.1:1/house".parse().expect("a URL");
    let refused = Store::connect(Options::postgres(target)).await.expect_err("nobody listens");
    assert_eq!(refused.code(), "store_unavailable");
    assert!(!refused.to_string().contains("pa55word"), "{refused}");
}
