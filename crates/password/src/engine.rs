//! Who computes a hash: this thread with the `bcrypt` crate, or the threads of a pool together.

use std::sync::Arc;

use bcrypt_lanes::{Cost, PASSWORD_BYTES};
use zeroize::Zeroizing;

use crate::lanes::Lanes;
use crate::scheme::HashError;

#[derive(Debug, Clone)]
pub(crate) enum Engine {
    /// The `bcrypt` crate, a hash at a time.
    Crate,
    /// Several hashes at once on a core.
    Lanes(Arc<Lanes>),
}

impl Engine {
    /// For a pool that hashes on so many cores.
    pub(crate) fn of_pool(lanes: usize, cores: usize) -> Self {
        if lanes > 1 { Self::Lanes(Arc::new(Lanes::new(lanes, cores))) } else { Self::Crate }
    }

    /// The 23 bytes that a stored bcrypt hash has. Of a password that is too long the rest is not read.
    pub(crate) fn bcrypt(&self, cost: u32, salt: [u8; 16], password: &[u8]) -> Result<[u8; 23], HashError> {
        let digest = match self {
            Self::Crate => {
                let mut terminated = Zeroizing::new(Vec::with_capacity(PASSWORD_BYTES + 1));
                terminated.extend_from_slice(&password[..password.len().min(PASSWORD_BYTES)]);
                terminated.push(0);
                bcrypt::bcrypt(cost, salt, &terminated[..terminated.len().min(PASSWORD_BYTES)])
            }
            Self::Lanes(lanes) => {
                let cost = Cost::new(cost).ok_or(HashError::Failed)?;
                lanes.bcrypt(cost, salt, password).ok_or(HashError::Failed)?
            }
        };
        digest.first_chunk().copied().ok_or(HashError::Failed)
    }

    /// Work of another kind. It takes a core as a hash does.
    pub(crate) fn alone<T>(&self, work: impl FnOnce() -> Result<T, HashError>) -> Result<T, HashError> {
        match self {
            Self::Crate => work(),
            Self::Lanes(lanes) => lanes.alone(work).ok_or(HashError::Failed)?,
        }
    }
}
