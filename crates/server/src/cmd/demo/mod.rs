//! `hallpass demo`: an installation in memory, with two days of life behind it.

mod cast;
mod history;
mod past;

use std::path::PathBuf;
use std::sync::Arc;

use hallpass_http::state::AppState;
use hallpass_password::{Password, PoolOptions, Scheme};
use serde_json::json;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;
use zeroize::Zeroizing;

use self::history::{Counts, History};
use self::past::PastClock;
use super::World;
use super::failure::{Failure, Result};
use super::lab::in_memory;
use super::out::Out;
use super::prompt;
use super::serve::install_metrics;
use crate::app::App;
use crate::config::Config;
use crate::config::layers::Inputs;
use crate::log;
use crate::serve::orders;

/// The quickest hash that is allowed: hundreds of logins are made within seconds.
const MEMORY_KIB: u32 = 7168;

pub(super) fn run(inputs: &Inputs, world: &World, out: &Out) -> Result<()> {
    let config = load(inputs)?;
    log::install(config.log.format, &config.log.filter).map_err(|error| Failure::new("bad_value", error))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config, world, out))
}

/// What the command line says. A file and the environment are those of a real installation, perhaps.
fn load(inputs: &Inputs) -> Result<Config> {
    let nothing = Some(PathBuf::from("/dev/null"));
    let config = Config::load(&Inputs { file: nothing, environment: Vec::new(), flags: inputs.flags.clone() })?;
    if config.sockets.listen.is_local() {
        return Ok(config);
    }
    let message =
        "the demo is for this machine: everyone in it has one password, which is printed. Listen on 127.0.0.1";
    Err(Failure::new("public_demo", message))
}

async fn serve(config: Config, world: &World, out: &Out) -> Result<()> {
    // Bound first: a port that is taken must be known before the installation is filled.
    let bound = config.sockets.clone().bind()?;
    let orders = orders()?;
    let metrics = install_metrics()?;
    let clock = Arc::new(PastClock::new(world.clock.clone()));
    let mut settings = config.auth.clone();
    settings.accounts.scheme =
        Scheme::argon2id(MEMORY_KIB, 1, 1).map_err(|error| Failure::new("bad_hash", error.to_string()))?;
    let pool = PoolOptions { scheme: settings.accounts.scheme, ..config.pool };
    clock.go_back(history::LENGTH);
    let past = World { clock: clock.clone(), ..world.clone() };
    let auth = in_memory(settings, pool, &past).await?;
    let state = AppState::new(auth, clock.clone(), world.random.clone(), config.http.clone(), Some(metrics));
    state.show_config(config.shown());
    let generate = || prompt::generate(world, &config.auth.accounts);
    let (admin, everyone) = (generate()?, generate()?);
    state
        .auth()
        .operator()
        .create_first_admin(&past.ctx(), &config.admin_email, Password::from(admin.to_string()))
        .await?;
    // The events of the filling are invented: the log begins after them.
    let counts =
        History::new(&state, &clock, everyone.to_string()).play().with_subscriber(NoSubscriber::default()).await?;
    greet(&config, &bound.address()?.to_string(), &Passwords { admin, everyone }, counts, out)?;
    let lab = match config.lab {
        Some(settings) => Some((settings, Config::defaults()?.auth)),
        None => None,
    };
    Ok(bound.serve(App::new(state, lab).with_places(config.places), orders).await?)
}

struct Passwords {
    admin: Zeroizing<String>,
    everyone: Zeroizing<String>,
}

fn greet(config: &Config, address: &str, passwords: &Passwords, counts: Counts, out: &Out) -> Result<()> {
    let (issuer, email) = (&config.auth.token.issuer, &config.admin_email);
    let (admin, everyone) = (passwords.admin.as_str(), passwords.everyone.as_str());
    let document = json!({
        "listen": address, "issuer": issuer, "counts": counts,
        "first_admin": {"email": email, "password": admin},
        "user": {"email": cast::address(0), "password": everyone},
    });
    let Counts { users, logins, refreshes, failures, .. } = counts;
    out.print(&document, || {
        let user = cast::address(0);
        format!(
            "hallpass {} shows a made-up installation, in memory: it is gone when this ends (Ctrl-C)\n\n  \
             Console      {issuer}/console\n    email     {email}\n    password  {admin}\n  \
             An account   {issuer}/account\n    email     {user}\n    password  {everyone}\n  \
             The API      {issuer}/docs\n\n  \
             {users} users, {logins} logins, {refreshes} refreshes, {failures} failed logins,\n  \
             one lock, one stolen token, three keys that signed, three service clients\n",
            env!("CARGO_PKG_VERSION")
        )
    })
}
