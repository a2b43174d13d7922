// Signs: with a key made in this browser, or with the visitor's own. No key leaves it.

import { encode } from "./jws.js";
import { ALGORITHMS, KeyError, SECRETS, bare, importKey, jsonOf, jwkAlgorithms, jwkSecret } from "./keys.js";
import { member, read } from "./json.js";
import { pem, secretBytes } from "./key_texts.js";

const THUMBPRINT = { RSA: ["e", "kty", "n"], EC: ["crv", "kty", "x", "y"], OKP: ["crv", "kty", "x"], oct: ["k", "kty"] };

/** The members of a JWK that anybody may know. */
const publicHalf = ({ kty, n, e, crv, x, y }) => JSON.parse(JSON.stringify({ kty, n, e, crv, x, y }));

/** The RFC 7638 thumbprint of a JWK, a name that follows from the key. */
async function thumbprint(jwk) {
  const text = JSON.stringify(Object.fromEntries(THUMBPRINT[jwk.kty].map((name) => [name, jwk[name]])));
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

/** What signing and handing out takes: the key, its JWK, and what a verifier is given. */
async function signer(alg, key) {
  const { kty, n, e, crv, x, y, d, p, q, dp, dq, qi, k } = await crypto.subtle.exportKey("jwk", key);
  const jwk = JSON.parse(JSON.stringify({ kty, crv, n, e, x, y, d, p, q, dp, dq, qi, k }));
  const kid = kty === "oct" ? null : await thumbprint(jwk);
  const shown = kty === "oct" ? { ...jwk, alg } : { ...publicHalf(jwk), kid, alg, use: "sig" };
  return { alg, key, kid, jwk: { ...jwk, ...(kid && { kid }), alg }, forVerifier: JSON.stringify(shown, null, 1) };
}

/** A fresh key for an algorithm. */
export async function makeKey(alg) {
  const { import: wanted } = ALGORITHMS[alg];
  const rsa = wanted.name.startsWith("RSA") && { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  try {
    const made = await crypto.subtle.generateKey({ ...wanted, ...rsa }, true, ["sign", "verify"]);
    return await signer(alg, made.privateKey ?? made);
  } catch (error) {
    if (error.name === "NotSupportedError") throw new KeyError("noSuchKeyYet", alg);
    throw error;
  }
}

/** A key that signs, out of a secret, a PEM (PKCS#8, PKCS#1, SEC 1) or a private JWK. It can be exported: it is the visitor's. */
export async function readSigningKey(text, alg, written) {
  const trimmed = text.trim();
  if (!trimmed) throw new KeyError("pastePrivate");
  if (trimmed.startsWith("{")) return fromPrivateJwk(trimmed, alg);
  const isSecret = SECRETS.includes(alg);
  if (trimmed.startsWith("-----BEGIN")) {
    const { format, bytes, algs } = pem(trimmed);
    if (format !== "pkcs8") throw new KeyError("isPublic");
    if (!algs.includes(alg)) throw algs.length ? new KeyError("signsOther", alg, algs.join(", ")) : new KeyError("signsNothing");
    return importKey("pkcs8", bytes, alg, ["sign"], true);
  }
  if (!isSecret) throw new KeyError("needsPrivate", alg);
  return importKey("raw", secretBytes(text, written), alg, ["sign"], true);
}

function fromPrivateJwk(text, alg) {
  const jwk = jsonOf(text);
  const algs = jwkAlgorithms(jwk);
  if (!algs.includes(alg)) throw algs.length ? new KeyError("jwkSignsOther", alg, algs.join(", ")) : new KeyError("jwkSignsNothing");
  if (SECRETS.includes(alg)) return importKey("raw", jwkSecret(jwk), alg, ["sign"], true);
  if (!jwk.d) throw new KeyError("jwkIsPublic");
  return importKey("jwk", bare(jwk), alg, ["sign"], true);
}

/** A JSON object's text with one member set to another JSON text, and every other byte as it was. */
export function withMember(text, name, raw) {
  const { tree } = read(text);
  const old = member(tree, name);
  if (old) return text.slice(0, old.start) + raw + text.slice(old.end);
  const comma = tree.members.length ? "," : "";
  return `${text.slice(0, tree.start + 1)}${JSON.stringify(name)}:${raw}${comma}${text.slice(tree.start + 1)}`;
}

/** The visitor's own key. */
export const ownKey = async (text, alg, written) => signer(alg, await readSigningKey(text, alg, written));

/** A signed token of two JSON texts, which go in as they stand. */
export async function sign(signer, header, payload) {
  const utf8 = (text) => new TextEncoder().encode(text);
  const signed = `${encode(utf8(header))}.${encode(utf8(payload))}`;
  return `${signed}.${encode(new Uint8Array(await crypto.subtle.sign(ALGORITHMS[signer.alg].check, signer.key, utf8(signed))))}`;
}

/** The private key as PEM (PKCS#8); a secret has no such form. */
export async function privatePem(signer) {
  if (signer.jwk.kty === "oct") return null;
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", signer.key));
  const body = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g).join("\n");
  return `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;
}
