// Forty tokens and more, good and broken, made by another library than the lab's, each with the key it is checked with and the
// verdict that must come out.

import crypto from "node:crypto";

const NOW = Math.floor(Date.now() / 1000);
const CLAIMS = { iss: "https://issuer.example", aud: "https://api.example", sub: "42", role: "user", iat: NOW - 5, exp: NOW + 3600, jti: "n0ne0fy0urbusiness" };
const url = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const pem = (key) => key.export({ type: "spki", format: "pem" });
const jwk = (key, more) => JSON.stringify({ ...key.export({ format: "jwk" }), ...more });

const rsa = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const p256 = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
const p384 = crypto.generateKeyPairSync("ec", { namedCurve: "P-384" });
const p521 = crypto.generateKeyPairSync("ec", { namedCurve: "P-521" });
const ed = crypto.generateKeyPairSync("ed25519");
const other = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const SECRET = crypto.randomBytes(48).toString("base64url");

const SIGN = {
  HS256: (text) => crypto.createHmac("sha256", SECRET).update(text).digest(),
  HS384: (text) => crypto.createHmac("sha384", SECRET).update(text).digest(),
  HS512: (text) => crypto.createHmac("sha512", SECRET).update(text).digest(),
  RS256: (text) => crypto.sign("sha256", text, rsa.privateKey),
  RS384: (text) => crypto.sign("sha384", text, rsa.privateKey),
  RS512: (text) => crypto.sign("sha512", text, rsa.privateKey),
  PS256: (text) => crypto.sign("sha256", text, { key: rsa.privateKey, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  PS384: (text) => crypto.sign("sha384", text, { key: rsa.privateKey, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }),
  PS512: (text) => crypto.sign("sha512", text, { key: rsa.privateKey, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }),
  ES256: (text) => crypto.sign("sha256", text, { key: p256.privateKey, dsaEncoding: "ieee-p1363" }),
  ES384: (text) => crypto.sign("sha384", text, { key: p384.privateKey, dsaEncoding: "ieee-p1363" }),
  ES512: (text) => crypto.sign("sha512", text, { key: p521.privateKey, dsaEncoding: "ieee-p1363" }),
  EdDSA: (text) => crypto.sign(null, text, ed.privateKey),
  Ed25519: (text) => crypto.sign(null, text, ed.privateKey),
};

function make(alg, { header = {}, claims = {}, payload, by = alg } = {}) {
  const head = url({ alg, typ: "at+jwt", ...header });
  const body = url(payload ?? { ...CLAIMS, ...claims });
  return `${head}.${body}.${SIGN[by](Buffer.from(`${head}.${body}`)).toString("base64url")}`;
}

const good = make("RS256");
const [head, body, seal] = good.split(".");
const rs = { keys: pem(rsa.publicKey), bound: "RS256" };
const t = (name, token, keys, verdict) => ({ name, token, ...keys, verdict });

export const TOKENS = [
  t("HS256 by its secret", make("HS256"), { keys: SECRET, bound: "HS256" }, "ok"),
  t("HS384 by its secret", make("HS384"), { keys: SECRET, bound: "HS384" }, "ok"),
  t("HS512 by its secret", make("HS512"), { keys: SECRET, bound: "HS512" }, "ok"),
  t("RS256 by PEM", good, rs, "ok"),
  t("RS384 by PEM", make("RS384"), { keys: pem(rsa.publicKey), bound: "RS384" }, "ok"),
  t("RS512 by PEM", make("RS512"), { keys: pem(rsa.publicKey), bound: "RS512" }, "ok"),
  t("PS256 by JWK", make("PS256"), { keys: jwk(rsa.publicKey, { alg: "PS256" }) }, "ok"),
  t("PS384 by PEM", make("PS384"), { keys: pem(rsa.publicKey), bound: "PS384" }, "ok"),
  t("PS512 by PEM, its algorithm left open", make("PS512"), { keys: pem(rsa.publicKey) }, "ok"),
  t("RS512 by PKCS#1", make("RS512"), { keys: rsa.publicKey.export({ type: "pkcs1", format: "pem" }) }, "ok"),
  t("HS256 by JWK", make("HS256"), { keys: JSON.stringify({ kty: "oct", k: Buffer.from(SECRET).toString("base64url") }) }, "ok"),
  t("HS256 by base64", make("HS256"), { keys: Buffer.from(SECRET).toString("base64"), written: "base64" }, "ok"),
  t("HS256 by hexadecimal", make("HS256"), { keys: Buffer.from(SECRET).toString("hex"), written: "hex" }, "ok"),
  t("HS512 by a secret, its algorithm left open", make("HS512"), { keys: SECRET }, "ok"),
  t("ES512 by PEM", make("ES512"), { keys: pem(p521.publicKey) }, "ok"),
  t("Ed25519 by JWK", make("Ed25519"), { keys: jwk(ed.publicKey) }, "ok"),
  t("a set with keys that cannot be used", make("ES256", { header: { kid: "good" } }), { keys: JSON.stringify({ keys: [{ kty: "EC", crv: "secp256k1", kid: "bitcoin" }, { kty: "RSA", use: "enc", kid: "envelope" }, null, JSON.parse(jwk(p256.publicKey, { kid: "good" }))] }) }, "ok"),
  t("no kid, and two keys", make("ES256"), { keys: JSON.stringify({ keys: [JSON.parse(jwk(p256.publicKey, { kid: "a" })), JSON.parse(jwk(p384.publicKey, { kid: "b" }))] }) }, "unknown_kid"),
  t("HS256 under a public key, its algorithm left open", make("HS256"), { keys: pem(rsa.publicKey) }, "algorithm_mismatch"),
  t("ES256 by PEM", make("ES256"), { keys: pem(p256.publicKey) }, "ok"),
  t("ES384 by JWK", make("ES384"), { keys: jwk(p384.publicKey) }, "ok"),
  t("EdDSA by PEM", make("EdDSA"), { keys: pem(ed.publicKey) }, "ok"),
  t("EdDSA by JWKS and kid", make("EdDSA", { header: { kid: "two" } }), { keys: JSON.stringify({ keys: [JSON.parse(jwk(p256.publicKey, { kid: "one" })), JSON.parse(jwk(ed.publicKey, { kid: "two" }))] }) }, "ok"),
  t("an unknown kid", make("EdDSA", { header: { kid: "three" } }), { keys: JSON.stringify({ keys: [JSON.parse(jwk(p256.publicKey, { kid: "one" })), JSON.parse(jwk(ed.publicKey, { kid: "two" }))] }) }, "unknown_kid"),
  t("a changed claim", `${head}.${url({ ...CLAIMS, role: "admin" })}.${seal}`, rs, "bad_signature"),
  t("another key", good, { keys: pem(other.publicKey), bound: "RS256" }, "bad_signature"),
  t("a wrong secret", make("HS256"), { keys: `${SECRET}x`, bound: "HS256" }, "bad_signature"),
  t("alg none without a seal", `${url({ alg: "none" })}.${body}.`, rs, "not_compact_jws"),
  t("alg none with a seal", `${url({ alg: "none" })}.${body}.${seal}`, rs, "unsupported_algorithm"),
  t("an algorithm that is not the key's", make("RS384"), rs, "algorithm_mismatch"),
  t("HS256 under the public key", (() => { const h = url({ alg: "HS256" }); return `${h}.${body}.${crypto.createHmac("sha256", pem(rsa.publicKey)).update(`${h}.${body}`).digest("base64url")}`; })(), rs, "algorithm_mismatch"),
  t("expired", make("RS256", { claims: { exp: NOW - 1 } }), rs, "token_expired"),
  t("not yet valid", make("RS256", { claims: { nbf: NOW + 600 } }), rs, "not_yet_valid"),
  t("exp as text", make("RS256", { claims: { exp: "tomorrow" } }), rs, "bad_time"),
  t("no exp", make("RS256", { claims: { exp: undefined } }), rs, "bad_claims"),
  t("padding", `${good}=`, rs, "bad_base64url"),
  t("stray bits at the end", make("HS256").replace(/.$/, (last) => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".indexOf(last) | 1]), { keys: SECRET, bound: "HS256" }, "bad_base64url"),
  t("four segments", `${good}.x`, rs, "not_compact_jws"),
  t("a claim twice", `${head}.${url(JSON.stringify(CLAIMS).replace("{", '{"role":"admin",'))}.${seal}`, rs, "bad_json"),
  t("a payload that is a list", make("RS256", { payload: [1, 2] }), rs, "bad_json"),
  t("crit", make("RS256", { header: { crit: ["x"], x: 1 } }), rs, "critical_extension"),
  t("a key in the header", make("RS256", { header: { jwk: JSON.parse(jwk(rsa.publicKey)) } }), rs, "embedded_key"),
  t("a payload that is no JSON", `${head}.${url("not json")}.${seal}`, rs, "bad_json"),
  t("longer than 8 KiB", make("RS256", { claims: { pad: "x".repeat(7000) } }), rs, "token_too_long"),
];
