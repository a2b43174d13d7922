// Starts the listings of examples/node as a server, and asks servers.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, connect } from "node:net";
import { createServer as createWeb } from "node:http";
import { once } from "node:events";
import { createInterface } from "node:readline";

export const told = JSON.parse(process.argv[2]);
export const PASSWORD = "a long enough password";

const children = new Set();
// A server that outlives a failed test keeps its output open, and the test runner would wait for its end.
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/** The server of the listings, with a database of its own in the Redis. `hear` gets what it writes afterwards. */
export async function start(database, more = {}, hear = () => null) {
  const env = { ...process.env, ISSUER: told.issuer, AUDIENCE: told.audience, JWKS_URL: told.jwks, PRIVATE_KEY: told.key,
    REDIS_URL: `${told.redis}/${database}`, DEMO_PASSWORD: PASSWORD, PORT: "0", ...more };
  const child = spawn("node", ["server.mjs"], { cwd: told.folder, env, stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  const lines = createInterface({ input: child.stdout });
  const [first] = await once(lines, "line", { signal: AbortSignal.timeout(30_000) });
  assert.ok(first.startsWith("listening on "), first);
  lines.on("line", hear);
  return { base: first.slice("listening on ".length), stop: () => child.kill("SIGKILL") };
}

/** Asks; the answer with what it says, and the refresh cookie that it sets. */
export async function ask(base, method, path, { token, cookie, body } = {}) {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(cookie && { cookie }), ...(body && { "content-type": "application/json" }) };
  const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  const parsed = text.startsWith("{") ? JSON.parse(text) : {};
  const set = answer.headers.getSetCookie().find((line) => /refresh_token=/.test(line)) ?? "";
  return { status: answer.status, headers: answer.headers, body: parsed, says: parsed.error ?? parsed.detail ?? "", set, cookie: set.split(";")[0], challenge: answer.headers.get("www-authenticate") };
}

export const login = (base, email, password = PASSWORD) => ask(base, "POST", "/auth/login", { body: { email, password } });

/** A web server that answers each request in one way. */
export async function web(handle) {
  const server = createWeb(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => { server.closeAllConnections(); server.close(); } };
}

/** A way to the Redis that can be cut. */
export async function wire(url) {
  const to = new URL(url);
  const sockets = new Set();
  const server = createServer((from) => {
    const on = connect(Number(to.port), to.hostname);
    for (const [one, other] of [[from, on], [on, from]]) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => other.destroy()).pipe(other);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `redis://127.0.0.1:${server.address().port}`, cut: () => { server.close(); sockets.forEach((socket) => socket.destroy()); } };
}
