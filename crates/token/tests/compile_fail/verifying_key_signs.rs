//! A key that verifies does not sign, whatever its algorithm.

use hallpass_jose::VerifyingKey;

fn sign(key: &VerifyingKey) {
    let _ = key.sign("at+jwt", &());
    let _ = key.to_bytes();
}

fn main() {}
