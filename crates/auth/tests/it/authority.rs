//! What an act takes away is gone: after the answer to a demotion, a suspension, a deletion or a logout no older token is
//! accepted, whatever was in flight and however the clocks of replicas differ.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hallpass_auth::admin::UserPatch;
use hallpass_auth::{Ctx, Ending, Error, Login, Settings};
use hallpass_model::user::Status;
use hallpass_model::{Role, UserId};
use hallpass_password::Password;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use crate::support::{PASSWORD, Seeded, World, new_clock, now, settings};

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
            world.auth.maintain(&world.ctx()).await.expect("ticks");
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
                world.auth.maintain(&world.ctx()).await.expect("ticks");
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
    let refreshed = world.auth.refresh(ctx, token).await?;
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
    settings.roles.push("clerk".parse().expect("a role"));
    settings
}

/// The successor was handed out at the first instant; the repeat comes later, and writes nothing.
#[tokio::test]
async fn a_token_of_a_repeat_by_a_clock_that_runs_ahead_ends_with_the_authority() {
    for end in End::ALL {
        let replicas = Replicas::start(&[0, 5_000], &with_clerks()).await;
        let [slow, fast] = [&replicas.worlds[0], &replicas.worlds[1]];
        let registered = slow.register(EMAIL).await;
        let first = registered.refresh.token.expose();
        let (rotated, _) = refresh(fast, &fast.ctx(), first).await.expect("rotates");
        replicas.advance(Duration::from_secs(2));
        let (repeated, _) = refresh(fast, &fast.ctx(), first).await.expect("repeats");
        end.make(slow, registered.user.id).await;
        for (token, kind) in [(rotated, "rotation"), (repeated, "repeat")] {
            replicas.assert_refused_for_its_life(&token, &format!("{end:?}, {kind}")).await;
        }
    }
}

/// The act begins; the repeat comes two seconds later and is answered; then the act goes on.
#[tokio::test]
async fn an_act_that_began_before_a_repeat_refuses_its_token() {
    for end in End::ALL {
        let replicas = Replicas::start(&[0], &with_clerks()).await;
        let world = &replicas.worlds[0];
        let registered = world.register(EMAIL).await;
        let first = registered.refresh.token.expose();
        refresh(world, &world.ctx(), first).await.expect("rotates");
        let early = world.ctx();
        replicas.advance(Duration::from_secs(2));
        let (repeated, _) = refresh(world, &world.ctx(), first).await.expect("repeats");
        let (admin, user) = (world.auth.operator(), registered.user.id);
        let role = UserPatch { role: "clerk".parse().ok(), ..UserPatch::default() };
        let status = UserPatch { status: Some(Status::Suspended), ..UserPatch::default() };
        match end {
            End::Demotion => admin.update_user(&early, user, role).await.map(|_| ()),
            End::Suspension => admin.update_user(&early, user, status).await.map(|_| ()),
            End::Deletion => admin.delete_user(&early, user).await,
        }
        .expect("it is done");
        replicas.assert_refused_for_its_life(&repeated, &format!("{end:?}")).await;
    }
}

#[tokio::test]
async fn a_logout_refuses_a_token_that_was_stamped_ahead_until_it_expires() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let world = &replicas.worlds[0];
    let registered = world.register(EMAIL).await;
    set_role(world, registered.user.id, "clerk".parse().expect("a role")).await;
    let (access, successor) = refresh(world, &world.ctx(), registered.refresh.token.expose()).await.expect("rotates");
    world.auth.logout(&world.ctx(), Ending::Refresh(&successor)).await.expect("logs out");
    replicas.assert_refused_for_its_life(&access, "logout").await;
}

/// A client that refreshes after each of them has a token that is accepted, or is told to log in.
#[tokio::test]
async fn seventy_role_changes_in_a_second_leave_a_token_that_is_accepted_or_an_honest_refusal() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let world = &replicas.worlds[0];
    let registered = world.register(EMAIL).await;
    let mut token = registered.refresh.token.expose().to_owned();
    let mut logins = 0;
    for round in 0..70 {
        let role = if round % 2 == 0 { "clerk" } else { "user" };
        set_role(world, registered.user.id, role.parse().expect("a role")).await;
        let access = match refresh(world, &world.ctx(), &token).await {
            Ok((access, successor)) => {
                token = successor;
                access
            }
            Err(Error::InvalidRefreshToken) => {
                logins += 1;
                let logged_in = world.login(EMAIL, PASSWORD).await.expect("logs in");
                token = logged_in.refresh.token.expose().to_owned();
                logged_in.access.token.expose().to_owned()
            }
            Err(error) => panic!("round {round}: {error}"),
        };
        let principal = world.auth.authenticate(&world.ctx(), &access).await;
        let principal = principal.unwrap_or_else(|error| panic!("round {round}: {error}"));
        let ahead = principal.issued_at - world.ctx().now.secs();
        assert!(ahead <= 30, "round {round}: a verifier whose clock is 30 s behind refuses {ahead} s");
        assert_eq!(principal.role.as_str(), role, "round {round}");
    }
    println!("{logins} logins in 70 role changes");
}

#[tokio::test]
async fn a_single_role_change_keeps_the_session() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let world = &replicas.worlds[0];
    let registered = world.register(EMAIL).await;
    set_role(world, registered.user.id, "clerk".parse().expect("a role")).await;
    let old = registered.access.token.expose();
    assert_eq!(replicas.accepted_by(old).await, [0; 0]);
    let (access, _) = refresh(world, &world.ctx(), registered.refresh.token.expose()).await.expect("goes on");
    assert_eq!(world.auth.authenticate(&world.ctx(), &access).await.expect("good").role.as_str(), "clerk");
}

#[tokio::test]
async fn a_clock_that_steps_an_hour_ahead_and_back_revives_nothing() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let (world, clock) = (&replicas.worlds[0], &replicas.clocks[0]);
    let registered = world.register(EMAIL).await;
    let access = registered.access.token.expose();
    world.auth.logout(&world.ctx(), Ending::Refresh(registered.refresh.token.expose())).await.expect("logs out");
    assert_eq!(replicas.accepted_by(access).await, [0; 0]);
    clock.fetch_add(3_600_000, Ordering::SeqCst);
    replicas.tick().await;
    clock.fetch_sub(3_599_000, Ordering::SeqCst);
    assert_eq!(replicas.accepted_by(access).await, [0; 0], "before the next tick");
    replicas.tick().await;
    assert_eq!(replicas.accepted_by(access).await, [0; 0], "after it");
    replicas.assert_refused_for_its_life(access, "logout").await;
}

#[tokio::test]
async fn a_server_that_starts_half_an_hour_ahead_and_is_set_right_refuses_what_was_revoked() {
    let replicas = Replicas::start(&[0], &with_clerks()).await;
    let world = &replicas.worlds[0];
    let registered = world.register(EMAIL).await;
    let access = registered.access.token.expose();
    world.auth.logout(&world.ctx(), Ending::Refresh(registered.refresh.token.expose())).await.expect("logs out");
    let ahead = new_clock();
    ahead.fetch_add(1_800_000, Ordering::SeqCst);
    let late = World::open(replicas.folder.path(), with_clerks(), Seeded::new(9), ahead.clone()).await;
    late.auth.maintain(&late.ctx()).await.expect("ticks");
    ahead.fetch_sub(1_800_000, Ordering::SeqCst);
    let said = late.auth.authenticate(&late.ctx(), access).await.err();
    assert_eq!(said, Some(Error::InvalidToken("revoked")));
}

/// How many rounds a race has: some hundred, or what `HALLPASS_ROUNDS` says.
#[allow(clippy::disallowed_methods, reason = "a long run is asked for by hand")]
fn rounds(usual: usize) -> usize {
    std::env::var("HALLPASS_ROUNDS").ok().map_or(usual, |text| text.parse().expect("HALLPASS_ROUNDS is a number"))
}

/// Refreshes and repeats on every replica, whose clocks differ by seconds, while one of them ends the authority.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_in_flight_nothing_older_is_accepted_after_the_answer() {
    let offsets = [0, 700, 3_300];
    let replicas = Replicas::start(&offsets, &with_clerks()).await;
    let (mut minted, rounds) = (0, rounds(150));
    for round in 0..rounds {
        let end = End::ALL[round % 3];
        let actor = &replicas.worlds[round % replicas.worlds.len()];
        let registered = actor.register(&format!("user{round}@example.com")).await;
        // To the end of a second: what is stamped in whole seconds errs there.
        replicas.advance(Duration::from_millis(950));
        let storms = replicas.worlds.iter().map(|world| {
            let (auth, clock, random) = (world.auth.clone(), world.clock(), world.random.clone());
            let first = registered.refresh.token.expose().to_owned();
            tokio::spawn(async move {
                let mut tokens = Vec::new();
                let mut present = first;
                for turn in 0..6 {
                    clock.fetch_add(40, Ordering::SeqCst);
                    let ctx = Ctx::local(now(&clock), random.clone());
                    let Ok(refreshed) = auth.refresh(&ctx, &present).await else { continue };
                    tokens.push(refreshed.access.token.expose().to_owned());
                    if turn % 3 == 2 {
                        present = refreshed.refresh.token.expose().to_owned();
                    }
                }
                tokens
            })
        });
        let storms: Vec<_> = storms.collect();
        tokio::task::yield_now().await;
        end.make(actor, registered.user.id).await;
        replicas.tick().await;
        let mut tokens = vec![registered.access.token.expose().to_owned()];
        for storm in storms {
            tokens.extend(storm.await.expect("no panic"));
        }
        replicas.tick().await;
        minted += tokens.len();
        for token in &tokens {
            let accepted = replicas.accepted_by(token).await;
            let is_spared = end.spares(&role_of(actor, token));
            assert!(accepted.is_empty() || is_spared, "round {round}, {end:?}: {accepted:?} accept an older token");
        }
    }
    println!("{rounds} rounds, {minted} tokens");
}

/// What happens to a user, in any order, on replicas whose clocks differ.
#[derive(Debug, Clone, Copy)]
enum Step {
    Refresh,
    Repeat,
    Role,
    Login,
    Wait(u16),
}

fn steps() -> impl Strategy<Value = Vec<(Step, usize)>> {
    let step = prop_oneof![
        4 => Just(Step::Refresh),
        3 => Just(Step::Repeat),
        4 => Just(Step::Role),
        1 => Just(Step::Login),
        2 => (1_u16..3_000).prop_map(Step::Wait),
    ];
    prop::collection::vec((step, 0..2_usize), 1..40)
}

/// Tokens of a user in the hands of a test.
struct Held {
    user: UserId,
    tokens: Vec<String>,
    current: String,
    spent: Option<String>,
}

impl Held {
    async fn take(&mut self, world: &World, step: Step) {
        match step {
            Step::Refresh => {
                if let Ok((access, successor)) = refresh(world, &world.ctx(), &self.current).await {
                    self.tokens.push(access);
                    self.spent = Some(std::mem::replace(&mut self.current, successor));
                }
            }
            Step::Repeat => {
                let Some(spent) = &self.spent else { return };
                if let Ok((access, _)) = refresh(world, &world.ctx(), spent).await {
                    self.tokens.push(access);
                }
            }
            Step::Role => {
                let admin = world.auth.operator();
                let before = admin.user(self.user).await.expect("there").role;
                let role = if before.as_str() == "user" { "clerk" } else { "user" };
                set_role(world, self.user, role.parse().expect("a role")).await;
            }
            Step::Login => {
                let password = Password::from(PASSWORD.to_owned());
                let login = Login { email: EMAIL, password, previous: None };
                let Ok((logged_in, _)) = world.auth.login(&world.ctx(), login).await else { return };
                self.tokens.push(logged_in.access.token.expose().to_owned());
                (self.current, self.spent) = (logged_in.refresh.token.expose().to_owned(), None);
            }
            Step::Wait(_) => {}
        }
    }
}

async fn every_end_outlives_every_token(steps: Vec<(Step, usize)>, offset: u64, end: usize) {
    let replicas = Replicas::start(&[0, offset], &with_clerks()).await;
    let registered = replicas.worlds[0].register(EMAIL).await;
    let mut held = Held {
        user: registered.user.id,
        tokens: vec![registered.access.token.expose().to_owned()],
        current: registered.refresh.token.expose().to_owned(),
        spent: None,
    };
    for (step, replica) in &steps {
        if let Step::Wait(millis) = step {
            replicas.advance(Duration::from_millis(u64::from(*millis)));
        }
        held.take(&replicas.worlds[*replica], *step).await;
    }
    let world = &replicas.worlds[0];
    match end {
        0 => set_status(world, held.user, Status::Suspended).await,
        1 => End::Deletion.make(world, held.user).await,
        _ => {
            world.auth.operator().logout_user(&world.ctx(), held.user).await.expect("logs out");
        }
    }
    held.tokens.sort_by_key(|token| world.auth.authenticate_expired(&world.ctx(), token).expect("ours").expires_at);
    for token in &held.tokens {
        replicas.assert_refused_for_its_life(token, "an end").await;
    }
}

/// Whatever came before an end, and by whichever clock, its entries outlive every token that they must refuse.
#[test]
fn an_entry_outlives_every_token_it_must_refuse() {
    let cases = u32::try_from(rounds(24)).expect("a small number");
    let mut runner = TestRunner::new(ProptestConfig { cases, ..ProptestConfig::default() });
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let property = |(steps, offset, end)| {
        runtime.block_on(every_end_outlives_every_token(steps, offset, end));
        Ok(())
    };
    runner.run(&(steps(), 0_u64..20_000, 0..3_usize), property).expect("it holds");
}
