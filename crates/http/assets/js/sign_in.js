// The sign-in page: sign in, register, and say clearly why not.

import { byId, h, notice, show } from "./dom.js";
import { words } from "./language.js";
import { busy } from "./parts/busy.js";
import { canReveal, fault, faults } from "./parts/fields.js";
import { refusal } from "./parts/pages.js";
import { watchStrength } from "./parts/strength.js";
import { Problem, ask, headline, mayPass, told, whyEnded } from "./problem.js";
import { accessToken, claims, inTurn, onSession, signedIn } from "./session.js";
import { span } from "./time.js";

const { MORE, SIGN_IN } = await words("sign_in");

const [form, email, password, next, go, said] = ["form", "email", "password", "next", "go", "message"].map(byId);
const asked = new URL(location.href).searchParams;
/** What a link carried. It leaves the address bar at once: it must not stay in the history or be shared by mistake. */
const [, kind, carried] = /^#(link|verify)=(hpm_[\w-]+)$/.exec(location.hash) ?? [];
let proof = kind === "verify" ? { token: carried } : null;
if (carried) history.replaceState(null, "", location.pathname + location.search);
const tabs = [...document.querySelectorAll("[role=tab]")];
let mode = "login";
let isRenewing = false;
let ticking = null;

/** Where to go from here: back to where one came from, if that is one of ours, or where the role belongs. */
function onward(token) {
  const next = asked.get("next");
  const known = ["/account", "/console", "/lab"].includes(next) ? next : null;
  location.replace(known ?? (claims(token).role === "admin" ? "/console" : "/account"));
}

/** A one-time password is replaced while signing in with it: shows or hides the field for the new one. */
function renew(isOn) {
  isRenewing = isOn;
  byId("renew-box").hidden = !isOn;
  byId("strength-box").hidden = !isOn && mode !== "register";
  go.textContent = isOn ? SIGN_IN.renew : mode === "register" ? SIGN_IN.make : SIGN_IN.signIn;
  if (!isOn) next.value = "";
}

function choose(tab, { focus = false } = {}) {
  mode = tab.id === "tab-register" ? "register" : "login";
  for (const one of tabs) {
    one.setAttribute("aria-selected", String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
  }
  const isNew = mode === "register";
  byId("panel").setAttribute("aria-labelledby", tab.id);
  byId("form-title").textContent = isNew ? SIGN_IN.register : SIGN_IN.signIn;
  password.autocomplete = isNew ? "new-password" : "current-password";
  renew(false);
  clear();
  if (focus) tab.focus();
}

function clear() {
  clearInterval(ticking);
  delete document.documentElement.dataset.why;
  go.disabled = false;
  show(said);
  fault(email, null);
  fault(password, null);
  fault(next, null);
}

/** Counts down beside the words. Screen readers hear the words once, not each second. */
function countDown(problem) {
  const until = Date.now() + problem.retryAfter * 1000;
  const left = h("span", { class: "num", "aria-hidden": "true" });
  const tick = () => {
    const seconds = (until - Date.now()) / 1000;
    left.textContent = SIGN_IN.left(span(seconds));
    if (seconds > 0) return;
    clear();
    show(said, notice("good", null, SIGN_IN.again));
  };
  tick();
  ticking = setInterval(tick, 1000);
  return left;
}

function refuse(problem) {
  if (problem.code === "password_change_required") {
    renew(true);
    show(said, notice("", headline(problem), SIGN_IN.once));
    next.focus();
    return;
  }
  if (problem.code === "email_unverified") {
    withMail((steps, place) => steps.proveAddress(place, email.value.trim(), password.value));
    return;
  }
  // Without it the next try says what else there is.
  if (problem.code === "unfit_code") proof = null;
  if (faults(problem, { email, password, new_password: next })) return;
  const isWaiting = problem.retryAfter !== null && problem.status === 429;
  const sentences = [told(problem), " ", MORE[problem.code]];
  show(said, notice(problem.status === 429 ? "warn" : "bad", headline(problem), sentences, isWaiting && countDown(problem)));
  // Another address may not be locked; but nobody gets past a limit on the network address.
  go.disabled = problem.code === "too_many_attempts";
}

/** What can be said without asking. */
function isFilled() {
  fault(email, email.value.trim() ? null : SIGN_IN.missing.email);
  fault(password, password.value ? null : mode === "register" ? SIGN_IN.missing.fresh : SIGN_IN.missing.password);
  fault(next, isRenewing && !next.value ? SIGN_IN.missing.next : null);
  document.querySelector("#form [aria-invalid]")?.focus();
  return Boolean(email.value.trim() && password.value && (next.value || !isRenewing));
}

/** A session has begun. */
function admit(answer) {
  password.value = next.value = "";
  // Nothing is pressed twice while the next page loads.
  go.disabled = true;
  signedIn(answer);
  // The account page is where another password can be chosen.
  if (answer.password_breached) location.replace("/account");
  else onward(answer.access_token);
}

/** Puts something else in place of the form, which comes back with `back`. */
const byMail = () => ({
  box: byId("by-mail"),
  back: () => inPlace(false),
  // In turn: a refused refresh of another tab, coming late, would clear the cookie of this sign-in.
  enter: async (path, body) => admit((await inTurn(() => ask(path, { method: "POST", body }))).body),
});

function inPlace(isMail) {
  byId("by-mail").hidden = !isMail;
  form.hidden = isMail;
  if (!isMail) show(byId("by-mail"));
}

/** Does something of the steps by mail, whose module is loaded when it is wanted. */
async function withMail(work) {
  const steps = await import("./sign_in/by_mail.js");
  await work(steps, byMail());
  clear();
  inPlace(true);
}

async function askForLink() {
  clear();
  fault(email, email.value.trim() ? null : SIGN_IN.missing.email);
  if (!email.value.trim()) return email.focus();
  try {
    await busy(byId("by-mail-go"), byId("progress"), () => withMail((steps, place) => steps.askForLink(place, email.value.trim())));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refuse(error);
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear();
  if (!isFilled()) return;
  try {
    const body = { email: email.value.trim(), password: password.value };
    if (isRenewing) body.new_password = next.value;
    if (proof && mode === "login") body.proof = proof;
    // In turn: a refused refresh of another tab, coming late, would clear the cookie of this sign-in.
    const answer = (await busy(go, byId("progress"), () => inTurn(() => ask(`/auth/${mode}`, { method: "POST", body })))).body;
    if (answer.verify) await withMail((steps, place) => steps.proveAddress(place, body.email, body.password));
    else admit(answer);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refuse(error);
  }
});

for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowRight" || key === "ArrowLeft") choose(tabs[(tabs.indexOf(tab) + 1) % tabs.length], { focus: true });
  });
}
// Another account's password may be no one-time password.
email.addEventListener("input", () => isRenewing && renew(false));
document.getElementById("by-mail-go")?.addEventListener("click", askForLink);
canReveal(password);
canReveal(next, byId("reveal-next"), "next");
for (const field of [password, next]) watchStrength(field, email);
// Another tab has signed in: this one follows.
onSession((what) => {
  if (what === "signed-in") accessToken().then(onward, () => {});
});

/** Somebody who is signed in already need not do it again. */
async function enter() {
  const why = asked.has("why") ? whyEnded(asked.get("why")) : null;
  if (why) show(said, notice(asked.get("why") === "token_reuse" ? "bad" : "good", ...why));
  if (!isSecureContext) {
    show(said, notice("warn", ...SIGN_IN.plain));
  }
  if (proof) show(said, notice("good", null, SIGN_IN.proof));
  if (!document.documentElement.hasAttribute("data-signed-in")) {
    if (kind === "link") await withMail((steps, place) => steps.enterByLink(place, carried));
    return;
  }
  try {
    onward(await accessToken());
  } catch (error) {
    const ended = error instanceof Problem ? whyEnded(error.code) : null;
    if (error.status === 401 && ended) show(said, notice("", ...ended));
    // Whether the user is signed in is unknown: that is no reason to ask for a password again.
    else if (error instanceof Problem && mayPass(error)) show(said, refusal(error, enter));
  }
}

await enter();
