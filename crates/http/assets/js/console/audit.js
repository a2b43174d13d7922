// The audit log, with filters, and one row of it.

import { get } from "../api.js";
import { byId, h, show, table, tag } from "../dom.js";
import { showing } from "../parts/dialog.js";
import { device, network, place } from "../parts/device.js";
import { pages } from "../parts/pages.js";
import { exactly, when } from "../time.js";
import { timelineLink } from "./family.js";
import { actor, person } from "./people.js";
import { address, go } from "./views.js";

const BAD = new Set(["refresh.reused", "refresh.ahead", "key.revoked"]);
const WARN = new Set(["login.failed", "login.limited", "login.while_locked", "refresh.forged", "access.denied", "client.refused", "account.locked", "account.exported", "password.breached", "password.change_failed", "user.suspended", "user.deleted", "users.exported"]);
const kindOf = (event) => (BAD.has(event) ? "bad" : WARN.has(event) ? "warn" : event === "login.succeeded" ? "good" : "");

const columns = [{ name: "When" }, { name: "Event" }, { name: "Whom" }, { name: "By" }, { name: "From" }, { name: "Particulars", class: "break" }];
const FIELDS = ["user", "ip", "since", "until", "event"];

const isOwn = ({ user, actor: by }) => by === `user:${user}`;

/** Entries of the log as a table. */
const entries = (items) =>
  table(columns, items.map((entry) => [
    h("a", { href: address("audit", {}, entry.seq) }, when(entry.at)),
    tag(entry.event, kindOf(entry.event)),
    entry.user ? person(entry.user, entry.user_email) : "–",
    isOwn(entry) ? "themselves" : actor(entry),
    [h("div", {}, entry.ip ? place(entry.ip) : "–"), h("div", { class: "hint", title: entry.user_agent ?? undefined }, entry.user_agent ? device(entry.user_agent).name : "")],
    [particulars(entry), entry.session && timelineLink(entry.session)],
  ]), { caption: "Audit log" });

const particulars = (entry) => Object.entries(entry.detail ?? {}).map(([name, value]) => h("span", { class: "detail" }, `${name}=${value} `));

const load = pages(byId("audit"), "/admin/audit", entries);

/** An address or an id, as the route asks for it. */
const subject = (text) => (text.includes("@") ? { email: text } : { user: text });

/** The local time of a field as an instant. */
function instant(text) {
  const at = new Date(text ?? "");
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

let isWired = false;

/** Shows the log as the filter of the address says. */
export async function audit(parameters) {
  if (!isWired) {
    isWired = true;
    byId("audit-filter").addEventListener("submit", (event) => {
      event.preventDefault();
      go(address("audit", Object.fromEntries(FIELDS.map((name) => [name, byId(`audit-${name}`).value.trim()]))));
    });
  }
  for (const name of FIELDS) byId(`audit-${name}`).value = parameters[name] ?? "";
  const { user = "", ip, since, until, event } = parameters;
  await load({ ...subject(user), ip, since: instant(since), until: instant(until), event });
}

const fact = (name, ...content) => [h("dt", {}, name), h("dd", {}, content)];

const facts = (row) => h("dl", { class: "facts" },
  fact("When", exactly(new Date(row.at)), " (", when(row.at), ")"),
  fact("Event", tag(row.event, kindOf(row.event))),
  row.user && fact("Happened to", person(row.user, row.user_email)),
  fact("Done by", actor(row)),
  row.session && fact("Session", h("a", { href: address("sessions", {}, row.session) }, h("code", {}, row.session))),
  row.ip && fact("From", place(row.ip), " · ", network(row.ip)),
  row.user_agent && fact("Client says", h("code", {}, row.user_agent)),
  row.request_id && fact("Request", h("code", {}, row.request_id)),
  Object.entries(row.detail ?? {}).map(([name, value]) => fact(name, h("code", {}, value))));

/** One row, by its place in the log. */
export const auditRow = (seq) =>
  showing(`Audit row ${seq}`, async (body) => show(body, facts(await get(`/admin/audit/${encodeURIComponent(seq)}`))));
