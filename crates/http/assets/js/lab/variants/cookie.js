// The flags of the refresh cookie, one by one: what each setting lets a script, another site, the wire and a restart do.

import { h, show, table, tag } from "../../dom.js";
import { ask, cookieSet, keepAccess, login } from "../sandbox.js";
import { words } from "../../language.js";
import { afterRestart, readBy, sentWith, store } from "./cookie_rules.js";
import { doing, header } from "./parts.js";

const { COOKIE } = await words("variant_cookie");

/** The switches: what each puts into the line, the first of them as hallpass sets it. */
const FLAGS = {
  HttpOnly: ["HttpOnly", ""],
  Secure: ["Secure", ""],
  SameSite: ["SameSite=Strict", "SameSite=Lax", "SameSite=None", ""],
  "Max-Age": ["Max-Age=604800", ""],
  Path: ["Path=/auth", "Path=/", ""],
  name: ["refresh_token", "__Secure-refresh_token", "__Host-refresh_token"],
};
const ATTRIBUTES = Object.keys(FLAGS).filter((flag) => flag !== "name");
const LOGIN = "/auth/login";

const lineOf = (chosen, value) => [`${chosen.name}=${value}`, ...ATTRIBUTES.map((flag) => chosen[flag])].filter(Boolean).join("; ");

/** Who tries what, and what the rules say to it. */
const TRIES = [
  ["script", (cookie) => readBy(cookie, "/")],
  ["form", (cookie) => sentWith(cookie, { path: "/auth/refresh", isCrossSite: true, isTopLevel: true, method: "POST" })],
  ["link", (cookie) => sentWith(cookie, { path: "/auth/sessions", isCrossSite: true, isTopLevel: true })],
  ["wire", (cookie) => sentWith(cookie, { path: "/auth/refresh", isSecure: false })],
  ["own", (cookie) => sentWith(cookie, { path: "/auth/refresh", method: "POST" })],
  ["other", (cookie) => sentWith(cookie, { path: "/api/orders" })],
  ["restart", afterRestart],
];

/** What the server wants of each: everything else is a hole, or a user who has to log in again. */
const WANTED = { script: ["hidden"], form: ["cross_site"], link: ["cross_site"], wire: ["insecure"], own: ["sent"], other: ["other_path"], restart: ["kept"] };
/** No hole by itself: a link alone changes nothing, another path of one's own is no stranger, a login again is no theft. */
const MILD = ["link", "other", "restart"];

const kindOf = (who, result) => (WANTED[who].includes(result) ? "good" : MILD.includes(who) ? "warn" : "bad");

/** What each of them gets from a cookie, and whether that is good, mild or bad. */
const judged = (cookie) => TRIES.map(([who, rule]) => {
  const result = rule(cookie);
  return { who, result, kind: kindOf(who, result), ...COOKIE.results[who][result] };
});

const results = (rows) =>
  table([COOKIE.tries, COOKIE.result, COOKIE.because].map((name) => ({ name })),
    rows.map(({ who, result, kind, short, long }) => [COOKIE.who[who], h("span", { data: { who, result } }, tag(short, kind)), long]), { caption: COOKIE.caption });

const select = (flag, change) =>
  h("select", { class: "input", id: `flag-${flag}`, on: { change } }, FLAGS[flag].map((text) => h("option", { value: text }, text || COOKIE.without(flag))));

const toggle = (flag, change) =>
  h("input", { type: "checkbox", id: `flag-${flag}`, checked: true, on: { change } });

/** document.cookie, as it is now. */
const scripts = () => JSON.stringify(document.cookie);

/** Puts the line of the switches into this browser for a moment: what it really makes of it. */
export function tryHere(chosen) {
  const name = chosen.name.replace("refresh_token", "lab_try");
  const line = lineOf({ ...chosen, name }, "seen");
  document.cookie = line;
  const seen = document.cookie.split("; ").includes(`${name}=seen`);
  document.cookie = [`${name}=`, ...ATTRIBUTES.filter((flag) => flag !== "HttpOnly" && flag !== "Max-Age").map((flag) => chosen[flag]), "Max-Age=0"].filter(Boolean).join("; ");
  const { cookie, refused } = store(line, { from: location.pathname, isSecureOrigin: isSecureContext, byScript: true });
  return { line, seen, reason: refused ?? readBy(cookie, location.pathname) };
}

class Flags {
  constructor() {
    this.line = h("p", { class: "mono shows", id: "cookie-line" });
    this.verdict = h("p", { id: "cookie-verdict", role: "status" });
    this.table = h("div", { id: "cookie-table" });
    this.said = h("p", { class: "soft", id: "cookie-said", role: "status" }, COOKIE.start);
    this.real = h("dl", { class: "claims", id: "cookie-real" });
    const change = () => this.draw();
    this.inputs = Object.fromEntries(Object.entries(FLAGS).map(([flag, texts]) => [flag, (texts.length === 2 ? toggle : select)(flag, change)]));
  }

  chosen() {
    return Object.fromEntries(Object.entries(this.inputs).map(([flag, input]) => [flag, input.type === "checkbox" ? FLAGS[flag][input.checked ? 0 : 1] : input.value]));
  }

  draw() {
    const line = lineOf(this.chosen(), "…");
    this.line.textContent = `Set-Cookie: ${line}`;
    const { cookie, refused } = store(line, { from: LOGIN });
    const rows = cookie ? judged(cookie) : [];
    const kinds = rows.map(({ kind }) => kind);
    const worst = refused || kinds.includes("bad") ? "bad" : kinds.includes("warn") ? "warn" : "good";
    this.verdict.className = `verdict ${worst}`;
    this.verdict.dataset.refused = refused ?? "";
    this.verdict.textContent = refused ? COOKIE.refused[refused] : COOKIE.as(kinds.filter((kind) => kind === "good").length, rows.length);
    show(this.table, cookie && results(rows));
  }

  facts(...rows) {
    show(this.real, rows.map(([name, value]) => h("div", { class: "claim" }, h("dt", {}, name), h("dd", { class: "mono" }, value))));
  }

  /** The real cookie of the sandbox: set by a login, unseen by this page's scripts, and sent by the browser. */
  async logIn() {
    const first = await login("ada@lab.example");
    const set = cookieSet(first.exchange);
    const fresh = await ask("/auth/refresh", { method: "POST" });
    if (fresh.ok) await keepAccess(fresh.body.access_token);
    const other = await ask("/.well-known/jwks.json");
    const sent = header(fresh.exchange.request, "cookie");
    this.facts([COOKIE.set, header(first.exchange.response, "set-cookie")], [COOKIE.read, scripts()],
      [COOKIE.sent("POST /auth/refresh"), sent || COOKIE.nothing], [COOKIE.sent("GET /.well-known/jwks.json"), header(other.exchange.request, "cookie") || COOKIE.nothing]);
    this.said.textContent = set && !document.cookie.includes(set) ? COOKIE.unseen : COOKIE.seen;
  }

  /** The switches, on this very browser. A script cannot set everything that a server can. */
  async tryHere() {
    const { line, seen, reason } = tryHere(this.chosen());
    this.facts(["document.cookie =", line], [COOKIE.found, seen ? COOKIE.there : COOKIE.notThere]);
    this.said.textContent = COOKIE.here[reason];
    this.real.dataset.agrees = String(seen === (reason === "read"));
  }

  view() {
    const field = ([flag, input]) => h("div", { class: input.type === "checkbox" ? "row flag" : "field flag" }, ...(input.type === "checkbox" ? [input, h("label", { class: "label", for: input.id }, flag)] : [h("label", { for: input.id }, flag === "name" ? COOKIE.name : flag), input]));
    this.draw();
    return h("div", { class: "stack" },
      h("fieldset", { class: "flags" }, h("legend", { class: "visually-hidden" }, COOKIE.flags), Object.entries(this.inputs).map(field)),
      this.line, this.verdict, this.table, h("p", { class: "soft" }, COOKIE.notes),
      h("h4", {}, COOKIE.realTitle),
      h("div", { class: "row" }, doing(COOKIE.logIn, () => this.logIn(), this.said, { id: "cookie-login" }), doing(COOKIE.tryIt, () => this.tryHere(), this.said, { id: "cookie-try" })),
      this.said, h("div", {}, this.real));
  }
}

export const view = () => new Flags().view();
