//! What Ed25519 keys must not be: points of small order.

use crate::{Error, encode};

/// Every encoding of a point whose order divides eight, sign bit cleared, base64url: the coordinates 0, 1, the two of
/// order eight, −1, and 0 and 1 again with the prime added, which a lenient decoder takes for the same.
const SMALL_ORDER: [&str; 7] = [
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
    "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
    "7P_______________________________________38",
    "7f_______________________________________38",
    "7v_______________________________________38",
];

/// Checks a public key. Under one of small order a signature holds for any message, so that anyone can sign.
pub(crate) fn check(public: &[u8; 32]) -> Result<(), Error> {
    let mut unsigned = *public;
    unsigned[31] &= 0x7f;
    if SMALL_ORDER.contains(&encode::encode(unsigned).as_str()) { Err(Error::WeakKey) } else { Ok(()) }
}
