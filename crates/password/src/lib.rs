//! Password hashes, password policy and the bounded hashing pool
