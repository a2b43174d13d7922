//! Certificates for servers that speak TLS.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// An authority of the test's own, and a certificate of it; PEM texts.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// What a client must trust.
    pub authority: String,
    /// The certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

impl Certificate {
    /// For this name or address, by an authority that nothing else trusts.
    ///
    /// # Panics
    /// When the name is none.
    pub fn of(name: &str) -> Self {
        let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("signs");
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let certificate = leaf.signed_by(&key, &issuer).expect("signs");
        Self { authority: issuer.pem(), certificate: certificate.pem(), key: key.serialize_pem() }
    }
}
