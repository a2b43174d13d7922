//! The key ring through the use cases.

use std::time::Duration;

use hallpass_auth::Error;
use hallpass_jose::{Alg, SigningKey};
use hallpass_model::Role;
use hallpass_model::audit::Actor;
use hallpass_model::key::KeyState;
use hallpass_password::Password;
use hallpass_store::op;

use crate::support::{PASSWORD, Seeded, World, new_clock, settings};

#[tokio::test]
async fn a_rotation_logs_nobody_out_and_new_tokens_carry_the_new_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    let before = world.register("ada@example.com").await.access.token;
    let admin = world.auth.operator();
    world.advance(Duration::from_secs(1));
    let ring = admin.rotate_keys(&world.ctx(), false).await.expect("rotates");
    let states: Vec<KeyState> = ring.iter().map(|key| key.state).collect();
    assert_eq!(states.iter().filter(|s| **s == KeyState::Retired).count(), 1);
    assert_eq!(states.iter().filter(|s| **s == KeyState::Active).count(), 1);
    assert_eq!(states.iter().filter(|s| **s == KeyState::Announced).count(), 1);
    let after = world.login("ada@example.com", PASSWORD).await.expect("logs in").access.token;
    for token in [&before, &after] {
        world.auth.authenticate(&world.ctx(), token.expose()).await.expect("both verify");
    }
    assert_ne!(before.expose().split('.').next(), after.expose().split('.').next(), "another kid");
    assert!(matches!(admin.rotate_keys(&world.ctx(), false).await, Err(Error::KeyNotRipe { .. })));
    admin.rotate_keys(&world.ctx(), true).await.expect("force");
}

#[tokio::test]
async fn a_revoked_key_takes_its_tokens_with_it_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    let token = world.register("ada@example.com").await.access.token;
    let admin = world.auth.operator();
    let signer = admin.keys(&world.ctx()).await.expect("lists").into_iter().find(|k| k.state == KeyState::Active);
    admin.revoke_key(&world.ctx(), &signer.expect("one signs").kid).await.expect("revokes");
    assert!(world.auth.authenticate(&world.ctx(), token.expose()).await.is_err());
    let fresh = world.login("ada@example.com", PASSWORD).await.expect("the stand-by signs").access.token;
    world.auth.authenticate(&world.ctx(), fresh.expose()).await.expect("verifies");
    assert_eq!(admin.revoke_key(&world.ctx(), "no-such-key").await, Err(Error::NotFound));
}

#[tokio::test]
async fn a_token_for_an_oauth_client_never_makes_an_admin() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    let (ctx, operator) = (world.ctx(), world.auth.operator());
    let password = Password::from(PASSWORD.to_owned());
    operator.create_user(&ctx, "root@example.com", password, Role::admin()).await.expect("an admin");
    let own = world.login("root@example.com", PASSWORD).await.expect("logs in").access.token;
    let key = SigningKey::generate(Alg::Es256).expect("a key");
    operator.import_key(&ctx, &key).await.expect("imports");
    let mut claims = hallpass_jose::dangerous::decode(own.expose()).expect("decodes").claims;
    for expected in [None, Some(Error::Forbidden)] {
        let token = key.sign("at+jwt", &claims).expect("signs");
        let principal = world.auth.authenticate(&ctx, &token).await.expect("a token of this server");
        assert_eq!(world.auth.admin(&principal).await.err(), expected, "{claims:?}");
        claims.insert("client_id".to_owned(), "some-app".into());
    }
}

#[tokio::test]
async fn changing_the_algorithm_is_a_configuration_change_that_logs_nobody_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (random, clock) = (Seeded::new(7), new_clock());
    let mut tokens = Vec::new();
    for (n, algorithm) in [Alg::Hs256, Alg::Es256, Alg::EdDsa].into_iter().enumerate() {
        let mut settings = settings();
        settings.token.algorithm = algorithm;
        let world = World::open(folder.path(), settings, random.clone(), clock.clone()).await;
        world.advance(Duration::from_secs(301));
        for _ in 0..2 {
            world.advance(Duration::from_secs(31));
            world.auth.background().tick(&world.ctx()).await.expect("maintains");
        }
        tokens.push(world.register(&format!("user{n}@example.com")).await.access.token);
        let header = hallpass_jose::dangerous::decode(tokens[n].expose()).expect("decodes").header;
        assert_eq!(header["alg"], algorithm.to_string());
        let recent = tokens.len().saturating_sub(2);
        for token in &tokens[recent..] {
            world.auth.authenticate(&world.ctx(), token.expose()).await.expect("still verifies");
        }
        let jwks = world.auth.services().jwks(&world.ctx()).body.clone();
        assert!(!jwks.contains("\"oct\"") && !jwks.contains("\"k\"") && !jwks.contains("\"d\""), "{jwks}");
        world.store.close().await;
    }
}

#[tokio::test]
async fn a_rotation_without_a_stand_by_announces_one_and_says_when_it_may_sign() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::fresh(folder.path()).await;
    world.advance(Duration::from_secs(3600));
    let admin = world.auth.operator();
    let keys = admin.keys(&world.ctx()).await.expect("lists").into_iter();
    let stand_by = keys.into_iter().find(|key| key.state == KeyState::Announced).expect("a stand-by").kid;
    // As another process revokes it, before anything here has noticed.
    let revoke = op::RevokeKey { act: world.ctx().act(Actor::Operator), kid: stand_by };
    assert!(world.store.write(revoke).await.expect("writes"));
    let refused = admin.rotate_keys(&world.ctx(), false).await;
    let Err(Error::KeyNotRipe { ripe_at }) = refused else { panic!("{refused:?}") };
    assert_eq!(ripe_at, world.ctx().now + Duration::from_secs(300));
    world.advance(Duration::from_secs(300));
    let ring = admin.rotate_keys(&world.ctx(), false).await.expect("it is ripe");
    assert_eq!(ring.iter().filter(|key| key.state == KeyState::Active).count(), 1);
}

#[tokio::test]
async fn another_master_key_is_refused_at_start() {
    use hallpass_auth::{Auth, Ctx, Deps, MasterKey};
    let folder = tempfile::tempdir().expect("a folder");
    World::fresh(folder.path()).await.store.close().await;
    let store = hallpass_store::Store::connect(crate::support::options(folder.path())).await.expect("opens");
    let pool = hallpass_password::HashPool::start(hallpass_password::PoolOptions {
        threads: 1,
        lanes: 1,
        queue: 1,
        scheme: settings().accounts.scheme,
    });
    let master = MasterKey::new(hallpass_model::secret::Secret::new([6; 32]));
    let deps = Deps { store, denylist: std::sync::Arc::default(), limits: None, pool, master, mailer: None };
    let ctx = Ctx::local(hallpass_model::Timestamp::from_secs(crate::support::START), Seeded::new(1));
    let refused = Auth::start(settings(), deps, &ctx).await.expect_err("the wrong key");
    assert!(refused.to_string().contains("master key"), "{refused}");
}
