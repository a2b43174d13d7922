// A segment of the token: its JSON in a field to change it, and each member explained.

import { h, show, notice } from "../dom.js";
import { Field, jsonPieces } from "./field.js";
import { editable, textOf, write } from "./json.js";
import { MILLIS, encodeText, visible } from "./jws.js";
import { span } from "./parts.js";
import { language, words } from "../language.js";

const { HEADER, CLAIMS, SEGMENT, SEGMENTS, unknown } = await words("anatomy");

export const NAMES = ["header", "payload", "signature"];
const TIMES = ["exp", "iat", "nbf", "auth_time", "updated_at", "warnafter"];
const ROWS = 100;
/** A longer value is shown in part; the field above has all of it. */
const LONGEST = 600;
const zoned = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "medium", timeStyle: "long" });

const short = (text) => visible(text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${SEGMENT.characters(text.length.toLocaleString(language))})` : text);

/** A time in the reader's zone, and how far it is. */
export function distance(seconds, now) {
  if (!(Math.abs(seconds) < 8.64e12)) return SEGMENT.noTime;
  const away = Math.round(seconds - now);
  const far = away === 0 ? SEGMENT.now : away > 0 ? SEGMENT.ahead(span(away)) : SEGMENT.ago(span(-away));
  return `${zoned.format(seconds * 1000)}, ${far}`;
}

function time(name, node, now) {
  if (!TIMES.includes(name) || node.kind !== "number") return null;
  const seconds = Number(node.raw);
  if (seconds > MILLIS[0] && seconds < MILLIS[1]) return h("span", { class: "when" }, SEGMENT.millis(zoned.format(seconds)));
  return h("span", { class: "when num", data: { at: String(seconds) } }, distance(seconds, now));
}

function row(view, segment, { name, value }, index) {
  const words = segment === "header" ? { ...HEADER, ...view.more?.header } : { ...CLAIMS, ...view.more?.claims };
  const [about, source] = Object.hasOwn(words, name) ? words[name] : [unknown, null];
  const text = value.kind === "string" ? textOf(value) : write(value);
  const part = `${segment}.${index}`;
  return h("div", { class: "claim", data: { part }, on: { mouseenter: () => view.light(part), mouseleave: () => view.light(null), click: () => view.light(part, true) } },
    h("dt", {}, h("code", {}, short(name))),
    h("dd", {}, h("code", { class: "claim-value" }, short(text)), time(name, value, view.now), h("span", { class: "soft" }, about, source && h("span", { class: "source" }, ` ${source}`))));
}

function rows(view, segment) {
  const members = view.parsed[segment].tree?.members ?? [];
  const more = members.length - ROWS;
  return [...members.slice(0, ROWS).map((member, index) => row(view, segment, member, index)), more > 0 && h("div", { class: "claim" }, h("dt", {}, "…"), h("dd", {}, SEGMENT.more(more)))];
}

/** Hexadecimal, as far as it is looked at. */
function signature(view) {
  const bytes = view.parsed.signature;
  if (!bytes) return notice("bad", SEGMENT.notBase64url, SEGMENT.stray);
  const hex = Array.from(bytes.slice(0, 1024), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return [h("p", {}, bytes.length ? SEGMENT.bytes(bytes.length) : SEGMENT.noSignature), h("pre", { class: "hex", tabindex: "0", "aria-label": SEGMENT.hex }, hex)];
}

/** The three segments as tabs, the field of the chosen one, and its members. */
export class Segments {
  constructor(view) {
    this.view = view;
    this.field = new Field({ id: "editor", label: SEGMENT.payload,
      typed: (text) => this.edited(text), pointed: (part) => view.light(part), caret: (part) => view.light(part, true) });
    this.tabs = NAMES.map((name) => h("button", { type: "button", class: `seg-tab ${name}`, "aria-pressed": "false", data: { segment: name }, on: { click: () => view.choose(name) } }, SEGMENTS[name][0]));
    this.copyNode = h("span", {});
    this.trouble = h("div", { class: "trouble", role: "status" });
    this.other = h("div", { class: "field-box other", hidden: true, tabindex: "0", role: "region", "aria-label": SEGMENT.decoded });
    this.claims = h("dl", { class: "claims" });
    this.about = h("p", { class: "soft" });
    this.node = h("div", { class: "decoded" }, h("div", { class: "seg-tabs", role: "group", "aria-label": SEGMENT.name }, this.tabs, this.copyNode), this.field.node, this.other);
    this.below = h("div", { class: "segment", id: "segment" }, this.about, this.trouble, this.claims);
  }

  async edited(text) {
    const { view } = this;
    const segments = [...view.parsed.segments];
    segments[NAMES.indexOf(view.chosen)] = encodeText(this.back(text));
    this.colour(text);
    await view.edited(segments);
    this.explain();
  }

  colour(text, keepText = true) {
    return this.field.set(jsonPieces(text, this.view.chosen), { keepText });
  }

  /** Draws the chosen segment anew. */
  draw() {
    const { chosen, parsed, kind } = this.view;
    for (const tab of this.tabs) tab.setAttribute("aria-pressed", String(tab.dataset.segment === chosen));
    const isObject = kind.id === "jws" || kind.id === "none" || Boolean(parsed.header.value && kind.id !== "jwe" && kind.id !== "sd-jwt");
    const inField = isObject && chosen !== "signature";
    this.field.node.hidden = !inField;
    this.other.hidden = inField;
    if (inField) this.drawObject(parsed[chosen].text);
    else show(this.other, isObject ? signature(this.view) : [h("p", {}, kind.words), kind.shows && h("pre", { class: "shows" }, kind.shows)]);
    show(this.about, isObject ? SEGMENTS[chosen][1] : kind.words);
    this.explain();
  }

  drawObject(text) {
    const { shown, back } = editable(text);
    this.back = back;
    this.field.area.setAttribute("aria-label", SEGMENT[this.view.chosen]);
    const hidden = this.colour(shown, false);
    // What is not shown cannot be kept while the rest is changed.
    this.field.area.readOnly = hidden > 0;
  }

  explain() {
    const { chosen, parsed, kind } = this.view;
    const read = chosen === "signature" ? null : parsed[chosen];
    const isRead = read && kind.id !== "jwe" && kind.id !== "opaque" && kind.id !== "paseto";
    show(this.trouble, isRead && read.fault && parsed.header.text ? notice("warn", "", this.view.more?.faultWords(read.fault)) : null);
    show(this.claims, isRead ? rows(this.view, chosen) : []);
  }

  light(part) {
    this.field.light(part);
    for (const node of this.claims.children) node.classList?.toggle("lit", Boolean(part) && node.dataset.part === part);
  }

  tick(now) {
    for (const node of this.claims.querySelectorAll(".when[data-at]")) node.textContent = distance(Number(node.dataset.at), now);
  }
}
