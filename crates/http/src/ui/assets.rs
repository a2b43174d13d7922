//! What pages load: styles, modules, the seal. Embedded in the binary, and named by what they are.
//!
//! All of them live under one version, a hash over every byte: a module's `import "./dom.js"` stays in its version, and
//! a browser may keep everything for a year, since other bytes have another address.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base64_simd::URL_SAFE_NO_PAD as BASE64;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::problem::{Problem, registry};

/// A file that pages load.
struct Asset {
    name: &'static str,
    text: &'static str,
}

macro_rules! assets {
    ($($name:literal,)*) => {
        &[$(Asset { name: $name, text: include_str!(concat!("../../assets/", $name)) },)*]
    };
}

static ASSETS: &[Asset] = assets! {
    "seal.svg",
    "css/tokens.css",
    "css/base.css",
    "css/parts.css",
    "css/pass.css",
    "css/console.css",
    "css/docs.css",
    "css/lab.css",
    "css/lab_anatomy.css",
    "css/lab_patterns.css",
    "css/lab_reading.css",
    "js/theme.js",
    "js/language.js",
    "js/shell.js",
    "js/dom.js",
    "js/time.js",
    "js/problem.js",
    "js/session.js",
    "js/api.js",
    "js/leave.js",
    "js/docs.js",
    "js/docs/samples.js",
    "js/reset.js",
    "js/sign_in.js",
    "js/sign_in/by_mail.js",
    "js/undo.js",
    "js/account.js",
    "js/account/change_email.js",
    "js/account/verify.js",
    "js/console.js",
    "js/console/audit.js",
    "js/console/bulk.js",
    "js/console/config.js",
    "js/console/family.js",
    "js/console/incidents.js",
    "js/console/keys.js",
    "js/console/live.js",
    "js/console/locked.js",
    "js/console/locks.js",
    "js/console/mail.js",
    "js/console/new_user.js",
    "js/console/people.js",
    "js/console/roles.js",
    "js/console/shortcuts.js",
    "js/console/user.js",
    "js/console/users.js",
    "js/console/views.js",
    "js/console/webhooks.js",
    "js/lab/anatomy.js",
    "js/lab/anatomy_aside.js",
    "js/lab/anatomy_attacks.js",
    "js/lab/anatomy_checks.js",
    "js/lab/anatomy_keys.js",
    "js/lab/anatomy_link.js",
    "js/lab/anatomy_segment.js",
    "js/lab/anatomy_share.js",
    "js/lab/anatomy_sign.js",
    "js/lab/attacks.js",
    "js/lab/challenges.js",
    "js/lab/checks.js",
    "js/lab/clock.js",
    "js/lab/code.js",
    "js/lab/cost.js",
    "js/lab/der.js",
    "js/lab/diagram.js",
    "js/lab/drawing.js",
    "js/lab/field.js",
    "js/lab/guide.js",
    "js/lab/interview.js",
    "js/lab/json.js",
    "js/lab/jws.js",
    "js/lab/key_texts.js",
    "js/lab/keys.js",
    "js/lab/kinds.js",
    "js/lab/kinds_other.js",
    "js/lab/main.js",
    "js/lab/newcomer.js",
    "js/lab/parts.js",
    "js/lab/patterns.js",
    "js/lab/plays/password.js",
    "js/lab/plays/prove.js",
    "js/lab/plays/refresh.js",
    "js/lab/plays/revoke.js",
    "js/lab/plays/sign.js",
    "js/lab/plays/verify.js",
    "js/lab/progress.js",
    "js/lab/questions.js",
    "js/lab/quiz.js",
    "js/lab/reading.js",
    "js/lab/recognise.js",
    "js/lab/remarks.js",
    "js/lab/result.js",
    "js/lab/samples.js",
    "js/lab/sandbox.js",
    "js/lab/sign.js",
    "js/lab/spacing.js",
    "js/lab/stage.js",
    "js/lab/start.js",
    "js/lab/styles.js",
    "js/lab/turn.js",
    "js/lab/turn_place.js",
    "js/lab/turns/password.js",
    "js/lab/turns/prove.js",
    "js/lab/turns/refresh.js",
    "js/lab/turns/revoke.js",
    "js/lab/turns/service.js",
    "js/lab/turns/sign.js",
    "js/lab/turns/verify.js",
    "js/lab/variants.js",
    "js/lab/variants/cookie.js",
    "js/lab/variants/cookie_rules.js",
    "js/lab/variants/inbox.js",
    "js/lab/variants/limits.js",
    "js/lab/variants/parts.js",
    "js/lab/variants/redis.js",
    "js/lab/variants/rounds.js",
    "js/lab/variants/sign.js",
    "js/parts/address.js",
    "js/parts/bars.js",
    "js/parts/busy.js",
    "js/parts/carried.js",
    "js/parts/device.js",
    "js/parts/dialog.js",
    "js/parts/early.js",
    "js/parts/fields.js",
    "js/parts/pages.js",
    "js/parts/spark.js",
    "js/parts/strength.js",
    "js/parts/tabs.js",
    "js/parts/toast.js",
};

/// The languages that words are written in.
pub(super) const LANGUAGES: [&str; 2] = ["en", "de"];

macro_rules! words {
    ($($name:literal,)*) => {
        &[$(
            Asset {
                name: concat!("js/texts/en/", $name, ".js"),
                text: include_str!(concat!("../../assets/js/texts/en/", $name, ".js")),
            },
            Asset {
                name: concat!("js/texts/de/", $name, ".js"),
                text: include_str!(concat!("../../assets/js/texts/de/", $name, ".js")),
            },
        )*]
    };
}

/// The words of modules, in each language.
static WORDS: &[Asset] = words! {
    "anatomy",
    "attacks",
    "by_mail",
    "checks",
    "claims_more",
    "clock",
    "cost",
    "deep",
    "forms",
    "frame",
    "game",
    "guide",
    "interview",
    "interview_junior",
    "interview_mid",
    "interview_senior",
    "keys",
    "kinds",
    "lab",
    "link",
    "page",
    "pasted",
    "patterns",
    "play_password",
    "play_prove",
    "play_refresh",
    "play_revoke",
    "play_sign",
    "play_verify",
    "problems",
    "quiz",
    "reading",
    "reasons",
    "reset",
    "sandbox",
    "sign_in",
    "time",
    "turn",
    "turn_password",
    "turn_prove",
    "turn_refresh",
    "turn_revoke",
    "turn_sign",
    "turn_verify",
    "undo",
    "variant_cookie",
    "variant_inbox",
    "variant_limits",
    "variant_redis",
    "variant_rounds",
    "variant_sign",
    "variants",
};

/// What every page is painted with, in one file: one request before the first paint.
const SYSTEM: &str = "css/hallpass.css";
static SYSTEM_TEXT: LazyLock<String> = LazyLock::new(|| {
    ["css/tokens.css", "css/base.css", "css/parts.css"].map(|name| find(name).unwrap_or_default()).concat()
});

/// The version of all assets together.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let all: String = every().flat_map(|asset| [asset.name, asset.text]).collect();
    let hash = digest(&SHA256, all.as_bytes());
    BASE64.encode_to_string(hash.as_ref()).chars().take(12).collect()
});

fn every() -> impl Iterator<Item = &'static Asset> {
    ASSETS.iter().chain(WORDS)
}

fn find(name: &str) -> Option<&'static str> {
    every().find(|asset| asset.name == name).map(|asset| asset.text)
}

/// The text of an asset, the system's styles among them.
pub(super) fn text_of(name: &str) -> Option<&'static str> {
    if name == SYSTEM { Some(SYSTEM_TEXT.as_str()) } else { find(name) }
}

/// The address of an asset, for a page.
pub(super) fn address(name: &str) -> String {
    debug_assert!(name == SYSTEM || find(name).is_some(), "no asset {name}");
    format!("/assets/{}/{name}", *VERSION)
}

/// `GET /assets/{version}/{name}`.
pub(super) async fn show(Path((version, name)): Path<(String, String)>) -> Response {
    let Some(text) = text_of(&name) else { return Problem::new(&registry::NOT_FOUND).into_response() };
    // A page from before an upgrade finds today's file, and does not keep it under yesterday's name.
    let kept = if version == *VERSION { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(CONTENT_TYPE, kind(&name)), (CACHE_CONTROL, kept)], text).into_response()
}

/// `GET /favicon.ico`: what browsers ask for unasked.
pub(super) async fn favicon() -> Response {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")];
    (headers, find("seal.svg").unwrap_or_default()).into_response()
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/javascript; charset=utf-8",
    }
}
