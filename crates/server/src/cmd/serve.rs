//! `hallpass serve`.

use hallpass_model::secret::SecretText;
use hallpass_password::Password;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;

use super::failure::{Failure, Result};
use super::installation::{IfAbsent, Installation};
use super::out::Out;
use super::{World, prompt};
use crate::app::App;
use crate::config::Config;
use crate::log;
use crate::serve::{Listen, orders};
use hallpass_http::state::AppState;

/// Histogram buckets in seconds, from a tenth of a millisecond to ten seconds.
const BUCKETS: [f64; 16] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

pub(super) fn run(config: Config, world: &World, out: &Out) -> Result<()> {
    log::install(config.log.format, &config.log.filter).map_err(|error| Failure::new("bad_value", error))?;
    for warning in &config.warnings {
        tracing::warn!(code = warning.code, key = %warning.key, "configuration: {warning}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(config, world, out))
}

async fn serve(config: Config, world: &World, out: &Out) -> Result<()> {
    // Bound first: a port that is taken must be known before anything is made.
    let bound = config.sockets.clone().bind()?;
    let address = bound.address()?;
    let orders = orders()?;
    let metrics = install_metrics()?;
    let installation = Installation::open(&config, world, IfAbsent::Create).await?;
    if let Err(fault) = installation.auth.background().prepare_redis(&world.ctx()).await {
        tracing::error!(%fault, "the denylist could not be pushed into Redis; the server goes on trying");
    }
    let first_admin = first_admin(&installation, &config, world).await?;
    greet(&config, &address, first_admin.as_ref(), out)?;
    let http = config.http.clone();
    let state =
        AppState::new(installation.auth.clone(), world.clock.clone(), world.random.clone(), http, Some(metrics));
    state.show_config(config.shown());
    let lab = match config.lab {
        Some(settings) => Some((settings, Config::defaults()?.auth)),
        None => None,
    };
    let served = bound.serve(App::new(state, lab).with_places(config.places), orders).await;
    installation.auth.background().settle_attempts(std::time::Duration::from_secs(5)).await;
    installation.close().await;
    tracing::info!("stopped");
    Ok(served?)
}

pub(super) fn install_metrics() -> Result<PrometheusHandle> {
    let unusable = |error: metrics_exporter_prometheus::BuildError| Failure::new("metrics", error.to_string());
    PrometheusBuilder::new().set_buckets(&BUCKETS).map_err(unusable)?.install_recorder().map_err(unusable)
}

/// An installation without users gets an admin, whose password is shown once and kept nowhere.
async fn first_admin(installation: &Installation, config: &Config, world: &World) -> Result<Option<SecretText>> {
    let admin = installation.admin();
    if !admin.is_empty().await? {
        return Ok(None);
    }
    let password = prompt::generate(world, &config.auth.accounts)?;
    let wanted = Password::from(password.to_string());
    match admin.create_first_admin(&world.ctx(), &config.admin_email, wanted).await {
        Ok(_) => Ok(Some(SecretText::new(password.to_string()))),
        // Another process was first: then it has shown the password.
        Err(hallpass_auth::Error::EmailTaken) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn greet(config: &Config, address: &Listen, first_admin: Option<&SecretText>, out: &Out) -> Result<()> {
    let issuer = &config.auth.token.issuer;
    let password = first_admin.map(SecretText::expose);
    let email = &config.admin_email;
    let document = json!({
        "listen": address.to_string(),
        "issuer": issuer,
        "data_dir": config.data.folder,
        "first_admin": password.map(|password| json!({"email": email, "password": password})),
    });
    out.print(&document, || {
        let version = env!("CARGO_PKG_VERSION");
        let scheme = if config.sockets.tls.is_some() { "https" } else { "http" };
        let at = match address {
            Listen::Tcp(address) => format!("{scheme}://{address}"),
            Listen::Unix(_) => address.to_string(),
        };
        let admin = password.map(|password| {
            format!("  First admin, shown this once\n    email     {email}\n    password  {password}\n\n")
        });
        let lab = config.lab.map(|_| format!("  Try it out   {issuer}/lab\n")).unwrap_or_default();
        let (admin, folder) = (admin.unwrap_or_default(), config.data.folder.display());
        format!(
            "hallpass {version} listens on {at}\n\n{admin}  Sign in      {issuer}/\n{lab}  \
             Look around  {issuer}/docs\n  \
             Public keys  {issuer}/.well-known/jwks.json\n  Data         {folder}\n"
        )
    })?;
    tracing::info!(%address, issuer, algorithm = %config.auth.token.algorithm, "listening");
    Ok(())
}
