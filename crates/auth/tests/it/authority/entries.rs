//! The same as a property over what came before.

use std::time::Duration;

use hallpass_auth::Login;
use hallpass_model::UserId;
use hallpass_model::user::Status;
use hallpass_password::Password;
use hallpass_testbed::rounds;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::{EMAIL, End, Replicas, refresh, set_role, set_status, with_clerks};
use crate::support::{PASSWORD, World};

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
                let login = Login { email: EMAIL, password, new_password: None, previous: None, proof: None };
                let Ok((logged_in, _)) = world.auth.accounts().login(&world.ctx(), login).await else { return };
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
