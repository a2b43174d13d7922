//! scrypt: Django, Werkzeug, better-auth, PHC.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::encoding::{base64, hex, number, parts, value};
use super::rate::Rate;
use crate::scheme::HashError;
use crate::work::Work;

/// Memory is 128·N·r bytes: 256 MiB.
const MOST_N_R: u64 = 1 << 21;
/// Time goes with N·r·p.
const MOST_N_R_P: u64 = 1 << 24;
const MOST_SALT: usize = 128;
const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=128;

/// N, r and p within bounds.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    params: scrypt::Params,
}

impl Cost {
    pub(super) fn new(log_n: u32, r: u32, p: u32) -> Option<Self> {
        if !(1..=21).contains(&log_n) {
            return None;
        }
        let n_r = u64::from(r) << log_n;
        let fits = n_r <= MOST_N_R && n_r.checked_mul(u64::from(p))? <= MOST_N_R_P;
        // The crate multiplies r by p unchecked, so it sees neither before they are known to be small.
        fits.then(|| Some(Self { params: scrypt::Params::new(u8::try_from(log_n).ok()?, r, p).ok()? }))?
    }

    fn of_n(n: u32, r: u32, p: u32) -> Option<Self> {
        n.is_power_of_two().then(|| Self::new(n.trailing_zeros(), r, p))?
    }

    pub(super) fn derive(self, password: &[u8], salt: &[u8], bytes: usize) -> Result<Zeroizing<Vec<u8>>, HashError> {
        let mut key = Zeroizing::new(vec![0; bytes]);
        scrypt::scrypt(password, salt, &self.params, &mut key).map_err(|_| HashError::Failed)?;
        Ok(key)
    }

    pub(super) fn work(self) -> Work {
        let p = u64::from(self.params.p());
        Rate::Scrypt.work_of(self.params.n() * u64::from(self.params.r()) * p)
    }
}

pub(crate) struct Scrypt {
    cost: Cost,
    salt: Vec<u8>,
    key: Vec<u8>,
}

impl Scrypt {
    fn new(cost: Cost, salt: Vec<u8>, key: Vec<u8>) -> Option<Self> {
        (salt.len() <= MOST_SALT && KEY_BYTES.contains(&key.len())).then_some(Self { cost, salt, key })
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("$scrypt$") {
            return Self::parse_phc(rest);
        }
        if let Some(rest) = text.strip_prefix("scrypt$") {
            return Self::parse_django(rest);
        }
        match text.strip_prefix("scrypt:") {
            Some(rest) => Self::parse_werkzeug(rest),
            None => Self::parse_better_auth(text),
        }
    }

    /// `ln=14,r=8,p=1$salt$key`.
    fn parse_phc(rest: &str) -> Option<Self> {
        let [params, salt, key] = parts(rest)?;
        let param = |name| number(value(params, name)?, 1..=u32::MAX);
        Self::new(Cost::new(param("ln")?, param("r")?, param("p")?)?, base64(salt)?, base64(key)?)
    }

    /// `16384$salt$8$5$key`: the salt is text.
    fn parse_django(rest: &str) -> Option<Self> {
        let [n, salt, r, p, key] = parts(rest)?;
        let number = |text| number(text, 1..=u32::MAX);
        Self::new(Cost::of_n(number(n)?, number(r)?, number(p)?)?, salt.into(), base64(key)?)
    }

    /// `32768:8:1$salt$key`: the salt is text, the key hexadecimal.
    fn parse_werkzeug(rest: &str) -> Option<Self> {
        let [params, salt, key] = parts(rest)?;
        let numbers = params.split(':').map(|text| number(text, 1..=u32::MAX)).collect::<Option<Vec<_>>>()?;
        let [n, r, p] = numbers.try_into().ok()?;
        Self::new(Cost::of_n(n, r, p)?, salt.into(), hex(key)?)
    }

    /// `salt:key`, both hexadecimal. It is the text of the salt that goes in.
    fn parse_better_auth(text: &str) -> Option<Self> {
        let (salt, key) = text.split_once(':')?;
        let (is_salt, key) = (salt.len() == 32 && hex(salt).is_some(), hex(key)?);
        (is_salt && key.len() == 64).then(|| Self::new(Cost::new(14, 16, 1)?, salt.into(), key))?
    }

    pub(super) fn matches(&self, password: &[u8]) -> Result<bool, HashError> {
        Ok(self.cost.derive(password, &self.salt, self.key.len())?.ct_eq(&self.key).into())
    }

    pub(super) fn work(&self) -> Work {
        self.cost.work()
    }
}
