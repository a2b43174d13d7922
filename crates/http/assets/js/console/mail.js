// Mails: what waits, and what became of the others.

import { get, post } from "../api.js";
import { button, byId, h, show, table, tag } from "../dom.js";
import { showing } from "../parts/dialog.js";
import { pages, withMessage } from "../parts/pages.js";
import { toast } from "../parts/toast.js";
import { when } from "../time.js";
import { person, userLink } from "./people.js";
import { address, go } from "./views.js";

const columns = [{ name: "Mail" }, { name: "For" }, { name: "State" }, { name: "Written" }, { name: "Tried" }, { name: "Acts", isUnseen: true, class: "end" }];
const KINDS = { waiting: "info", sent: "good", refused: "bad", expired: "warn", void: "" };

/** The names of templates, as people say them. */
const TITLES = {
  verify_email: "Confirm the address",
  account_exists: "There is an account already",
  reset_password: "Reset the password",
  sign_in: "Sign in by a link",
  change_email: "Confirm a new address",
  email_changed: "The address was changed",
  invitation: "Invitation",
  password_changed: "The password was changed",
  password_recovered: "The password was reset",
  session_stolen: "A session was stolen",
  new_device: "Sign-in from an unknown device",
  unlock: "Unlock the account",
  webhook_disabled: "A webhook was switched off",
  test: "Test",
};
const title = (template) => TITLES[template] ?? template;

const state = (message) => [tag(message.state, KINDS[message.state]), message.last_error && h("div", { class: "hint break" }, message.last_error)];

async function retry(id) {
  await post(`/admin/mail/${id}/retry`);
  toast("It is tried at once.");
  await load({ state: byId("mail-state").value });
}

function tried(message) {
  const times = message.attempts === 1 ? "once" : `${message.attempts} times`;
  if (message.state === "waiting") return [message.attempts > 0 && `${times}, `, message.attempts > 0 ? "again " : "", when(message.not_before)];
  return message.settled_at ? [when(message.settled_at), message.attempts > 1 && h("div", { class: "hint" }, times)] : "never";
}

const row = (message) => [
  h("a", { href: address("mail", {}, message.id) }, title(message.template)),
  message.user_email ? userLink(message.user, message.user_email) : message.user ? person(message.user, null) : h("span", { class: "soft" }, "no account"),
  state(message),
  when(message.created_at),
  tried(message),
  message.state === "waiting" && button("Try now", () => withMessage(byId("mail-message"), () => retry(message.id)), { kind: "small" }),
];

const load = pages(byId("mail"), "/admin/mail", (items) => table(columns, items.map(row), { caption: "Mails" }), { empty: "No mail." });

let isWired = false;

/** Shows them, the newest first. */
export async function mail({ state: only = "" }) {
  const chosen = byId("mail-state");
  if (!isWired) {
    isWired = true;
    chosen.addEventListener("change", () => go(address("mail", { state: chosen.value })));
  }
  chosen.value = only;
  show(byId("mail-message"));
  await load({ state: chosen.value });
}

const fact = (name, ...content) => [h("dt", {}, name), h("dd", {}, content)];

/** What a mail says, where mails are written into a folder. */
const written = ({ to, subject, text }) => [
  h("p", { class: "hint" }, "Here, mails are written into a folder and sent to nobody. The audit log says that you have read this one."),
  h("dl", { class: "facts" }, fact("To", to), fact("Subject", subject)),
  h("pre", { class: "mail-text", tabindex: "0", "aria-label": "What it says" }, text),
];

/** One mail. */
export const mailDialog = (id) =>
  showing("Mail", async (body) => {
    const message = await get(`/admin/mail/${encodeURIComponent(id)}`);
    show(body,
      h("dl", { class: "facts" },
        fact("Mail", title(message.template)),
        fact("State", state(message)),
        fact("Written", when(message.created_at)),
        fact("Tried", tried(message)),
        fact("Of use until", when(message.expires_at))),
      message.written ? written(message.written) : h("p", { class: "hint" }, "What it says is not kept once it has left."));
  });
