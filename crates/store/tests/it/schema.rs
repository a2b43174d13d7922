//! Every statement of every operation, taken from the sources: each prepares, and none walks a table that grows.

use hallpass_store::op::transfer::Table;

use crate::statements::statements;
use crate::support::World;

/// Statements that read a whole table, with the reason why they may.
const WALKS: &[(&str, &str)] = &[
    ("user::COUNT", "counting is what it is for, and it runs off the hot path"),
    ("key::LIST", "a handful of rows"),
    ("key::REMOVE", "a handful of rows"),
    ("client::LIST", "a handful of rows"),
    ("user::IS_INHABITED", "stops at the first row"),
    ("lab_dump::NEWEST", "stops at the fiftieth row, and only the lab asks"),
    ("mark::IS_INHABITED", "stops at the first row"),
    ("mark::FORGET", "a handful of rows"),
    ("prune::OLDEST", "by number, and stops at the limit"),
    ("page::PLACES", "a handful of rows"),
    ("webhook::LIST", "a handful of rows"),
];

#[tokio::test]
async fn every_statement_prepares() {
    let world = World::new().await;
    let (raw, all) = (world.raw(), statements());
    for (name, sql) in &all {
        raw.prepare(sql).unwrap_or_else(|error| panic!("{name}: {error}\n{sql}"));
    }
}

#[tokio::test]
async fn no_statement_walks_a_table_that_grows() {
    let world = World::new().await;
    let raw = world.raw();
    for (name, sql) in statements() {
        if name.ends_with("::count") {
            continue; // what a copy counts, it counts whole
        }
        let may_walk = WALKS.iter().any(|(known, _)| *known == name);
        let mut plan = raw.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("prepares");
        let unbound = vec![rusqlite::types::Null; plan.parameter_count()];
        let steps = plan.query_map(rusqlite::params_from_iter(unbound), |row| row.get::<_, String>(3)).expect("plans");
        let steps: Vec<String> = steps.map(|step| step.expect("a step")).collect();
        let walks = steps.iter().any(|step| is_walk(step));
        assert_eq!(walks, may_walk, "{name}: {steps:#?}\n{sql}");
    }
}

/// A scan of what grows. Counters and the ends of a chain are a few rows, and a subquery named here has a limit of its own.
fn is_walk(step: &str) -> bool {
    let harmless = [
        "SCAN audit_chain",
        "SCAN counters",
        "SCAN CONSTANT ROW",
        "SCAN first",
        "SCAN other",
        "SCAN of_the_user",
        "SCAN of_the_address",
        "SCAN (subquery",
        "SCAN 32-ROW VALUES",
    ];
    step.starts_with("SCAN") && !harmless.iter().any(|known| step.starts_with(known))
}

#[tokio::test]
async fn no_statement_names_what_only_one_engine_knows() {
    let only_sqlite = ["INSERT OR ", "ROWID", "IFNULL", "STRFTIME", "DATETIME(", "UNIXEPOCH", "GLOB ", "SQLITE_", "?1"];
    for (name, sql) in statements() {
        let upper = sql.to_uppercase();
        for word in only_sqlite {
            assert!(!upper.contains(word), "{name} says {word}: {sql}");
        }
    }
}

#[tokio::test]
async fn every_table_is_strict() {
    let world = World::new().await;
    let raw = world.raw();
    let mut tables = raw.prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").expect("reads");
    let loose = tables.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))).expect("reads");
    let loose: Vec<String> =
        loose.map(|row| row.expect("a table")).filter(|(_, strict)| !strict).map(|(name, _)| name).collect();
    assert!(loose.iter().all(|name| name.starts_with("sqlite_") || name == "refinery_schema_history"), "{loose:?}");
}

#[tokio::test]
async fn the_description_of_every_table_is_the_schema() {
    let world = World::new().await;
    let raw = world.raw();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = raw.prepare(sql).expect("prepares");
        let names = statement.query_map([], |row| row.get(0)).expect("reads");
        names.map(|name| name.expect("a name")).collect()
    };
    let mut described: Vec<&str> = Table::ALL.iter().map(|table| table.name()).collect();
    described.sort_unstable();
    let known = names(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
         AND name <> 'refinery_schema_history' ORDER BY name",
    );
    assert_eq!(described, known);
    for (name, sql) in hallpass_store::op::transfer::statements() {
        let Some(table) = name.strip_prefix("transfer::").and_then(|rest| rest.strip_suffix("::page")) else {
            continue;
        };
        let columns = names(&format!("SELECT name FROM pragma_table_info('{table}')"));
        for column in columns {
            assert!(sql.contains(&format!(" {column}")), "{column} of {table} is not copied");
        }
    }
}
