// Signs and verifies one access token with a library of Node: `node library.mjs LIBRARY ALGORITHM BATCHES`, JSON lines on
// stdout. Each library and each algorithm has a process of its own, so that none is compiled for the calls of another.
import crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { createSigner, createVerifier } from "fast-jwt";
import * as jose from "jose";
import jwt from "jsonwebtoken";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url)));
const { header, claims } = read("token.json");
const OTHER = "https://other.example";
const WARM_UP_MS = 1000;
/// Long against the step of the clock, short against a slice of the scheduler: what hallpass is measured in, too.
const BATCH_US = 200;

const rsa = () => crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const generate = {
  HS256: () => crypto.generateKeySync("hmac", { length: 256 }),
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  ES256: () => crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: () => crypto.generateKeyPairSync("ec", { namedCurve: "P-384" }),
  EdDSA: () => crypto.generateKeyPairSync("ed25519"),
};

/// Both halves, as objects of Node: parsed once.
function generated(algorithm) {
  const made = generate[algorithm]();
  return made instanceof crypto.KeyObject ? { privateKey: made, publicKey: made } : made;
}

function withJsonwebtoken(algorithm) {
  if (algorithm === "EdDSA") return null;
  const { privateKey, publicKey } = generated(algorithm);
  const { kid, ...rest } = header;
  const signing = { algorithm, keyid: kid, header: rest };
  const demands = { algorithms: [algorithm], issuer: claims.iss, audience: claims.aud };
  return {
    sign: (payload) => jwt.sign(payload, privateKey, signing),
    verify: (token) => jwt.verify(token, publicKey, demands),
  };
}

/// It takes text, and parses it when a signer or a verifier is made.
function withFastJwt(algorithm) {
  const { privateKey, publicKey } = generated(algorithm);
  const secret = privateKey.type === "secret" && privateKey.export();
  const signer = createSigner({
    algorithm, ...header, key: secret || privateKey.export({ type: "pkcs8", format: "pem" }),
  });
  const demands = {
    algorithms: [algorithm], key: secret || publicKey.export({ type: "spki", format: "pem" }),
    allowedIss: claims.iss, allowedAud: claims.aud,
  };
  return { sign: signer, verify: createVerifier(demands), hit: createVerifier({ ...demands, cache: true }) };
}

/// It takes keys of WebCrypto, which signs on another thread: what is measured is how long one caller waits.
async function withJose(algorithm) {
  const { privateKey, publicKey } = generated(algorithm);
  const imported = () => {
    const hmac = { name: "HMAC", hash: "SHA-256" };
    return crypto.subtle.importKey("raw", privateKey.export(), hmac, false, ["sign", "verify"]);
  };
  const [signing, verifying] = privateKey.type === "secret"
    ? Array(2).fill(await imported())
    : [
        await jose.importPKCS8(privateKey.export({ type: "pkcs8", format: "pem" }), algorithm),
        await jose.importSPKI(publicKey.export({ type: "spki", format: "pem" }), algorithm),
      ];
  const protectedHeader = { alg: algorithm, ...header };
  const demands = { algorithms: [algorithm], issuer: claims.iss, audience: claims.aud };
  return {
    sign: (payload) => new jose.SignJWT(payload).setProtectedHeader(protectedHeader).sign(signing),
    verify: (token) => jose.jwtVerify(token, verifying, demands),
  };
}

const libraries = { jsonwebtoken: withJsonwebtoken, "fast-jwt": withFastJwt, jose: withJose };

const refuses = async (verify, token) => {
  try {
    await verify(token);
    return false;
  } catch {
    return true;
  }
};

/// Refuses to measure a library that checks less than the others.
async function assertChecks({ sign, verify, hit }) {
  const bad = {
    exp: await sign({ ...claims, exp: claims.iat }),
    iss: await sign({ ...claims, iss: OTHER }),
    aud: await sign({ ...claims, aud: OTHER }),
  };
  const [head, , signature] = (await sign(claims)).split(".");
  bad.signature = [head, bad.exp.split(".")[1], signature].join(".");
  for (const [what, token] of Object.entries(bad)) {
    for (const check of [verify, hit]) {
      if (check && !(await refuses(check, token))) throw new Error(`${what} is not checked`);
    }
  }
}

const since = (begun) => Number(process.hrtime.bigint() - begun) / 1000;

async function timeOfPromises(work, runs) {
  const begun = process.hrtime.bigint();
  for (let run = 0; run < runs; run += 1) await work();
  return since(begun);
}

/// Without `await`, which would be a turn of the event loop that the library does not ask for.
function timeOfCalls(work, runs) {
  const begun = process.hrtime.bigint();
  for (let run = 0; run < runs; run += 1) work();
  return since(begun);
}

async function best(work, batches) {
  const time = work() instanceof Promise ? timeOfPromises : timeOfCalls;
  for (const begun = process.hrtime.bigint(); since(begun) < WARM_UP_MS * 1000; ) await time(work, 100);
  let runs = 1;
  while ((await time(work, runs)) < BATCH_US && runs < 1 << 16) runs *= 2;
  let least = Infinity;
  for (let batch = 0; batch < batches; batch += 1) least = Math.min(least, (await time(work, runs)) / runs);
  return least;
}

const [name, algorithm, batches] = process.argv.slice(2);
const library = await libraries[name](algorithm);
if (library) {
  await assertChecks(library);
  const { version } = read(`node_modules/${name}/package.json`);
  const token = await library.sign(claims);
  const works = { sign: () => library.sign(claims), verify: () => library.verify(token) };
  if (library.hit) works.hit = () => library.hit(token);
  for (const [operation, work] of Object.entries(works)) {
    const us = await best(work, Number(batches));
    console.log(JSON.stringify({ algorithm, operation, library: `${name} (Node)`, version, us }));
  }
}
