//! `hallpass password calibrate`.

use hallpass_password::calibrate::{Measured, calibrate};
use serde_json::{Value, json};

use super::World;
use super::failure::{Failure, Result};
use super::out::Out;
use super::table::{lay, whole};
use crate::config::value;

pub(super) fn run(target: &str, world: &World, out: &Out) -> Result<()> {
    let target = value::duration(target).map_err(Failure::usage)?;
    let found = calibrate(target, world.monotonic).map_err(|error| Failure::new("bad_hash", error.to_string()))?;
    let millis = |measured: &Measured| format!("{:.1}", measured.took.as_secs_f64() * 1000.0);
    let measured: Vec<Value> =
        found.measured.iter().map(|m| json!({"cost": m.cost, "milliseconds": m.took.as_secs_f64() * 1000.0})).collect();
    let document = json!({"target_milliseconds": target.as_millis(), "cost": found.cost, "measured": measured});
    out.print(&document, || {
        let rows = found.measured.iter().map(|m| [m.cost.to_string(), millis(m)]);
        let cost = found.cost;
        let table = lay(&[whole("cost"), whole("milliseconds")], rows, None).text;
        format!("{table}\n\nNearest to {} ms: password.bcrypt_cost = {cost}", target.as_millis())
    })
}
