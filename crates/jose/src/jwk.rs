//! JSON Web Keys, RFC 7517: public ones only. A symmetric or private key cannot be expressed as a [`Jwk`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Alg, Error, encode, json};

/// A public key as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// Which kind of key, with its parameters.
    #[serde(flatten)]
    pub params: Params,
    /// The one algorithm it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// `sig`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// `verify`, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<String>>,
}

/// The parameters of a public key, base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kty")]
pub enum Params {
    /// RFC 7518 §6.3.
    #[serde(rename = "RSA")]
    Rsa {
        /// Modulus.
        n: String,
        /// Exponent.
        e: String,
    },
    /// RFC 7518 §6.2.
    #[serde(rename = "EC")]
    Ec {
        /// `P-256` or `P-384`.
        crv: String,
        /// First coordinate.
        x: String,
        /// Second coordinate.
        y: String,
    },
    /// RFC 8037.
    #[serde(rename = "OKP")]
    Okp {
        /// `Ed25519`.
        crv: String,
        /// The public key.
        x: String,
    },
}

/// Members that only a private key has, RFC 7518 §6.
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

impl Jwk {
    /// Reads a public key.
    ///
    /// # Errors
    /// [`Error::Json`]; [`Error::BadKey`] for a private or symmetric one, or a missing parameter.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::from_value(json::parse_strict(text.as_bytes())?)
    }

    fn from_value(value: Value) -> Result<Self, Error> {
        let members = value.as_object().ok_or(Error::BadKey)?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(Error::BadKey);
        }
        // The reader would take a number for the place of a kind in the list of kinds.
        if !members.get("kty").is_some_and(Value::is_string) {
            return Err(Error::BadKey);
        }
        serde_json::from_value(value).map_err(|_| Error::BadKey)
    }

    /// The SHA-256 thumbprint, RFC 7638: over the required members, in their order, without white space.
    pub fn thumbprint(&self) -> String {
        let canonical = match &self.params {
            Params::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Params::Ec { crv, x, y } => format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Params::Okp { crv, x } => format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#),
        };
        digest(&canonical)
    }

    /// The algorithm that the key is for: the one it names, or the only one its kind has.
    ///
    /// # Errors
    /// [`Error::BadKey`] when `use` or `key_ops` says that it is for something else, or the algorithm does not fit;
    /// [`Error::UnsupportedAlgorithm`].
    pub fn algorithm(&self) -> Result<Alg, Error> {
        let for_encryption = self.usage.as_deref().is_some_and(|usage| usage != "sig");
        let not_for_verification =
            self.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "verify" || op == "sign"));
        if for_encryption || not_for_verification {
            return Err(Error::BadKey);
        }
        let natural = match &self.params {
            Params::Rsa { .. } => Alg::Rs256,
            Params::Ec { crv, .. } if crv == "P-256" => Alg::Es256,
            Params::Ec { crv, .. } if crv == "P-384" => Alg::Es384,
            Params::Okp { crv, .. } if crv == "Ed25519" => Alg::EdDsa,
            _ => return Err(Error::UnsupportedAlgorithm),
        };
        let Some(named) = &self.alg else { return Ok(natural) };
        // RFC 9864 gives EdDSA on this curve a name of its own.
        let named = if named == "Ed25519" { Alg::EdDsa } else { named.parse()? };
        if named == natural || (natural.is_rsa() && named.is_rsa()) { Ok(named) } else { Err(Error::BadKey) }
    }
}

pub(crate) fn digest(canonical: &str) -> String {
    encode::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes()))
}

/// A set of public keys, RFC 7517 §5.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// A set of these.
    pub const fn new(keys: Vec<Jwk>) -> Self {
        Self { keys }
    }

    /// Reads a set.
    ///
    /// # Errors
    /// [`Error::Json`]; [`Error::BadKey`]; [`Error::BadKeySet`] when a kid repeats, or a symmetric key stands beside
    /// public ones: a reader of such a set could be made to take one for the other.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let document = json::parse_object(text.as_bytes())?;
        let keys = document.get("keys").and_then(Value::as_array).ok_or(Error::BadKeySet)?;
        let symmetric = keys.iter().any(|key| key.get("kty").and_then(Value::as_str) == Some("oct"));
        if symmetric {
            return Err(Error::BadKeySet);
        }
        // Kinds of keys that are not understood are left out, as §5 asks: an issuer may publish newer ones beside ours.
        let understood = |key: &&Value| ["RSA", "EC", "OKP"].iter().any(|kind| key["kty"] == *kind);
        let keys = keys.iter().filter(understood).cloned().map(Jwk::from_value).collect::<Result<Vec<Jwk>, _>>()?;
        let mut kids: Vec<&str> = keys.iter().filter_map(|key| key.kid.as_deref()).collect();
        kids.sort_unstable();
        if kids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Error::BadKeySet);
        }
        Ok(Self { keys })
    }
}
