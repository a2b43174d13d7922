// The checks of a verifier in its order, and what each says to this token. Signature and claims are judged apart: a
// claim that is missing says nothing about who signed.

import { checkSignature, isKnown } from "./keys.js";

const END_OF_TIME = 253402300800;
const pass = (id, more) => ({ id, status: "pass", code: null, ...more });
const fail = (id, code, more) => ({ id, status: "fail", code, ...more });
/** No issuer and no audience is expected. */
const unasked = (id) => ({ id, status: "unasked", code: null });

/** The key that may have signed: by kid, or the only one there is. The header names a key and chooses nothing. */
function findKey(header, keys) {
  if (typeof header.kid === "string" && keys.some((key) => key.kid !== null)) return keys.find((key) => key.kid === header.kid);
  return keys.length === 1 ? keys[0] : undefined;
}

function key(header, keys) {
  const found = findKey(header, keys);
  if (found) return pass("key", { found });
  return fail("key", "unknown_kid", { why: typeof header.kid === "string" ? undefined : keys.length ? "no_kid" : undefined });
}

function algorithm(alg, found) {
  if (found.algs.includes(alg)) return pass("alg");
  return fail("alg", isKnown(alg) ? "algorithm_mismatch" : "unsupported_algorithm", { wanted: found.algs.join(", ") });
}

function time(claims, name) {
  const value = claims[name];
  return typeof value === "number" && value >= 0 && value < END_OF_TIME;
}

/** exp lies ahead, nbf and iat do not. */
function times(claims, now) {
  for (const name of ["exp", "iat", "nbf"]) {
    if (Object.hasOwn(claims, name) && !time(claims, name)) return fail("time", "bad_time", { name });
  }
  if (!Object.hasOwn(claims, "exp")) return fail("time", "bad_claims", { why: "no_exp" });
  if (now >= claims.exp) return fail("time", "token_expired");
  for (const [name, slack] of [["nbf", 0], ["iat", 60]]) {
    if (claims[name] > now + slack) return fail("time", "not_yet_valid", { name });
  }
  return pass("time");
}

function issuer(claims, expected) {
  if (expected === undefined) return unasked("iss");
  return claims.iss === expected ? pass("iss") : fail("iss", "wrong_iss");
}

function audience(claims, expected) {
  if (expected === undefined) return unasked("aud");
  const named = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  return named.includes(expected) ? pass("aud") : fail("aud", "wrong_aud");
}

function type(header, expected) {
  if (expected === undefined) return unasked("typ");
  const typ = String(header.typ ?? "").toLowerCase().replace(/^application\//, "");
  return typ === expected ? pass("typ") : fail("typ", "wrong_typ");
}

/** The checks of the signature, up to the first that fails. No key to check with leaves them open. */
async function ofSignature(parsed, keys, expected) {
  const rows = [];
  const push = (row) => (rows.push(row), row.status !== "fail");
  if (!push(parsed.error ? fail("form", parsed.error) : pass("form")) || !keys) return rows;
  const header = parsed.header.value;
  if (!push(type(header, expected.typ))) return rows;
  const chosen = key(header, keys);
  if (!push(chosen) || !push(algorithm(header.alg, chosen.found))) return rows;
  const fits = await checkSignature(parsed, chosen.found, header.alg);
  push(fits ? pass("signature") : fail("signature", "bad_signature"));
  return rows;
}

/** Every check of the claims: none of them waits for another. */
function ofClaims(parsed, { now, iss, aud }) {
  const claims = parsed.payload.value;
  return claims ? [issuer(claims, iss), audience(claims, aud), times(claims, now)] : [];
}

/**
 * What a verifier says. `rows` has its checks in order; those after the first that fails are not reached, and keep in
 * `would` what they would have said. `signature` is "holds", "broken", "unchecked" (no key) or "unreached" (refused
 * before). `code` is the first reason to refuse, by the server's name, or "ok"; null while there is no key.
 * `expected` may name `iss`, `aud` and `typ`; what is left out is not asked.
 */
export async function judge(parsed, keys, expected) {
  const sealed = await ofSignature(parsed, keys, expected);
  const claims = ofClaims(parsed, expected);
  const known = new Map([...sealed, ...claims].map((row) => [row.id, row]));
  const at = (id) => known.get(id) ?? { id, status: "unreached", code: null };
  const order = ["form", "typ", "key", "alg", "signature", "iss", "aud", "time"].map(at);
  const stop = order.findIndex((row) => row.status === "fail");
  const halted = !keys && at("form").status === "pass";
  const rows = order.map((row, index) => (stop >= 0 && index > stop) || (halted && index > 0) ? { ...row, status: "unreached", would: row.status } : row);
  const first = rows.find((row) => row.status === "fail");
  const broken = claims.find((row) => row.status === "fail") ?? null;
  return { rows, claims: broken, signature: signatureState(at, keys), code: first?.code ?? (keys ? "ok" : null) };
}

function signatureState(at, keys) {
  const { status } = at("signature");
  if (status !== "unreached") return status === "pass" ? "holds" : "broken";
  return keys || at("form").status === "fail" ? "unreached" : "unchecked";
}
