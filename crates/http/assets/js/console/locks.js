// Locked addresses: looked at, and let in again.

import { post } from "../api.js";
import { button, byId, h, table } from "../dom.js";
import { place } from "../parts/device.js";
import { withMessage, pages } from "../parts/pages.js";
import { toast } from "../parts/toast.js";
import { when } from "../time.js";
import { forgetLocks } from "./locked.js";
import { userLink } from "./people.js";

const columns = [{ name: "Address" }, { name: "Locked" }, { name: "Ends" }, { name: "Last attempt from" }, { name: "Unlock", isUnseen: true, class: "end" }];

async function unlock(email) {
  await withMessage(byId("locks-message"), async () => {
    await post("/admin/locks/unlock", { email });
    forgetLocks();
    toast(`${email} may try again.`);
    await locks();
  });
}

const load = pages(byId("locks"), "/admin/locks", (items) =>
  table(columns, items.map((lock) => [
    lock.user
      ? userLink(lock.user, lock.email)
      : [lock.email, h("div", { class: "hint" }, "no account")],
    lock.locked_at ? when(lock.locked_at) : "–",
    when(lock.locked_until),
    place(lock.ip),
    button("Unlock", () => unlock(lock.email), { kind: "small", "aria-label": `Unlock ${lock.email}` }),
  ]), { caption: "Locked addresses" }), { empty: "No address is locked." });

let isWired = false;

/** Shows the locks, or the one on the address that was asked for. */
export async function locks() {
  const search = byId("lock-email");
  if (!isWired) {
    isWired = true;
    byId("lock-filter").addEventListener("submit", (event) => {
      event.preventDefault();
      locks();
    });
  }
  byId("locks-message").replaceChildren();
  await load({ email: search.value.trim() });
}
