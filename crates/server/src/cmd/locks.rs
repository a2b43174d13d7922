//! `hallpass users locks`, `hallpass users unlock`: locked addresses, whether an account has them or not.

use hallpass_auth::admin::Lock;
use hallpass_model::UserId;
use hallpass_model::page::PageRequest;
use serde_json::{Value, json};

use super::failure::Result;
use super::table::{Column, id, text, time, whole};
use super::users::{self, Job};

/// Prints the locks that stand, or the one on an address.
pub(super) async fn list(email: Option<&str>, job: &Job<'_>) -> Result<()> {
    let locks = match email {
        Some(email) => job.admin.lock_of(&job.world.ctx(), email).await?.into_iter().collect(),
        None => all(job).await?,
    };
    let documents: Vec<Value> = locks.iter().map(document).collect();
    job.out.table(&documents, &COLUMNS, locks.iter().map(row))
}

async fn all(job: &Job<'_>) -> Result<Vec<Lock>> {
    let (mut locks, mut after) = (Vec::new(), None);
    loop {
        let page = job.admin.locks(&job.world.ctx(), PageRequest { after, limit: 1000 }).await?;
        locks.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(locks);
        }
    }
}

/// Ends the lock on an address, or on the address of the user of an id.
pub(super) async fn end(text: &str, job: &Job<'_>) -> Result<()> {
    let user = match text.parse::<UserId>() {
        Ok(_) => Some(users::find(text, job.admin).await?),
        Err(_) => users::find(text, job.admin).await.ok(),
    };
    let email = user.as_ref().map_or(text, |user| user.email.as_given());
    let was_locked = job.admin.unlock(&job.world.ctx(), email).await?;
    let shown = user.as_ref().map_or_else(|| json!({"email": email}), users::document);
    let words = if was_locked { "may try again" } else { "had no failures to forget" };
    job.out.say(&shown, || format!("{email} {words}"))
}

fn document(lock: &Lock) -> Value {
    json!({
        "email": lock.email,
        "user": lock.user.map(|id| id.to_string()),
        "locked_at": lock.locked_at.map(|at| at.to_string()),
        "locked_until": lock.locked_until.to_string(),
        "ip": lock.ip,
    })
}

const COLUMNS: [Column; 5] = [
    text("email"),
    id("user").leaves(2),
    time("locked").leaves(3),
    time("until"),
    whole("last attempt from").leaves(1),
];

fn row(lock: &Lock) -> [String; 5] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let locked_at = or_dash(lock.locked_at.map(|at| at.to_string()));
    let user = lock.user.map_or_else(|| "no account".to_owned(), |id| id.to_string());
    [lock.email.clone(), user, locked_at, lock.locked_until.to_string(), or_dash(lock.ip.clone())]
}
