// What the listings say when something is broken or somebody guesses: a fault is 503 and logs nobody out.

import assert from "node:assert/strict";
import { ask, login, start, told, web, wire } from "./support.mjs";

const ADA = "ada@example.com";

/** Key sets that cannot be read, each in its own way. */
const BROKEN = {
  "a key set that answers 500": (request, response) => response.writeHead(500).end("no"),
  "a key set that is a page": (request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Maintenance</h1>"),
  "a key set that is something else": (request, response) => response.writeHead(200, { "content-type": "application/json" }).end('{"hello":"world"}'),
  "a key set that never answers": () => {},
};

async function keySets() {
  const token = (await login(told.hallpass, ADA)).body.access_token;
  assert.ok(token, "hallpass logs Ada in");
  const cases = [...Object.entries(BROKEN).map(async ([what, handle]) => [what, await web(handle)]), ["a key set that nobody serves", { url: "http://127.0.0.1:1/", stop() {} }]];
  await Promise.all((await Promise.all(cases)).map(async ([what, { url, stop }], index) => {
    const service = await start(2 + index, { JWKS_URL: url });
    const answer = await ask(service.base, "GET", "/auth/me", { token });
    assert.deepEqual([answer.status, answer.challenge, answer.headers.get("retry-after")], [503, null, "2"], what);
    assert.equal((await ask(service.base, "GET", "/auth/me", { token: "x.y.z" })).status, 401, `${what}: what is no token needs no key`);
    assert.equal((await ask(service.base, "GET", "/auth/me")).status, 401, what);
    service.stop();
    stop();
  }));
}

async function redisIsGone() {
  const { url, cut } = await wire(told.redis);
  const service = await start(7, { REDIS_URL: `${url}/7` });
  const { cookie, body } = await login(service.base, ADA);
  assert.equal((await ask(service.base, "GET", "/auth/me", { token: body.access_token })).status, 200);
  cut();
  const asked = {
    "a check": ask(service.base, "GET", "/auth/me", { token: body.access_token }),
    "a refresh": ask(service.base, "POST", "/auth/refresh", { cookie }),
    "a logout": ask(service.base, "POST", "/auth/logout", { token: body.access_token }),
    "a login": login(service.base, ADA),
  };
  for (const [what, asking] of Object.entries(asked)) {
    const answer = await asking;
    assert.deepEqual([answer.status, answer.set], [503, ""], `${what} without Redis`);
  }
  service.stop();
}

async function guesses() {
  const service = await start(8);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => login(service.base, ADA, `guess ${index}`)));
  assert.equal(answers.filter(({ status }) => status === 401).length, 5, "of 40 guesses at once, 5 are looked at");
  assert.equal(answers.filter(({ status }) => status === 429).length, 35);
  service.stop();
}

async function addresses() {
  const service = await start(9);
  for (let left = 9; left >= 0; left -= 1) {
    const answer = await login(service.base, `nobody${left}@example.com`, "a guess");
    assert.deepEqual([answer.status, answer.says, answer.headers.get("ratelimit-remaining")], [401, "Invalid credentials", String(left)]);
  }
  const answer = await login(service.base, "nobody@example.com", "a guess");
  assert.deepEqual([answer.status, answer.says], [429, "Too many login attempts — try again in 15 minutes"]);
  const wait = Number(answer.headers.get("retry-after"));
  assert.ok(wait > 0 && wait <= 900, `Retry-After: ${wait}`);
  assert.equal((await ask(service.base, "POST", "/auth/login", { body: { email: ["x"] } })).status, 422);
  service.stop();
}

/** Two that show the same token at once: one of them goes on, and then nobody does. */
async function race() {
  const service = await start(10);
  const { cookie } = await login(service.base, ADA);
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(service.base, "POST", "/auth/refresh", { cookie })));
  const won = answers.filter(({ status }) => status === 200);
  assert.ok(won.length <= 1, `${won.length} have won`);
  assert.ok(answers.every(({ status }) => status === 200 || status === 401));
  for (const { cookie: next, body } of won) {
    assert.equal((await ask(service.base, "POST", "/auth/refresh", { cookie: next })).status, 401, "the family has ended");
    assert.equal((await ask(service.base, "GET", "/auth/me", { token: body.access_token })).status, 401);
  }
  service.stop();
}

await keySets();
await redisIsGone();
await guesses();
await addresses();
await race();
console.log("ok");
process.exit();
