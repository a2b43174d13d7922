// Mails: what waits, and what became of the others.

import { get, post, query } from "../api.js";
import { button, byId, h, show, table, tag } from "../dom.js";
import { open } from "../parts/dialog.js";
import { pages, withMessage } from "../parts/pages.js";
import { toast } from "../parts/toast.js";
import { when } from "../time.js";
import { person } from "./people.js";
import { address, go } from "./views.js";

const columns = [{ name: "Mail" }, { name: "For" }, { name: "State" }, { name: "When" }, { name: "Acts", isUnseen: true, class: "end" }];
const KINDS = { waiting: "info", sent: "good", refused: "bad", expired: "warn", void: "" };

const title = (template) => template.replaceAll("_", " ");

async function retry(id) {
  await post(`/admin/mail/${id}/retry`);
  toast("It is tried at once.");
  await load(shown());
}

function row(message) {
  const isWaiting = message.state === "waiting";
  return [
    h("a", { href: address("mail", {}, message.id) }, title(message.template)),
    message.user ? person(message.user, message.user_email) : h("span", { class: "soft" }, "no account"),
    [tag(message.state, KINDS[message.state]), message.attempts > 1 && ` ${message.attempts} tries`,
      message.last_error && h("div", { class: "hint break" }, message.last_error)],
    [when(message.created_at), isWaiting && h("div", { class: "hint" }, "tried ", when(message.not_before))],
    isWaiting && button("Try now", () => withMessage(byId("mail-message"), () => retry(message.id)), { kind: "small" }),
  ];
}

const load = pages(byId("mail"), "/admin/mail", (items) => table(columns, items.map(row), { caption: "Mails" }), { empty: "No mail." });

const shown = () => ({ state: byId("mail-state").value });

/** Shows them, the newest first. */
export async function mail({ state = "" } = {}) {
  byId("mail-state").value = state;
  show(byId("mail-message"));
  await load(shown());
}

byId("mail-state").addEventListener("change", () => go(address("mail", shown())));

/** One mail; with what it says, where mails are written into a folder. */
export function mailDialog(id) {
  const body = h("div", { class: "stack" }, h("p", { class: "waiting" }, "Reading…"));
  const dialog = open("Mail", [body], { broad: true });
  dialog.append(button("Close", () => dialog.close(), { kind: "quiet small dialog-close" }));
  withMessage(body, async () => {
    const message = await get(query(`/admin/mail/${encodeURIComponent(id)}`, {}));
    show(body,
      h("dl", { class: "facts" },
        h("dt", {}, "Mail"), h("dd", {}, title(message.template)),
        h("dt", {}, "State"), h("dd", {}, tag(message.state, KINDS[message.state])),
        h("dt", {}, "Written"), h("dd", {}, when(message.created_at)),
        h("dt", {}, "Good until"), h("dd", {}, when(message.expires_at)),
        message.last_error && [h("dt", {}, "The server said"), h("dd", { class: "break" }, message.last_error)]),
      message.written
        ? [h("p", { class: "hint" }, "Mails are written into a folder here instead of being sent. The audit log says that you have read this one."),
          h("dl", { class: "facts" }, h("dt", {}, "To"), h("dd", {}, message.written.to), h("dt", {}, "Subject"), h("dd", {}, message.written.subject)),
          h("pre", { class: "mail-text" }, message.written.text)]
        : h("p", { class: "hint" }, "What it says is not kept once it has left."));
  }, { reads: true });
  return dialog;
}
