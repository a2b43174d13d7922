//! What an act takes away is gone: after the answer to a demotion, a suspension, a deletion or a logout no older token is
//! accepted, whatever was in flight and however the clocks of replicas differ.

mod entries;
mod races;
mod rules;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hallpass_auth::admin::UserPatch;
use hallpass_auth::{Ctx, Error, Settings};
use hallpass_model::user::Status;
use hallpass_model::{Role, UserId};
use tempfile::TempDir;

use crate::support::{Seeded, World, new_clock, settings};

const EMAIL: &str = "ada@example.com";

/// Replicas on one database, each with a clock of its own.
struct Replicas {
    worlds: Vec<World>,
    clocks: Vec<Arc<AtomicU64>>,
    folder: TempDir,
}

impl Replicas {
    /// One replica for each offset, in milliseconds.
    async fn start(offsets: &[u64], settings: &Settings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut worlds, mut clocks) = (Vec::new(), Vec::new());
        for (seed, offset) in offsets.iter().enumerate() {
            let clock = new_clock();
            clock.fetch_add(*offset, Ordering::SeqCst);
            let random = Seeded::new(u64::try_from(seed).expect("small") + 1);
            worlds.push(World::open(folder.path(), settings.clone(), random, clock.clone()).await);
            clocks.push(clock);
        }
        Self { worlds, clocks, folder }
    }

    fn advance(&self, by: Duration) {
        self.worlds.iter().for_each(|world| world.advance(by));
    }

    /// Every replica reads what the others wrote, and forgets what has ended.
    async fn tick(&self) {
        for world in &self.worlds {
            world.auth.background().tick(&world.ctx()).await.expect("ticks");
        }
    }

    async fn accepted_by(&self, token: &str) -> Vec<usize> {
        let mut accepted = Vec::new();
        for (number, world) in self.worlds.iter().enumerate() {
            if world.auth.authenticate(&world.ctx(), token).await.is_ok() {
                accepted.push(number);
            }
        }
        accepted
    }

    /// Refused now, and at every whole second until it has expired by every clock.
    async fn assert_refused_for_its_life(&self, token: &str, why: &str) {
        self.tick().await;
        assert_eq!(self.accepted_by(token).await, [0; 0], "{why}: at once");
        let world = &self.worlds[0];
        let exp = world.auth.authenticate_expired(&world.ctx(), token).expect("signed here").expires_at;
        for before_end in [60, 5, 4, 3, 2, 1] {
            for (world, clock) in self.worlds.iter().zip(&self.clocks) {
                let then = u64::try_from((exp - before_end) * 1000).expect("after 1970");
                let real = clock.fetch_max(then, Ordering::SeqCst);
                world.auth.background().tick(&world.ctx()).await.expect("ticks");
                let accepted = world.auth.authenticate(&world.ctx(), token).await.is_ok();
                assert!(!accepted, "{why}: {before_end} s before it expires, {real}");
            }
        }
    }
}

fn role_of(world: &World, token: &str) -> Role {
    world.auth.authenticate_expired(&world.ctx(), token).expect("signed here").role
}

async fn set_role(world: &World, user: UserId, role: Role) {
    let patch = UserPatch { role: Some(role), ..UserPatch::default() };
    world.auth.operator().update_user(&world.ctx(), user, patch).await.expect("changes");
}

async fn set_status(world: &World, user: UserId, status: Status) {
    let patch = UserPatch { status: Some(status), ..UserPatch::default() };
    world.auth.operator().update_user(&world.ctx(), user, patch).await.expect("changes");
}

async fn refresh(world: &World, ctx: &Ctx, token: &str) -> Result<(String, String), Error> {
    let refreshed = world.auth.sessions().refresh(ctx, token).await?;
    Ok((refreshed.access.token.expose().to_owned(), refreshed.refresh.token.expose().to_owned()))
}

/// The ways in which authority ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Demotion,
    Suspension,
    Deletion,
}

impl End {
    const ALL: [Self; 3] = [Self::Demotion, Self::Suspension, Self::Deletion];

    async fn make(self, world: &World, user: UserId) {
        match self {
            Self::Demotion => set_role(world, user, "clerk".parse().expect("a role")).await,
            Self::Suspension => set_status(world, user, Status::Suspended).await,
            Self::Deletion => {
                world.auth.operator().delete_user(&world.ctx(), user).await.expect("deletes");
            }
        }
    }

    /// Whether the end leaves a token of this role good.
    fn spares(self, role: &Role) -> bool {
        self == Self::Demotion && role.as_str() == "clerk"
    }
}

fn with_clerks() -> Settings {
    let mut settings = settings();
    settings.accounts.roles.push("clerk".parse().expect("a role"));
    settings
}
