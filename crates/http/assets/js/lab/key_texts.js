// Keys in every form but a key set: secrets, PEM, JWK, discovery documents.

import { EDS, KeyError, RSAS, SECRETS, importKey, jsonOf, setKeys, usable } from "./keys.js";
import { pkcs8OfEc, pkcs8OfRsa, spkiOfCertificate, spkiOfRsa } from "./der.js";

function base64(text, fault) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/").replace(/\s+/g, "")), (character) => character.charCodeAt(0));
  } catch {
    throw new KeyError(fault);
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
  if (/ENCRYPTED/.test(text)) throw new KeyError("encrypted");
  if (!Object.hasOwn(PEMS, label)) throw new KeyError("otherPem", label, Object.keys(PEMS).join(", "));
  const [format, convert] = PEMS[label];
  const body = text.slice(text.indexOf("-----", text.indexOf(label)) + 5).split("-----")[0];
  const bytes = base64(body, "pemNotBase64");
  try {
    const der = convert(bytes);
    return { format, bytes: der, algs: derAlgorithms(der) };
  } catch {
    throw new KeyError("pemDamaged");
  }
}

async function pemKey(text, bound) {
  const { format, bytes, algs } = pem(text);
  if (format === "pkcs8") throw new KeyError("isPrivate");
  if (!algs.length) throw new KeyError("pemOfUnknown");
  return usable({ kid: null, algs, kind: "public", as: (alg) => importKey("spki", bytes, alg) }, bound);
}

function fromJson(text, bound) {
  const value = jsonOf(text);
  if (typeof value.jwks_uri === "string") throw new KeyError("discovery", value.jwks_uri.replaceAll("'", "%27"));
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
  if (written === "base64") return base64(text.trim(), "notBase64");
  if (written !== "hex") return new TextEncoder().encode(text);
  const hex = text.replace(/\s+/g, "");
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(hex)) throw new KeyError("notHex");
  return Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
}

export async function readText(text, bound, written) {
  const trimmed = text.trim();
  if (!trimmed) throw new KeyError("pasteKey");
  if (/^[{[]/.test(trimmed)) return fromJson(trimmed, bound);
  if (trimmed.startsWith("-----BEGIN")) return { keys: [await pemKey(trimmed, bound)], skipped: [] };
  if (/^https?:\/\/\S+$/.test(trimmed)) throw new KeyError("address", trimmed.replaceAll("'", "%27"));
  const bytes = secretBytes(text, written);
  if (bound && !SECRETS.includes(bound)) throw new KeyError("needsPublic", bound);
  return { keys: [await usable({ kid: null, algs: SECRETS, kind: "secret", size: bytes.length, as: (alg) => importKey("raw", bytes, alg) }, bound)], skipped: [] };
}
