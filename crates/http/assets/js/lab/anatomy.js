// Anatomy: a token in three segments, to be read, changed, checked and attacked.

import { h, show, button, notice, tag } from "../dom.js";
import { encodeText, parse } from "./jws.js";
import { readKeys, KeyError } from "./keys.js";
import { verify } from "./checks.js";
import { access, jwks, state, verdict, ask } from "./sandbox.js";
import { instant, speak } from "./parts.js";
import { achieve } from "./challenges.js";
import { HEADER, CLAIMS, SEGMENTS, unknown } from "./texts/claims.js";
import { CHECKS, reason } from "./texts/reasons.js";
import { attacks } from "./anatomy_attacks.js";

const TIMES = ["exp", "iat", "nbf", "auth_time"];
const NAMES = ["header", "payload", "signature"];
const BOUND = ["", "RS256", "RS384", "RS512", "PS256", "HS256", "HS384", "HS512"];

/** What is looked at. One view a visit of the section. */
class View {
  constructor() {
    this.good = "";
    this.keysText = "";
    this.expected = {};
    this.chosen = "payload";
    this.ahead = 0;
    this.nodes = parts(this);
  }

  get now() {
    return Math.floor(Date.now() / 1000) + this.ahead;
  }

  /** Puts another token on the table. */
  put(token, { keepEditor = false } = {}) {
    this.parsed = parse(token.trim());
    drawToken(this);
    if (!keepEditor) drawSegment(this);
    if (document.activeElement !== this.nodes.paste) this.nodes.paste.value = this.parsed.token;
    return this.judge();
  }

  async judge() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    let checks;
    try {
      const keys = await readKeys(this.nodes.keys.value, this.nodes.bound.value);
      checks = await verify(this.parsed, keys, { now: this.now, ...(this.nodes.keys.value === this.keysText ? this.expected : {}) });
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      checks = error.message;
    }
    if (turn === this.turn) drawChecks(this, checks);
  }

  /** Fetches a fresh token of the sandbox, with the keys and the expectations that go with it. */
  async fresh() {
    const [token, keys, inside] = [await access(), await jwks(), await state()];
    this.jwks = keys;
    this.ahead = inside.ahead_seconds;
    this.expected = { iss: inside.rules.issuer, aud: inside.rules.audience };
    this.keysText = JSON.stringify(keys, null, 1);
    this.good = token;
    this.nodes.keys.value = this.keysText;
    this.nodes.bound.value = "";
    await this.put(token);
  }
}

function parts(view) {
  const typed = () => {
    achieve("paste");
    view.put(view.nodes.paste.value);
  };
  const bound = h("select", { class: "input", id: "bound", on: { change: () => view.judge() } }, BOUND.map((alg) => h("option", { value: alg }, alg || "what the key says")));
  return {
    token: h("div", { class: "token", role: "group", "aria-label": "The token, segment by segment" }),
    segment: h("div", { class: "segment", id: "segment", role: "region", "aria-label": "The chosen segment, decoded" }),
    seal: h("p", { class: "seal-line", id: "seal-line", role: "status" }, "…"),
    checks: h("div", { class: "checks", id: "checks" }),
    attacked: h("div", { class: "attacked", id: "attacked", role: "status", "aria-live": "polite" }),
    paste: h("textarea", { class: "input mono", id: "paste", rows: "3", spellcheck: "false", autocomplete: "off", on: { input: typed } }),
    keys: h("textarea", { class: "input mono", id: "keys", rows: "6", spellcheck: "false", autocomplete: "off", on: { input: () => view.judge() } }),
    bound,
  };
}

function drawToken(view) {
  const pieces = NAMES.map((name, index) =>
    h("button", { type: "button", class: `seg ${name}`, "aria-pressed": String(view.chosen === name), data: { segment: name }, on: { click: () => choose(view, name) } },
      h("span", { class: "visually-hidden" }, `${SEGMENTS[name][0]}: `), view.parsed.segments[index] || "(empty)"));
  show(view.nodes.token, pieces);
}

function choose(view, name) {
  view.chosen = name;
  for (const node of view.nodes.token.querySelectorAll(".seg")) node.setAttribute("aria-pressed", String(node.dataset.segment === name));
  drawSegment(view);
  achieve(`look-${name}`);
}

function drawSegment(view) {
  const [title, about] = SEGMENTS[view.chosen];
  const body = view.chosen === "signature" ? signature(view) : object(view, view.chosen);
  show(view.nodes.segment, h("h3", { class: view.chosen }, title), h("p", { class: "soft" }, about), body);
}

function signature(view) {
  const bytes = view.parsed.signature;
  if (!bytes) return notice("bad", "Not base64url", reason("bad_base64url"));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return [h("p", {}, bytes.length ? `${bytes.length} bytes, made over header and payload as they stand above.` : "There is none."), h("pre", { class: "hex", tabindex: "0", "aria-label": "The signature in hexadecimal" }, hex)];
}

function object(view, name) {
  const read = view.parsed[name];
  const words = name === "header" ? HEADER : CLAIMS;
  const rows = h("dl", { class: "claims" }, Object.entries(read.value ?? {}).map((entry) => claim(entry, words, view.now)));
  const trouble = h("div", { class: "trouble" }, read.error ? notice("warn", "", reason(read.error)) : null);
  const refresh = () => {
    const again = view.parsed[name];
    show(rows, Object.entries(again.value ?? {}).map((entry) => claim(entry, words, view.now)));
    show(trouble, again.error ? notice("warn", "", reason(again.error)) : null);
  };
  const edited = (event) => {
    const segments = [...view.parsed.segments];
    segments[NAMES.indexOf(name)] = encodeText(event.target.value);
    view.put(segments.join("."), { keepEditor: true });
    refresh();
    if (name === "payload") achieve("edit");
  };
  const text = read.value && !read.error ? JSON.stringify(read.value, null, 2) : read.text;
  const editor = h("textarea", { class: "input mono editor", id: "editor", rows: String(Math.min(14, text.split("\n").length + 1)), spellcheck: "false", on: { input: edited } }, text);
  return [h("label", { class: "label", for: "editor" }, "As JSON; change a character"), editor, trouble, rows];
}

function claim([name, value], words, now) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const time = TIMES.includes(name) && typeof value === "number" ? h("span", { class: "when num" }, instant(value, now)) : null;
  return [h("dt", {}, h("code", {}, name)), h("dd", {}, h("code", { class: "claim-value" }, text), time, h("span", { class: "soft" }, Object.hasOwn(words, name) ? words[name] : unknown))];
}

/** The verdict in a line, right below the token: an edit and what it breaks are seen together. */
function drawSeal(view, kind, text) {
  view.nodes.seal.className = `seal-line ${kind}`;
  view.nodes.seal.textContent = text;
}

function drawChecks(view, checks) {
  if (typeof checks === "string") drawSeal(view, "", "No key to check the seal with.");
  if (typeof checks === "string") return show(view.nodes.checks, notice("warn", "No key to check with", checks));
  const done = checks.at(-1);
  const rows = Object.entries(CHECKS).map(([id, [name, words]]) => {
    const check = checks.find((one) => one.id === id);
    const kind = !check ? "" : check.ok ? "good" : "bad";
    return h("li", { class: `check ${kind}` }, tag(!check ? "not asked" : check.ok ? "holds" : "refuses", kind), h("span", {}, h("strong", {}, name), ` ${check && !check.ok ? reason(check.code) : words}`));
  });
  if (done.code === "bad_signature") achieve("break");
  const whole = done.ok ? notice("good", "The seal holds.", "Every check that was asked says yes.") : notice("bad", done.code === "bad_signature" ? "The seal is broken." : "Refused.", reason(done.code));
  drawSeal(view, done.ok ? "good" : "bad", done.ok ? "The seal holds." : `${done.code === "bad_signature" ? "The seal is broken" : "Refused"}: ${done.code}`);
  view.nodes.checks.dataset.verdict = done.ok ? "ok" : done.code;
  return show(view.nodes.checks, whole, h("ol", { class: "check-list" }, rows));
}

/** Sends the token on the table to the sandbox's own verifier. */
async function present(view) {
  const { token } = view.parsed;
  const said = await verdict(token);
  // What is no visible ASCII cannot travel in a header at all.
  const real = /^[!-~]+$/.test(token) ? await ask("/auth/me", { token }) : { status: "nothing: such a token cannot be sent" };
  const words = said.ok ? "It is a good token." : reason(said.reason);
  show(view.nodes.attacked, notice(said.ok ? "good" : "bad", said.ok ? "hallpass lets it in." : `hallpass refuses: ${said.reason}`, words, ` GET /auth/me answered ${real.status}.`));
  view.nodes.attacked.dataset.reason = said.ok ? "ok" : said.reason;
  return said;
}

export async function mount(stage) {
  const view = new View();
  const { nodes } = view;
  const forge = attacks(view, () => present(view));
  show(stage, h("div", { class: "anatomy stack" },
    h("div", { class: "card" },
      h("div", { class: "card-head" }, h("h2", {}, "Anatomy"), h("div", { class: "row" }, button("Ada's token again", () => view.fresh(), { kind: "small", id: "fresh" }), button("Show it to hallpass", () => present(view), { kind: "small", id: "present" }))),
      nodes.token, nodes.seal, nodes.segment,
      h("details", { class: "paste" }, h("summary", {}, "Paste a token of your own"), h("label", { class: "label", for: "paste" }, "A token in compact form; it is not sent anywhere unless you show it to hallpass"), nodes.paste)),
    h("div", { class: "card" }, h("h2", {}, "The checks"),
      nodes.checks,
      h("details", { class: "keys" }, h("summary", {}, "Check with another key"),
        h("label", { class: "label", for: "keys" }, "A secret, a PEM, a JWK or a JWKS; it stays in this browser"), nodes.keys,
        h("div", { class: "row" }, h("label", { class: "label", for: "bound" }, "This key is for"), nodes.bound,
          button("The sandbox's keys again", () => view.fresh(), { kind: "small" })))),
    h("div", { class: "card" }, h("h2", {}, "The classic attacks"),
      h("p", { class: "soft" }, "Each changes Ada's good token, puts it on the table, and shows it to the sandbox's own verifier. A real server tells the reason to its log only; this one tells you."),
      nodes.attacked, forge)));
  await view.fresh();
  speak("A token of the sandbox is on the table.");
}
