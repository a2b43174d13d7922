// The audit log, with filters.

import { get, query } from "../api.js";
import { byId, h, notice, show, table, tag } from "../dom.js";
import { device, place } from "../parts/device.js";
import { pages } from "../parts/pages.js";
import { when } from "../time.js";
import { timelineButton } from "./family.js";

const BAD = new Set(["refresh.reused", "refresh.ahead", "key.revoked"]);
const WARN = new Set(["login.failed", "login.limited", "account.locked", "password.change_failed", "user.suspended", "user.deleted"]);
const kindOf = (event) => (BAD.has(event) ? "bad" : WARN.has(event) ? "warn" : event === "login.succeeded" ? "good" : "");

const columns = [{ name: "When" }, { name: "Event" }, { name: "Who" }, { name: "From" }, { name: "Particulars", class: "break" }];

const particulars = (entry) => [
  Object.entries(entry.detail ?? {}).map(([name, value]) => h("span", { class: "detail" }, `${name}=${value} `)),
  entry.session && timelineButton(entry.session),
];

/** Entries of the log as a table. */
export const entries = (items) =>
  table(columns, items.map((entry) => [
    when(entry.at),
    tag(entry.event, kindOf(entry.event)),
    h("span", { class: "detail" }, entry.actor, entry.user && !entry.actor.includes(entry.user) ? ` → user:${entry.user}` : ""),
    [h("div", {}, entry.ip ? place(entry.ip) : "–"), h("div", { class: "hint", title: entry.user_agent ?? undefined }, entry.user_agent ? device(entry.user_agent).name : "")],
    particulars(entry),
  ]), { caption: "Audit log" });

const load = pages(byId("audit"), "/admin/audit", entries);

/** An id as it is; of an address, the user who has it. */
async function userOf(text) {
  if (!text.includes("@")) return text;
  const { items } = await get(query("/admin/users", { q: text, limit: 200 }));
  return items.find((user) => user.email.toLowerCase() === text.toLowerCase())?.id ?? null;
}

let isWired = false;

/** Shows the log as the filter says. */
export async function audit() {
  if (!isWired) {
    isWired = true;
    byId("audit-filter").addEventListener("submit", (event) => {
      event.preventDefault();
      audit();
    });
  }
  const text = byId("audit-user").value.trim();
  const user = text ? await userOf(text) : "";
  if (user === null) show(byId("audit"), notice("warn", null, "No user has this address."));
  else await load({ user, event: byId("audit-event").value });
}
