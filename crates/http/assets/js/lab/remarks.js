// Remarks about a token of another issuer, beyond its kind.

import { MILLIS, decode, visible } from "./jws.js";
import { textOf } from "./json.js";
import { faultWords } from "./kinds.js";
import { words } from "../language.js";

const { FOREIGN, REMARKS } = await words("pasted");

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
  for (const part of [parsed.header, parsed.payload]) if (part.twice.length) found.push(faultWords(part.fault));
  for (const name of ["exp", "iat", "nbf", "auth_time"]) {
    const value = claims[name];
    if (typeof value === "string") found.push(REMARKS.isText(name));
    if (typeof value === "number" && value > MILLIS[1]) found.push(REMARKS.outOfRange(name));
    else if (typeof value === "number" && value > MILLIS[0]) found.push(REMARKS.millis(name, Math.floor(value / 1000)));
  }
  if (String(header.typ).toLowerCase() === "dpop+jwt") found.push(REMARKS.proof(`${claims.htm ?? "?"} ${String(claims.htu ?? "?").slice(0, 120)}`));
  if (claims.cnf && !header.jwk) found.push(REMARKS.bound);
  if (Array.isArray(header.x5c) || header.jku || header.x5u) found.push(REMARKS.bringsKey);
  for (const name of Object.keys(claims)) if (/passw|secret|credit|iban|ssn\b/i.test(name)) found.push(REMARKS.readable(name.slice(0, 40)));
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
  const isSecret = String(parsed.header.value?.alg).startsWith("HS");
  return [
    typeof iss === "string" && FOREIGN.from(visible(iss.slice(0, 120))),
    isSecret ? FOREIGN.secret : FOREIGN.key,
    !isSecret && /^https:/.test(iss ?? "") && FOREIGN.discovery,
  ].filter(Boolean).join(" ");
}
