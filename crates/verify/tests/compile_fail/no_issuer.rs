//! A token of anybody whose key is in the set would pass.
fn main() {
    let builder = hallpass_verify::Verifier::builder().audience("https://api.example");
    let _ = builder.keys_from(hallpass_verify::JwksFile::new("jwks.json")).build();
}
