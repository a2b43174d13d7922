// Keys in every form but a key set: secrets, PEM, JWK, discovery documents.

import { EDS, KeyError, RSAS, SECRETS, importKey, jsonOf, setKeys, usable } from "./keys.js";
import { pkcs8OfEc, pkcs8OfRsa, spkiOfCertificate, spkiOfRsa } from "./der.js";

function base64(text, words) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/").replace(/\s+/g, "")), (character) => character.charCodeAt(0));
  } catch {
    throw new KeyError(words);
  }
}

const OIDS = [
  ["06092a864886f70d010101", RSAS],
  ["06082a8648ce3d030107", ["ES256"]],
  ["06052b81040022", ["ES384"]],
  ["06052b81040023", ["ES512"]],
  ["06032b6570", EDS],
];

/** The algorithms that a key in DER may serve, by the object identifier in it. */
function derAlgorithms(bytes) {
  const hex = Array.from(bytes.slice(0, 64), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return OIDS.find(([oid]) => hex.includes(oid))?.[1] ?? [];
}

const PEMS = {
  "PUBLIC KEY": ["spki", (bytes) => bytes],
  "RSA PUBLIC KEY": ["spki", spkiOfRsa],
  CERTIFICATE: ["spki", spkiOfCertificate],
  "PRIVATE KEY": ["pkcs8", (bytes) => bytes],
  "RSA PRIVATE KEY": ["pkcs8", pkcs8OfRsa],
  "EC PRIVATE KEY": ["pkcs8", pkcs8OfEc],
};

/** What a PEM holds: in which form, the bytes, and the algorithms that its type of key serves. */
export function pem(text) {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1] ?? "?";
  if (/ENCRYPTED/.test(text)) throw new KeyError("This private key is encrypted with a password. Decrypt it first: openssl pkcs8 -in key.pem -nocrypt -topk8");
  if (!Object.hasOwn(PEMS, label)) throw new KeyError(`A PEM of “${label}” is not read here; ${Object.keys(PEMS).map((name) => `“${name}”`).join(", ")} are.`);
  const [format, convert] = PEMS[label];
  const body = text.slice(text.indexOf("-----", text.indexOf(label)) + 5).split("-----")[0];
  const bytes = base64(body, "The PEM is damaged: its body is not base64.");
  try {
    const der = convert(bytes);
    return { format, bytes: der, algs: derAlgorithms(der) };
  } catch {
    throw new KeyError("The PEM is damaged: its body ends early, or is not what its first line says.");
  }
}

async function pemKey(text, bound) {
  const { format, bytes, algs } = pem(text);
  if (format === "pkcs8") throw new KeyError("That is a private key: it signs. Only its public half verifies, and only that may leave its owner. To sign with it, use “Sign again”.");
  if (!algs.length) throw new KeyError("The PEM holds a key of a type that is not known here.");
  return usable({ kid: null, algs, kind: "public", as: (alg) => importKey("spki", bytes, alg) }, bound);
}

function fromJson(text, bound) {
  const value = jsonOf(text);
  if (typeof value.jwks_uri === "string") throw new KeyError(`This is a discovery document. It holds no keys, only their address. This page asks no other server, so fetch them yourself and paste what comes: curl -s '${value.jwks_uri.replaceAll("'", "%27")}'`);
  const certificates = Object.values(value).filter((one) => typeof one === "string" && one.startsWith("-----BEGIN CERTIFICATE"));
  if (certificates.length) return certificateKeys(value, bound);
  return setKeys(Array.isArray(value) ? value : Array.isArray(value.keys) ? value.keys : [value], bound);
}

/** Google's older form: an object of certificates by kid. */
async function certificateKeys(value, bound) {
  const keys = await Promise.all(Object.entries(value).map(async ([kid, text]) => ({ ...(await pemKey(String(text), bound)), kid })));
  return { keys, skipped: [] };
}

/** A secret's bytes, by how it is written down. */
export function secretBytes(text, written = "text") {
  if (written === "base64") return base64(text.trim(), "This is not base64.");
  if (written !== "hex") return new TextEncoder().encode(text);
  const hex = text.replace(/\s+/g, "");
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(hex)) throw new KeyError("This is not hexadecimal: two digits for each byte.");
  return Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
}

export async function readText(text, bound, written) {
  const trimmed = text.trim();
  if (!trimmed) throw new KeyError("Paste a secret, a PEM, a JWK or a JWKS.");
  if (/^[{[]/.test(trimmed)) return fromJson(trimmed, bound);
  if (trimmed.startsWith("-----BEGIN")) return { keys: [await pemKey(trimmed, bound)], skipped: [] };
  if (/^https?:\/\/\S+$/.test(trimmed)) throw new KeyError(`This is an address. This page asks no other server, so fetch the keys yourself and paste what comes: curl -s '${trimmed.replaceAll("'", "%27")}'`);
  const bytes = secretBytes(text, written);
  if (bound && !SECRETS.includes(bound)) throw new KeyError(`A secret is not for ${bound}: that wants a public key, as PEM or JWK.`);
  return { keys: [await usable({ kid: null, algs: SECRETS, kind: "secret", size: bytes.length, as: (alg) => importKey("raw", bytes, alg) }, bound)], skipped: [] };
}
