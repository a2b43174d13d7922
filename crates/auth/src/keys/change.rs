//! Changing the ring: what is due by itself, what an admin asks for.

use hallpass_jose::{Alg, SigningKey};
use hallpass_model::Timestamp;
use hallpass_model::key::{KeyPolicy, KeyRecord, KeySchedule, Step};
use hallpass_store::op::{self, KeyChange};

use super::{KeyRing, RingError};
use crate::admin::Authority;
use crate::ctx::Ctx;
use crate::{Error, Result};

/// How often a plan is made anew when another process changed the ring first.
const ATTEMPTS: usize = 8;

impl KeyRing {
    /// Takes the steps that are due: the first keys, a changed algorithm or secret, the rotation by age, a stand-by.
    pub(crate) async fn apply_due(&self, ctx: &Ctx) -> Result<(), RingError> {
        let authority = Authority::of_the_system();
        for _ in 0..ATTEMPTS {
            let ring = self.store.read(op::ListKeys).await?;
            let mut changes = self.adopt_configured_secret(ctx, &ring.keys)?;
            if changes.is_empty() {
                let steps = KeySchedule::new(&ring.keys, &self.settings.key_policy(), ctx.now).due();
                changes = self.realize(ctx, steps).await?;
            }
            if changes.is_empty() {
                return Ok(());
            }
            self.commit(ctx, &authority, ring.version, changes).await?;
        }
        Err(RingError::Contended)
    }

    /// Rotates by hand: the stand-by signs, and a new one is announced. Without a stand-by of the configured algorithm one
    /// is announced first; unless `force`, the answer then says from when on it may sign.
    pub(crate) async fn rotate(&self, ctx: &Ctx, authority: &Authority, force: bool) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let ring = self.store.read(op::ListKeys).await?;
            let steps = KeySchedule::new(&ring.keys, &self.settings.key_policy(), ctx.now).rotate(force);
            let steps = steps.map_err(|error| {
                let hallpass_model::key::RotateError::NotRipe { ripe_at } = error;
                Error::KeyNotRipe { ripe_at }
            })?;
            let hands_over = steps.iter().any(|step| matches!(step, Step::Activate { .. }));
            let changes = self.realize(ctx, steps).await?;
            if self.commit(ctx, authority, ring.version, changes).await? && hands_over {
                return Ok(self.reload(ctx.now).await?);
            }
        }
        Err(RingError::Contended.into())
    }

    /// Revokes a key: what it signed is refused at once. Returns the version of the ring without it.
    pub(crate) async fn revoke(&self, ctx: &Ctx, authority: &Authority, kid: &str) -> Result<i64> {
        let operation = op::RevokeKey { act: ctx.act(authority.actor.clone()), kid: kid.to_owned() };
        let revoked = self.store.write(authority.over(operation)).await??;
        if !revoked {
            return Err(Error::NotFound);
        }
        self.reload(ctx.now).await?;
        Ok(self.version())
    }

    /// After a revocation: the stand-by takes over if it was the signer. Making a key takes so long that the refusal must
    /// be known before.
    pub(crate) async fn replace_revoked(&self, ctx: &Ctx) -> Result<(), RingError> {
        self.apply_due(ctx).await?;
        self.reload(ctx.now).await
    }

    /// Adds a key made elsewhere. It is announced, and signs when a rotation calls it.
    pub(crate) async fn import(&self, ctx: &Ctx, authority: &Authority, key: &SigningKey) -> Result<bool> {
        let record = self.record(ctx, key, None)?;
        for _ in 0..ATTEMPTS {
            let ring = self.store.read(op::ListKeys).await?;
            if ring.keys.iter().any(|known| known.kid == record.kid) {
                return Ok(false);
            }
            if self.commit(ctx, authority, ring.version, vec![KeyChange::Insert(record.clone())]).await? {
                self.reload(ctx.now).await?;
                return Ok(true);
            }
        }
        Err(RingError::Contended.into())
    }

    async fn commit(
        &self,
        ctx: &Ctx,
        authority: &Authority,
        version: i64,
        changes: Vec<KeyChange>,
    ) -> Result<bool, RingError> {
        let operation = op::ChangeKeys { act: ctx.act(authority.actor.clone()), version, changes };
        self.store.write(authority.over(operation)).await?.map_err(RingError::Unauthorized)
    }

    /// A configured HS256 secret that the ring does not know signs at once: no other party verifies with it, so there
    /// is no cache to wait for. What the former keys signed stays good until it expires.
    fn adopt_configured_secret(&self, ctx: &Ctx, keys: &[KeyRecord]) -> Result<Vec<KeyChange>, RingError> {
        let Some(secret) = self.configured_secret() else { return Ok(Vec::new()) };
        let key = SigningKey::from_secret(secret)?;
        if keys.iter().any(|known| known.kid == key.kid()) {
            return Ok(Vec::new());
        }
        let mut changes = vec![KeyChange::Insert(self.record(ctx, &key, Some(ctx.now))?)];
        let policy = self.settings.key_policy();
        changes.extend(KeySchedule::new(keys, &policy, ctx.now).signers().map(|old| KeyChange::Retire {
            kid: old.kid.clone(),
            at: ctx.now,
            gone_at: ctx.now + policy.revocation_ttl,
        }));
        Ok(changes)
    }

    fn configured_secret(&self) -> Option<&[u8]> {
        let secret = self.settings.token.hs256_secret.as_ref()?;
        (self.settings.token.algorithm == Alg::Hs256).then_some(secret.as_slice())
    }

    async fn realize(&self, ctx: &Ctx, steps: Vec<Step>) -> Result<Vec<KeyChange>, RingError> {
        let mut changes = Vec::with_capacity(steps.len());
        for step in steps {
            changes.push(match step {
                Step::Announce { active_from } => {
                    let key = self.generate().await?;
                    KeyChange::Insert(self.record(ctx, &key, active_from)?)
                }
                Step::Activate { kid, from } => KeyChange::Activate { kid, from },
                Step::Retire { kid, at, gone_at } => KeyChange::Retire { kid, at, gone_at },
            });
        }
        Ok(changes)
    }

    /// Makes a key off the runtime: an RSA key takes a good part of a second.
    async fn generate(&self) -> Result<SigningKey, RingError> {
        let (algorithm, bits) = (self.settings.token.algorithm, self.settings.keys.rsa_bits);
        let made = tokio::task::spawn_blocking(move || match algorithm {
            Alg::Rs256 | Alg::Rs384 | Alg::Rs512 | Alg::Ps256 => SigningKey::generate_rsa(algorithm, bits),
            _ => SigningKey::generate(algorithm),
        });
        made.await.map_err(|_| RingError::Contended)?.map_err(RingError::Key)
    }

    fn record(&self, ctx: &Ctx, key: &SigningKey, active_from: Option<Timestamp>) -> Result<KeyRecord, RingError> {
        Ok(KeyRecord {
            kid: key.kid().to_owned(),
            algorithm: key.alg().to_string(),
            sealed: self.master.seal(ctx, key.kid(), &key.to_bytes()?)?,
            announced_at: ctx.now,
            active_from,
            retired_at: None,
            gone_at: None,
            revoked_at: None,
        })
    }

    pub(crate) fn key_policy(&self) -> KeyPolicy {
        self.settings.key_policy()
    }
}
