// The account page: who am I, where am I signed in, another password.

import { askForProof } from "./account/verify.js";
import { get, post, query, remove } from "./api.js";
import { button, byId, h, notice, show, tag } from "./dom.js";
import { guardPage, signOutEverywhere } from "./leave.js";
import { address } from "./parts/address.js";
import { busy } from "./parts/busy.js";
import { confirm } from "./parts/dialog.js";
import { device, deviceIcon, place, seenFrom } from "./parts/device.js";
import { awaken } from "./parts/early.js";
import { canReveal, fault, faults } from "./parts/fields.js";
import { pages, refusal, withMessage } from "./parts/pages.js";
import { watchStrength } from "./parts/strength.js";
import { toast } from "./parts/toast.js";
import { Problem, headline } from "./problem.js";
import { accessToken, claims, goodUntil, isBreached, noLongerBreached } from "./session.js";
import { span, when } from "./time.js";

const [form, current, password, email, said] = ["form", "current", "password", "email", "message"].map(byId);

const hasMail = document.querySelector(".account").hasAttribute("data-mail");

async function drawMe() {
  const me = await get("/auth/me");
  show(byId("who"), address(me.email));
  email.value = me.email;
  show(byId("role"), tag(me.role, me.role === "admin" ? "info" : ""));
  show(byId("since"), when(me.created_at));
  if (hasMail) askForProof(me, drawAgain);
}

/** The address may be another now, and other sessions may have ended with the old one. */
const drawAgain = () => Promise.all([drawMe(), drawSessions()]);

/** The sign-in before this one, and the wrong passwords since then: a thief cannot hide them. */
async function drawLast(current) {
  const [good, bad] = await Promise.all(["login.succeeded", "login.failed"].map((event) =>
    get(query("/auth/account/activity", { event, limit: 10 }))));
  const before = good.items.find(({ session }) => session !== current);
  const since = before ? bad.items.filter(({ at }) => at > before.at) : bad.items;
  const guesses = `${since.length}${since.length === 10 ? " or more" : ""} wrong ${since.length === 1 ? "password" : "passwords"} since then`;
  show(byId("last"),
    before ? [when(before.at), ` from ${place(before.ip)}, ${device(before.user_agent).name}`] : "none: this is the first",
    since.length > 0 && before && h("p", { class: "hint warned" }, guesses));
}

/** Where a session was used last, and whether that is the address of this one. */
function where(session, current) {
  const isSame = !session.current && session.ip !== null && session.ip === current?.ip;
  return seenFrom(session) + (isSame ? " · the same address as here" : "");
}

function sessionRow(session, current) {
  const { name, kind } = device(session.user_agent);
  const end = async () => {
    await remove(`/auth/sessions/${session.id}`);
    toast(`Ended: ${name}`);
    await drawSessions();
  };
  return h("li", { class: "session" },
    deviceIcon(kind),
    h("div", { class: "grow" },
      h("p", { class: "what", title: session.user_agent ?? undefined }, name, session.current && tag("this one", "good")),
      h("p", { class: "hint" }, "from ", where(session, current), " · last used ", when(session.last_used_at)),
      h("p", { class: "hint" }, "signed in ", when(session.created_at), " · ends unused ", when(session.expires_at))),
    session.current
      ? null
      : button("End", () => withMessage(byId("sessions-message"), end), { kind: "small", "aria-label": `End the session ${name} from ${seenFrom(session)}` }));
}

/** Every session but this one, on whatever page of the list. */
async function others() {
  const found = [];
  let cursor = null;
  do {
    const page = await get(query("/auth/sessions", { cursor }));
    found.push(...page.sessions.filter((session) => !session.current));
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}

async function endOthers() {
  const ended = await confirm({
    title: "End all other sessions?",
    words: ["Every other session ends at once.", "This one stays."],
    yes: "End the others",
    danger: true,
    act: async () => {
      for (const session of await others()) await remove(`/auth/sessions/${session.id}`).catch(unlessGone);
    },
  });
  if (ended) toast("The other sessions have ended.");
  await drawSessions();
}

/** A session that ended meanwhile is what was wanted. */
function unlessGone(error) {
  if (error.status !== 404) throw error;
}

const endAll = () =>
  confirm({
    title: "Sign out everywhere?",
    words: ["Every session ends at once, this one too. You will have to sign in again."],
    yes: "Sign out everywhere",
    danger: true,
    act: signOutEverywhere,
  });

const loadSessions = pages(byId("sessions"), "/auth/sessions", (sessions) => {
  show(byId("sessions-message"));
  show(byId("sessions-actions"),
    sessions.some((session) => !session.current) && button("End the others", endOthers, { kind: "small" }),
    button("Sign out everywhere", endAll, { kind: "small danger" }));
  const current = sessions.find((session) => session.current);
  return h("ul", { class: "sessions" }, sessions.map((session) => sessionRow(session, current)));
}, { of: "sessions" });

const drawSessions = () => loadSessions({ limit: 50 });

/** Saves what is kept of the account as a file. */
async function takeExport() {
  const data = await busy(byId("export"), byId("export-progress"), () => get("/auth/account/export"), "Still reading.");
  const at = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  h("a", { href: at, download: "hallpass-account.json" }).click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(at), 60_000);
  show(byId("export-message"), notice("good", null, `Saved: ${data.sessions.length} sessions, ${data.events.length} events.`));
}

byId("export").addEventListener("click", () => withMessage(byId("export-message"), takeExport, { reads: true }));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  show(said);
  fault(current, current.value ? null : "Type your current password.");
  fault(password, password.value ? null : "Choose a new password.");
  if (!current.value || !password.value) {
    (current.value ? password : current).focus();
    return;
  }
  const body = { current_password: current.value, new_password: password.value };
  try {
    await busy(byId("go"), byId("progress"), () => post("/auth/password", body));
    form.reset();
    noLongerBreached();
    show(byId("page-message"));
    email.value = byId("who").textContent;
    password.dispatchEvent(new Event("input"));
    show(said, notice("good", "Your password is changed", "Every other session has ended."));
    await drawSessions();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === "wrong_password") {
      fault(current, error.message);
      current.focus();
    } else if (!faults(error, { current_password: current, new_password: password }) && error.status !== 401) {
      const wait = error.retryAfter && error.status === 429 ? ` Try again in ${span(error.retryAfter)}.` : "";
      show(said, notice("bad", headline(error), error.message, wait));
    }
  }
});

/** The pass renews itself while somebody looks at it. */
function keepGood() {
  let tried = 0;
  setInterval(() => {
    const until = goodUntil();
    if (until === null) return;
    const left = (until - Date.now()) / 1000;
    byId("good-for").textContent = span(left);
    if (left < 15 && !document.hidden && Date.now() - tried > 10_000) {
      tried = Date.now();
      // A refusal is heard by the guard of the page; a lost connection is tried again.
      accessToken().catch(() => {});
    }
  }, 1000);
}

guardPage();
if (hasMail) (await import("./account/change_email.js")).canChangeEmail(drawAgain);
canReveal(password);
watchStrength(password, email);
document.addEventListener("visibilitychange", () => {
  // Sessions may have ended on another device meanwhile, this one too.
  if (!document.hidden && goodUntil() !== null) drawSessions();
});

/** The page is of use without it. */
function withoutLast(error) {
  if (!(error instanceof Problem)) throw error;
  byId("last").textContent = "not known right now";
}

/** Everything of the page stands on an access token: without one there is one message, and one button. */
async function begin() {
  try {
    await accessToken();
    await drawMe();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status !== 401) show(byId("page-message"), refusal(error, begin));
    return;
  }
  show(byId("page-message"), isBreached() && notice("warn", "This password is in a list of stolen passwords.", "Choose another."));
  await Promise.all([drawSessions(), drawLast(claims(await accessToken()).sid).catch(withoutLast)]);
}

awaken();
await begin();
keepGood();
