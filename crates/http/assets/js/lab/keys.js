// Keys and signatures by WebCrypto: what is pasted here stays here.

import { decode } from "./jws.js";

const RSA = (name, hash) => ({ import: { name, hash }, check: name === "RSA-PSS" ? { name, saltLength: hashBytes(hash) } : { name } });
const EC = (namedCurve, hash) => ({ import: { name: "ECDSA", namedCurve }, check: { name: "ECDSA", hash } });
const HMAC = (hash) => ({ import: { name: "HMAC", hash }, check: { name: "HMAC" } });

function hashBytes(hash) {
  return Number(hash.slice(4)) / 8;
}

/** Every algorithm that can be verified here. */
export const ALGORITHMS = {
  HS256: HMAC("SHA-256"),
  HS384: HMAC("SHA-384"),
  HS512: HMAC("SHA-512"),
  RS256: RSA("RSASSA-PKCS1-v1_5", "SHA-256"),
  RS384: RSA("RSASSA-PKCS1-v1_5", "SHA-384"),
  RS512: RSA("RSASSA-PKCS1-v1_5", "SHA-512"),
  PS256: RSA("RSA-PSS", "SHA-256"),
  ES256: EC("P-256", "SHA-256"),
  ES384: EC("P-384", "SHA-384"),
  EdDSA: { import: { name: "Ed25519" }, check: { name: "Ed25519" } },
};

/** The key material cannot be used; the message says why. */
export class KeyError extends Error {}

const OIDS = [
  ["06092a864886f70d010101", ["RS256", "RS384", "RS512", "PS256"]],
  ["06082a8648ce3d030107", ["ES256"]],
  ["06052b81040022", ["ES384"]],
  ["06032b6570", ["EdDSA"]],
];

/** The algorithms that an SPKI may serve, by the object identifier in it. */
function spkiAlgorithms(bytes) {
  const hex = Array.from(bytes.slice(0, 64), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return OIDS.find(([oid]) => hex.includes(oid))?.[1] ?? [];
}

async function importKey(format, material, alg, usages = ["verify"]) {
  try {
    return await crypto.subtle.importKey(format, material, ALGORITHMS[alg].import, false, usages);
  } catch (error) {
    if (alg === "EdDSA" && error.name === "NotSupportedError") throw new KeyError("This browser cannot verify Ed25519 signatures yet.");
    throw new KeyError(`This is no key for ${alg}.`);
  }
}

function pemBytes(text) {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  if (label?.includes("PRIVATE")) throw new KeyError("That is a private key: it signs. Only its public half verifies, and only that may leave its owner.");
  if (label !== "PUBLIC KEY") throw new KeyError(`A PEM of “${label}” is not read here; “PUBLIC KEY” (SPKI) is.`);
  const body = text.replace(/-----[A-Z ]+-----/g, "").replace(/\s+/g, "");
  try {
    return Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
  } catch {
    throw new KeyError("The PEM is damaged: its body is not base64.");
  }
}

const JWK_ALGORITHMS = { "EC P-256": "ES256", "EC P-384": "ES384", "OKP Ed25519": "EdDSA", "RSA undefined": "RS256", "oct undefined": "HS256" };

/** The one algorithm that a JWK is bound to: what it says, or what its type leaves. */
const jwkAlgorithm = (jwk) => jwk.alg ?? JWK_ALGORITHMS[`${jwk.kty} ${jwk.crv}`];

async function fromJwk(jwk) {
  if (jwk === null || typeof jwk !== "object") throw new KeyError("In a key set, every key is an object.");
  const alg = jwkAlgorithm(jwk);
  if (typeof alg !== "string" || !Object.hasOwn(ALGORITHMS, alg)) throw new KeyError(`A key of type ${jwk.kty ?? "?"} for ${alg ?? "no algorithm"} is not known here.`);
  if (jwk.d) throw new KeyError("That JWK holds the private half (d). Paste the public one.");
  const { kty, n, e, crv, x, y, k } = jwk;
  const bare = JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, k }));
  const key = alg.startsWith("HS") ? await importKey("raw", decode(typeof k === "string" ? k : "") ?? new Uint8Array(), alg) : await importKey("jwk", bare, alg);
  return { kid: jwk.kid ?? null, alg, key, kind: alg.startsWith("HS") ? "secret" : "public" };
}

async function fromJson(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KeyError("This begins like JSON and is none.");
  }
  const list = Array.isArray(value.keys) ? value.keys : [value];
  if (!list.length) throw new KeyError("The key set is empty.");
  return Promise.all(list.map(fromJwk));
}

/**
 * Keys out of what was pasted: a secret, a PEM, a JWK or a JWKS. `wanted` is the algorithm that the key is bound to
 * where the material leaves a choice; a token's header never is asked.
 */
export async function readKeys(text, wanted) {
  const trimmed = text.trim();
  if (!trimmed) throw new KeyError("Paste a secret, a PEM, a JWK or a JWKS.");
  if (trimmed.startsWith("{")) return fromJson(trimmed);
  if (trimmed.startsWith("-----BEGIN")) {
    const bytes = pemBytes(trimmed);
    const allowed = spkiAlgorithms(bytes);
    const alg = allowed.includes(wanted) ? wanted : allowed[0];
    if (!alg) throw new KeyError("The PEM holds a key of a type that is not known here.");
    return [{ kid: null, alg, key: await importKey("spki", bytes, alg), kind: "public" }];
  }
  const alg = wanted?.startsWith("HS") ? wanted : "HS256";
  return [{ kid: null, alg, key: await importKey("raw", new TextEncoder().encode(text), alg), kind: "secret" }];
}

/** Whether a signature over a token's first two segments is this key's. */
export async function checkSignature(parsed, key) {
  const message = new TextEncoder().encode(`${parsed.segments[0]}.${parsed.segments[1]}`);
  return crypto.subtle.verify(ALGORITHMS[key.alg].check, key.key, parsed.signature, message);
}

/** An HMAC-SHA-256 over text, under a key of any bytes: what the confusion attack does with a public key. */
export async function hmac(keyBytes, text) {
  const key = await crypto.subtle.importKey("raw", keyBytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
}
