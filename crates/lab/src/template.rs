//! What every sandbox begins with: two people, and signing keys that take too long to make for each visitor.

use std::sync::Arc;
use std::time::Duration;

use hallpass_auth::{Auth, Ctx, Deps, MailSettings, MasterKey, Settings, StartError};
use hallpass_mail::{Inbox, Mailer, Words};
use hallpass_model::Email;
use hallpass_model::key::KeyRecord;
use hallpass_model::secret::Secret;
use hallpass_password::{HashPool, Password};
use hallpass_shared::Denylist;
use hallpass_store::{Store, op};

/// Ten years.
const NEVER: Duration = Duration::from_secs(3650 * 24 * 3600);
/// Registrations of one sandbox in a window. It holds fewer users.
const REGISTRATIONS: u32 = 100;
/// Mails that one sandbox's visitor asks for in a window, and values that are presented: the mailbox's own limit shows first.
const MAILS: u32 = 100;
/// Who writes the mails of sandboxes.
const SENDER: &str = "hallpass <office@lab.example>";

/// A user of every sandbox.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Resident {
    pub(crate) email: &'static str,
    /// The password, which is shown.
    pub(crate) password: &'static str,
    pub(crate) role: &'static str,
}

/// A user and an admin.
pub(crate) const RESIDENTS: [Resident; 2] = [
    Resident { email: "ada@lab.example", password: "corridor seven, left", role: "user" },
    Resident { email: "grace@lab.example", password: "the bell rings at nine", role: "admin" },
];

/// Made once, when the first visitor comes.
pub(crate) struct Template {
    /// The settings that every sandbox starts from.
    defaults: Settings,
    /// The key that seals the lab's signing keys. It was drawn for that and is used for nothing else.
    pub(crate) master: MasterKey,
    /// A signer and its stand-by.
    pub(crate) keys: Vec<KeyRecord>,
    /// The hashes of the residents' passwords, in their order.
    hashes: Vec<String>,
    /// What mails say, unless an operator has other words.
    words: Arc<Words>,
}

/// An installation of its own, and the mailboxes that it writes to.
pub(crate) struct Installation {
    pub(crate) auth: Auth,
    pub(crate) inbox: Inbox,
}

impl Template {
    pub(crate) async fn make(defaults: Settings, ctx: &Ctx, pool: &HashPool) -> Result<Self, StartError> {
        let mut master = [0; 32];
        ctx.random.fill(&mut master)?;
        let master = MasterKey::new(Secret::new(master));
        let store = Store::in_memory(Arc::new(|_| ()))?;
        let deps = deps(store.clone(), Arc::default(), pool, &master);
        Auth::start(settings(&defaults, "lab", pool), deps, ctx).await?;
        let keys = store.read(op::ListKeys).await?.keys;
        let mut hashes = Vec::new();
        for resident in RESIDENTS {
            let hash = pool.hash(Password::from(resident.password.to_owned())).await;
            hashes.push(hash.map_err(unavailable)?);
        }
        let words = Arc::new(Words::embedded().map_err(unavailable)?);
        Ok(Self { defaults, master, keys, hashes, words })
    }

    /// A fresh installation for this issuer.
    pub(crate) async fn start(&self, issuer: &str, pool: &HashPool, ctx: &Ctx) -> Result<Installation, StartError> {
        let denylist = Arc::new(Denylist::new());
        let listener = denylist.clone();
        let store = Store::in_memory(Arc::new(move |entries| listener.committed(entries)))?;
        let act = ctx.act(hallpass_model::audit::Actor::System);
        let changes = self.keys.iter().cloned().map(op::KeyChange::Insert).collect();
        store.write(op::ChangeKeys { act: act.clone(), version: 0, changes }).await?;
        let users = RESIDENTS.iter().zip(&self.hashes).filter_map(|(resident, hash)| new_user(ctx, resident, hash));
        store.write(op::ImportUsers { act, users: users.collect() }).await?;
        let inbox = Inbox::default();
        let mailer = Mailer::inbox(inbox.clone(), SENDER, self.words.clone()).map_err(unavailable)?;
        let deps = Deps { mailer: Some(mailer), ..deps(store, denylist, pool, &self.master) };
        let auth = Auth::start(settings(&self.defaults, issuer, pool), deps, ctx).await?;
        auth.background().attach_attempts();
        Ok(Installation { auth, inbox })
    }
}

/// A sandbox shares nothing with the installation or another sandbox, Redis least of all.
fn deps(store: Store, denylist: Arc<Denylist>, pool: &HashPool, master: &MasterKey) -> Deps {
    Deps { store, denylist, limits: None, pool: pool.clone(), master: master.clone(), mailer: None }
}

fn unavailable(error: impl std::fmt::Display) -> StartError {
    hallpass_store::Error::Unavailable(error.to_string()).into()
}

fn new_user(ctx: &Ctx, resident: &Resident, hash: &str) -> Option<op::NewUser> {
    let mut random = [0; 10];
    ctx.random.fill(&mut random).ok()?;
    let id = hallpass_model::UserId::new(ctx.now, random);
    let (email, role) = (Email::parse(resident.email).ok()?, resident.role.parse().ok()?);
    Some(op::NewUser::new(id, email, role, hash.to_owned()))
}

/// The defaults of an installation, whatever this one is configured to: the lab's texts speak of them.
fn settings(defaults: &Settings, issuer: &str, pool: &HashPool) -> Settings {
    let mut settings = defaults.clone();
    issuer.clone_into(&mut settings.token.issuer);
    "https://api.lab.example".clone_into(&mut settings.token.audience);
    // Longer than any clock can be moved: a rotation would make an RSA key for each visitor.
    settings.keys.rotate_every = NEVER;
    settings.token.cache_bytes = 64 << 10;
    settings.rules.register.max = REGISTRATIONS;
    settings.rules.mail.max = MAILS;
    settings.mail = MailSettings::default();
    settings.accounts.scheme = pool.scheme();
    // A visitor could make this server call others.
    settings.webhooks = None;
    settings.legacy = None;
    // The cookie is of the whole host.
    settings.knows_devices = false;
    settings
}
