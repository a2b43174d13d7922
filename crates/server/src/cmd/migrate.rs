//! `hallpass migrate`.

use serde_json::json;

use super::World;
use super::failure::Result;
use super::house::{House, Missing};
use super::out::Out;
use crate::config::Config;

pub(super) async fn run(config: &Config, world: &World, out: &Out) -> Result<()> {
    House::open(config, world, Missing::Make).await?.close().await;
    let database = config.data.database.to_string();
    out.print(&json!({"database": database, "up_to_date": true}), || format!("{database} is up to date"))
}
