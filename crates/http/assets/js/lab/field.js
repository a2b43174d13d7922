// A text field whose text is coloured in parts. The colours are a layer behind the field, which is wrapped alike; the
// field's own letters are transparent. So caret, selection, undo and screen readers are the browser's own.

import { h, show } from "../dom.js";
import { read } from "./json.js";

/** A longer text is shown in part: a browser lays out a megabyte in seconds. */
const SHOWN = 24_000;

export class Field {
  /** `typed(text, pasted)`, `pointed(part)` (null: nothing), `caret(part)`. */
  constructor({ id, label, typed, pointed, caret, ...more }) {
    this.back = h("pre", { class: "field-back", "aria-hidden": "true" });
    this.area = h("textarea", { class: "field-text", id, "aria-label": label, spellcheck: "false", autocomplete: "off", autocapitalize: "off", autocorrect: "off", ...more, on: {
      input: (event) => typed(this.area.value, event.inputType),
      mousemove: (event) => pointed(this.partAt(event)),
      mouseleave: () => pointed(null),
      click: () => caret(this.partAtCaret()),
      keyup: (event) => event.key.startsWith("Arrow") && caret(this.partAtCaret()),
    } });
    this.node = h("div", { class: "field-box" }, this.back, this.area);
    this.pieces = [];
  }

  /** Shows a text, in pieces: `{ text, part, kind }`. The field itself keeps what is typed into it. */
  set(pieces, { keepText = false } = {}) {
    this.pieces = pieces;
    const text = pieces.map((piece) => piece.text).join("");
    const isLong = text.length > SHOWN;
    const shown = isLong ? [{ text: text.slice(0, SHOWN), part: "" }] : pieces;
    show(this.back, shown.map(({ text: letters, part, kind }) => h("span", { class: kind, data: { part } }, letters)), "\n");
    if (!keepText && this.area.value !== text) this.area.value = isLong ? text.slice(0, SHOWN) : text;
    return isLong ? text.length - SHOWN : 0;
  }

  partAt({ clientX, clientY }) {
    const under = document.elementsFromPoint(clientX, clientY).find((node) => node.parentNode === this.back);
    return under?.dataset.part || null;
  }

  partAtCaret() {
    let left = this.area.selectionStart;
    for (const { text, part } of this.pieces) {
      if (left < text.length) return part || null;
      left -= text.length;
    }
    return this.pieces.findLast((piece) => piece.part)?.part ?? null;
  }

  /** Lights up a part, or all parts of a segment, and scrolls the box (never the page) to where it begins. */
  light(part, { reveal = true } = {}) {
    let first = null;
    for (const node of this.back.children) {
      const isLit = part !== null && (node.dataset.part === part || node.dataset.part.startsWith(`${part}.`));
      node.classList.toggle("lit", isLit);
      if (isLit) first ??= node;
    }
    if (!reveal || !first) return;
    const top = first.offsetTop - this.node.scrollTop;
    if (top < 0 || top + first.offsetHeight > this.node.clientHeight) this.node.scrollTop = Math.max(0, first.offsetTop - 24);
  }
}

// Which letters of a token, and which of its JSON, belong to which member: what lights up together.

const NAMES = ["header", "payload", "signature"];

/** A JSON text in pieces, a piece a member of the outermost object. */
export function jsonPieces(text, segment, tree = undefined) {
  const members = (tree === undefined ? treeOf(text) : tree)?.members ?? [];
  const pieces = [];
  let at = 0;
  members.forEach(({ start, end }, index) => {
    if (start > at) pieces.push({ text: text.slice(at, start), part: segment, kind: "rest" });
    pieces.push({ text: text.slice(start, end), part: `${segment}.${index}`, kind: `member ${segment}` });
    at = end;
  });
  if (at < text.length) pieces.push({ text: text.slice(at), part: segment, kind: members.length ? "rest" : segment });
  return pieces;
}

function treeOf(text) {
  try {
    return read(text).tree;
  } catch {
    return null;
  }
}

/** A segment in pieces: three bytes of JSON are four letters, so members meet within a letter at most. */
function segmentPieces(segment, name, part) {
  if (!part?.tree || name === "signature") return [{ text: segment, part: name, kind: `seg ${name}` }];
  const bytes = new TextEncoder();
  const pieces = [];
  let [letters, size] = [0, 0];
  for (const piece of jsonPieces(part.text, name, part.tree)) {
    size += bytes.encode(piece.text).length;
    const to = piece.kind === "rest" ? Math.floor((size * 4) / 3) : Math.ceil((size * 4) / 3);
    if (to > letters) pieces.push({ text: segment.slice(letters, to), part: piece.part, kind: `seg ${name}` });
    letters = Math.max(letters, to);
  }
  if (letters < segment.length) pieces.push({ text: segment.slice(letters), part: name, kind: `seg ${name}` });
  return pieces;
}

/** A token in pieces; a text that is no JWS is one piece, or one a segment. */
export function tokenPieces(parsed, isJws) {
  if (!isJws) {
    return parsed.token.split(/(?<=\.)/).slice(0, 50).map((text, index, all) => ({ text: index === 49 ? parsed.token.slice(all.slice(0, 49).join("").length) : text, part: index ? "other" : "header", kind: `seg ${index % 2 ? "signature" : "header"}` }));
  }
  const dot = { text: ".", part: "", kind: "dot" };
  const [header, payload, signature] = parsed.segments.map((segment, index) => segmentPieces(segment, NAMES[index], parsed[NAMES[index]]));
  const dots = parsed.token.split(".").length - 1;
  return [...header, ...(dots > 0 ? [dot, ...payload] : []), ...(dots > 1 ? [dot, ...signature] : [])].filter((piece) => piece.text);
}
