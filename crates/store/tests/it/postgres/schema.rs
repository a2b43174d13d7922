//! One text, two engines: every statement prepares on PostgreSQL with the types it is bound with, and the two migrated
//! schemas are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use hallpass_store::{Options, Store};
use hallpass_testbed::Postgres;
use tempfile::TempDir;

use crate::statements::statements;
use crate::support::World;

#[tokio::test]
async fn every_statement_prepares_and_its_parameters_are_integers_texts_and_bytes() {
    let world = World::new().await;
    let url = world.url.as_deref().expect("on PostgreSQL");
    let mut sql = String::new();
    for (name, text) in statements() {
        let name = name.replace("::", "_");
        writeln!(sql, "PREPARE {name} AS {text};").expect("a string grows");
    }
    sql += "SELECT DISTINCT unnest(parameter_types) FROM pg_prepared_statements;";
    let types = Postgres::psql(url, &sql);
    let types: BTreeSet<&str> = types.lines().collect();
    assert_eq!(types, BTreeSet::from(["bigint", "bytea", "text"]));
}

/// `table.column type nullable` and `table: the columns of its indexes`, the primary key among them.
fn of_sqlite(raw: &rusqlite::Connection) -> BTreeSet<String> {
    let columns = "SELECT t.name || '.' || c.name || ' ' || CASE c.type WHEN 'BLOB' THEN 'bytea' \
        WHEN 'INTEGER' THEN 'bigint' ELSE LOWER(c.type) END || CASE c.\"notnull\" WHEN 1 THEN '' ELSE ' nullable' END \
        FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c WHERE t.schema = 'main' AND t.type = 'table' \
        AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'refinery_schema_history'";
    let indexes = "SELECT t.name || CASE i.\"unique\" WHEN 1 THEN ' unique' ELSE ' index' END \
        || CASE i.partial WHEN 1 THEN ' partial' ELSE '' END || ' (' \
        || (SELECT group_concat(x.name, ',') FROM pragma_index_info(i.name) x) || ')' \
        FROM pragma_table_list t JOIN pragma_index_list(t.name) i WHERE t.schema = 'main' AND t.type = 'table' \
        AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'refinery_schema_history'";
    let numbered = ["revocations unique (seq)", "audit_log unique (seq)"].map(str::to_owned);
    let mut found = BTreeSet::from(numbered); // the rowid is no index in its catalogue
    for sql in [columns, indexes] {
        let mut read = raw.prepare(sql).expect("prepares");
        let lines = read.query_map([], |row| row.get::<_, String>(0)).expect("reads");
        found.extend(lines.map(|line| line.expect("a line")));
    }
    found
}

fn of_postgres(url: &str) -> BTreeSet<String> {
    let sql = "SELECT table_name || '.' || column_name || ' ' || data_type \
            || CASE is_nullable WHEN 'YES' THEN ' nullable' ELSE '' END FROM information_schema.columns \
            WHERE table_schema = current_schema() AND table_name <> 'refinery_schema_history' \
        UNION ALL SELECT t.relname || CASE WHEN i.indisunique THEN ' unique' ELSE ' index' END \
            || CASE WHEN i.indpred IS NULL THEN '' ELSE ' partial' END || ' (' \
            || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY k(attnum, n) \
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) || ')' \
            FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace \
            WHERE n.nspname = current_schema() AND t.relname <> 'refinery_schema_history'";
    Postgres::psql(url, sql).lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_keys() {
    let world = World::new().await;
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("hallpass.db");
    Store::open(Options::new(&path)).expect("opens").close().await;
    let sqlite = of_sqlite(&rusqlite::Connection::open(&path).expect("opens"));
    let postgres = of_postgres(world.url.as_deref().expect("on PostgreSQL"));
    assert!(sqlite.len() > 70, "{sqlite:#?}");
    let only_sqlite: Vec<_> = sqlite.difference(&postgres).collect();
    let only_postgres: Vec<_> = postgres.difference(&sqlite).collect();
    assert!(only_sqlite.is_empty() && only_postgres.is_empty(), "{only_sqlite:#?} {only_postgres:#?}");
}

/// Each column, and whether a statement that does not know it can insert a row.
fn columns(url: &str) -> BTreeMap<String, (String, bool)> {
    let sql = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' \
        || (is_nullable = 'YES' OR column_default IS NOT NULL OR is_identity = 'YES') \
        FROM information_schema.columns WHERE table_schema = current_schema()";
    let column = |line: &str| {
        let (rest, may_be_left_out) = line.rsplit_once(' ').expect("three words");
        let (name, data_type) = rest.split_once(' ').expect("three words");
        (name.to_owned(), (data_type.to_owned(), may_be_left_out == "true"))
    };
    Postgres::psql(url, sql).lines().map(column).collect()
}

/// Replicas of the version before are still running: what they read must be there, and what they insert must go in.
#[test]
fn a_migration_takes_nothing_away_and_demands_nothing_new() {
    let url = Postgres::schema();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("lists").map(|file| file.expect("a file").path()).collect();
    let version = |file: &std::path::PathBuf| {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        name.trim_start_matches('V').split("__").next().and_then(|number| number.parse::<u32>().ok()).expect("a number")
    };
    files.sort_by_key(version);
    let mut before = BTreeMap::new();
    for file in &files {
        Postgres::psql(&url, &std::fs::read_to_string(file).expect("a text"));
        let after = columns(&url);
        let tables: BTreeSet<_> = before.keys().filter_map(|name: &String| name.split('.').next()).collect();
        for (name, (data_type, could_be_left_out)) in &before {
            let (now, can_be_left_out) = after.get(name).unwrap_or_else(|| panic!("{name} is gone: {file:?}"));
            assert_eq!(now, data_type, "{name}: {file:?}");
            assert!(*can_be_left_out || !could_be_left_out, "{name} has become mandatory: {file:?}");
        }
        for (name, (_, can_be_left_out)) in &after {
            let is_new = tables.contains(name.split('.').next().unwrap_or_default()) && !before.contains_key(name);
            assert!(!is_new || *can_be_left_out, "{name} is mandatory: {file:?}");
        }
        before = after;
    }
    assert!(files.len() > 1 && before.len() > 50, "{before:?}");
}

#[tokio::test]
async fn the_check_finds_nothing_in_a_sound_database_and_a_feed_that_ran_ahead() {
    let world = World::new().await;
    assert_eq!(world.store.check().await, Ok(Vec::new()));
    let url = world.url.as_deref().expect("on PostgreSQL");
    Postgres::psql(url, "INSERT INTO revocations (seq, kind, subject, until) VALUES (7, 'token', 'a', 1)");
    assert_eq!(world.store.check().await, Ok(vec!["the feed is ahead of its counter".to_owned()]));
}
