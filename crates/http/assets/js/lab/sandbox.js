// The visitor's sandbox: a real hallpass that belongs to nobody, asked over the same HTTP as a real one.

import { language, words } from "../language.js";

const { PROBLEMS } = await words("sandbox");

const KEPT = "hallpass.lab.box";
const heard = new Set();
let box = null;
let opening = null;

/** Hears of every exchange, of a moved clock, and of a new sandbox. */
export function listen(hear) {
  heard.add(hear);
  return () => heard.delete(hear);
}

const tell = (event) => heard.forEach((hear) => hear(event));

/** The lab said no: too full, too fast, out of reach. */
export class LabError extends Error {
  constructor(status, body) {
    const code = body?.code ?? "unreachable";
    super(PROBLEMS[code] ?? body?.detail ?? PROBLEMS.unreachable);
    this.status = status;
    this.code = code;
  }
}

const remembered = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
};

const remember = (value) => {
  try {
    if (value) sessionStorage.setItem(KEPT, JSON.stringify(value));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Forbidden: a reload then opens another sandbox.
  }
};

async function raw(path, { method = "GET", body, headers = {}, credentials = "same-origin" } = {}) {
  // Mails come in the language of the page, whatever the browser's own is.
  const init = { method, headers: { "accept-language": language, ...headers }, credentials, cache: "no-store" };
  if (body !== undefined) {
    init.headers["content-type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  let response;
  let text;
  try {
    response = await fetch(path, init);
    // An answer that is cut off on the way is a connection that failed, too.
    text = await response.text();
  } catch {
    throw new LabError(0, null);
  }
  let parsed = null;
  try {
    parsed = text ? JSON.parse(text) : null;
  } catch {
    // Not every answer is JSON; the text is then all there is.
  }
  return { status: response.status, ok: response.ok, headers: response.headers, body: parsed, text };
}

async function open() {
  const answer = await raw("/lab/box", { method: "POST" });
  if (!answer.ok) throw new LabError(answer.status, answer.body);
  box = { base: answer.body.base, users: answer.body.users, access: null, user: null };
  remember({ base: box.base, users: box.users });
  tell({ kind: "opened" });
  return box;
}

/** The sandbox, opened when it is first needed. */
export function sandbox() {
  if (box) return Promise.resolve(box);
  const before = remembered();
  if (before?.base) {
    box = { ...before, access: null, user: null };
    return Promise.resolve(box);
  }
  opening ??= open().finally(() => (opening = null));
  return opening;
}

/** Ends the sandbox and opens another. */
export async function renew() {
  const old = box;
  box = null;
  remember(null);
  if (old) await raw(old.base, { method: "DELETE" }).catch(() => null);
  return sandbox();
}

// A sandbox that has ended is replaced once; whoever asked asks again.
async function within(path, options) {
  const now = await sandbox();
  const answer = await raw(now.base + path, options);
  if (answer.body?.code !== "lab_gone") return answer;
  box = null;
  remember(null);
  const next = await sandbox();
  return raw(next.base + path, options);
}

const good = (answer) => {
  if (!answer.ok) throw new LabError(answer.status, answer.body);
  return answer.body;
};

/**
 * Asks the sandbox as somebody: `browser` with its cookies, `service` and `thief` without.
 * The answer has `status`, `body`, and `exchange`: what went over the wire, as the sandbox saw it, unless `isUntold`.
 */
export async function ask(path, { actor = "browser", method = "GET", token, body, query, isUntold } = {}) {
  const headers = { "x-lab-actor": actor };
  if (token) headers.authorization = `Bearer ${token}`;
  const credentials = actor === "browser" ? "same-origin" : "omit";
  const answer = await within(path + (query ?? ""), { method, body, headers, credentials });
  if (answer.body?.code?.startsWith("lab_")) throw new LabError(answer.status, answer.body);
  const seq = Number(answer.headers.get("x-lab-seq"));
  const exchange = seq && !isUntold ? await exchangeOf(seq) : null;
  tell({ kind: "exchange", exchange });
  return { status: answer.status, ok: answer.ok, body: answer.body, exchange };
}

async function exchangeOf(seq) {
  const { exchanges } = good(await within(`/trace?since=${seq - 1}`));
  return exchanges.find((one) => one.seq === seq) ?? null;
}

/** The refresh token that an exchange set as a cookie: a script of a real page could never read it. */
export function cookieSet(exchange) {
  const line = exchange?.response.headers.find(([name]) => name === "set-cookie")?.[1] ?? "";
  return /^lab_refresh=([^;]*)/.exec(line)?.[1] ?? "";
}

/** Logs a resident in as the browser, and keeps the access token as a page would: in memory. */
export async function login(email) {
  const now = await sandbox();
  const user = now.users.find((one) => one.email === email);
  return entered(await ask("/auth/login", { method: "POST", body: { email, password: user.password } }));
}

/** Keeps what the answer to a login gave. */
export async function entered(answer) {
  if (answer.ok) Object.assign(await sandbox(), { access: answer.body.access_token, user: answer.body.user });
  tell({ kind: "signed-in" });
  return answer;
}

/** The browser's access token; a login makes one when there is none. */
export async function access() {
  const now = await sandbox();
  if (!now.access) {
    const answer = await login(now.users[0].email);
    if (!answer.ok) throw new LabError(answer.status, answer.body);
  }
  return (await sandbox()).access;
}

/** Keeps a fresh access token; none when the visitor has signed out. */
export async function keepAccess(token) {
  const now = await sandbox();
  now.access = token;
  if (!token) now.user = null;
  tell({ kind: "signed-in" });
}

/** Everything that the sandbox holds. */
export const state = async () => good(await within("/state"));

/** What has come to the mailboxes of the sandbox, the newest first. */
export const mails = async () => good(await within("/mails")).mails;

/** What a mail carries: the value after the # of its link, and its code as a person types it. */
export const carried = ({ text }) => ({ token: /hpm_[\w-]+/.exec(text)?.[0] ?? "", code: /\b\d{4} \d{4}\b/.exec(text)?.[0] ?? "" });

/** Moves the sandbox's clock forward. */
export async function advance(seconds) {
  const after = good(await within("/clock", { method: "POST", body: { advance_seconds: seconds } }));
  tell({ kind: "clock", seconds, state: after });
  return after;
}

/** The sandbox's verdict on a token, with its reason. */
export const verdict = async (token) => good(await within("/verify", { method: "POST", body: { token } }));

/** Hashes on the server at a cost; the time is the server's own. */
export const timeHash = async (cost) => good(await within("/hash", { method: "POST", body: { cost } }));

/** The sandbox's public keys. */
export async function jwks() {
  return (await within("/.well-known/jwks.json")).body;
}
