// Says what a text is that is no plain JWS: encrypted, opaque, cut, of another kind, or no token at all.

import { decodeLoosely } from "./jws.js";
import { member, read, textOf, write } from "./json.js";
import { jws, kind } from "./kinds.js";
import { words } from "../language.js";

const { OPAQUE, PASETO } = await words("kinds");

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
  const how = enc ? `The content is encrypted with ${enc}${alg === "dir" ? " under a key that both sides share" : `, and its key with ${alg ?? "?"}`}${zip ? "; it is compressed, too" : ""}.` : "Its header names no encryption (enc): it is damaged.";
  return kind("jwe", "A JWE: an encrypted token", `Five segments: header, encrypted key, initialization vector, ciphertext, tag (RFC 7516). ${how} Only the header can be read; the recipient's key opens the rest.`,
    { shows: parsed.header.text && pretty(parsed.header.text), sizes: parts.map((part) => decodeLoosely(part).length) });
}

function paseto(token) {
  const [version, purpose, body, footer] = token.split(".");
  const bytes = decodeLoosely(body ?? "");
  // A public token of versions 2 and 4 ends in an Ed25519 signature of 64 bytes; 3 in one of 96, 1 in one of 256.
  const signature = { v1: 256, v2: 64, v3: 96, v4: 64 }[version];
  const message = purpose === "public" && bytes.length > signature ? pretty(shorter(bytes.slice(0, -signature))) : null;
  return kind("paseto", `A PASETO, ${version}.${purpose}`, `It is no JWT: its version fixes the algorithm, so that no header can choose one. It is ${PASETO[purpose]}.${footer ? " It has a footer, which is not encrypted." : ""}`, { shows: message });
}

/** JSON in which no token was found. */
function jsonKind(text) {
  let tree;
  try {
    ({ tree } = read(text));
  } catch (error) {
    return kind("json", "JSON that is damaged", `It begins like JSON and cannot be read. ${error.message}`);
  }
  const has = (...names) => names.some((name) => member(tree, name));
  if (has("jwks_uri")) return kind("discovery", "A discovery document", "It says where an issuer's keys are, and holds none. Paste it under “Check with a key” to be told how to get them.");
  if (has("keys", "kty")) return kind("jwk", "A key or a key set", "It is no token. Put it under “Check with a key”; one with its private half (d) under “Sign again”.");
  if (has("ciphertext")) return kind("jwe", "A JWE in JSON Serialization", "An encrypted token (RFC 7516 §7.2). The recipient's key opens it.");
  if (has("active")) return kind("introspection", "An answer to introspection", "An authorization server's word on a token (RFC 7662). The token itself is not in it.");
  if (has("error")) return kind("error", "An error of an authorization server", `${textOf(member(tree, "error")) ?? "It"} is what it says; no token came with it.`);
  if (has("exp", "iss", "sub", "aud")) return kind("claims", "Claims without a token", "This is what a payload holds, without a signature. Put it into the payload of the token at hand and press “Sign again”: that makes a token of it.");
  if (has("alg")) return kind("header", "A header without a token", "This is what a header holds; payload and signature are missing.");
  return kind("json", "JSON without a token", "None of the texts in it looks like a token.");
}

function oneSegment(token) {
  const found = OPAQUE.find(([pattern]) => pattern.test(token));
  if (found) return kind("opaque", found[1], found[2]);
  if (/^[{[]/.test(token)) return jsonKind(token);
  const text = /^e[wyz]/.test(token) ? shorter(decodeLoosely(token)) : "";
  if (text.startsWith("{")) return kind("cut", "One segment of a token", "It is a header or a payload alone: the dots and what comes after them are missing.", { shows: pretty(text) });
  if (/\s/.test(token)) return kind("words", "Text without a token", "Nothing in it looks like a token. A JWT begins with eyJ and has two dots.");
  if (/^[\w+/=-]{16,}$/.test(token)) return kind("opaque", "An opaque token, or a key", "It has no dots and no JSON in it. Only its issuer knows what it means; RFC 7662 (introspection) is how a service asks.");
  return kind("unknown", "No token", "A JWT has three segments of letters, digits, - and _ with a dot between; the first begins with eyJ.");
}

/** The bytes that a signature of this algorithm has; RSA's depend on the key. */
const SIZES = { HS256: [32], HS384: [48], HS512: [64], ES256: [64], ES384: [96], ES512: [132], EdDSA: [64], Ed25519: [64], RS256: [256, 384, 512] };

/** Why a token seems to have been cut; null when it does not. */
function cut(parsed) {
  if (/…|\.{3,}/.test(parsed.token)) return "Somebody shortened it: there is an ellipsis in it. Copy the whole token.";
  const { signature, payload, segments } = parsed;
  if (segments[1] && payload.error && /end may be missing/.test(payload.words ?? "")) return `The payload breaks off. ${payload.words}`;
  const alg = String(parsed.header.value?.alg);
  const sizes = Object.hasOwn(SIZES, alg) ? SIZES[alg] : Object.hasOwn(SIZES, alg.replace(/^[RP]S\d+/, "RS256")) ? SIZES.RS256 : null;
  const length = signature ? signature.length : decodeLoosely(segments[2]).length;
  if (sizes && length && length < sizes[0]) return `The signature has ${length} bytes, and one of ${alg} has ${sizes.join(", ")}: the end of the token is probably missing.`;
  return null;
}

function brokenForm(parsed) {
  const { token, header, segments } = parsed;
  const dots = count(token, ".");
  if (dots === 1 && header.value) return kind("cut", "Two segments", "Header and payload are there, and the signature is missing. What is not signed is nobody's word.");
  if (/[+/=]/.test(token) && header.text) return kind("base64", "Base64 of the other kind", "A JWT uses base64url: - and _ instead of + and /, and no = at the end. A verifier refuses the other spelling.");
  const shortened = header.text.startsWith("{") && cut(parsed);
  if (shortened) return kind("cut", "A token that was cut", shortened);
  if (!header.text.trimStart().startsWith("{")) return kind("unknown", `${dots + 1} segments, and the first is no JSON`, "In a JWT the first segment is a JSON object in base64url, and so it begins with eyJ. This may be another kind of token, or a text with dots.");
  if (dots > 2) return kind("unknown", `${dots + 1} segments`, "A signed token (JWS) has three, an encrypted one (JWE) five. A token with a tail is refused.");
  if (!segments[1]) return kind("detached", "A signature without its payload", "The payload is detached (RFC 7515, appendix F): it travels elsewhere, and has to be put back between the dots to be checked.");
  return null;
}

/** Refused for what the header says, and a token all the same. */
const ASIDE = [null, "critical_extension", "embedded_key", "bad_header"];

/** What a text is. */
export function classify(parsed) {
  const { token } = parsed;
  if (ASIDE.includes(parsed.error) && !cut(parsed)) return jws(parsed);
  if (/^e[wyz]/.test(token) && /…|\.{3}/.test(token)) return kind("cut", "A token that was cut", cut(parsed));
  if (/^v[1-4]\.(local|public)\./.test(token)) return paseto(token);
  if (!token.includes(".") || /^(?:[{[<$]|https?:|-----)/.test(token) || OPAQUE.some(([pattern]) => pattern.test(token))) return oneSegment(token);
  if (/\s/.test(token)) return kind("words", "Text without a token", "Nothing in it looks like a token. A JWT begins with eyJ and has two dots.");
  if (count(token, ".") === 4 && parsed.header.value) return jwe(token, parsed);
  if (token.includes("~") && parsed.header.value) return sdJwt(token);
  const broken = brokenForm(parsed);
  if (broken) return broken;
  return jws(parsed);
}

function sdJwt(token) {
  const [, ...rest] = token.split("~");
  const disclosures = rest.filter((part) => part && !part.includes("."));
  return kind("sd-jwt", "An SD-JWT: claims that can be withheld", `A signed token with ${disclosures.length} disclosure${disclosures.length === 1 ? "" : "s"} after it (RFC 9901). The payload holds hashes; each disclosure shows one claim. To check the signature, paste what stands before the first ~.`,
    { shows: disclosures.map((part) => shorter(decodeLoosely(part))).join("\n").slice(0, 4000) });
}
