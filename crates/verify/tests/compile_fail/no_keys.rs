//! Nothing could be verified.
fn main() {
    let _ = hallpass_verify::Verifier::builder().issuer("https://auth.example").audience("https://api.example").build();
}
