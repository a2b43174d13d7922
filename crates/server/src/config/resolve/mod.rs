//! From text to a safe configuration, section by section. What is unsafe is refused here, with its reason.

mod auth;
mod breached;
mod data;
mod http;
mod lab;
mod legacy;
mod mail;
mod origin;
mod places;

pub(crate) use self::data::{parse_database, parse_master_key};
use hallpass_auth::Settings;
use hallpass_http::places::Places;
use hallpass_http::state::HttpSettings;

use super::error::ConfigErrors;
use super::layers::Raw;
use super::reader::Reader;
use super::{Config, LogSettings};
use crate::log::{self, Filter};
use crate::serve::Sockets;

/// Checks everything, and reports everything that is wrong.
pub(super) fn resolve(raw: Raw) -> Result<Config, ConfigErrors> {
    let mut reader = Reader::new(&raw);
    let sections = sections(&mut reader);
    let (errors, warnings) = (std::mem::take(&mut reader.errors), std::mem::take(&mut reader.warnings));
    match sections {
        Some(make) if errors.is_empty() => {
            let warnings = raw.warnings.iter().cloned().chain(warnings).collect();
            Ok(Config { warnings, ..make(raw) })
        }
        _ => Err(ConfigErrors(errors)),
    }
}

fn sections(reader: &mut Reader<'_>) -> Option<impl FnOnce(Raw) -> Config + use<>> {
    let issuer = origin::issuer(reader);
    let auth = auth::settings(reader, issuer.as_ref());
    let http = http::settings(reader, issuer.as_ref());
    let sockets = http::sockets(reader);
    let data = data::settings(reader);
    let mail = mail::read(reader, issuer.as_ref(), data.as_ref());
    let pool = data::pool(reader, auth.as_ref().map(|auth| auth.accounts.scheme));
    let log = log_settings(reader);
    let places = places::file(reader);
    let lab = lab::settings(reader, issuer.as_ref(), sockets.as_ref());
    check_probes(reader, issuer.as_ref(), sockets.as_ref());
    let admin_email = reader.with("admin_email", |text| {
        hallpass_model::Email::parse(text).map_err(|error| ("bad_value", error.to_string()))
    });
    // Everything was looked at; from here on one missing section is enough to stop.
    let (auth, http, sockets, data, pool, lab, log) = (auth?, http?, sockets?, data?, pool?, lab?, log?);
    let mail::Mail { settings, mailer } = mail?;
    let auth = Settings { mail: settings, ..auth };
    let admin_email = admin_email?.as_given().to_owned();
    let (is_open, lab_settings) = lab;
    let lab = is_open.then_some(lab_settings);
    let known = places.clone().map_or_else(Places::default, |file| Places::new(file));
    let http = HttpSettings { has_lab: is_open, places: known, ..http };
    Some(move |raw| Config {
        raw,
        auth,
        http,
        sockets,
        data,
        mailer,
        pool,
        lab,
        lab_settings,
        places,
        log,
        admin_email,
        warnings: Vec::new(),
    })
}

/// The probes and the metrics say how many accounts log in and fail: they are the operator's.
fn check_probes(reader: &mut Reader<'_>, issuer: Option<&origin::Issuer>, sockets: Option<&Sockets>) {
    let is_public = issuer.is_some_and(|issuer| issuer.is_https && !issuer.is_loopback);
    if is_public && sockets.is_some_and(|sockets| sockets.operator_listen.is_none()) {
        let message = "is not set, so /metrics, /healthz and /readyz are on the public listener, where anyone can read \
                       them. Give them an address of their own, such as 127.0.0.1:9090";
        reader.warn("public_metrics", "operator_listen", message);
    }
}

fn log_settings(reader: &mut Reader<'_>) -> Option<LogSettings> {
    let format = reader.choice("log.format", &[("text", log::Format::Text), ("json", log::Format::Json)]);
    let filter = reader.with("log.level", |text| Filter::parse(text).map_err(|message| ("bad_value", message)));
    for message in filter.iter().flat_map(Filter::warnings) {
        reader.warn("log_filter", "log.level", message);
    }
    Some(LogSettings { format: format?, filter: filter? })
}
