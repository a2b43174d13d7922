// What the sign-in page does with mails: a sign-in without a password, and the proof of a new address.

import { button, h, notice, show } from "../dom.js";
import { words } from "../language.js";
import { busy } from "../parts/busy.js";
import { Problem, ask, headline, told } from "../problem.js";

const { BY_MAIL } = await words("by_mail");

/** How long until another mail can be asked for, in seconds. */
const PATIENCE = 60;

/**
 * One step in place of the form: words, at most one field, one button.
 * `act(value)` does the work; `refused(problem)` may say something of its own, and answers whether it has.
 */
function step(place, { title, about, label, length, go, act, refused = () => false, more = [] }) {
  const said = h("div", { class: "message", "aria-live": "polite" });
  const progress = h("p", { class: "progress", role: "status" });
  const field = label && h("input", { class: "input code", id: "mail-code", inputmode: "numeric", autocomplete: "one-time-code", spellcheck: "false", maxlength: String(length + 4) });
  const press = h("button", { class: "button primary wide", type: "submit", id: "mail-go" }, go);
  const submit = async (event) => {
    event.preventDefault();
    show(said);
    const value = field?.value.trim();
    if (field && !value) return field.focus();
    try {
      await busy(press, progress, () => act(value), BY_MAIL.working);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (!refused(error)) show(said, notice(error.status === 429 ? "warn" : "bad", headline(error), told(error)));
    }
  };
  show(place.box,
    h("h2", {}, title), about.map((text) => h("p", { class: "soft" }, text)), said,
    h("form", { class: "form", on: { submit } },
      field && h("div", { class: "field" }, h("label", { for: "mail-code" }, label), field),
      press, progress),
    more, h("div", { class: "row" }, button(BY_MAIL.back, place.back, { kind: "small quiet", id: "mail-back" })));
  (field ?? press).focus();
  return said;
}

/** The button that asks for the mail again, which has to wait. */
function again(work) {
  const until = Date.now() + PATIENCE * 1000;
  const press = button(BY_MAIL.again, work, { kind: "small", id: "mail-again", disabled: true });
  const waiting = setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    press.textContent = left > 0 ? BY_MAIL.againIn(left) : BY_MAIL.again;
    press.disabled = left > 0;
    if (left <= 0 || !press.isConnected) clearInterval(waiting);
  }, 1000);
  return h("div", { class: "row" }, press);
}

/** Asks for a mail that signs in, then for its code. */
export async function askForLink(place, email) {
  const { body } = await ask("/auth/magic", { method: "POST", body: { email } });
  step(place, {
    title: BY_MAIL.look,
    about: [BY_MAIL.sent(email), BY_MAIL.here],
    label: BY_MAIL.code,
    length: 8,
    go: BY_MAIL.signIn,
    act: (code) => place.enter("/auth/magic/confirm", { email, code }),
    more: [
      h("div", { class: "digits" }, h("p", { class: "hint" }, BY_MAIL.elsewhere), h("p", { class: "num big-digits", id: "digits" }, body.digits)),
      again(() => askForLink(place, email)),
    ],
  });
}

/** A link that was followed: nothing happens before the button is pressed, for programs follow links, too. */
export function enterByLink(place, token) {
  const enter = (digits) => place.enter("/auth/magic/confirm", { token, ...(digits && { digits }) });
  const withDigits = (problem) => {
    if (problem.code !== "unfit_code") return false;
    step(place, { title: BY_MAIL.other, about: [BY_MAIL.otherWords], label: BY_MAIL.digits, length: 4, go: BY_MAIL.signIn, act: enter });
    return true;
  };
  step(place, { title: BY_MAIL.almost, about: [BY_MAIL.press], go: BY_MAIL.signIn, act: () => enter(null), refused: withDigits });
}

/** The proof of a new address: the code of the mail beside the password, which was just typed. */
export function proveAddress(place, email, password) {
  const said = step(place, {
    title: BY_MAIL.confirm,
    about: [BY_MAIL.proof(email)],
    label: BY_MAIL.code,
    length: 8,
    go: BY_MAIL.confirmGo,
    act: (code) => place.enter("/auth/login", { email, password, proof: { code } }),
    more: [again(async () => {
      await ask("/auth/email/verify/request", { method: "POST", body: { email } });
      show(said, notice("good", null, BY_MAIL.sentAgain));
    })],
  });
}
