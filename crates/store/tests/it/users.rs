//! Users: made, found, listed.

use hallpass_model::audit::Event;
use hallpass_model::page::PageRequest;
use hallpass_model::user::Status;
use hallpass_model::{Email, Role};
use hallpass_store::op::{self, CreateUserOutcome, NewUser, UserKey};

use crate::support::{World, act, at, create, hash_of, new_session, new_user, session_id, user_id};

#[tokio::test]
async fn a_registered_user_has_an_account_a_session_and_an_audit_row() {
    let world = World::new().await;
    let made = world.write(create(new_user(1, Role::user()), Some(new_session(1, 1, 0)))).await;
    let CreateUserOutcome::Created(user) = made else { panic!("{made:?}") };
    assert_eq!((user.email.as_given(), user.status, user.tokens_from), ("User1@example.com", Status::Active, 0));
    assert_eq!(user.last_login_at, Some(at(0)));
    let sessions = world.sessions(1, 0).await;
    assert_eq!(sessions.len(), 1);
    assert_eq!((sessions[0].id, sessions[0].ip.as_deref()), (session_id(1), Some("192.0.2.7")));
    let log = world.audit().await;
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].event.as_str(), log[0].user), ("user.registered", Some(user_id(1))));
    assert_eq!(log[0].detail, r#"{"email":"user1@example.com","role":"user"}"#);
}

#[tokio::test]
async fn one_address_has_one_account_whatever_the_spelling() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    let mut again = new_user(2, Role::user());
    again.email = hallpass_model::Email::parse("USER1@Example.COM").expect("an address");
    assert_eq!(world.write(create(again, Some(new_session(2, 2, 0)))).await, CreateUserOutcome::EmailTaken);
    assert_eq!(world.read(op::CountUsers).await, 1);
    assert_eq!(world.audit().await.len(), 1, "a refusal writes nothing");
}

#[tokio::test]
async fn only_one_of_many_first_admins_is_made() {
    let world = World::new().await;
    let first = |n| op::CreateUser { only_if_first: true, ..create(new_user(n, Role::admin()), None) };
    let (a, b) = tokio::join!(world.write(first(1)), world.write(first(2)));
    // Which of them, is for the engine to say.
    let (made, other) = if b == CreateUserOutcome::NotFirst { (a, b) } else { (b, a) };
    assert!(matches!(made, CreateUserOutcome::Created(_)), "{made:?}, {other:?}");
    assert_eq!(other, CreateUserOutcome::NotFirst);
}

#[tokio::test]
async fn a_user_is_found_by_id_and_by_canonical_address_with_the_hash_only_where_it_is_asked_for() {
    let world = World::new().await;
    let user = world.user(1, Role::user()).await;
    let by_email = UserKey::Email("user1@example.com".to_owned());
    assert_eq!(world.read(op::FindUser { key: by_email.clone() }).await, Some(user.clone()));
    let credential = world.read(op::FindCredential { key: by_email }).await.expect("found");
    assert_eq!((credential.user.clone(), credential.password_hash.clone()), (user, Some(hash_of(1))));
    assert!(!format!("{credential:?}{:?}", new_user(1, Role::user())).contains("$2b$"), "Debug shows no hash");
    assert_eq!(world.find(9).await, None);
    assert_eq!(world.read(op::FindCredential { key: UserKey::Email("User1@example.com".to_owned()) }).await, None);
}

#[tokio::test]
async fn an_import_takes_in_what_is_free_and_says_what_was_not() {
    let world = World::new().await;
    world.user(1, Role::user()).await;
    let users = [new_user(1, Role::user()), new_user(2, Role::user()), new_user(3, Role::admin())];
    let twice = users.iter().cloned().chain([new_user(3, Role::user())]).collect();
    assert_eq!(world.write(op::ImportUsers { act: act(1), users: twice }).await, [false, true, true, false]);
    assert_eq!(world.read(op::CountUsers).await, 3);
    assert_eq!(world.count(Event::UserCreated).await, 2);
}

#[tokio::test]
async fn an_imported_user_comes_in_as_little_as_before() {
    let world = World::new().await;
    let suspended = op::NewUser { status: Status::Suspended, ..new_user(1, Role::user()) };
    let one_time = op::NewUser { one_time_until: Some(at(50)), ..new_user(2, Role::user()) };
    world.write(op::ImportUsers { act: act(1), users: vec![suspended, one_time] }).await;
    let (first, second) = (world.find(1).await.expect("a user"), world.find(2).await.expect("a user"));
    assert_eq!((first.status, first.one_time_until), (Status::Suspended, None));
    assert_eq!((second.status, second.one_time_until), (Status::Active, Some(at(50))));
    let told: Vec<_> = world.audit().await.into_iter().map(|entry| entry.detail).collect();
    assert!(told[1].contains(r#""status":"suspended""#) && !told[0].contains("status"), "{told:?}");
}

#[tokio::test]
async fn users_are_read_with_their_hashes_page_by_page_without_a_gap_or_a_repeat() {
    let world = World::new().await;
    world.write(op::ImportUsers { act: act(0), users: (0..5).map(|n| new_user(n, Role::user())).collect() }).await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = world.read(op::ListCredentials { page: PageRequest { after, limit: 2 } }).await;
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|found| (found.user.id, found.password_hash)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..5).map(|n| (user_id(n), Some(hash_of(n)))).collect::<Vec<_>>());
}

async fn search(world: &World, query: &str) -> Vec<String> {
    let page = PageRequest { after: None, limit: 50 };
    let found = world.read(op::SearchUsers { query: query.to_owned(), page, rows: op::SearchUsers::ROWS }).await;
    found.items.into_iter().map(|user| user.email.as_given().to_owned()).collect()
}

#[tokio::test]
async fn a_search_takes_every_character_literally() {
    let world = World::new().await;
    for (n, address) in
        ["a_b@example.com", "axb@example.com", "100%@example.com", "bang!@example.com"].iter().enumerate()
    {
        let n = u8::try_from(n).expect("few");
        let mut user = new_user(n, Role::user());
        user.email = hallpass_model::Email::parse(address).expect("an address");
        world.write(create(user, None)).await;
    }
    assert_eq!(search(&world, "a_b").await, ["a_b@example.com"]);
    assert_eq!(search(&world, "%").await, ["100%@example.com"]);
    assert_eq!(search(&world, "!").await, ["bang!@example.com"]);
    assert_eq!(search(&world, "A_B@EXAMPLE").await, ["a_b@example.com"]);
    assert_eq!(search(&world, "' OR 1=1 --").await, Vec::<String>::new());
    assert_eq!(search(&world, "").await.len(), 4);
}

#[tokio::test]
async fn a_list_is_walked_page_by_page_without_a_gap_or_a_repeat() {
    let world = World::new().await;
    let users = (0..25).map(|n| new_user(n, Role::user())).collect();
    world.write(op::ImportUsers { act: act(0), users }).await;
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = world.read(op::ListUsers { page: PageRequest { after, limit: 10 } }).await;
        seen.extend(page.items.into_iter().map(|user| user.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..25).map(user_id).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_account_may_have_no_password_and_then_no_password_opens_a_session() {
    let world = World::new().await;
    let email = Email::parse("ada@example.com").expect("an address");
    let user = NewUser { password_hash: None, ..NewUser::new(user_id(1), email, Role::user(), String::new()) };
    let made = op::CreateUser {
        act: act(1),
        user,
        session: None,
        only_if_first: false,
        event: Event::UserCreated,
        mail: None,
    };
    assert!(matches!(world.write(made).await, CreateUserOutcome::Created(_)));
    let known = world.read(op::FindCredential { key: UserKey::Id(user_id(1)) }).await.expect("the user");
    assert_eq!(known.password_hash, None);
    for seen_hash in ["", "anything"] {
        let open =
            op::OpenSession { seen_hash: seen_hash.to_owned(), ..crate::login::open(new_session(1, 1, 5), 1, 5) };
        assert_eq!(world.revoke(open).await, op::OpenSessionOutcome::Stale);
    }
    assert_eq!(world.read(op::PasswordHashes { after: user_id(0), limit: 10 }).await.len(), 0);
}
