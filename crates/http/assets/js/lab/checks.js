// The checks of a verifier, one after the other, and what each says to this token.

import { ALGORITHMS, checkSignature } from "./keys.js";

const said = (id, ok, code = null) => ({ id, ok, code });

/** The key that may have signed: by kid, or the only one there is. The header names a key and chooses nothing. */
function findKey(header, keys) {
  if (typeof header.kid === "string" && keys.some((key) => key.kid !== null)) return keys.find((key) => key.kid === header.kid);
  return keys.length === 1 ? keys[0] : undefined;
}

function times(claims, now) {
  for (const name of ["exp", "iat", "nbf"]) {
    const value = claims[name];
    const inRange = typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 253402300800;
    if (name in claims && !inRange) return said("time", false, "bad_time");
  }
  if (!("exp" in claims)) return said("time", false, "bad_claims");
  if (now >= claims.exp) return said("time", false, "token_expired");
  if (claims.nbf > now || claims.iat > now + 60) return said("time", false, "not_yet_valid");
  return said("time", true);
}

function audience(claims, expected) {
  const named = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  return said("aud", named.includes(expected), named.includes(expected) ? null : "wrong_aud");
}

/**
 * Runs the checks up to the first that refuses. `expected` may name `iss` and `aud`; what is left out is not asked.
 * The seal comes before the claims: what is not sealed is nobody's word.
 */
export async function verify(parsed, keys, { now, iss, aud } = {}) {
  const done = [];
  const push = (check) => (done.push(check), check.ok);
  if (!push(said("form", !parsed.error, parsed.error))) return done;
  const key = findKey(parsed.header.value, keys);
  if (!push(said("key", Boolean(key), key ? null : "unknown_kid"))) return done;
  const alg = parsed.header.value.alg;
  if (!push(said("alg", alg === key.alg, alg === key.alg ? null : ALGORITHMS[alg] ? "algorithm_mismatch" : "unsupported_algorithm"))) return done;
  const sealed = await checkSignature(parsed, key);
  if (!push(said("seal", sealed, sealed ? null : "bad_signature"))) return done;
  const claims = parsed.payload.value;
  if (!push(times(claims, now))) return done;
  if (iss !== undefined && !push(said("iss", claims.iss === iss, claims.iss === iss ? null : "wrong_iss"))) return done;
  if (aud !== undefined) push(audience(claims, aud));
  return done;
}
