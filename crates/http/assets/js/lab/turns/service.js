// A service that checks tokens by itself, run in this browser: with the sandbox's public keys, by WebCrypto.

import { parse } from "../jws.js";

const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

export const bytes = (text) => new TextEncoder().encode(text);

/** What a token says, whether it is true or not. */
export const claimsOf = (token) => parse(token).payload.value;

/** Whether a key of the set has signed this. The header names a key and chooses nothing else. */
export async function isSigned(token, { keys }) {
  const { header, segments, signature } = parse(token);
  const { kty, n, e } = keys.find((key) => key.kid === header.value.kid) ?? keys[0];
  const key = await crypto.subtle.importKey("jwk", { kty, n, e }, RS256, false, ["verify"]);
  return crypto.subtle.verify(RS256, key, signature, bytes(`${segments[0]}.${segments[1]}`));
}
