// The account page: who am I, where am I signed in, another password.

import { get, post, query, remove } from "./api.js";
import { button, byId, h, notice, show, tag } from "./dom.js";
import { guardPage, signOutEverywhere } from "./leave.js";
import { confirm } from "./parts/dialog.js";
import { device, deviceIcon, place } from "./parts/device.js";
import { canReveal, fault, faults } from "./parts/fields.js";
import { withMessage, pages } from "./parts/pages.js";
import { watchStrength } from "./parts/strength.js";
import { toast } from "./parts/toast.js";
import { Problem, headline } from "./problem.js";
import { accessToken, goodUntil } from "./session.js";
import { span, when } from "./time.js";

const [form, current, password, email, said] = ["form", "current", "password", "email", "message"].map(byId);

async function drawMe() {
  const me = await get("/auth/me");
  byId("who").textContent = me.email;
  email.value = me.email;
  show(byId("role"), tag(me.role, me.role === "admin" ? "info" : ""));
  show(byId("since"), when(me.created_at));
}

function sessionRow(session) {
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
      h("p", { class: "hint" }, "from ", place(session.ip), " · last used ", when(session.last_used_at)),
      h("p", { class: "hint" }, "signed in ", when(session.created_at), " · ends unused ", when(session.expires_at))),
    session.current
      ? null
      : button("End", () => withMessage(byId("sessions-message"), end), { kind: "small", "aria-label": `End the session ${name} from ${place(session.ip)}` }));
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
  return h("ul", { class: "sessions" }, sessions.map(sessionRow));
}, { of: "sessions" });

const drawSessions = () => loadSessions({ limit: 50 });

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  show(said);
  fault(current, current.value ? null : "Type your current password.");
  fault(password, password.value ? null : "Choose a new password.");
  if (!current.value || !password.value) {
    (current.value ? password : current).focus();
    return;
  }
  byId("go").disabled = true;
  try {
    await post("/auth/password", { current_password: current.value, new_password: password.value });
    form.reset();
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
  } finally {
    byId("go").disabled = false;
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
canReveal(password);
watchStrength(password, email);
document.addEventListener("visibilitychange", () => {
  // Sessions may have ended on another device meanwhile, this one too.
  if (!document.hidden) drawSessions();
});
await Promise.all([withMessage(byId("sessions-message"), drawMe), drawSessions()]);
keepGood();
