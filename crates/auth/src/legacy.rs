//! Lazy migration: who has no account here is asked for at the system that hallpass takes over from, and moves in with the
//! password that was right there.
//!
//! The other system must not become an oracle: an attempt is reserved before it is asked, and an address that has an account
//! here is never asked for. An answer that is none is 503 and costs no attempt: nothing was found out.

use bytes::Bytes;
use hallpass_model::audit::Actor;
use hallpass_model::{Email, Role};
use hallpass_password::Password;
use hallpass_store::op::{self, NewUser};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::core::Auth;
use crate::ctx::Ctx;
use crate::settings::LegacySettings;
use crate::signer::Signer;
use crate::{Error, Result};

#[derive(Serialize)]
struct Question<'a> {
    email: &'a str,
    password: &'a str,
}

/// What the other system answers about a right password.
#[derive(Deserialize)]
struct Answer {
    user: Newcomer,
}

/// Who moves in. What else is said is not looked at: roles are given here.
#[derive(Deserialize)]
struct Newcomer {
    /// The id there.
    id: Option<String>,
    /// Whether the address was proved there.
    #[serde(default)]
    email_verified: bool,
}

impl Auth {
    /// Whether an address without an account has one now, with this password. The work of a refusal is done whatever comes.
    pub(crate) async fn move_in(&self, ctx: &Ctx, email: &Email, password: &Password) -> Result<bool> {
        let decoy = self.core().pool.verify_decoy(password.clone());
        let Some(legacy) =
            self.settings().legacy.as_ref().filter(|legacy| legacy.until.is_none_or(|end| ctx.now < end))
        else {
            decoy.await?;
            return Ok(false);
        };
        let (decoyed, answer) = tokio::join!(decoy, self.ask_legacy(ctx, legacy, email, password));
        decoyed?;
        let (result, moved) = match answer {
            Ok(Some(newcomer)) => ("moved", self.take_in(ctx, email, password, newcomer).await.map(|()| true)),
            Ok(None) => ("refused", Ok(false)),
            Err(error) => ("failed", Err(error)),
        };
        metrics::counter!("hallpass_legacy_logins_total", "result" => result).increment(1);
        moved
    }

    async fn ask_legacy(
        &self,
        ctx: &Ctx,
        legacy: &LegacySettings,
        email: &Email,
        password: &Password,
    ) -> Result<Option<Newcomer>> {
        let state = &self.core().legacy;
        let Some(_question) = state.may_ask(ctx.now) else { return Err(Error::LegacyUnavailable) };
        let answer = question(ctx, legacy, email, password).await;
        state.note(ctx.now, answer.is_ok());
        answer
    }

    /// Makes the account; another login may have done so at the same time.
    async fn take_in(&self, ctx: &Ctx, email: &Email, password: &Password, newcomer: Newcomer) -> Result<()> {
        let password_hash = self.core().pool.hash(password.clone()).await?;
        let user = NewUser {
            external_id: newcomer.id.filter(|id| !id.is_empty()),
            email_verified_at: newcomer.email_verified.then_some(ctx.now),
            ..NewUser::new(ctx.user_id()?, email.clone(), Role::user(), password_hash)
        };
        let import = op::ImportUsers { act: ctx.act(Actor::System), users: vec![user] };
        if self.core().store.write(import).await? == [true] || self.has_account(email).await? {
            return Ok(());
        }
        tracing::error!("the legacy system gave the same id to two users: the second account was not made");
        Err(Error::LegacyUnavailable)
    }

    async fn has_account(&self, email: &Email) -> Result<bool> {
        let key = op::UserKey::Email(email.canonical().to_owned());
        Ok(self.core().store.read(op::FindUser { key }).await?.is_some())
    }
}

/// Answers none when the other system refuses the password or does not know the address.
async fn question(ctx: &Ctx, legacy: &LegacySettings, email: &Email, password: &Password) -> Result<Option<Newcomer>> {
    let body = serde_json::to_vec(&Question { email: email.as_given(), password: password.expose() });
    let body = Zeroizing::new(body.map_err(|_| Error::Unavailable)?);
    let id = format!("evt_{}", hallpass_model::hex(&ctx.bytes::<16>()?));
    let signature = Signer::of(&legacy.secret).sign(&id, ctx.now, &body);
    let stamp = ctx.now.secs().to_string();
    let headers = [
        ("content-type", "application/json"),
        ("user-agent", concat!("hallpass/", env!("CARGO_PKG_VERSION"))),
        ("webhook-id", id.as_str()),
        ("webhook-timestamp", stamp.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    let failed = |words: String| {
        tracing::warn!(error = words, "the legacy system gives no answer that can be used");
        Error::LegacyUnavailable
    };
    let answer = legacy.client.post(&legacy.url, &headers, Bytes::from_owner(body)).await;
    let answer = answer.map_err(|error| failed(error.to_string()))?;
    match answer.status.as_u16() {
        200 => serde_json::from_slice::<Answer>(&answer.body)
            .map(|answer| Some(answer.user))
            .map_err(|_| failed("its answer is not {\"user\": {…}}".to_owned())),
        401 | 403 | 404 => Ok(None),
        status => Err(failed(format!("it answers {status}"))),
    }
}
