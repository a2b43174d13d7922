// The listings for the other forms: HS256 with a shared secret, RS256 with a PEM file, the rate limit by a package.

import assert from "node:assert/strict";
import { createPublicKey, createSecretKey, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ask, login, told } from "./support.mjs";

const ADA = "ada@example.com";
const SENTENCE = "Too many login attempts — try again in 15 minutes";
const LIMITS = ["ratelimit-policy", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"];

const listing = (name) => import(`file://${told.folder}/${name}`);
const jwt = createRequire(`${told.folder}/`)("jsonwebtoken");
const express = createRequire(`${told.folder}/`)("express");
const file = (name) => `${told.folder}/${name}`;
const unsigned = (claims) => jwt.sign(claims, "", { algorithm: "none", issuer: told.issuer, audience: told.audience, expiresIn: "15m" });

Object.assign(process.env, { ISSUER: told.issuer, AUDIENCE: told.audience, JWT_SECRET: randomBytes(32).toString("base64url"), PUBLIC_KEY: file("public.pem") });

/** A public key of hallpass as a PEM file, as an operator would put it beside a service. */
async function publish(token) {
  const { kid } = jwt.decode(token, { complete: true }).header;
  const { keys } = await (await fetch(told.jwks)).json();
  const key = createPublicKey({ key: keys.find((one) => one.kid === kid), format: "jwk" });
  writeFileSync(process.env.PUBLIC_KEY, key.export({ type: "spki", format: "pem" }));
}

/** Everybody who verifies by the secret can forge by it. */
async function shared(theirs) {
  const { signAccess, verifyAccess } = await listing("sign_hs256.mjs");
  const token = signAccess({ id: "an id", role: "user" });
  const { role, sub, exp, iat } = verifyAccess(token);
  assert.deepEqual([role, sub, exp - iat, jwt.decode(token, { complete: true }).header.alg], ["user", "an id", 900, "HS256"]);
  const forged = jwt.sign({ role: "admin" }, process.env.JWT_SECRET, { issuer: told.issuer, audience: told.audience, subject: "a service", expiresIn: "15m" });
  assert.equal(verifyAccess(forged).role, "admin", "whoever has the secret is an admin");
  const bad = { "another secret": jwt.sign({ role: "admin" }, randomBytes(32), { issuer: told.issuer, audience: told.audience, expiresIn: "15m" }), "no signature": unsigned({ role: "admin" }),
    "a token of hallpass": theirs, "one that has expired": jwt.sign({ exp: 1 }, process.env.JWT_SECRET, { issuer: told.issuer, audience: told.audience }) };
  for (const [what, one] of Object.entries(bad)) assert.throws(() => verifyAccess(one), jwt.JsonWebTokenError, what);
  assert.equal((await ask(told.hallpass, "GET", "/auth/verify", { token })).status, 401, "hallpass takes no HS256");
}

/** The public key verifies what hallpass has signed, and makes nothing. */
async function pem(theirs) {
  const { verifyAccess } = await listing("verify_pem.mjs");
  const { role, sub, exp, iat } = verifyAccess(theirs);
  assert.deepEqual([role, exp - iat], ["user", 900]);
  assert.ok(sub);
  const text = readFileSync(process.env.PUBLIC_KEY);
  const claims = { issuer: told.issuer, audience: told.audience, subject: sub, expiresIn: "15m", header: { typ: "at+jwt" } };
  assert.throws(() => jwt.sign({ role: "admin" }, text, { ...claims, algorithm: "RS256" }), "a public key signs nothing");
  const own = readFileSync(told.key);
  const bad = { "another key": jwt.sign({ role: "admin" }, own, { ...claims, algorithm: "RS256" }), "the public key as a secret": jwt.sign({ role: "admin" }, createSecretKey(text), { ...claims, algorithm: "HS256" }),
    "no signature": unsigned({ role: "admin" }), "a bent signature": `${theirs.slice(0, -6)}${theirs.at(-6) === "A" ? "B" : "A"}${theirs.slice(-5)}` };
  for (const [what, one] of Object.entries(bad)) assert.throws(() => verifyAccess(one), jwt.JsonWebTokenError, what);
}

async function served(path, ...handlers) {
  const server = express().use(express.json()).post(path, ...handlers).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { base: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Eleven guesses, each at an account that is not there: what is answered, with its headers. */
async function guesses(base) {
  const answers = [];
  for (let count = 0; count < 11; count += 1) {
    const answer = await login(base, `nobody${count}@example.com`, "a guess");
    const [policy, limit, remaining, reset] = LIMITS.map((name) => answer.headers.get(name));
    assert.ok(Number(reset) > 890 && Number(reset) <= 900, `RateLimit-Reset: ${reset}`);
    const wait = answer.headers.get("retry-after");
    assert.ok(answer.status === 401 ? wait === null : Number(wait) > 890 && Number(wait) <= 900, `Retry-After: ${wait}`);
    answers.push([answer.status, policy, limit, remaining, answer.status === 429 ? answer.says : ""]);
  }
  return answers;
}

/** The package and hallpass count alike. hallpass goes first and last: afterwards this address is refused. */
async function limit() {
  const { loginLimiter } = await listing("limit.mjs");
  const { base, stop } = await served("/auth/login", loginLimiter, (request, response) => response.status(401).json({ error: "Invalid credentials" }));
  const theirs = await guesses(base);
  stop();
  assert.deepEqual(theirs, await guesses(told.hallpass));
  assert.deepEqual(theirs.at(-1), [429, "10;w=900", "10", "0", SENTENCE]);
}

const { access_token: token } = (await login(told.hallpass, ADA)).body;
await publish(token);
await shared(token);
await pem(token);
await limit();
console.log("ok");
process.exit();
