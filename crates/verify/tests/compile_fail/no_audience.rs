//! A token for any other service would pass.
fn main() {
    let builder = hallpass_verify::Verifier::builder().issuer("https://auth.example");
    let _ = builder.keys_from(hallpass_verify::JwksFile::new("jwks.json")).build();
}
