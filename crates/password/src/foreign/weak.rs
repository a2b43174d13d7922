//! Hashes that are unsalted or fast. They are never stored as they are: an import wraps them in bcrypt.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512};
use base64_simd::STANDARD;
use md4::{Digest, Md4};
use zeroize::Zeroizing;

use super::encoding::{base64, hex, is_crypt, to_hex};
use super::md5_crypt::{self, Magic, Md5Crypt};
use super::phpass::Setting;
use super::rate::Rate;
use crate::work::Work;

/// The most bytes of salt after an LDAP digest.
const MOST_SALT: usize = 64;
const PHPASS_CHARS: usize = 22;

/// How a weak digest is made.
pub(super) enum Recipe {
    /// Windows: MD4 over UTF-16.
    Nt,
    /// LDAP: a digest over password and salt.
    Ldap(Ldap, Vec<u8>),
    Md5Crypt(Md5Crypt),
    Phpass(Setting),
}

#[derive(Clone, Copy)]
pub(super) enum Ldap {
    Sha1,
    Sha256,
    Sha512,
}

impl Ldap {
    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
            Self::Sha512 => &SHA512,
        }
    }
}

impl Recipe {
    /// The digest of a password, as text.
    pub(super) fn digest(&self, password: &str) -> Zeroizing<String> {
        let bytes = password.as_bytes();
        match self {
            Self::Nt => {
                let wide: Zeroizing<Vec<u8>> =
                    Zeroizing::new(password.encode_utf16().flat_map(u16::to_le_bytes).collect());
                Zeroizing::new(to_hex(&Md4::digest(&wide)))
            }
            Self::Ldap(ldap, salt) => {
                let mut context = aws_lc_rs::digest::Context::new(ldap.algorithm());
                context.update(bytes);
                context.update(salt);
                Zeroizing::new(STANDARD.encode_to_string(context.finish().as_ref()))
            }
            Self::Md5Crypt(crypt) => crypt.digest(bytes),
            Self::Phpass(setting) => setting.md5(bytes),
        }
    }

    /// What the scheme is called in reports, and before the parameters of a wrap.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Nt => "nt",
            Self::Ldap(Ldap::Sha1, _) => "ssha",
            Self::Ldap(Ldap::Sha256, _) => "ssha256",
            Self::Ldap(Ldap::Sha512, _) => "ssha512",
            Self::Md5Crypt(Md5Crypt { magic: Magic::Unix, .. }) => "md5-crypt",
            Self::Md5Crypt(Md5Crypt { magic: Magic::Apache, .. }) => "apr1",
            Self::Phpass(_) => "phpass",
        }
    }

    /// The parameters: no dollar sign is in them.
    pub(super) fn parameters(&self) -> String {
        match self {
            Self::Nt => String::new(),
            Self::Ldap(_, salt) => STANDARD.encode_to_string(salt),
            Self::Md5Crypt(crypt) => crypt.salt.clone(),
            Self::Phpass(setting) => setting.text.clone(),
        }
    }

    /// The recipe of a name and its parameters.
    pub(super) fn named(name: &str, parameters: &str) -> Option<Self> {
        let ldap = |ldap| {
            let salt = base64(parameters)?;
            (salt.len() <= MOST_SALT).then_some(Self::Ldap(ldap, salt))
        };
        match name {
            "nt" => parameters.is_empty().then_some(Self::Nt),
            "ssha" => ldap(Ldap::Sha1),
            "ssha256" => ldap(Ldap::Sha256),
            "ssha512" => ldap(Ldap::Sha512),
            "md5-crypt" => Md5Crypt::new(Magic::Unix, parameters).map(Self::Md5Crypt),
            "apr1" => Md5Crypt::new(Magic::Apache, parameters).map(Self::Md5Crypt),
            "phpass" => Setting::parse(parameters).map(Self::Phpass),
            _ => None,
        }
    }

    pub(super) fn work(&self, bytes: usize) -> Work {
        match self {
            Self::Nt => Rate::Md5.work_of(u64::try_from((2 * bytes + 9).div_ceil(64)).unwrap_or(u64::MAX)),
            // Few blocks, once.
            Self::Ldap(..) => Work::default(),
            Self::Md5Crypt(_) => Md5Crypt::work(bytes),
            Self::Phpass(setting) => setting.md5_work(bytes),
        }
    }
}

/// A weak hash on its way to a wrap.
pub(crate) struct Weak {
    pub(super) recipe: Recipe,
    pub(super) digest: Zeroizing<String>,
}

impl Weak {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix('{') {
            let (name, rest) = rest.split_once('}')?;
            return Self::parse_ldap(name, rest);
        }
        if let Some(digest) = text.strip_prefix("$3$$").or_else(|| text.strip_prefix("$NT$")) {
            return Self::nt(digest);
        }
        if let Some(rest) = text.strip_prefix("$P$").or_else(|| text.strip_prefix("$H$")) {
            let (setting, digest) = rest.split_at_checked(9)?;
            return Self::with(Recipe::Phpass(Setting::parse(setting)?), digest, PHPASS_CHARS);
        }
        let magic = [Magic::Unix, Magic::Apache].into_iter().find(|magic| text.starts_with(magic.text()))?;
        let (salt, digest) = text[magic.text().len()..].split_once('$')?;
        Self::with(Recipe::Md5Crypt(Md5Crypt::new(magic, salt)?), digest, md5_crypt::DIGEST_CHARS)
    }

    fn with(recipe: Recipe, digest: &str, chars: usize) -> Option<Self> {
        let fits = digest.len() == chars && is_crypt(digest);
        fits.then(|| Self { recipe, digest: Zeroizing::new(digest.to_owned()) })
    }

    fn nt(digest: &str) -> Option<Self> {
        let fits = digest.len() == 32 && hex(digest).is_some();
        fits.then(|| Self { recipe: Recipe::Nt, digest: Zeroizing::new(digest.to_ascii_lowercase()) })
    }

    /// The digest, and the salt after it.
    fn parse_ldap(name: &str, rest: &str) -> Option<Self> {
        let (ldap, is_salted) = match name {
            "NT" => return Self::nt(rest),
            "SHA" => (Ldap::Sha1, false),
            "SSHA" => (Ldap::Sha1, true),
            "SSHA256" => (Ldap::Sha256, true),
            "SSHA512" => (Ldap::Sha512, true),
            _ => return None,
        };
        let bytes = base64(rest)?;
        let (digest, salt) = bytes.split_at_checked(ldap.algorithm().output_len())?;
        let fits = is_salted != salt.is_empty() && salt.len() <= MOST_SALT;
        let digest = Zeroizing::new(STANDARD.encode_to_string(digest));
        fits.then(|| Self { recipe: Recipe::Ldap(ldap, salt.to_vec()), digest })
    }

    pub(crate) const fn scheme(&self) -> &'static str {
        self.recipe.name()
    }
}
