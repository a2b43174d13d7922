// Keys and signatures by WebCrypto: what is pasted here stays here.

import { decode } from "./jws.js";

const RSA = (name, bits) => ({ import: { name, hash: `SHA-${bits}` }, check: name === "RSA-PSS" ? { name, saltLength: bits / 8 } : { name } });
const EC = (namedCurve, hash) => ({ import: { name: "ECDSA", namedCurve }, check: { name: "ECDSA", hash } });
const HMAC = (hash) => ({ import: { name: "HMAC", hash }, check: { name: "HMAC" } });
const ED = { import: { name: "Ed25519" }, check: { name: "Ed25519" } };

/** Every algorithm that is verified and signed with here. */
export const ALGORITHMS = {
  HS256: HMAC("SHA-256"),
  HS384: HMAC("SHA-384"),
  HS512: HMAC("SHA-512"),
  RS256: RSA("RSASSA-PKCS1-v1_5", 256),
  RS384: RSA("RSASSA-PKCS1-v1_5", 384),
  RS512: RSA("RSASSA-PKCS1-v1_5", 512),
  PS256: RSA("RSA-PSS", 256),
  PS384: RSA("RSA-PSS", 384),
  PS512: RSA("RSA-PSS", 512),
  ES256: EC("P-256", "SHA-256"),
  ES384: EC("P-384", "SHA-384"),
  ES512: EC("P-521", "SHA-512"),
  EdDSA: ED,
  // The same by the name that says which curve (RFC 9864).
  Ed25519: ED,
};

export const isKnown = (alg) => typeof alg === "string" && Object.hasOwn(ALGORITHMS, alg);
export const SECRETS = ["HS256", "HS384", "HS512"];
export const RSAS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
export const EDS = ["EdDSA", "Ed25519"];

/** The key material cannot be used. `fault` says why: a name of FAULTS in texts/keys.js, and what its sentence takes. */
export class KeyError extends Error {
  constructor(...fault) {
    super(fault[0]);
    this.fault = fault;
  }
}

export async function importKey(format, material, alg, usages = ["verify"], extractable = false) {
  try {
    return await crypto.subtle.importKey(format, material, ALGORITHMS[alg].import, extractable, usages);
  } catch (error) {
    if (EDS.includes(alg) && error.name === "NotSupportedError") throw new KeyError("noEd25519");
    throw new KeyError("notFor", alg);
  }
}

/** The key for the one algorithm that it is bound to, if its type serves that; it is imported once to see that it can be. */
export async function usable(key, bound) {
  if (bound && !key.algs.includes(bound)) throw new KeyError("forOther", bound, key.algs.join(", "));
  const algs = bound ? [bound] : key.algs;
  await key.as(algs[0]);
  return { ...key, algs };
}

const JWK_ALGORITHMS = { "EC P-256": ["ES256"], "EC P-384": ["ES384"], "EC P-521": ["ES512"], "OKP Ed25519": EDS, "RSA undefined": RSAS, "oct undefined": SECRETS };

/** The algorithms that a JWK serves: the one it says, or those that its type leaves open. */
export function jwkAlgorithms(jwk) {
  const byType = JWK_ALGORITHMS[`${jwk.kty} ${jwk.crv}`] ?? [];
  if (jwk.alg === undefined) return byType;
  return isKnown(jwk.alg) && (!byType.length || byType.includes(jwk.alg)) ? [jwk.alg] : [];
}

/** The members that WebCrypto is shown: the others (alg, use, key_ops) would only make it refuse. */
export const bare = ({ kty, n, e, crv, x, y, d, p, q, dp, dq, qi }) => JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, d, p, q, dp, dq, qi }));

export function jwkSecret(jwk) {
  const bytes = typeof jwk.k === "string" ? decode(jwk.k) : null;
  if (!bytes?.length) throw new KeyError("badSecret");
  return bytes;
}

/** Any JSON value in letters. */
const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));

async function jwkKey(jwk, bound) {
  if (jwk === null || typeof jwk !== "object") throw new KeyError("noObject");
  const algs = jwkAlgorithms(jwk);
  if (jwk.use === "enc") throw new KeyError("encrypts");
  if (!algs.length) throw new KeyError(jwk.alg === undefined ? "typeWithoutAlg" : "unknownType", [jwk.kty ?? "?", jwk.crv].filter(Boolean).map(plain).join(" "), plain(jwk.alg));
  if (jwk.d) throw new KeyError("jwkIsPrivate");
  const isSecret = SECRETS.includes(algs[0]);
  const as = isSecret ? (alg) => importKey("raw", jwkSecret(jwk), alg) : (alg) => importKey("jwk", bare(jwk), alg);
  return usable({ kid: typeof jwk.kid === "string" ? jwk.kid : null, algs, kind: isSecret ? "secret" : "public", as }, jwk.alg ? undefined : bound);
}

/** Every key of a set that can be used. One that cannot is named with its reason, and hides no other. */
export async function setKeys(list, bound) {
  if (!list.length) throw new KeyError("emptySet");
  const [keys, skipped] = [[], []];
  for (const [index, jwk] of list.entries()) {
    try {
      keys.push(await jwkKey(jwk, bound));
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      skipped.push({ name: typeof jwk?.kid === "string" ? jwk.kid : index + 1, fault: error.fault });
    }
  }
  if (!keys.length) throw skipped.length === 1 ? new KeyError(...skipped[0].fault) : new KeyError("noneOf", list.length, skipped);
  return { keys, skipped };
}

/**
 * Keys out of what was pasted, and those of a set that cannot be used. `bound` is the algorithm that the key is for where
 * the material leaves a choice, and `written` how a secret is written down. A key set is read here; the other forms by a
 * module of their own, which most visits never need.
 */
export async function readKeys(text, bound, written) {
  const set = /^\s*\{\s*"keys"/.test(text) ? jsonOf(text) : null;
  if (Array.isArray(set?.keys)) return setKeys(set.keys, bound);
  return (await import("./key_texts.js")).readText(text, bound, written);
}

export function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeyError("notJson");
  }
}

/** Whether a signature over a token's first two segments is this key's, under one of its algorithms. */
export async function checkSignature(parsed, key, alg) {
  const message = new TextEncoder().encode(`${parsed.segments[0]}.${parsed.segments[1]}`);
  return crypto.subtle.verify(ALGORITHMS[alg].check, await key.as(alg), parsed.signature, message);
}
