//! Keys that sign: parsed once, bound to one algorithm, wiped when dropped.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding,
};
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::verifying_key::{ACCESS_TOKEN_TYP, VerifyingKey, ec_params, ed_params, rsa_params};
use crate::{Alg, Error, Jwk, encode, header, hs256, json, secret};

/// A key that signs.
pub struct SigningKey {
    material: KeyMaterial,
    verifying: VerifyingKey,
}

enum KeyMaterial {
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Secret(Box<hs256::Secret>, Zeroizing<Vec<u8>>),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {}, redacted)", self.alg(), self.kid())
    }
}

impl SigningKey {
    /// Makes a key; an RSA one of 2048 bits. Randomness is the cryptographic library's own.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the source of randomness fails. No key is made.
    pub fn generate(alg: Alg) -> Result<Self, Error> {
        match alg {
            Alg::Rs256 | Alg::Rs384 | Alg::Rs512 | Alg::Ps256 => Self::generate_rsa(alg, 2048),
            Alg::Es256 | Alg::Es384 => {
                let pair = EcdsaKeyPair::generate(ec_signing(alg)?).map_err(|_| Error::Crypto)?;
                Self::from_ec(alg, pair)
            }
            Alg::EdDsa => Self::from_ed(Ed25519KeyPair::generate().map_err(|_| Error::Crypto)?),
            Alg::Hs256 => {
                let mut bytes = Zeroizing::new(vec![0; 32]);
                aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Crypto)?;
                Self::from_secret(&bytes)
            }
        }
    }

    /// Makes an RSA key of 2048, 3072, 4096 or 8192 bits.
    ///
    /// # Errors
    /// [`Error::WeakKey`] for another size, [`Error::BadKey`] for another kind of algorithm, [`Error::Crypto`].
    pub fn generate_rsa(alg: Alg, bits: u32) -> Result<Self, Error> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            8192 => KeySize::Rsa8192,
            _ => return Err(Error::WeakKey),
        };
        Self::from_rsa(alg, RsaKeyPair::generate(size).map_err(|_| Error::Crypto)?)
    }

    /// From a PKCS#8 document (RFC 5958).
    ///
    /// # Errors
    /// [`Error::BadKey`], [`Error::WeakKey`], [`Error::AlgorithmMismatch`] for a symmetric algorithm.
    pub fn from_pkcs8_der(alg: Alg, der: &[u8]) -> Result<Self, Error> {
        match alg {
            Alg::Rs256 | Alg::Rs384 | Alg::Rs512 | Alg::Ps256 => {
                Self::from_rsa(alg, RsaKeyPair::from_pkcs8(der).map_err(|_| Error::BadKey)?)
            }
            Alg::Es256 | Alg::Es384 => {
                Self::from_ec(alg, EcdsaKeyPair::from_pkcs8(ec_signing(alg)?, der).map_err(|_| Error::BadKey)?)
            }
            Alg::EdDsa => Self::from_ed(Ed25519KeyPair::from_pkcs8(der).map_err(|_| Error::BadKey)?),
            Alg::Hs256 => Err(Error::AlgorithmMismatch),
        }
    }

    /// From PEM: `PRIVATE KEY` (PKCS#8), `RSA PRIVATE KEY` (PKCS#1) or `EC PRIVATE KEY` (RFC 5915).
    ///
    /// # Errors
    /// As [`SigningKey::from_pkcs8_der`].
    pub fn from_pem(alg: Alg, text: &str) -> Result<Self, Error> {
        let mut blocks = pem::parse_many(text).map_err(|_| Error::BadKey)?;
        // `openssl ecparam -genkey` writes the name of the curve before the key, which says it again.
        blocks.retain(|block| block.tag() != "EC PARAMETERS");
        let [block] = blocks.as_slice() else { return Err(Error::BadKey) };
        let der = Zeroizing::new(block.contents().to_vec());
        match block.tag() {
            "PRIVATE KEY" => Self::from_pkcs8_der(alg, &der),
            "RSA PRIVATE KEY" if alg.is_rsa() => {
                Self::from_rsa(alg, RsaKeyPair::from_der(&der).map_err(|_| Error::BadKey)?)
            }
            "EC PRIVATE KEY" => {
                let pair = EcdsaKeyPair::from_private_key_der(ec_signing(alg)?, &der).map_err(|_| Error::BadKey)?;
                Self::from_ec(alg, pair)
            }
            _ => Err(Error::BadKey),
        }
    }

    /// From a private JWK as JSON. `alg` must be in it, except where the kind of key has only one.
    ///
    /// # Errors
    /// [`Error::Json`], [`Error::BadKey`], [`Error::WeakKey`], [`Error::WeakSecret`].
    pub fn from_jwk(text: &str) -> Result<Self, Error> {
        let members = json::parse_object(text.as_bytes())?;
        let kind = members.get("kty").and_then(Value::as_str).ok_or(Error::BadKey)?;
        if kind == "oct" {
            return Self::from_secret(&secret_of_jwk(&members)?);
        }
        let mut public = members.clone();
        for private in ["d", "p", "q", "dp", "dq", "qi"] {
            public.remove(private);
        }
        let jwk = Jwk::parse(&Value::Object(public).to_string())?;
        let alg = jwk.algorithm()?;
        match alg {
            Alg::Es256 | Alg::Es384 => {
                let point = [&[4], member(&members, "x")?.as_slice(), member(&members, "y")?.as_slice()].concat();
                let d = member(&members, "d")?;
                let pair = EcdsaKeyPair::from_private_key_and_public_key(ec_signing(alg)?, &d, &point);
                Self::from_ec(alg, pair.map_err(|_| Error::BadKey)?)
            }
            Alg::EdDsa => {
                let (d, x) = (member(&members, "d")?, member(&members, "x")?);
                Self::from_ed(Ed25519KeyPair::from_seed_and_public_key(&d, &x).map_err(|_| Error::BadKey)?)
            }
            _ => Self::from_rsa(alg, rsa_of_jwk(&members)?),
        }
    }

    /// From a secret, for HS256.
    ///
    /// # Errors
    /// [`Error::WeakSecret`]: see [`is_weak_secret`](crate::is_weak_secret).
    pub fn from_secret(bytes: &[u8]) -> Result<Self, Error> {
        if secret::is_weak_secret(bytes) { Err(Error::WeakSecret) } else { Self::from_checked_secret(bytes) }
    }

    fn from_checked_secret(bytes: &[u8]) -> Result<Self, Error> {
        let key = Box::new(hs256::Secret::new(bytes)?);
        let material = KeyMaterial::Secret(key, Zeroizing::new(bytes.to_vec()));
        Ok(Self { material, verifying: VerifyingKey::from_checked_secret(bytes)? })
    }

    fn from_rsa(alg: Alg, pair: RsaKeyPair) -> Result<Self, Error> {
        let encoding: &'static dyn RsaEncoding = match alg {
            Alg::Rs256 => &RSA_PKCS1_SHA256,
            Alg::Rs384 => &RSA_PKCS1_SHA384,
            Alg::Rs512 => &RSA_PKCS1_SHA512,
            Alg::Ps256 => &RSA_PSS_SHA256,
            _ => return Err(Error::BadKey),
        };
        let verifying = VerifyingKey::from_params(alg, rsa_params(pair.public_key()))?;
        Ok(Self { material: KeyMaterial::Rsa(pair, encoding), verifying })
    }

    fn from_ec(alg: Alg, pair: EcdsaKeyPair) -> Result<Self, Error> {
        let crv = if alg == Alg::Es256 { "P-256" } else { "P-384" };
        let point = pair.public_key().as_ref().get(1..).ok_or(Error::BadKey)?;
        let verifying = VerifyingKey::from_params(alg, ec_params(crv, point)?)?;
        Ok(Self { material: KeyMaterial::Ec(pair), verifying })
    }

    fn from_ed(pair: Ed25519KeyPair) -> Result<Self, Error> {
        let verifying = VerifyingKey::from_params(Alg::EdDsa, ed_params(pair.public_key().as_ref()))?;
        Ok(Self { material: KeyMaterial::Ed(pair), verifying })
    }

    /// The private half, for sealing at rest: PKCS#8, or the bytes of a secret.
    ///
    /// # Errors
    /// [`Error::Crypto`].
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let bytes = match &self.material {
            KeyMaterial::Rsa(pair, _) => {
                AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map_err(|_| Error::Crypto)?.as_ref().to_vec()
            }
            KeyMaterial::Ec(pair) => pair.to_pkcs8v1().map_err(|_| Error::Crypto)?.as_ref().to_vec(),
            KeyMaterial::Ed(pair) => pair.to_pkcs8v1().map_err(|_| Error::Crypto)?.as_ref().to_vec(),
            KeyMaterial::Secret(_, bytes) => bytes.to_vec(),
        };
        Ok(Zeroizing::new(bytes))
    }

    /// The inverse of [`SigningKey::to_bytes`].
    ///
    /// # Errors
    /// As the constructor of its kind.
    pub fn from_bytes(alg: Alg, bytes: &[u8]) -> Result<Self, Error> {
        if alg.is_symmetric() { Self::from_secret(bytes) } else { Self::from_pkcs8_der(alg, bytes) }
    }

    /// Its name: the RFC 7638 thumbprint.
    pub fn kid(&self) -> &str {
        self.verifying.kid()
    }

    /// The one algorithm it is for.
    pub fn alg(&self) -> Alg {
        self.verifying.alg()
    }

    /// The half that verifies; for HS256 it is the secret itself.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.verifying.clone()
    }

    /// The key as it is published; none for HS256.
    pub fn public_jwk(&self) -> Option<Jwk> {
        self.verifying.public_jwk()
    }

    /// The public half as PEM (`PUBLIC KEY`); none for HS256.
    pub fn public_pem(&self) -> Option<String> {
        let der: PublicKeyX509Der<'_> = match &self.material {
            KeyMaterial::Rsa(pair, _) => pair.public_key().as_der().ok()?,
            KeyMaterial::Ec(pair) => pair.public_key().as_der().ok()?,
            KeyMaterial::Ed(pair) => pair.public_key().as_der().ok()?,
            KeyMaterial::Secret(..) => return None,
        };
        Some(pem::encode_config(
            &pem::Pem::new("PUBLIC KEY", der.as_ref()),
            pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
        ))
    }

    /// Signs claims into a compact JWS with this `typ`.
    ///
    /// # Errors
    /// [`Error::Json`] when the claims do not serialize, [`Error::Crypto`].
    pub fn sign<C: Serialize>(&self, typ: &str, claims: &C) -> Result<String, Error> {
        let payload = serde_json::to_vec(claims).map_err(|_| Error::Json)?;
        self.sign_payload(typ, &payload)
    }

    /// Signs any bytes into a compact JWS with this `typ`.
    ///
    /// # Errors
    /// [`Error::Crypto`].
    pub fn sign_payload(&self, typ: &str, payload: &[u8]) -> Result<String, Error> {
        let own;
        let head = if typ == ACCESS_TOKEN_TYP {
            self.verifying.own_header()
        } else {
            own = header::segment(self.alg(), typ, self.kid());
            &own
        };
        let mut token = String::with_capacity(head.len() + payload.len() * 4 / 3 + 700);
        token.push_str(head);
        token.push('.');
        encode::encode_onto(payload, &mut token);
        let signature = self.sign_bytes(token.as_bytes())?;
        token.push('.');
        encode::encode_onto(&signature, &mut token);
        Ok(token)
    }

    fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let rng = SystemRandom::new();
        match &self.material {
            KeyMaterial::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &rng, message, &mut signature).map_err(|_| Error::Crypto)?;
                Ok(signature)
            }
            KeyMaterial::Ec(pair) => Ok(pair.sign(&rng, message).map_err(|_| Error::Crypto)?.as_ref().to_vec()),
            KeyMaterial::Ed(pair) => Ok(pair.try_sign(message).map_err(|_| Error::Crypto)?.as_ref().to_vec()),
            KeyMaterial::Secret(key, _) => Ok(key.sign(message).to_vec()),
        }
    }
}

fn ec_signing(alg: Alg) -> Result<&'static EcdsaSigningAlgorithm, Error> {
    match alg {
        Alg::Es256 => Ok(&ECDSA_P256_SHA256_FIXED_SIGNING),
        Alg::Es384 => Ok(&ECDSA_P384_SHA384_FIXED_SIGNING),
        _ => Err(Error::BadKey),
    }
}

fn member(members: &Map<String, Value>, name: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let text = members.get(name).and_then(Value::as_str).ok_or(Error::BadKey)?;
    encode::decode(text).map(Zeroizing::new)
}

/// The secret of an `oct` key that is for HS256, and for nothing else.
fn secret_of_jwk(members: &Map<String, Value>) -> Result<Zeroizing<Vec<u8>>, Error> {
    let says = |name: &str, meant: &str| members.get(name).is_none_or(|value| value == meant);
    let may_sign = members
        .get("key_ops")
        .is_none_or(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "sign" || op == "verify")));
    if says("alg", "HS256") && says("use", "sig") && may_sign { member(members, "k") } else { Err(Error::BadKey) }
}

fn rsa_of_jwk(members: &Map<String, Value>) -> Result<RsaKeyPair, Error> {
    let part = |name| member(members, name);
    let components = aws_lc_rs::rsa::KeyPairComponents {
        public_key: aws_lc_rs::rsa::PublicKeyComponents { n: part("n")?.to_vec(), e: part("e")?.to_vec() },
        d: part("d")?.to_vec(),
        p: part("p")?.to_vec(),
        q: part("q")?.to_vec(),
        dP: part("dp")?.to_vec(),
        dQ: part("dq")?.to_vec(),
        qInv: part("qi")?.to_vec(),
    };
    RsaKeyPair::from_components(&components).map_err(|_| Error::BadKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples may have well-known secrets.
    fn key(vector: &Value) -> SigningKey {
        let mut jwk = vector["key"].clone();
        if jwk["kty"] == "oct" {
            let secret = encode::decode(jwk["k"].as_str().expect("k")).expect("base64url");
            return SigningKey::from_checked_secret(&secret).expect("a key");
        }
        jwk["alg"] = vector["alg"].clone();
        SigningKey::from_jwk(&jwk.to_string()).expect("a key")
    }

    #[test]
    fn deterministic_examples_of_the_rfcs_are_signed_again_to_the_byte() {
        let document = include_str!("../tests/vectors/rfc-vectors.json");
        let document: Value = serde_json::from_str(document).expect("JSON");
        let mut executed = 0;
        for vector in document["jws"].as_array().expect("vectors") {
            if vector["deterministic"] != true {
                continue;
            }
            let (message, signature) = vector["token"].as_str().and_then(|t| t.rsplit_once('.')).expect("a token");
            let again = key(vector).sign_bytes(message.as_bytes());
            assert_eq!(again.map(encode::encode).as_deref(), Ok(signature), "{}", vector["id"]);
            executed += 1;
        }
        assert_eq!(executed, 5);
    }
}
