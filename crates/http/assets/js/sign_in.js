// The sign-in page: sign in, register, and say clearly why not.

import { byId, h, notice, show } from "./dom.js";
import { words } from "./language.js";
import { busy } from "./parts/busy.js";
import { carried, fragment, spend } from "./parts/carried.js";
import { awaken } from "./parts/early.js";
import { canReveal, fault, faults } from "./parts/fields.js";
import { refusal } from "./parts/pages.js";
import { watchStrength } from "./parts/strength.js";
import { Problem, ask, headline, mayPass, told, whyEnded } from "./problem.js";
import { accessToken, claims, inTurn, onSession, signedIn } from "./session.js";
import { askForLink, askToUnlock, enterByLink, proveAddress, unlockButton, unlockByLink } from "./sign_in/by_mail.js";
import { span } from "./time.js";

const { MORE, SIGN_IN } = await words("sign_in");

const [form, email, password, next, go, said] = ["form", "email", "password", "next", "go", "message"].map(byId);
const asked = new URL(location.href).searchParams;
/** What links carried: one signs in, one proves an address, one ends a lock. */
const [link, proof, unlock] = [/^#link=(hpm_[\w-]+)$/, /^#verify=(hpm_[\w-]+)$/, /^#unlock=(hpm_[\w-]+)$/].map(carried);
/** The fragment with a proof that was not used. */
const unused = () => (proof ? fragment() : "");
const tabs = [...document.querySelectorAll("[role=tab]")];
/** What there is instead of a password; nothing without mail. */
const ways = document.getElementById("mail-ways");
let mode = "login";
let isRenewing = false;
let ticking = null;

/** Where to go from here: back to where one came from, if that is one of ours, or where the role belongs. */
function onward(token) {
  // The account page goes on with a proof that signing in did not need.
  if (unused()) return location.replace(`/account${unused()}`);
  const next = asked.get("next");
  const known = ["/account", "/console", "/lab"].includes(next) ? next : null;
  return location.replace(known ?? (claims(token).role === "admin" ? "/console" : "/account"));
}

function drawWays() {
  if (ways) ways.hidden = isRenewing || mode === "register";
}

/** A one-time password is replaced while signing in with it: shows or hides the field for the new one. */
function renew(isOn) {
  isRenewing = isOn;
  drawWays();
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
  for (const name of ["why", "carried"]) delete document.documentElement.dataset[name];
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
  if (faults(problem, { email, password, new_password: next })) return;
  const isWaiting = problem.retryAfter !== null && problem.status === 429;
  const sentences = [told(problem), " ", MORE[problem.code]];
  const more = problem.code === "account_locked" && ways ? unlockButton(() => sendMail(askToUnlock)) : null;
  show(said, notice(problem.status === 429 ? "warn" : "bad", headline(problem), sentences, isWaiting && countDown(problem), more));
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

/** In turn: a refused refresh of another tab, coming late, would clear the cookie of this sign-in. */
const send = async (path, body) => (await inTurn(() => ask(path, { method: "POST", body }))).body;

/** A session has begun. */
function admit(answer) {
  password.value = next.value = "";
  // Nothing is pressed twice while the next page loads.
  go.disabled = true;
  signedIn(answer);
  // The account page is where another password can be chosen.
  if (answer.password_breached) location.replace(`/account${unused()}`);
  else onward(answer.access_token);
}

/** Shows the steps by mail in place of the form, or the form again. */
function inPlace(isMail) {
  byId("by-mail").hidden = !isMail;
  for (const part of [form, document.querySelector(".pass .tabs")]) part.hidden = isMail;
  clear();
  if (isMail) return;
  show(byId("by-mail"));
  email.focus();
}

/** Where the steps by mail are drawn, and how they end. */
const place = {
  box: byId("by-mail"),
  back: () => inPlace(false),
  enter: async (path, body) => admit(await send(path, body)),
  unlock: async (body) => {
    await ask("/auth/unlock/confirm", { method: "POST", body });
    inPlace(false);
    show(said, notice("good", ...SIGN_IN.unlocked));
  },
};

/** A mail to the address that was typed. */
async function sendMail(request) {
  clear();
  fault(email, email.value.trim() ? null : SIGN_IN.missing.email);
  if (!email.value.trim()) {
    email.focus();
    return;
  }
  try {
    await busy(byId("by-mail-go"), byId("progress"), () => request(place, email.value.trim()), SIGN_IN.working);
    inPlace(true);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refuse(error);
  }
}

/** The address has to be proved by a code. */
function askForCode(body, how) {
  inPlace(true);
  proveAddress(place, body, how);
  return null;
}

/** The address has to be proved first: by the link that led here, or else by a code. */
async function prove(body) {
  if (!unused()) return askForCode(body, { isNew: false });
  try {
    const answer = await send("/auth/login", { ...body, proof: { token: proof } });
    spend();
    return answer;
  } catch (error) {
    if (error.code !== "unfit_code") throw error;
    spend();
    return askForCode(body, { isNew: false, unfit: error });
  }
}

/** Answers what begins a session, or null when something is to be done before. */
async function submit() {
  const body = { email: email.value.trim(), password: password.value, ...(isRenewing && { new_password: next.value }) };
  try {
    const answer = await send(`/auth/${mode}`, body);
    return answer.verify ? askForCode(body, { isNew: true }) : answer;
  } catch (error) {
    if (error.code !== "email_unverified") throw error;
    return prove(body);
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear();
  if (!isFilled()) return;
  try {
    const answer = await busy(go, byId("progress"), submit);
    if (answer) admit(answer);
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
ways?.querySelector("button").addEventListener("click", () => sendMail(askForLink));
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
  if (proof) show(said, notice("", ...SIGN_IN.proof));
  // Whoever follows a link wants to be signed in by it, even where somebody is already.
  if (link) {
    inPlace(true);
    enterByLink(place, link);
    return;
  }
  if (unlock) {
    inPlace(true);
    unlockByLink(place, unlock);
    return;
  }
  if (!document.documentElement.hasAttribute("data-signed-in")) return;
  try {
    onward(await accessToken());
  } catch (error) {
    const ended = error instanceof Problem ? whyEnded(error.code) : null;
    if (error.status === 401 && ended && !proof && !why) show(said, notice("", ...ended));
    // Whether the user is signed in is unknown: that is no reason to ask for a password again.
    else if (error instanceof Problem && mayPass(error)) show(said, refusal(error, enter));
  }
}

awaken();
await enter();
