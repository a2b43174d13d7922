//! Keys that verify: parsed once, bound to one algorithm.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, VerificationAlgorithm,
};

use crate::jwk::{Jwk, Params};
use crate::{Alg, Error, encode, header, hs256, secret};

/// The `typ` of access tokens (RFC 9068 §2.1), whose header is recognised without being parsed.
pub(crate) const ACCESS_TOKEN_TYP: &str = "at+jwt";

/// A key that verifies. Cheap to clone.
///
/// A public key and an HMAC secret are different variants inside, made by different constructors: no text, PEM or
/// JWK of a public key can ever become the bytes of a secret.
#[derive(Clone)]
pub struct VerifyingKey(Arc<Inner>);

struct Inner {
    kid: String,
    alg: Alg,
    own_header: String,
    material: KeyMaterial,
}

#[allow(clippy::large_enum_variant, reason = "one allocation a key, made once: the pads of HMAC stay beside the rest")]
#[derive(Clone)]
enum KeyMaterial {
    Public { key: ParsedPublicKey, jwk: Jwk },
    Secret(hs256::Secret),
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, {})", self.0.alg, self.0.kid)
    }
}

impl VerifyingKey {
    fn new(alg: Alg, kid: String, material: KeyMaterial) -> Self {
        let own_header = header::segment(alg, ACCESS_TOKEN_TYP, &kid);
        Self(Arc::new(Inner { kid, alg, own_header, material }))
    }

    /// From a public JWK; its `kid` is kept, or else is its thumbprint.
    ///
    /// # Errors
    /// [`Error::BadKey`], [`Error::WeakKey`], [`Error::UnsupportedAlgorithm`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, Error> {
        let alg = jwk.algorithm()?;
        let kid = jwk.kid.clone().unwrap_or_else(|| jwk.thumbprint());
        let key = parse(alg, &jwk.params)?;
        let jwk = Jwk {
            params: jwk.params.clone(),
            alg: Some(alg.to_string()),
            kid: Some(kid.clone()),
            usage: Some("sig".to_owned()),
            key_ops: None,
        };
        Ok(Self::new(alg, kid, KeyMaterial::Public { key, jwk }))
    }

    /// From a PEM public key (`PUBLIC KEY`, RFC 5280), for one algorithm.
    ///
    /// # Errors
    /// [`Error::BadKey`], [`Error::WeakKey`]; [`Error::AlgorithmMismatch`] for a symmetric algorithm.
    pub fn from_pem(alg: Alg, text: &str) -> Result<Self, Error> {
        let block = pem::parse(text).map_err(|_| Error::BadKey)?;
        if block.tag() != "PUBLIC KEY" && block.tag() != "RSA PUBLIC KEY" {
            return Err(Error::BadKey);
        }
        Self::from_params(alg, params_of_spki(alg, block.contents())?)
    }

    /// From a secret, for HS256.
    ///
    /// # Errors
    /// [`Error::WeakSecret`].
    pub fn from_secret(bytes: &[u8]) -> Result<Self, Error> {
        if secret::is_weak_secret(bytes) {
            return Err(Error::WeakSecret);
        }
        Self::from_checked_secret(bytes)
    }

    /// The `kid` is the thumbprint of the secret as an `oct` key: a SHA-256, which gives nothing of 256 random bits away.
    pub(crate) fn from_checked_secret(bytes: &[u8]) -> Result<Self, Error> {
        let kid = crate::jwk::digest(&format!(r#"{{"k":"{}","kty":"oct"}}"#, encode::encode(bytes)));
        Ok(Self::new(Alg::Hs256, kid, KeyMaterial::Secret(hs256::Secret::new(bytes)?)))
    }

    /// From any secret, however weak: for published examples.
    ///
    /// # Errors
    /// None that is known: HMAC takes secrets of any length.
    #[cfg(feature = "testing")]
    pub fn insecure_for_tests(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_checked_secret(bytes)
    }

    /// The same key by the name that its issuer gives it: one who shares a secret rarely names it by its thumbprint.
    #[must_use]
    pub fn with_kid(&self, kid: &str) -> Self {
        let mut material = self.0.material.clone();
        if let KeyMaterial::Public { jwk, .. } = &mut material {
            jwk.kid = Some(kid.to_owned());
        }
        Self::new(self.alg(), kid.to_owned(), material)
    }

    pub(crate) fn from_params(alg: Alg, params: Params) -> Result<Self, Error> {
        Self::from_jwk(&Jwk { params, alg: Some(alg.to_string()), kid: None, usage: None, key_ops: None })
    }

    /// Its name.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The one algorithm it is for.
    pub fn alg(&self) -> Alg {
        self.0.alg
    }

    /// The key as it is published; none for HS256.
    pub fn public_jwk(&self) -> Option<Jwk> {
        match &self.0.material {
            KeyMaterial::Public { jwk, .. } => Some(jwk.clone()),
            KeyMaterial::Secret(_) => None,
        }
    }

    pub(crate) fn own_header(&self) -> &str {
        &self.0.own_header
    }

    /// Verifies a signature over a message. For HS256 in constant time.
    ///
    /// # Errors
    /// [`Error::Signature`].
    pub fn verify_detached(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        match &self.0.material {
            KeyMaterial::Public { key, .. } => key.verify_sig(message, signature).map_err(|_| Error::Signature),
            KeyMaterial::Secret(key) => key.verify(message, signature),
        }
    }
}

fn parse(alg: Alg, params: &Params) -> Result<ParsedPublicKey, Error> {
    match params {
        Params::Rsa { n, e } => {
            let (n, e) = (encode::decode(n)?, encode::decode(e)?);
            crate::rsa::check(&n, &e)?;
            RsaPublicKeyComponents { n, e }.to_parsed_public_key(rsa_parameters(alg)?).map_err(|_| Error::BadKey)
        }
        Params::Ec { x, y, .. } => {
            let (algorithm, width): (&'static dyn VerificationAlgorithm, _) = match alg {
                Alg::Es256 => (&ECDSA_P256_SHA256_FIXED, 32),
                Alg::Es384 => (&ECDSA_P384_SHA384_FIXED, 48),
                _ => return Err(Error::BadKey),
            };
            let (x, y) = (encode::decode(x)?, encode::decode(y)?);
            if x.len() != width || y.len() != width {
                return Err(Error::BadKey);
            }
            // The library refuses a point that is not on the curve.
            let point = [&[4], x.as_slice(), y.as_slice()].concat();
            ParsedPublicKey::new(algorithm, point).map_err(|_| Error::BadKey)
        }
        Params::Okp { x, .. } => {
            let x = encode::decode(x)?;
            let point = x.as_slice().try_into().map_err(|_| Error::BadKey)?;
            crate::ed25519::check(point)?;
            ParsedPublicKey::new(&ED25519, x).map_err(|_| Error::BadKey)
        }
    }
}

fn rsa_parameters(alg: Alg) -> Result<&'static RsaParameters, Error> {
    match alg {
        Alg::Rs256 => Ok(&RSA_PKCS1_2048_8192_SHA256),
        Alg::Rs384 => Ok(&RSA_PKCS1_2048_8192_SHA384),
        Alg::Rs512 => Ok(&RSA_PKCS1_2048_8192_SHA512),
        Alg::Ps256 => Ok(&RSA_PSS_2048_8192_SHA256),
        _ => Err(Error::BadKey),
    }
}

/// The fixed beginnings of `SubjectPublicKeyInfo` for each curve, RFC 5480 and RFC 8410.
const SPKI_P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];
const SPKI_P384: &[u8] = &[
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
    0x22, 0x03, 0x62, 0x00, 0x04,
];
const SPKI_ED25519: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

fn params_of_spki(alg: Alg, der: &[u8]) -> Result<Params, Error> {
    match alg {
        Alg::Hs256 => Err(Error::AlgorithmMismatch),
        Alg::Rs256 | Alg::Rs384 | Alg::Rs512 | Alg::Ps256 => {
            let key = aws_lc_rs::signature::RsaSubjectPublicKey::from_der(der).map_err(|_| Error::BadKey)?;
            Ok(rsa_params(&key))
        }
        Alg::Es256 => ec_params("P-256", der.strip_prefix(SPKI_P256).ok_or(Error::BadKey)?),
        Alg::Es384 => ec_params("P-384", der.strip_prefix(SPKI_P384).ok_or(Error::BadKey)?),
        Alg::EdDsa => Ok(ed_params(der.strip_prefix(SPKI_ED25519).ok_or(Error::BadKey)?)),
    }
}

pub(crate) fn rsa_params(key: &rsa::PublicKey) -> Params {
    Params::Rsa {
        n: encode::encode(key.modulus().big_endian_without_leading_zero()),
        e: encode::encode(key.exponent().big_endian_without_leading_zero()),
    }
}

/// From the two coordinates, without the byte that says that the point is uncompressed.
pub(crate) fn ec_params(crv: &str, coordinates: &[u8]) -> Result<Params, Error> {
    let (x, y) = coordinates.split_at_checked(coordinates.len() / 2).ok_or(Error::BadKey)?;
    Ok(Params::Ec { crv: crv.to_owned(), x: encode::encode(x), y: encode::encode(y) })
}

pub(crate) fn ed_params(public: &[u8]) -> Params {
    Params::Okp { crv: "Ed25519".to_owned(), x: encode::encode(public) }
}

/// The keys that may have signed a token. Immutable: share it in an `Arc` and replace it whole.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<VerifyingKey>);

impl FromIterator<VerifyingKey> for KeySet {
    fn from_iter<I: IntoIterator<Item = VerifyingKey>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl KeySet {
    /// From published keys; those this crate cannot use are left out, as RFC 7517 §5 asks.
    pub fn from_jwks(set: &crate::JwkSet) -> Self {
        set.keys.iter().filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok()).collect()
    }

    /// The key of this name.
    pub fn get(&self, kid: &str) -> Option<&VerifyingKey> {
        self.0.iter().find(|key| key.kid() == kid)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn only(&self) -> Option<&VerifyingKey> {
        if let [key] = self.0.as_slice() { Some(key) } else { None }
    }

    /// The key whose own access-token header this is, byte for byte.
    pub(crate) fn by_own_header(&self, segment: &str, typ: Option<&str>) -> Option<&VerifyingKey> {
        if typ != Some(ACCESS_TOKEN_TYP) {
            return None;
        }
        self.0.iter().find(|key| key.own_header() == segment)
    }
}
