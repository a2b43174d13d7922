//! Databases in memory: as good as a file for as long as they are held, each its own, none without a bound.

use std::sync::{Arc, Mutex};

use hallpass_model::Role;
use hallpass_model::audit::Event;
use hallpass_store::op::{self, CreateUserOutcome, NewUser, UserKey};
use hallpass_store::{Error, Store};

use crate::support::{Alone, REVOCATION_TTL, act, at, new_user, user_id};

fn create(user: NewUser) -> op::CreateUser {
    op::CreateUser { act: act(0), user, session: None, only_if_first: false, event: Event::UserCreated, mail: None }
}

fn silent() -> Store {
    Store::in_memory(Arc::new(|_| ())).expect("opens")
}

#[tokio::test]
async fn two_of_them_know_nothing_of_each_other() {
    let (one, other) = (silent(), silent());
    let made = one.write(create(new_user(1, Role::user()))).await.expect("writes");
    assert!(matches!(made, CreateUserOutcome::Created(_)));
    let key = || UserKey::Id(user_id(1));
    assert!(one.read(op::FindUser { key: key() }).await.expect("reads").is_some());
    assert!(other.read(op::FindUser { key: key() }).await.expect("reads").is_none());
    assert_eq!(one.check().await.expect("checks"), Vec::<String>::new());
}

#[tokio::test]
async fn a_revocation_is_heard_of_before_its_operation_is_answered() {
    let heard = Arc::new(Mutex::new(0));
    let count = heard.clone();
    let listener = move |entries: &[_]| *count.lock().expect("not poisoned") += entries.len();
    let store = Store::in_memory(Arc::new(listener)).expect("opens");
    store.write(create(new_user(1, Role::user()))).await.expect("writes");
    store
        .revoked(op::DeleteUser { act: act(1), revocation_ttl: REVOCATION_TTL, id: user_id(1) })
        .await
        .expect("writes");
    assert_eq!(*heard.lock().expect("not poisoned"), 1);
}

#[tokio::test]
async fn a_full_one_refuses_to_write_and_still_reads() {
    let store = silent();
    let long = "x".repeat(200_000);
    let mut refused = None;
    for n in 0..40 {
        let value = long.clone().into_bytes();
        let name: &'static str = Box::leak(format!("filler {n}").into_boxed_str());
        if let Err(error) = store.write(op::PutMeta { name, value }).await {
            refused = Some(error);
            break;
        }
    }
    assert!(matches!(refused, Some(Error::Unavailable(_))), "{refused:?}");
    let first = store.read(op::GetMeta { name: "filler 0" }).await.expect("reads");
    assert_eq!(first.map(|value| value.len()), Some(200_000));
    let dump =
        store.read(op::LabDump { now: at(0), accounts: vec![[1; 32]], rule: crate::login::RULE }).await.expect("reads");
    assert_eq!((dump.sessions.len(), dump.guards.len()), (0, 1));
}
