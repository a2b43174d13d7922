// The session of this browser. The access token lives in this module's memory and nowhere else; the refresh token is in
// a cookie that no script can see. All tabs share that cookie, and a refresh token is good once: so tabs take turns
// (a lock), and tell each other what came of it (a channel).

import { Problem, ask } from "./problem.js";

/** Refresh a little early: a token that expires on its way is of no use. */
const EARLY = 20_000;
const LOCK = "hallpass.refresh";
const channel = new BroadcastChannel("hallpass.session");
const listeners = new Set();

let token = null; // { value, until, subject, session }
let pending = null;

/** Calls back with "signed-in", "changed" (another account now) or "signed-out", and a reason. */
export const onSession = (listener) => listeners.add(listener);
const tell = (what, why) => listeners.forEach((listener) => listener(what, why));

const isFresh = (held) => held !== null && held.until - Date.now() > EARLY;

/** The claims of a token, for display; only a server can say whether they are true. */
export function claims(value) {
  const bytes = Uint8Array.from(atob(value.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Hints for the next page's first paint: whether somebody is signed in, and whether as an admin. */
function hint(role) {
  const root = document.documentElement;
  root.toggleAttribute("data-signed-in", role !== null);
  if (role) root.dataset.role = role;
  else delete root.dataset.role;
  try {
    if (role) localStorage.setItem("hallpass.hint", role === "admin" ? "admin" : "user");
    else localStorage.removeItem("hallpass.hint");
  } catch {
    // Without storage the bar shows itself a moment later; nothing else depends on it.
  }
}

function hold(answer) {
  const { sub, sid, role } = claims(answer.access_token);
  token = { value: answer.access_token, until: Date.now() + answer.expires_in * 1000, subject: sub, session: sid };
  hint(role);
  return token;
}

/** Whose password is in a list of stolen ones, as the sign-in said: kept for this tab, so that the next page can tell. */
const BREACHED = "hallpass.breached";

function keepWarning(answer) {
  try {
    if (answer.password_breached) sessionStorage.setItem(BREACHED, claims(answer.access_token).sub);
    else sessionStorage.removeItem(BREACHED);
  } catch {
    // Without storage the page after the sign-in says nothing; the next sign-in asks again.
  }
}

/** Whether the one who is signed in was told at the sign-in that the password is in a list of stolen ones. */
export function isBreached() {
  try {
    return token !== null && sessionStorage.getItem(BREACHED) === token.subject;
  } catch {
    return false;
  }
}

/** The password was changed. */
export const noLongerBreached = () => keepWarning({});

function drop(why) {
  const had = token !== null;
  token = null;
  hint(null);
  if (had || why) tell("signed-out", why);
}

/** Takes over what a sign-in answered, and tells the other tabs. */
export function signedIn(answer) {
  hold(answer);
  keepWarning(answer);
  channel.postMessage({ kind: "signed-in", answer });
}

/** Forgets the session here and in every other tab. */
export function signedOut(why) {
  channel.postMessage({ kind: "signed-out", why, session: token?.session ?? null });
  drop(why);
}

channel.addEventListener("message", ({ data }) => {
  // News of a session that has been replaced meanwhile is old news.
  const isMine = !token || !data.session || data.session === token.session;
  if (data.kind === "signed-out" && isMine) drop(data.why ?? "elsewhere");
  if (data.kind === "signed-in" || data.kind === "refreshed") {
    const before = token?.subject;
    const now = hold(data.answer).subject;
    if (before && before !== now) tell("changed");
    else if (data.kind === "signed-in") tell("signed-in");
  }
});

/** One tab at a time, for whatever reads or sets the cookie. Where the browser has no locks, the server's grace window settles the race. */
export const inTurn = (work) => (navigator.locks ? navigator.locks.request(LOCK, work) : work());

async function refresh(stale) {
  return inTurn(async () => {
    // While this tab waited, another may have refreshed for all.
    if (isFresh(token) && token.value !== stale) return token;
    // `keepalive`: an answer that is lost because the page was left would leave a spent cookie behind.
    const { body } = await ask("/auth/refresh", { method: "POST", keepalive: true });
    channel.postMessage({ kind: "refreshed", answer: body });
    return hold(body);
  });
}

/** An access token that is good for a while. `stale` names one that was just refused. Throws a `Problem`. */
export async function accessToken(stale = null) {
  if (isFresh(token) && token.value !== stale) return token.value;
  pending ??= refresh(stale).finally(() => {
    pending = null;
  });
  try {
    return (await pending).value;
  } catch (error) {
    // Only a verdict ends the session. A fault or a lost connection must not log anybody out.
    if (error instanceof Problem && error.status === 401) signedOut(error.code);
    throw error;
  }
}

/** Until when the token in hand is good, in milliseconds since the epoch. */
export const goodUntil = () => token?.until ?? null;
