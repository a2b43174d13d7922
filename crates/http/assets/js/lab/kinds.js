// Says what a signed token is.

import { LIMIT } from "./jws.js";
import { isKnown } from "./keys.js";
import { words } from "../language.js";

const { TYPES } = await words("anatomy");


/** Characters that turn the direction of text would let a token rearrange the page's own words: they are written out. */
export const visible = (text) => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);

export const kind = (id, title, words, more) => ({ id, title: visible(title), words: visible(words), ...more });

/** What a JWS of good form says about itself. */
export function jws({ token, header, payload, signature }) {
  const { alg, typ, kid, cty } = header.value ?? {};
  const size = new TextEncoder().encode(token).length;
  const name = Object.hasOwn(TYPES, String(typ).toLowerCase().replace(/^application\//, "")) ? TYPES[String(typ).toLowerCase().replace(/^application\//, "")] : typeof typ === "string" ? `a token of type ${typ.slice(0, 40)}` : "a JWT that does not say its type";
  const title = name.replace(/^a/, "A");
  if (header.error) return kind("jws", "A token whose header cannot be read", header.words);
  if (alg === undefined) return kind("jws", title, "Its header names no algorithm (alg), and every verifier refuses it.");
  if (String(alg).toLowerCase() === "none") return kind("none", `${title}, unsigned`, `Its algorithm is none: ${signature?.length ? "and yet something stands in the place of the signature" : "anybody could have written it"}. A verifier refuses it.`);
  const by = typeof kid === "string" ? `by the key ${kid.slice(0, 64)}` : "without a kid, so that its key must be known otherwise";
  const odd = isKnown(alg) ? "" : ` This page cannot check ${String(alg).slice(0, 40)}: ${/^(RSA|A\d|dir|ECDH|PBES)/.test(alg) ? "it is for encryption" : "WebCrypto does not have it"}.`;
  const holds = cty && /jwt/i.test(cty) ? " It holds another token (cty)." : "";
  const long = size > LIMIT ? " It is longer than 8 KiB, and most servers refuse it." : "";
  return kind("jws", title, `Signed with ${String(alg).slice(0, 40)} ${by}.${payload.error ? ` Its payload is not claims. ${payload.words}` : ""}${holds}${long}${odd}`);
}

/** Times in milliseconds lie here; seconds do not get so far before the year 5138. */
export const MILLIS = [1e11, 1e14];
