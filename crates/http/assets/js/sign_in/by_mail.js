// What the sign-in page does with mails: a sign-in without a password, the proof of a new address, the end of a lock.

import { button, h, notice, show } from "../dom.js";
import { words } from "../language.js";
import { busy } from "../parts/busy.js";
import { fault } from "../parts/fields.js";
import { Problem, ask, headline, told } from "../problem.js";

const { BY_MAIL } = await words("by_mail");

/** How long until another mail can be asked for, in milliseconds. */
const PATIENCE = 60_000;

const refusal = (error) => notice(error.status === 429 ? "warn" : "bad", headline(error), told(error));

/** The field of a code, or null where a step has none. */
const fieldFor = (digits) =>
  digits === 0 ? null : h("input", { class: "input code", id: "code", inputmode: "numeric", autocomplete: digits === 8 ? "one-time-code" : "off", spellcheck: "false", maxlength: digits + 4, "aria-describedby": "code-error" });

/** What was typed does not fit, or something else is in the way. */
function refused(error, said, field) {
  if (!(error instanceof Problem)) throw error;
  if (!field || error.code !== "unfit_code") {
    show(said, refusal(error));
    return;
  }
  fault(field, error.message, error.lang);
  field.focus();
  field.select();
}

/**
 * One step in place of the form: words, at most one field, one button. `act(value)` does the work; `instead(problem)` may
 * go on in another way, and answers whether it does; `more(said)` is what else there is.
 */
function step(place, { title, about, label, digits = 0, go, act, instead = () => false, more = () => [] }) {
  const said = h("div", { class: "message", "aria-live": "polite" });
  const progress = h("p", { class: "progress", role: "status" });
  const field = fieldFor(digits);
  const press = h("button", { class: "button primary wide", type: "submit", id: "mail-go" }, go);
  const submit = async (event) => {
    event.preventDefault();
    show(said);
    if (field) fault(field, field.value.trim() ? null : BY_MAIL.empty(digits));
    if (field && !field.value.trim()) return field.focus();
    try {
      await busy(press, progress, () => act(field?.value.trim()), BY_MAIL.working);
      // Nothing is pressed twice while the next page loads.
      press.disabled = true;
      return null;
    } catch (error) {
      return instead(error) || refused(error, said, field);
    }
  };
  show(place.box,
    h("h2", {}, title), about.map((text) => h("p", { class: "soft" }, text)), said,
    h("form", { class: "form", novalidate: true, on: { submit } },
      field && h("div", { class: "field" }, h("label", { for: "code" }, label), field, h("p", { class: "field-error", id: "code-error" })),
      press, progress),
    more(said), h("div", { class: "row" }, button(BY_MAIL.back, place.back, { kind: "small quiet", id: "mail-back" })));
  // Of a place that is not shown yet nothing takes the focus.
  setTimeout(() => (field ?? press).focus());
  return said;
}

/** The button that asks for the mail again, which has to wait after each. */
function again(said, work, { isSent = true } = {}) {
  let until = isSent ? Date.now() + PATIENCE : 0;
  const press = button(BY_MAIL.again, send, { kind: "small", id: "mail-again" });
  function tick() {
    const left = Math.ceil((until - Date.now()) / 1000);
    press.disabled = left > 0;
    press.textContent = left > 0 ? BY_MAIL.againIn(left) : BY_MAIL.again;
    if (left > 0) setTimeout(tick, 1000);
  }
  async function send() {
    until = Date.now() + PATIENCE;
    tick();
    try {
      await work();
      show(said, notice("good", null, BY_MAIL.sentAgain));
    } catch (error) {
      until = 0;
      refused(error, said);
    }
  }
  tick();
  return h("div", { class: "row" }, press);
}

/** Asks for a mail that works in this browser, then for its code; for another browser it shows four digits. */
async function askHere(place, { path, email, go, act }) {
  const request = async () => (await ask(path, { method: "POST", body: { email } })).body.digits;
  const digits = h("p", { class: "num big-digits", id: "digits" }, await request());
  step(place, {
    title: BY_MAIL.look,
    about: [BY_MAIL.sent(email), BY_MAIL.here],
    label: BY_MAIL.code,
    digits: 8,
    go,
    act: (code) => act({ email, code }),
    more: (said) => [
      h("div", { class: "digits" }, h("p", { class: "hint" }, BY_MAIL.elsewhere), digits),
      again(said, async () => {
        digits.textContent = await request();
      }),
    ],
  });
}

/**
 * A link that was followed. Nothing happens before the button is pressed: programs follow links, too; and those that press
 * buttons have not asked for the mail.
 */
function follow(place, { token, title, about, go, act }) {
  const send = (digits) => act({ token, ...(digits && { digits }) });
  const askForDigits = (problem) => {
    if (problem.code !== "unfit_code") return false;
    step(place, { title: BY_MAIL.other, about: [BY_MAIL.otherWords, BY_MAIL.orAnew], label: BY_MAIL.digits, digits: 4, go, act: send });
    return true;
  };
  step(place, { title, about: [about], go, act: () => send(null), instead: askForDigits });
}

const enter = (place) => (body) => place.enter("/auth/magic/confirm", body);

/** Asks for a mail that signs in. */
export const askForLink = (place, email) => askHere(place, { path: "/auth/magic", email, go: BY_MAIL.signIn, act: enter(place) });

/** Signs in by a link. */
export const enterByLink = (place, token) => follow(place, { token, title: BY_MAIL.almost, about: BY_MAIL.press, go: BY_MAIL.signIn, act: enter(place) });

/** The button that asks for a mail that ends a lock. */
export const unlockButton = (work) => h("div", { class: "notice-act" }, button(BY_MAIL.locked, work, { kind: "small", id: "unlock-go" }));

/** Asks for a mail that ends a lock. */
export const askToUnlock = (place, email) => askHere(place, { path: "/auth/unlock", email, go: BY_MAIL.unlockGo, act: place.unlock });

/** Ends a lock by a link. */
export const unlockByLink = (place, token) => follow(place, { token, title: BY_MAIL.unlock, about: BY_MAIL.unlockPress, go: BY_MAIL.unlockGo, act: place.unlock });

/** The proof of an address, by the code of a mail, beside the password, which was just typed. */
export function proveAddress(place, body, { isNew, unfit }) {
  const said = step(place, {
    title: BY_MAIL.confirm,
    about: isNew ? [BY_MAIL.proof(body.email), BY_MAIL.proofElse] : [BY_MAIL.proofOnce(body.email)],
    label: BY_MAIL.code,
    digits: 8,
    go: BY_MAIL.confirmGo,
    act: (code) => place.enter("/auth/login", { ...body, proof: { code } }),
    more: (box) => again(box, () => ask("/auth/email/verify/request", { method: "POST", body: { email: body.email } }), { isSent: isNew }),
  });
  if (unfit) show(said, refusal(unfit));
}
