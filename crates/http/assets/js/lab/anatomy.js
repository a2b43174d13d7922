// Anatomy: a token in three segments, to be read, changed, signed, checked and attacked.

import { h, show, button } from "../dom.js";
import { parse } from "./jws.js";
import { readKeys, KeyError } from "./keys.js";
import { judge } from "./checks.js";
import { jws } from "./kinds.js";
import { Field, tokenPieces } from "./field.js";
import { access, jwks, state } from "./sandbox.js";
import { speak } from "./parts.js";
import { achieve } from "./challenges.js";
import { Segments } from "./anatomy_segment.js";
import { drawChecks } from "./anatomy_checks.js";
import { checkingPart, samplesPart, signingPart } from "./anatomy_keys.js";
import { copyButton, shareButton, tokenIn } from "./anatomy_share.js";
import { words } from "../language.js";

const COOKIE = 4096;
const HEADERS = 8192;
const LONG = 20_000;
/** Ways of putting text in that bring a whole one: it is cleaned in the field, too. */
const PASTED = ["insertFromPaste", "insertFromDrop", "", undefined];

async function everything() {
  const [{ recognise }, { classify }, { MORE, MORE_HEADER }, said] = await Promise.all([import("./recognise.js"), import("./kinds_other.js"), words("claims_more"), import("./remarks.js")]);
  return { recognise, classify, claims: MORE, header: MORE_HEADER, ...said };
}

/** What is looked at. One view a visit of the section. */
class View {
  constructor() {
    this.good = "";
    this.keysText = "";
    this.expected = {};
    this.chosen = "payload";
    this.ahead = 0;
    /** Tokens that were made here: sharing them gives nothing away. */
    this.made = new Set();
    /** The keys that the page itself has put down, and whose tokens they are for. */
    this.companion = { text: "", iss: undefined };
    this.foreign = false;
    this.look("");
    this.segments = new Segments(this);
    this.field = new Field({ id: "paste", label: "The token. Paste anything with a token in it; nothing is sent.", rows: "4",
      typed: (text, how) => this.typed(text, how), pointed: (part) => this.light(part), caret: (part) => this.caret(part) });
    this.nodes = { verdict: h("p", { class: "verdict", id: "verdict", role: "status" }, "…"), checks: h("div", { class: "checks", id: "checks" }), what: h("div", { class: "what", id: "what", role: "status" }), shared: h("div", { id: "shared", role: "status" }) };
  }

  /** Only the sandbox's own tokens live by the sandbox's clock. */
  get now() {
    return Math.floor(Date.now() / 1000) + (this.usesSandbox && !this.foreign ? this.ahead : 0);
  }

  get usesSandbox() {
    return this.nodes?.keys?.value === this.keysText;
  }

  look(token, cleaned = []) {
    this.parsed = parse(token);
    this.kind = this.more ? this.more.classify(this.parsed) : jws(this.parsed);
    this.cleaned = cleaned;
  }

  /** What tokens of others take is loaded with the first of them: the page's own token needs none of it. */
  async prepare() {
    this.more ??= await everything();
    return this.more;
  }

  /** Puts a token on the table that was made here. */
  async put(token) {
    if (parse(token).error) await this.prepare();
    this.made.add(token);
    this.foreign = false;
    this.look(token);
    return this.draw();
  }

  /** Puts what was pasted on the table: the token in it, and what was left out. */
  async take(text, { keepText = false } = {}) {
    const { recognise } = await this.prepare();
    const { token, cleaned } = recognise(text);
    this.look(token, cleaned);
    const { keys } = this.nodes;
    this.foreign = keys.value === this.companion.text && this.parsed.payload.value?.iss !== this.companion.iss;
    return this.draw({ keepText });
  }

  typed(text, how) {
    achieve("paste");
    return this.take(text, { keepText: !PASTED.includes(how) });
  }

  /** A segment was edited: the token changes, the editor stays. */
  async edited(segments) {
    await this.prepare();
    this.look(segments.join("."));
    this.drawToken();
    if (this.chosen === "payload") achieve("edit");
    this.judge();
    this.signing?.edited();
  }

  /** A token was signed here, and is checked with this key. */
  signed(token, keys) {
    this.companionKeys(keys);
    this.made.add(token);
    this.foreign = false;
    this.look(token);
    this.drawToken();
    // The caret stays where it is while a payload that is being edited is signed.
    if (document.activeElement !== this.segments.field.area || this.chosen !== "payload") this.segments.draw();
    return this.judge();
  }

  async sample({ token, keys }) {
    await this.prepare();
    this.chosen = "payload";
    this.made.add(token);
    this.foreign = false;
    this.look(token);
    if (keys) this.companionKeys(keys);
    return this.draw();
  }

  companionKeys(text) {
    this.nodes.keys.value = text;
    this.nodes.bound.value = "";
    this.nodes.written.value = "text";
    this.companion = { text, iss: this.parsed.payload.value?.iss };
  }

  keysTyped() {
    this.foreign = false;
    return this.judge();
  }

  draw({ keepText = false } = {}) {
    this.kept = null;
    this.drawToken(keepText);
    this.segments.draw();
    return this.judge();
  }

  drawToken(keepText = false) {
    const isJws = ["jws", "none", "detached", "cut", "base64", "unknown"].includes(this.kind.id) && this.parsed.token.includes(".");
    const typed = this.field.area.value;
    // Letters and colours lie over each other: what is typed is coloured only where it is the token itself.
    const pieces = keepText && typed !== this.parsed.token ? [{ text: typed, part: "" }] : tokenPieces(this.parsed, isJws);
    const hidden = this.field.set(pieces, { keepText });
    drawWhat(this, hidden);
  }

  choose(name) {
    this.chosen = name;
    this.segments.draw();
    achieve(`look-${name}`);
  }

  /** The caret, or a tap, chooses the segment that it is in. */
  caret(part) {
    const segment = part?.split(".")[0];
    if (["header", "payload", "signature"].includes(segment) && segment !== this.chosen) this.choose(segment);
    this.light(part, true);
  }

  /** Lights up a part in the token and in what it says. A tap or the caret keeps it lit after the pointer has gone. */
  light(part, keep = false) {
    if (keep) this.kept = part;
    const lit = part ?? this.kept ?? null;
    this.field.light(lit, { reveal: part !== null });
    this.segments.light(lit);
  }

  async judge() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.judgedAt = this.now;
    const read = await this.keys();
    const [iss, aud] = [this.nodes.iss.value || undefined, this.nodes.aud.value || undefined];
    const asked = this.usesSandbox && !this.foreign ? this.expected : { iss, aud };
    const result = await judge(this.parsed, read.keys, { now: this.now, ...asked });
    const reasons = result.code === "ok" ? null : await words("reasons");
    if (turn === this.turn) drawChecks(this, result, { ...read, reasons });
  }

  /** The keys to check this token with, or why there are none. */
  async keys() {
    const own = this.foreign && this.more.ownKeyOf(this.parsed);
    if (this.foreign && !own) return { keys: null, trouble: this.more.foreignWords(this.parsed) };
    try {
      return await readKeys(own || this.nodes.keys.value, this.nodes.bound.value || undefined, this.nodes.written.value);
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      return { keys: null, trouble: error.message };
    }
  }

  /** Fetches a fresh token of the sandbox, with the keys and the expectations that go with it. */
  async fresh({ shown = true } = {}) {
    const [token, keys, inside] = [await access(), await jwks(), await state()];
    this.jwks = keys;
    this.ahead = inside.ahead_seconds;
    this.expected = { iss: inside.rules.issuer, aud: inside.rules.audience, typ: "at+jwt" };
    this.keysText = JSON.stringify(keys, null, 1);
    this.good = token;
    this.companionKeys(this.keysText);
    this.companion.iss = this.expected.iss;
    if (shown) await this.put(token);
  }

  /** Every second: the countdowns, and the verdict when a time of the token has come. */
  tick() {
    const { exp, nbf } = this.parsed.payload.value ?? {};
    this.segments.tick(this.now);
    if ([exp, nbf].some((time) => time > this.judgedAt && time <= this.now)) this.judge();
  }
}

const percent = (size, of) => `${Math.round((100 * size) / of)} %`;

function sizeWords(size) {
  if (size > HEADERS) return `${size.toLocaleString("en")} bytes: too long for a cookie (${COOKIE.toLocaleString("en")}), and for the 8 KiB that many servers allow for all headers.`;
  if (size > COOKIE) return `${size.toLocaleString("en")} bytes: too long for a cookie (${COOKIE.toLocaleString("en")}); ${percent(size, HEADERS)} of the 8 KiB that many servers allow for all headers.`;
  return `${size.toLocaleString("en")} bytes: ${percent(size, COOKIE)} of a cookie (${COOKIE.toLocaleString("en")}), ${percent(size, HEADERS)} of the 8 KiB that many servers allow for all headers.`;
}

/** What is on the table, what was cleaned, and what else is worth knowing. */
function drawWhat(view, hidden) {
  const { parsed, kind, cleaned, nodes, more } = view;
  const inner = more?.nested(parsed);
  const notes = (parsed.header.value && more?.remarks(parsed)) || [];
  const size = new TextEncoder().encode(parsed.token).length;
  show(nodes.what,
    h("p", {}, h("strong", {}, `${kind.title}. `), kind.words),
    cleaned.length > 0 && h("p", { class: "cleaned" }, h("strong", {}, "Left out: "), `${cleaned.join("; ")}.`),
    notes.length > 0 && h("ul", { class: "remarks" }, notes.slice(0, 8).map((words) => h("li", {}, words))),
    inner && h("p", {}, `${inner.name === "payload" ? "The payload" : `The claim ${inner.name.slice(0, 40)}`} is a token itself. `, button("Look into it", () => view.take(inner.token), { kind: "small", id: "inner" })),
    hidden > 0 && h("p", {}, `The last ${hidden.toLocaleString("en")} characters are not shown; they count all the same.`),
    parsed.token.length > 0 && h("p", { class: "soft num", id: "size" }, sizeWords(size)));
}

/** The table: the token, what it says, and the verdict, in sight at once. */
function table(view) {
  const { nodes, segments, field } = view;
  return h("div", { class: "card table-card" },
    h("div", { class: "card-head" }, h("h2", {}, "Anatomy"), h("div", { class: "row" }, samplesPart(view), button("Ada's token again", () => view.fresh(), { kind: "small", id: "fresh" }))),
    h("div", { class: "two" },
      h("div", { class: "given" },
        h("div", { class: "seg-tabs" }, h("label", { class: "label", for: "paste" }, "Paste a token"), h("span", { class: "row" }, copyButton("Copy", () => view.parsed.token, { id: "copy-token" }), shareButton(view, nodes.shared))),
        h("div", { class: "token" }, field.node)),
      segments.node,
      nodes.verdict),
    nodes.shared, nodes.what, segments.below);
}

/** The attacks stand far below: they are loaded when the visitor comes near. */
function attacksPart(view) {
  const inside = h("div", { class: "attacks-part", id: "attacks" });
  const near = new IntersectionObserver(async (seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    near.disconnect();
    const { attacks } = await import("./anatomy_attacks.js");
    show(inside, attacks(view));
  }, { rootMargin: "200px" });
  near.observe(inside);
  return h("div", { class: "card" }, h("h2", {}, "The classic attacks"), inside);
}

/** A paste that goes to no field goes to the table. */
function pasteAnywhere(view) {
  const heard = (event) => {
    const isField = event.target.closest?.("input, textarea, select") && event.target !== view.field.area;
    const text = event.clipboardData?.getData("text/plain");
    if (isField || !text) return;
    const isInField = event.target === view.field.area;
    // A token that is pasted replaces the whole field: it is never a part of another token. So does a text so long
    // that the browser would lay it out for minutes.
    if (isInField && text.length < LONG && !/[\w-]{8,}\.[\w-]*/.test(text)) return;
    event.preventDefault();
    achieve("paste");
    view.take(text);
  };
  document.addEventListener("paste", heard);
  return () => document.removeEventListener("paste", heard);
}

export async function mount(stage, { place } = {}) {
  const view = new View();
  const { nodes } = view;
  const checking = checkingPart(view);
  view.segments.copyNode.append(copyButton("Copy", () => view.segments.field.area.value, { id: "copy-segment" }));
  show(stage, h("div", { class: "anatomy stack" },
    table(view),
    h("div", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, "The checks"), h("p", { class: "soft" }, "in a verifier's order")), nodes.checks, checking, signingPart(view)),
    attacksPart(view)));
  const given = tokenIn(place);
  await view.fresh({ shown: !given });
  if (given) await view.take(given);
  speak(given ? "The token of the address is on the table." : "A token of the sandbox is on the table.");
  const unheard = pasteAnywhere(view);
  const clock = setInterval(() => view.tick(), 1000);
  return () => {
    clearInterval(clock);
    unheard();
  };
}
