//! What RSA keys must be: long enough, with a sane exponent, and not from the generator that ROCA broke.

use crate::Error;

/// The shortest modulus accepted, in bits (RFC 7518 §3.3).
const MIN_BITS: usize = 2048;
/// The longest: beyond it one verification is a denial of service.
const MAX_BITS: usize = 8192;

/// Checks a public key given as big-endian modulus and exponent without leading zeros.
pub(crate) fn check(n: &[u8], e: &[u8]) -> Result<(), Error> {
    let (Some(first), Some(last_of_n), Some(last_of_e)) = (n.first(), n.last(), e.last()) else {
        return Err(Error::BadKey);
    };
    if *first == 0 || e[0] == 0 || last_of_n % 2 == 0 {
        return Err(Error::BadKey);
    }
    let bits = n.len() * 8 - first.leading_zeros() as usize;
    let small_exponent = e.len() < 3 || (e.len() == 3 && *e < [1, 0, 1][..]);
    if !(MIN_BITS..=MAX_BITS).contains(&bits) || small_exponent || last_of_e % 2 == 0 || e.len() > 8 || is_roca(n) {
        return Err(Error::WeakKey);
    }
    Ok(())
}

/// CVE-2017-15361: the broken generator made primes whose product is, modulo each small prime, a power of 65537. An
/// honest modulus fails for at least one of these primes, but for a chance in the order of one in a hundred million.
fn is_roca(n: &[u8]) -> bool {
    const PRIMES: [u32; 38] = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
        109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ];
    PRIMES.iter().all(|prime| {
        let rest = n.iter().fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % prime);
        let mut power = 1;
        for _ in 0..*prime {
            if power == rest {
                return true;
            }
            power = power * (65_537 % prime) % prime;
        }
        false
    })
}
