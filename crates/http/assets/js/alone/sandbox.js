// Stands in for lab/sandbox.js where the lab is a folder of files: a token of a key that this browser has made, to be read,
// changed and checked; and a word about what a folder cannot do.

import { words } from "../language.js";

const { PROBLEMS } = await words("sandbox");

const ISSUER = "https://hallpass.example";
const AUDIENCE = "https://api.example";
const LIFE = 15 * 60;

/** There is no server to ask. */
export class LabError extends Error {
  constructor() {
    super(PROBLEMS.no_server);
    this.status = 0;
    this.code = "no_server";
  }
}

const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const encoded = (value) => base64url(new TextEncoder().encode(JSON.stringify(value)));

let pair = null;

/** An RSA key that is this visit's own. */
async function keys() {
  pair ??= (async () => {
    const algorithm = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
    const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
    const { kty, n, e } = await crypto.subtle.exportKey("jwk", publicKey);
    // RFC 7638: the required members, in the order of their names.
    const thumbprint = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify({ e, kty, n })));
    return { privateKey, jwk: { kty, n, e, alg: "RS256", use: "sig", kid: base64url(thumbprint) } };
  })();
  return pair;
}

/** An access token as a server would sign it (RFC 9068). */
export async function access() {
  const { privateKey, jwk } = await keys();
  const now = Math.floor(Date.now() / 1000);
  const id = () => crypto.randomUUID();
  const header = { alg: "RS256", typ: "at+jwt", kid: jwk.kid };
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: id(), client_id: "hallpass", role: "user", sid: id(), jti: id(), iat: now, exp: now + LIFE };
  const input = `${encoded(header)}.${encoded(claims)}`;
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", privateKey, new TextEncoder().encode(input));
  return `${input}.${base64url(signature)}`;
}

/** The public key of that token. */
export async function jwks() {
  return { keys: [(await keys()).jwk] };
}

/** The state of a sandbox: no user, and the rules that the token was made by. */
export async function state() {
  const now = new Date().toISOString();
  const rules = { issuer: ISSUER, audience: AUDIENCE, algorithm: "RS256", access_ttl: LIFE, refresh_ttl: 604800, refresh_absolute_ttl: 2592000, refresh_grace: 10, login_max: 10, login_window: 900, lockout_failures: 5, lockout_for: 1800 };
  return { now, ahead_seconds: 0, ends_at: now, users: [], sessions: [], denylist: [], rules };
}

const missing = async () => {
  throw new LabError();
};

export const listen = () => () => false;
export const sandbox = async () => ({ base: "", users: [], access: null, user: null });
export const renew = missing;
export const ask = missing;
export const login = missing;
export const entered = missing;
export const mails = missing;
export const keepAccess = missing;
export const advance = missing;
export const verdict = missing;
export const timeHash = missing;
export const cookieSet = () => "";
export const carried = () => ({ token: "", code: "" });
