// The audit log, with filters.

import { byId, h, table, tag } from "../dom.js";
import { device, place } from "../parts/device.js";
import { pages } from "../parts/pages.js";
import { when } from "../time.js";
import { timelineButton } from "./family.js";

const BAD = new Set(["refresh.reused", "refresh.ahead", "key.revoked"]);
const WARN = new Set(["login.failed", "login.limited", "login.while_locked", "refresh.forged", "access.denied", "client.refused", "account.locked", "password.change_failed", "user.suspended", "user.deleted", "users.exported"]);
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

/** An address or an id, as the route asks for it. */
const subject = (text) => (text.includes("@") ? { email: text } : { user: text });

/** The local time of a field as an instant. */
const instant = (text) => (text ? new Date(text).toISOString() : "");

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
  const [user, ip, since, until] = ["user", "ip", "since", "until"].map((name) => byId(`audit-${name}`).value.trim());
  await load({ ...subject(user), ip, since: instant(since), until: instant(until), event: byId("audit-event").value });
}
