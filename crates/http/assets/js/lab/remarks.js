// Remarks about a token of another issuer, beyond its kind.

import { decode } from "./jws.js";
import { textOf } from "./json.js";
import { MILLIS, visible } from "./kinds.js";

const isCompact = (text) => /^e[wyz][\w-]{6,}\.[\w-]+\.[\w-]*$/.test(text);

/** A token within the token: as its payload, or as a claim. */
export function nested(parsed) {
  const whole = parsed.payload.value ? null : parsed.payload.text.replace(/^"|"$/g, "");
  if (whole && isCompact(whole)) return { name: "payload", token: whole };
  for (const { name, value } of parsed.payload.tree?.members ?? []) {
    const text = textOf(value);
    if (text && isCompact(text)) return { name: visible(name), token: text };
  }
  return null;
}

/** What else is worth saying about a JWS, one sentence each. */
export function remarks(parsed) {
  const header = parsed.header.value ?? {};
  const claims = parsed.payload.value ?? {};
  const found = [];
  for (const part of [parsed.header, parsed.payload]) if (part.twice.length) found.push(part.words);
  for (const name of ["exp", "iat", "nbf", "auth_time"]) {
    const value = claims[name];
    if (typeof value === "string") found.push(`${name} is text, and must be a number of seconds.`);
    if (typeof value === "number" && value > MILLIS[1]) found.push(`${name} is out of range: no calendar reaches that far.`);
    else if (typeof value === "number" && value > MILLIS[0]) found.push(`${name} is in milliseconds. JWT counts seconds since 1970: ${name} should be ${Math.floor(value / 1000)}.`);
  }
  if (String(header.typ).toLowerCase() === "dpop+jwt") found.push(`A DPoP proof shows that the client holds a key, for one request: ${claims.htm ?? "?"} ${String(claims.htu ?? "?").slice(0, 120)}. Its key comes in its own header (jwk); the access token names the same key in cnf.jkt.`);
  if (claims.cnf && !header.jwk) found.push("cnf binds the token to a key or a certificate: without a proof of that key it is not enough.");
  if (Array.isArray(header.x5c) || header.jku || header.x5u) found.push("The header brings its own key or says where to fetch it. Who believes that believes whoever wrote the token.");
  for (const name of Object.keys(claims)) if (/passw|secret|credit|iban|ssn\b/i.test(name)) found.push(`${name.slice(0, 40)} stands in the payload, which anybody who holds the token can read.`);
  return found.map(visible);
}

/** The public key in a DPoP proof's header, as JSON; null in every other token. */
export function ownKeyOf(parsed) {
  const { typ, jwk } = parsed.header.value ?? {};
  return String(typ).toLowerCase() === "dpop+jwt" && jwk && typeof jwk === "object" && !jwk.d && decode(parsed.segments[2])?.length ? JSON.stringify(jwk) : null;
}

/** What it takes to check a token of another issuer. */
export function foreignWords(parsed) {
  const { iss } = parsed.payload.value ?? {};
  const from = typeof iss === "string" ? `It is from ${visible(iss.slice(0, 120))}. ` : "";
  const isSecret = String(parsed.header.value?.alg).startsWith("HS");
  const wanted = isSecret ? "its secret" : "the issuer's public key or key set";
  return `${from}Paste ${wanted} under “Check with a key” to check the signature. ${!isSecret && /^https:/.test(iss ?? "") ? "The address of its keys stands in its discovery document, as a rule below /.well-known/openid-configuration of the issuer." : ""}`;
}
