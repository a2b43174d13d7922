// Says what a text is that is no plain JWS: encrypted, opaque, cut, of another kind, or no token at all.

import { decodeLoosely } from "./jws.js";
import { member, read, textOf, write } from "./json.js";
import { faultWords, jws, kind } from "./kinds.js";
import { words } from "../language.js";

const { JSON_KINDS, JWE, OPAQUE, OTHER, PASETO } = await words("kinds");

/** What texts without segments look like; OPAQUE has the words for each. */
const LOOKS = [
  [/^$/, "nothing"],
  [/^hpr_[\w-]+$/, "refresh"],
  [/^hpr_/, "refreshDamaged"],
  [/^(?:gh[pousr]_|github_pat_)\w*$/, "github"],
  [/^gl(?:pat|dt|rt|ptt)-[\w-]+$/, "gitlab"],
  [/^xox[a-z]-[\w-]+$/, "slack"],
  [/^[spr]k_(?:live|test)_\w+$/, "stripe"],
  [/^(?:AKIA|ASIA)[A-Z0-9]{16}$/, "aws"],
  [/^AIza[\w-]{35}$/, "googleKey"],
  [/^ya29\.[\w.-]+$/, "googleAccess"],
  [/^1\/\/[\w-]+$/, "googleRefresh"],
  [/^npm_\w+$/, "npm"],
  [/^hf_\w+$/, "huggingFace"],
  [/^sk-[\w-]{16,}$/, "apiKey"],
  [/^SG\.[\w-]+\.[\w-]+$/, "sendGrid"],
  [/^gAAAA[\w=-]+$/, "fernet"],
  [/^Fe26\.\d\*/, "iron"],
  [/^s(?::|%3A)[\w-]+\.[\w+/=-]+$/, "express"],
  [/^k[1-4]\.[\w-]+\./, "paserk"],
  [/^\$2[abxy]?\$/, "bcrypt"],
  [/^\$(?:argon2|scrypt|pbkdf2)/, "passwordHash"],
  [/^-----BEGIN [A-Z ]*PRIVATE KEY/, "privateKey"],
  [/^-----BEGIN (?:[A-Z ]*PUBLIC KEY|CERTIFICATE)-----/, "publicKey"],
  [/^-----BEGIN /, "pem"],
  [/^basic\s/i, "basic"],
  [/^(?:negotiate|ntlm)\s/i, "kerberos"],
  [/^digest\s/i, "digest"],
  [/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, "uuid"],
  [/^(?:[0-9a-f]{2}){8,}$/i, "hexadecimal"],
  [/^PD94bWwg|^PHNhbWx|^PFJlc3Bvbn|^PEFzc2Vyd|^PHNhbWw/, "saml"],
  [/^<\?xml|^<saml/i, "xml"],
  [/^</, "markup"],
  [/^https?:\/\/\S*(?:jwks|openid-configuration|oauth-authorization-server)/i, "keysAddress"],
  [/^[a-z][a-z0-9+.-]*:\/\//i, "address"],
];

/** A kind that its words alone make up. */
const known = (id, [title, words], more) => kind(id, title, words, more);

const lookOf = (token) => LOOKS.find(([pattern]) => pattern.test(token))?.[1];

const count = (text, one) => text.split(one).length - 1;

function shorter(bytes) {
  return new TextDecoder("utf-8").decode(bytes.slice(0, 4000));
}

function pretty(text) {
  try {
    return write(read(text).tree, "  ");
  } catch {
    return text;
  }
}

function jwe(token, parsed) {
  const { alg, enc, zip } = parsed.header.value ?? {};
  const parts = token.split(".");
  const how = enc ? (alg === "dir" ? JWE.direct(enc) : JWE.wrapped(enc, alg ?? "?")) : JWE.noEnc;
  return kind("jwe", JWE.title, [JWE.parts, how, enc && zip && JWE.compressed, JWE.end].filter(Boolean).join(" "),
    { shows: parsed.header.text && pretty(parsed.header.text), sizes: parts.map((part) => decodeLoosely(part).length) });
}

function paseto(token) {
  const [version, purpose, body, footer] = token.split(".");
  const bytes = decodeLoosely(body ?? "");
  // A public token of versions 2 and 4 ends in an Ed25519 signature of 64 bytes; 3 in one of 96, 1 in one of 256.
  const signature = { v1: 256, v2: 64, v3: 96, v4: 64 }[version];
  const message = purpose === "public" && bytes.length > signature ? pretty(shorter(bytes.slice(0, -signature))) : null;
  return kind("paseto", PASETO.title(`${version}.${purpose}`), `${PASETO.about} ${PASETO[purpose]}${footer ? ` ${PASETO.footer}` : ""}`, { shows: message });
}

/** JSON in which no token was found. */
function jsonKind(text) {
  let tree;
  try {
    ({ tree } = read(text));
  } catch (error) {
    return kind("json", JSON_KINDS.damaged, JSON_KINDS.damagedWhy(faultWords(error.fault)));
  }
  const has = (...names) => names.some((name) => member(tree, name));
  if (has("jwks_uri")) return known("discovery", JSON_KINDS.discovery);
  if (has("keys", "kty")) return known("jwk", JSON_KINDS.jwk);
  if (has("ciphertext")) return known("jwe", JSON_KINDS.jwe);
  if (has("active")) return known("introspection", JSON_KINDS.introspection);
  if (has("error")) return kind("error", JSON_KINDS.error, JSON_KINDS.errorSays(textOf(member(tree, "error")) ?? "?"));
  if (has("exp", "iss", "sub", "aud")) return known("claims", JSON_KINDS.claims);
  return has("alg") ? known("header", JSON_KINDS.header) : known("json", JSON_KINDS.other);
}

function oneSegment(token) {
  const look = lookOf(token);
  if (look) return known("opaque", OPAQUE[look]);
  if (/^[{[]/.test(token)) return jsonKind(token);
  const text = /^e[wyz]/.test(token) ? shorter(decodeLoosely(token)) : "";
  if (text.startsWith("{")) return known("cut", OTHER.oneSegment, { shows: pretty(text) });
  if (/\s/.test(token)) return known("words", OTHER.text);
  return /^[\w+/=-]{16,}$/.test(token) ? known("opaque", OTHER.opaque) : known("unknown", OTHER.none);
}

/** The bytes that a signature of this algorithm has; RSA's depend on the key. */
const SIZES = { HS256: [32], HS384: [48], HS512: [64], ES256: [64], ES384: [96], ES512: [132], EdDSA: [64], Ed25519: [64], RS256: [256, 384, 512] };

/** What JSON that was cut is at fault for. */
const ENDS = ["endsForValue", "endsInQuotes", "endsOpen"];

/** Why a token seems to have been cut; null when it does not. */
function cut(parsed) {
  if (/…|\.{3,}/.test(parsed.token)) return OTHER.ellipsis;
  const { signature, payload, segments } = parsed;
  if (segments[1] && ENDS.includes(payload.fault?.at(-1)[0])) return OTHER.breaksOff(faultWords(payload.fault));
  const alg = String(parsed.header.value?.alg);
  const sizes = Object.hasOwn(SIZES, alg) ? SIZES[alg] : Object.hasOwn(SIZES, alg.replace(/^[RP]S\d+/, "RS256")) ? SIZES.RS256 : null;
  const length = signature ? signature.length : decodeLoosely(segments[2]).length;
  if (sizes && length && length < sizes[0]) return OTHER.short(length, alg, sizes.join(", "));
  return null;
}

function brokenForm(parsed) {
  const { token, header, segments } = parsed;
  const dots = count(token, ".");
  if (dots === 1 && header.value) return known("cut", OTHER.twoSegments);
  if (/[+/=]/.test(token) && header.text) return known("base64", OTHER.base64);
  const shortened = header.text.startsWith("{") && cut(parsed);
  if (shortened) return kind("cut", OTHER.cut, shortened);
  if (!header.text.trimStart().startsWith("{")) return kind("unknown", OTHER.noHeader(dots + 1), OTHER.noHeaderWhy);
  if (dots > 2) return kind("unknown", OTHER.segments(dots + 1), OTHER.segmentsWhy);
  return segments[1] ? null : known("detached", OTHER.detached);
}

/** Refused for what the header says, and a token all the same. */
const ASIDE = [null, "critical_extension", "embedded_key", "bad_header"];

/** What a text is. */
export function classify(parsed) {
  const { token } = parsed;
  if (ASIDE.includes(parsed.error) && !cut(parsed)) return jws(parsed);
  if (/^e[wyz]/.test(token) && /…|\.{3}/.test(token)) return kind("cut", OTHER.cut, cut(parsed));
  if (/^v[1-4]\.(local|public)\./.test(token)) return paseto(token);
  if (!token.includes(".") || /^(?:[{[<$]|https?:|-----)/.test(token) || lookOf(token)) return oneSegment(token);
  if (/\s/.test(token)) return known("words", OTHER.text);
  if (count(token, ".") === 4 && parsed.header.value) return jwe(token, parsed);
  if (token.includes("~") && parsed.header.value) return sdJwt(token);
  const broken = brokenForm(parsed);
  if (broken) return broken;
  return jws(parsed);
}

function sdJwt(token) {
  const [, ...rest] = token.split("~");
  const disclosures = rest.filter((part) => part && !part.includes("."));
  return kind("sd-jwt", OTHER.sdJwt, OTHER.sdJwtWhy(disclosures.length),
    { shows: disclosures.map((part) => shorter(decodeLoosely(part))).join("\n").slice(0, 4000) });
}
