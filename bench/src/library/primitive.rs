//! The signature alone, by `aws-lc-rs`: no library that stands on it can be faster.

use std::hint::black_box;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING,
    ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaEncoding, VerificationAlgorithm,
};
use hallpass_jose::Alg;

use super::batches::Work;
use crate::Outcome;

pub(crate) const LIBRARY: &str = "aws-lc-rs (Rust)";

/// A key, parsed.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub(crate) enum Primitive {
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Secret(hmac::Key),
}

impl Primitive {
    pub(crate) fn new(algorithm: Alg, private: &[u8]) -> Outcome<Self> {
        let encoding: &'static dyn RsaEncoding = match algorithm {
            Alg::Hs256 => return Ok(Self::Secret(hmac::Key::new(hmac::HMAC_SHA256, private))),
            Alg::Es256 => return Ok(Self::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private)?)),
            Alg::Es384 => return Ok(Self::Ec(EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, private)?)),
            Alg::EdDsa => return Ok(Self::Ed(Ed25519KeyPair::from_pkcs8(private)?)),
            Alg::Rs256 => &RSA_PKCS1_SHA256,
            Alg::Rs384 => &RSA_PKCS1_SHA384,
            Alg::Rs512 => &RSA_PKCS1_SHA512,
            Alg::Ps256 => &RSA_PSS_SHA256,
        };
        Ok(Self::Rsa(RsaKeyPair::from_pkcs8(private)?, encoding))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Outcome<Vec<u8>> {
        let message = black_box(message);
        Ok(black_box(match self {
            Self::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &SystemRandom::new(), message, &mut signature)?;
                signature
            }
            Self::Ec(pair) => pair.sign(&SystemRandom::new(), message)?.as_ref().to_vec(),
            Self::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Secret(key) => hmac::sign(key, message).as_ref().to_vec(),
        }))
    }

    pub(crate) fn verifier<'a>(&self, algorithm: Alg, message: &'a [u8], signature: &'a [u8]) -> Outcome<Work<'a>> {
        let public = match self {
            Self::Rsa(pair, _) => pair.public_key().as_ref().to_vec(),
            Self::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Self::Ed(pair) => pair.public_key().as_ref().to_vec(),
            Self::Secret(key) => {
                let key = key.clone();
                return Ok(Box::new(move || hmac::verify(&key, black_box(message), signature).expect("a good tag")));
            }
        };
        let public = ParsedPublicKey::new(verification(algorithm), public)?;
        Ok(Box::new(move || public.verify_sig(black_box(message), signature).expect("a good signature")))
    }
}

fn verification(algorithm: Alg) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        Alg::Hs256 | Alg::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Alg::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Alg::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Alg::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Alg::Es256 => &ECDSA_P256_SHA256_FIXED,
        Alg::Es384 => &ECDSA_P384_SHA384_FIXED,
        Alg::EdDsa => &ED25519,
    }
}
