//! How passwords are hashed, and what is too weak or too expensive.

/// The lowest bcrypt cost that configuration may ask for.
pub const MIN_COST: u32 = 10;
/// The highest bcrypt cost that is computed, ours or imported: beyond, one login would hold a core for seconds, and
/// a hostile imported hash could ask for hours.
pub const MAX_COST: u32 = 16;
/// The most memory an imported Argon2id hash may ask for, in KiB: 256 MiB.
pub(crate) const MAX_ARGON2_KIB: u32 = 256 * 1024;
/// The most passes an imported Argon2id hash may ask for.
pub(crate) const MAX_ARGON2_PASSES: u32 = 16;

/// How new hashes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// bcrypt, and `bcrypt-sha256` for what is longer than bcrypt reads.
    Bcrypt {
        /// The work doubles with each step.
        cost: u32,
    },
    /// Argon2id, RFC 9106.
    Argon2id {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes.
        iterations: u32,
        /// Lanes.
        parallelism: u32,
    },
}

/// The scheme is too weak or too expensive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// bcrypt cost out of range.
    #[error("bcrypt cost {0} is out of range: 10 to 16, 12 is the default")]
    Cost(u32),
    /// Argon2id parameters out of range.
    #[error("Argon2id needs 7168 KiB to 262144 KiB of memory, 1 to 16 passes and 1 to 16 lanes")]
    Argon2,
}

impl Scheme {
    /// bcrypt at a cost.
    ///
    /// # Errors
    /// [`SchemeError::Cost`] below [`MIN_COST`] or above [`MAX_COST`].
    pub const fn bcrypt(cost: u32) -> Result<Self, SchemeError> {
        if cost < MIN_COST || cost > MAX_COST { Err(SchemeError::Cost(cost)) } else { Ok(Self::Bcrypt { cost }) }
    }

    /// Argon2id; OWASP's floor is 7 MiB.
    ///
    /// # Errors
    /// [`SchemeError::Argon2`] when a parameter is out of range.
    pub fn argon2id(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, SchemeError> {
        let fits = (7 * 1024..=MAX_ARGON2_KIB).contains(&memory_kib)
            && (1..=MAX_ARGON2_PASSES).contains(&iterations)
            && (1..=16).contains(&parallelism);
        if fits { Ok(Self::Argon2id { memory_kib, iterations, parallelism }) } else { Err(SchemeError::Argon2) }
    }

    /// bcrypt at the lowest cost there is.
    #[cfg(feature = "testing")]
    pub const fn insecure_for_tests() -> Self {
        Self::Bcrypt { cost: 4 }
    }

    /// The name, for metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bcrypt { .. } => "bcrypt",
            Self::Argon2id { .. } => "argon2id",
        }
    }
}

/// A hash could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The stored text is not a hash that can be verified here, or asks for more work than is allowed.
    #[error("the stored hash is malformed, of an unknown scheme, or more expensive than allowed")]
    Unreadable,
    /// The hashing crate failed, or the source of randomness did.
    #[error("hashing failed")]
    Failed,
}
