// Says what a signed token is.

import { LIMIT, visible } from "./jws.js";
import { isKnown } from "./keys.js";
import { words } from "../language.js";

const { FAULTS, SIGNED, TYPES } = await words("kinds");

/** Why a segment or a text could not be read. */
export function faultWords([id, ...values]) {
  const said = FAULTS[id];
  return typeof said === "string" ? said : said(...values.map((value) => (Array.isArray(value) ? faultWords(value) : value)));
}

export const kind = (id, title, words, more) => ({ id, title: visible(title), words: visible(words), ...more });

/** What the header's typ says. */
function titleOf(typ) {
  const known = String(typ).toLowerCase().replace(/^application\//, "");
  if (Object.hasOwn(TYPES, known)) return TYPES[known];
  return typeof typ === "string" ? SIGNED.ofType(typ.slice(0, 40)) : SIGNED.noType;
}

/** Why an algorithm cannot be checked here; null when it can be. */
function oddAlgorithm(alg) {
  if (isKnown(alg)) return null;
  const name = String(alg);
  return (/^(RSA|A\d|dir|ECDH|PBES)/.test(name) ? SIGNED.encrypts : SIGNED.unknownAlg)(name.slice(0, 40));
}

/** What a JWS of good form says about itself. */
export function jws({ token, header, payload, signature }) {
  const { alg, typ, kid, cty } = header.value ?? {};
  const title = titleOf(typ);
  if (header.error) return kind("jws", SIGNED.badHeader, faultWords(header.fault));
  if (alg === undefined) return kind("jws", title, SIGNED.noAlg);
  if (String(alg).toLowerCase() === "none") return kind("none", SIGNED.unsigned(title), signature?.length ? SIGNED.noneWithSignature : SIGNED.none);
  const name = String(alg).slice(0, 40);
  const said = [
    typeof kid === "string" ? SIGNED.byKey(name, kid.slice(0, 64)) : SIGNED.withoutKid(name),
    payload.error && `${SIGNED.noClaims} ${faultWords(payload.fault)}`,
    cty && /jwt/i.test(cty) && SIGNED.holdsToken,
    new TextEncoder().encode(token).length > LIMIT && SIGNED.long,
    oddAlgorithm(alg),
  ];
  return kind("jws", title, said.filter(Boolean).join(" "));
}
