//! Password hashes, password policy and the bounded hashing pool.
//!
//! | stored form | made | verified |
//! |---|---|---|
//! | `$2b$…` (bcrypt) | for passwords of up to 71 bytes | `$2a$`, `$2b$`, `$2y$` |
//! | `$bcrypt-sha256$v=2,…` (passlib) | for longer ones, where bcrypt itself would cut | v2 |
//! | `$argon2id$…` (PHC string) | by configuration | yes |
//! | what other systems made | never | yes, and remade at the first good login |
//! | `$wrap$…` | at an import, of a hash that is too weak to be stored | yes, and remade likewise |
//!
//! Randomness for salts comes from the operating system.

mod bcrypt_text;
mod breached;
pub mod calibrate;
mod engine;
mod foreign;
mod hash;
mod incoming;
mod lanes;
mod load;
mod password;
pub mod policy;
mod pool;
mod scheme;
mod stored;
mod work;
mod work_of;

pub use crate::breached::{Breached, BuildError, FilterError, List, ListKind, Range};
pub use crate::hash::{Verdict, check_stored, hash, verify};
pub use crate::incoming::Incoming;
pub use crate::password::Password;
pub use crate::policy::{Rules, Violation};
pub use crate::pool::{HashPool, PoolError, PoolOptions};
pub use crate::scheme::{HashError, MAX_COST, MIN_COST, Scheme, SchemeError};
pub use crate::work::Work;
