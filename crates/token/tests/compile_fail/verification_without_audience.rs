//! A verifier without an audience cannot be made.

use hallpass_token::Policy;

fn main() {
    let _ = Policy { issuer: "https://auth.example".to_owned(), typ: "at+jwt", leeway_secs: 0, max_lifetime_secs: 900 };
}
