//! What a refused login costs: as much as the dearest hash of any account, so that its time tells nothing about one.
//!
//! The store keeps the number, because accounts are also imported by other processes: the feed brings it to every
//! replica within a tick.

use hallpass_model::UserId;
use hallpass_password::{HashPool, Work};
use hallpass_store::{Store, op};

use crate::Result;
use crate::settings::Settings;

/// Accounts read at once.
const PAGE: u32 = 2_000;

/// Learns how much work a refusal must take, and notes what today's scheme takes. An installation from before this was
/// noted is looked through, once.
pub(crate) async fn learn(
    store: &Store,
    pool: &HashPool,
    settings: &Settings,
    noted: u64,
) -> Result<(), hallpass_store::Error> {
    let mut wanted = Work::of_scheme(settings.accounts.scheme);
    if noted == 0 {
        wanted = wanted.max(dearest(store).await?);
    }
    pool.learn(Work(noted).max(wanted));
    // What Argon2id takes is measured, and a little different each time.
    if wanted.0 > noted + noted / 4 {
        store.write(op::RaiseHashWork { work: wanted.0 }).await?;
    }
    Ok(())
}

async fn dearest(store: &Store) -> Result<Work, hallpass_store::Error> {
    let (mut most, mut after) = (Work::default(), UserId::from_bytes([0; 16]));
    loop {
        let page = store.read(op::PasswordHashes { after, limit: PAGE }).await?;
        let Some(last) = page.last() else { return Ok(most) };
        after = last.user;
        most = page.iter().filter_map(|stored| Work::of_stored(&stored.text)).fold(most, Work::max);
    }
}

/// Notes the work of hashes that are about to be stored, before anyone can log in with them.
pub(crate) async fn note<'a>(store: &Store, pool: &HashPool, hashes: impl Iterator<Item = &'a str>) -> Result<()> {
    let most = hashes.filter_map(Work::of_stored).max().unwrap_or_default();
    if most > pool.work_of_a_refusal() {
        store.write(op::RaiseHashWork { work: most.0 }).await?;
        pool.learn(most);
    }
    Ok(())
}
