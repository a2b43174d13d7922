// Reads a compact JWS as strictly as the server does, but goes on reading so that a broken one can be looked at.

import { JsonError, read } from "./json.js";

export const LIMIT = 8192;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Bytes as base64url, without padding. */
export function encode(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Text as base64url. */
export const encodeText = (text) => encode(new TextEncoder().encode(text));

/** A JSON value as base64url. */
export const encodeJson = (value) => encodeText(JSON.stringify(value));

/** The bytes of canonical base64url; null for padding, another alphabet, or bits left over that are not zero. */
export function decode(text) {
  if (/[^A-Za-z0-9_-]/.test(text) || text.length % 4 === 1) return null;
  const spare = { 2: 15, 3: 3 }[text.length % 4];
  if (spare && ALPHABET.indexOf(text.at(-1)) & spare) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function utf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What base64 of any spelling holds, as far as it goes: for eyes only. */
export function decodeLoosely(segment) {
  const plain = segment.replaceAll("+", "-").replaceAll("/", "_").split(/[^A-Za-z0-9_-]/)[0];
  const whole = plain.length % 4 === 1 ? plain.slice(0, -1) : plain;
  return Uint8Array.from(atob(whole.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

/** Characters that turn the direction of text would let a token rearrange the page's own words: they are written out. */
export const visible = (text) => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Times in milliseconds lie here; seconds do not get so far before the year 5138. */
export const MILLIS = [1e11, 1e14];

/**
 * A JSON object out of a segment: its text, tree and value, and the reason if it is none: as the server's code, and as a
 * name of FAULTS in texts/kinds.js with what its sentence takes.
 */
function object(segment) {
  const bytes = decode(segment);
  const bad = (error, fault, text) => ({ text, tree: null, value: null, twice: [], error, fault });
  if (!bytes) return bad("bad_base64url", ["notBase64url"], utf8(decodeLoosely(segment)) ?? "");
  const text = utf8(bytes);
  if (text === null) return bad("bad_json", ["notUtf8"], "");
  try {
    const { tree, twice } = read(text);
    if (tree.kind !== "object") return bad("bad_json", ["notObject"], text);
    const fault = twice.length ? ["twice", twice[0].slice(0, 80)] : null;
    return { text, tree, value: JSON.parse(text), twice, error: fault && "bad_json", fault };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return bad("bad_json", error.fault, text);
  }
}

/**
 * Takes a token apart. `error` is the first reason for which the server would refuse its form, by the server's own
 * names; what can be read is there all the same.
 */
export function parse(token) {
  const parts = token.split(".");
  const segments = [parts[0] ?? "", parts[1] ?? "", parts.slice(2).join(".")];
  const header = object(segments[0]);
  const payload = object(segments[1]);
  const signature = decode(segments[2]);
  return { token, segments, header, payload, signature, error: formError(token, parts, header, payload, signature) };
}

function formError(token, parts, header, payload, signature) {
  if (new TextEncoder().encode(token).length > LIMIT) return "token_too_long";
  if (parts.length !== 3 || parts.some((part) => part === "")) return "not_compact_jws";
  if (header.error === "bad_base64url" || payload.error === "bad_base64url" || !signature) return "bad_base64url";
  if (header.error) return header.error;
  return headerError(header.value) ?? payload.error;
}

function headerError(header) {
  if (typeof header.alg !== "string") return "bad_header";
  const has = (name) => Object.hasOwn(header, name);
  if (has("crit") || has("b64")) return "critical_extension";
  // A DPoP proof shows that its sender holds the key in it (RFC 9449): there, and only there, it belongs in the header.
  const isProof = header.typ === "dpop+jwt";
  if (["jku", "x5u", "x5c"].some(has) || (has("jwk") && !isProof)) return "embedded_key";
  if (has("kid") && typeof header.kid !== "string") return "bad_header";
  return null;
}
