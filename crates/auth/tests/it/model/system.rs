//! The system under test: the real core on a real store, driven step by step.

use super::*;

/// The real core, with every token it ever gave out.
pub(super) struct System {
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
    random: Arc<Seeded>,
    clock: Arc<AtomicU64>,
    world: World,
    users: Vec<UserId>,
    /// By session, by generation.
    refresh: Vec<Vec<String>>,
    access: Vec<String>,
    passwords: Vec<usize>,
}

fn model_settings() -> Settings {
    let mut settings = settings();
    settings.refresh.idle = Duration::from_millis(IDLE.unsigned_abs());
    settings.refresh.absolute = Duration::from_millis(ABSOLUTE.unsigned_abs());
    settings.refresh.grace = Duration::from_millis(GRACE.unsigned_abs());
    settings.rules.login.max = 10_000;
    settings
}

fn email(user: usize) -> String {
    format!("user{user}@example.com")
}

fn password(change: usize) -> String {
    format!("{PASSWORD} no {change}")
}

impl System {
    fn login(&mut self, user: usize, expect_active: bool) {
        let secret = password(self.passwords[user]);
        let result = self.runtime.block_on(self.world.login(&email(user), &secret));
        match result {
            Ok(logged_in) => {
                assert!(expect_active, "I5: a suspended user logged in");
                self.refresh.push(vec![logged_in.refresh.token.expose().to_owned()]);
                self.access.push(logged_in.access.token.expose().to_owned());
            }
            Err(error) => {
                assert!(!expect_active, "{error}");
                assert_eq!(error, Error::InvalidCredentials);
                // Failures in a row would lock the account; the model has no locks.
                let unlock = self.world.auth.operator();
                self.runtime.block_on(unlock.unlock_user(&self.world.ctx(), self.users[user])).expect("unlocks");
            }
        }
    }

    fn present(&mut self, session: usize, back: u32, expected: Expected) {
        let newest = self.refresh[session].len() - 1;
        let generation = newest.saturating_sub(usize::try_from(back).expect("small"));
        let token = self.refresh[session][generation].clone();
        let result = self.runtime.block_on(self.world.auth.sessions().refresh(&self.world.ctx(), &token));
        match (expected, result) {
            (Expected::Rotated, Ok(refreshed)) => {
                self.refresh[session].push(refreshed.refresh.token.expose().to_owned());
                self.access.push(refreshed.access.token.expose().to_owned());
            }
            (Expected::Repeated, Ok(refreshed)) => {
                assert_eq!(refreshed.refresh.token.expose(), self.refresh[session][newest], "I2: the same successor");
                self.access.push(refreshed.access.token.expose().to_owned());
            }
            (Expected::Reuse, Err(Error::TokenReuse)) | (Expected::Invalid, Err(Error::InvalidRefreshToken)) => {}
            (expected, result) => panic!("expected {expected:?}, got {result:?}"),
        }
    }

    fn garble(&self, session: usize, at: usize) {
        let mut token = self.refresh[session].last().expect("one at least").clone();
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        token.replace_range(at..=at, other);
        let result = self.runtime.block_on(self.world.auth.sessions().refresh(&self.world.ctx(), &token));
        assert_eq!(result.err(), Some(Error::InvalidRefreshToken), "I8");
    }

    fn logout(&self, session: usize, by_refresh: bool) {
        let ctx = self.world.ctx();
        let auth = &self.world.auth;
        let token = self.refresh[session].first().expect("one at least");
        let by_principal = self.access_of(session);
        let result = match by_principal.filter(|_| !by_refresh) {
            Some(access) => {
                let principal = auth.authenticate_expired(&ctx, access).expect("a token of ours");
                self.runtime.block_on(auth.sessions().logout(&ctx, Ending::Session(&principal)))
            }
            None => self.runtime.block_on(auth.sessions().logout(&ctx, Ending::Refresh(token))),
        };
        assert_eq!(result, Ok(()));
    }

    /// Some access token of the session, dead or alive.
    fn access_of(&self, session: usize) -> Option<&String> {
        let sid = self.sid(session);
        self.access.iter().find(|token| claims(token)["sid"] == sid)
    }

    fn sid(&self, session: usize) -> String {
        let first = &self.refresh[session][0];
        let raw = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(&first[4..]).expect("base64url");
        hallpass_model::SessionId::from_bytes(raw[..16].try_into().expect("16 bytes")).to_string()
    }

    fn change_password(&mut self, session: usize, user: usize) {
        let ctx = self.world.ctx();
        // A caller whose access token has expired would refresh first; the act is the same.
        let token = self.access_of(session).expect("every session has one").clone();
        let principal = self.world.auth.authenticate_expired(&ctx, &token).expect("ours");
        let (old, new) = (password(self.passwords[user]), password(self.passwords[user] + 1));
        let change =
            self.world.auth.accounts().change_password(&ctx, &principal, Password::from(old), Password::from(new));
        assert!(self.runtime.block_on(change).is_ok());
        self.passwords[user] += 1;
    }

    fn patch(&self, user: usize, patch: UserPatch) {
        let admin = self.world.auth.operator();
        let changed = self.runtime.block_on(admin.update_user(&self.world.ctx(), self.users[user], patch));
        changed.expect("changes");
    }

    fn restart(&mut self) {
        self.runtime.block_on(self.world.store.close());
        let open = World::open(self.folder.path(), model_settings(), self.random.clone(), self.clock.clone());
        self.world = self.runtime.block_on(open);
    }
}

fn claims(token: &str) -> serde_json::Map<String, serde_json::Value> {
    hallpass_jose::dangerous::decode(token).expect("decodes").claims
}

impl StateMachineTest for System {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let (random, clock) = (Seeded::new(1), new_clock());
        let world = runtime.block_on(World::open(folder.path(), model_settings(), random.clone(), clock.clone()));
        let mut system = Self {
            runtime,
            folder,
            random,
            clock,
            world,
            users: Vec::new(),
            refresh: Vec::new(),
            access: Vec::new(),
            passwords: vec![0; USERS],
        };
        let admin = system.world.auth.operator();
        for user in 0..USERS {
            let secret = Password::from(password(0));
            let (ctx, address) = (system.world.ctx(), email(user));
            let made = admin.create_user(&ctx, &address, secret, Role::user());
            system.users.push(system.runtime.block_on(made).expect("made").id);
        }
        // An admin outside the model, so that demoting a model user never hits the last one.
        let ctx = system.world.ctx();
        let chief = admin.create_user(&ctx, "chief@example.com", Password::from(password(0)), Role::admin());
        system.runtime.block_on(chief).expect("made");
        system
    }

    fn apply(mut system: Self, model: &Model, step: Step) -> Self {
        match step {
            Step::Login { user } => system.login(user, model.users[user].active),
            Step::Refresh { session, back } => {
                system.present(session, back, model.expected.expect("a refresh expects something"));
            }
            Step::Garbage { session, at } => system.garble(session, at),
            Step::Logout { session, by_refresh } => system.logout(session, by_refresh),
            Step::LogoutAll { user } => {
                let admin = system.world.auth.operator();
                let ctx = system.world.ctx();
                let ended = admin.logout_user(&ctx, system.users[user]);
                system.runtime.block_on(ended).expect("ends");
            }
            Step::ChangePassword { session } => system.change_password(session, model.sessions[session].user),
            Step::SetStatus { user, active } => {
                let status = Some(if active { Status::Active } else { Status::Suspended });
                system.patch(user, UserPatch { status, ..UserPatch::default() });
            }
            Step::SetRole { user, admin } => {
                let role = Some(if admin { Role::admin() } else { Role::user() });
                system.patch(user, UserPatch { role, ..UserPatch::default() });
            }
            Step::Advance { millis } => system.world.advance(Duration::from_millis(millis.unsigned_abs())),
            Step::Restart => system.restart(),
        }
        system
    }

    fn check_invariants(system: &Self, model: &Model) {
        let ctx = system.world.ctx();
        assert_eq!(system.access.len(), model.access.len(), "as many tokens as the model minted");
        for (token, expected) in system.access.iter().zip(&model.access) {
            let verdict = system.runtime.block_on(system.world.auth.authenticate(&ctx, token));
            assert_eq!(verdict.is_ok(), model.accepts(expected), "I3–I5, I9: {verdict:?} for {expected:?}");
            if let Ok(principal) = verdict {
                let user = model.sessions[expected.session].user;
                assert_eq!(principal.role.is_admin(), model.users[user].admin, "I9: the role is the store's");
                assert_eq!(principal.issued_at, expected.iat);
            }
        }
        for (tokens, session) in system.refresh.iter().zip(&model.sessions) {
            assert_eq!(tokens.len(), usize::try_from(session.generation).expect("small") + 1, "I1, I2");
        }
    }
}
