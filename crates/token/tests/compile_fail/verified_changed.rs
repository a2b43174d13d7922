//! What was verified is not changed afterwards.

use hallpass_jose::{Verified};
use hallpass_token::{AccessClaims};

fn promote(verified: &mut Verified<AccessClaims>) {
    verified.role = "admin".into();
}

fn main() {}
