// Reads a compact JWS as strictly as the server does, but goes on reading so that a broken one can be looked at.

const LIMIT = 8192;
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

/** The names that occur twice in one object of a JSON text, which `JSON.parse` would pass over in silence. */
export function duplicates(text) {
  const found = [];
  const open = [];
  const pattern = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;
  for (const [piece, colon] of text.matchAll(pattern)) {
    if (piece === "{" || piece === "[") open.push(new Set());
    else if (piece === "}" || piece === "]") open.pop();
    else if (colon) {
      const name = JSON.parse(piece.slice(0, piece.length - colon.length));
      const names = open.at(-1);
      if (names?.has(name)) found.push(name);
      names?.add(name);
    }
  }
  return found;
}

/** A JSON object out of bytes: its text, its value, and the reason if it is none. */
function object(bytes) {
  if (!bytes) return { text: "", value: null, error: "bad_base64url" };
  const text = utf8(bytes);
  if (text === null) return { text: "", value: null, error: "bad_json" };
  try {
    const value = JSON.parse(text);
    if (value === null || typeof value !== "object" || Array.isArray(value)) return { text, value: null, error: "bad_json" };
    return { text, value, error: duplicates(text).length ? "bad_json" : null };
  } catch {
    return { text, value: null, error: "bad_json" };
  }
}

/**
 * Takes a token apart. `error` is the first reason for which the server would refuse its form, by the server's own
 * names; what can be read is there all the same.
 */
export function parse(token) {
  const parts = token.split(".");
  const segments = [parts[0] ?? "", parts[1] ?? "", parts.slice(2).join(".")];
  const header = object(decode(segments[0]));
  const payload = object(decode(segments[1]));
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
  if ("crit" in header || "b64" in header) return "critical_extension";
  if (["jwk", "jku", "x5u", "x5c"].some((name) => name in header)) return "embedded_key";
  if ("kid" in header && typeof header.kid !== "string") return "bad_header";
  return null;
}
