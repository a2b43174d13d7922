//! A storage fault is an error, never an outcome, and changes nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hallpass_model::Role;
use hallpass_model::audit::Event;
use hallpass_store::op::{self, Refreshed};
use hallpass_store::{Fault, FaultHook, Options, Result, Store};

use crate::support::{
    Alone, POLICY, REVOCATION_TTL, World, act, create, first_token, new_session, new_user, refresh, session_id,
};

/// A fault that can be set and lifted while the store runs.
#[derive(Clone, Default)]
struct Switch(Arc<Mutex<Option<Fault>>>);

impl Switch {
    fn set(&self, fault: Option<Fault>) {
        *self.0.lock().expect("whole") = fault;
    }

    fn options(&self, options: Options) -> Options {
        let switch = self.clone();
        let hook: FaultHook = Arc::new(move |_| *switch.0.lock().expect("whole"));
        options.faults(hook)
    }
}

/// Tries an operation under both faults and finds nothing changed.
async fn changes_nothing<T>(world: &World, switch: &Switch, operation: impl AsyncFn(&Store) -> Result<T>) {
    let before = world.contents();
    for fault in [Fault::Before, Fault::AtCommit] {
        switch.set(Some(fault));
        let refused = operation(&world.store).await;
        assert_eq!(refused.err().map(|error| error.code()), Some("store_unavailable"), "{fault:?}");
        switch.set(None);
        assert_eq!(world.contents(), before, "{fault:?}");
    }
    assert!(world.subjects().is_empty(), "it was announced");
    operation(&world.store).await.expect("writes");
    assert_ne!(world.contents(), before, "it does something when nothing is wrong");
}

#[tokio::test]
async fn a_faulty_refresh_leaves_the_token_as_good_as_before() {
    let switch = Switch::default();
    let world = World::with(|options| switch.options(options)).await;
    world.user_with_session(1).await;
    let rotate = async |store: &Store| store.revoked(refresh(&first_token(1), 1, 1, POLICY)).await;
    changes_nothing(&world, &switch, rotate).await;
    let repeated = world.revoke(refresh(&first_token(1), 2, 2, POLICY)).await;
    assert!(matches!(repeated, Refreshed::Repeated { .. }), "{repeated:?}");
}

#[tokio::test]
async fn a_faulty_registration_makes_no_account() {
    let switch = Switch::default();
    let world = World::with(|options| switch.options(options)).await;
    let register =
        async |store: &Store| store.write(create(new_user(1, Role::user()), Some(new_session(1, 1, 0)))).await;
    changes_nothing(&world, &switch, register).await;
}

#[tokio::test]
async fn a_faulty_logout_announces_nothing() {
    let switch = Switch::default();
    let world = World::with(|options| switch.options(options)).await;
    world.user_with_session(1).await;
    let revoke = || op::RevokeSession {
        act: act(1),
        revocation_ttl: REVOCATION_TTL,
        session: session_id(1),
        owner: None,
        event: Event::LoggedOut,
    };
    changes_nothing(&world, &switch, async |store: &Store| store.revoked(revoke()).await).await;
}

#[tokio::test]
async fn a_fault_fails_reads_and_slowness_does_not() {
    let switch = Switch::default();
    let world = World::with(|options| switch.options(options)).await;
    switch.set(Some(Fault::Before));
    assert!(world.store.read(op::ListKeys).await.is_err());
    assert!(world.store.ping().await.is_err());
    switch.set(Some(Fault::Slow(Duration::from_millis(1))));
    assert!(world.store.read(op::ListKeys).await.is_ok());
    assert!(world.store.ping().await.is_ok());
}
