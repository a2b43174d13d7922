// The hall pass, drawn: the office with its seal, the pass, the teacher, the locked box.

import { s } from "../dom.js";

const box = (x, y, width, height, name) => s("rect", { class: name, x, y, width, height, rx: 8 });
const text = (x, y, words, name = "words") => s("text", { class: name, x, y, "text-anchor": "middle" }, words);

const left = (x, y, words) => s("text", { class: "words", x, y }, words);

function office(words) {
  return s("g", {}, box(12, 42, 150, 128, "wall"), s("path", { class: "roof", d: "M6 46 L87 12 L168 46 z" }),
    s("circle", { class: "wax", cx: 87, cy: 96, r: 24 }), s("path", { class: "on-wax", d: "M76 96 l8 9 l15 -18" }), text(87, 150, words.office));
}

function pass(words) {
  return s("g", {}, box(222, 34, 156, 142, "paper"), s("rect", { class: "hole", x: 284, y: 44, width: 32, height: 7, rx: 3.5 }),
    text(300, 76, words.pass, "title"), text(300, 98, words.who), text(300, 118, words.until),
    s("circle", { class: "wax", cx: 346, cy: 148, r: 16 }), s("path", { class: "on-wax", d: "M339 148 l5 6 l10 -12" }), text(272, 156, words.sealed));
}

function teacher(words) {
  return s("g", {}, s("circle", { class: "face", cx: 506, cy: 74, r: 22 }), s("path", { class: "body", d: "M466 158 q4 -54 40 -54 q36 0 40 54 z" }),
    s("circle", { class: "glass", cx: 468, cy: 96, r: 13 }), s("line", { class: "handle", x1: 478, y1: 105, x2: 490, y2: 117 }), text(506, 178, words.teacher));
}

function vault(words) {
  return s("g", {}, box(24, 214, 126, 78, "vault"), s("circle", { class: "dial", cx: 87, cy: 252, r: 20 }), s("path", { class: "spokes", d: "M87 236 v32 M71 252 h32" }), words.ticket.map((line, index) => left(164, 248 + 20 * index, line)));
}

function wall(words) {
  return s("g", {}, box(438, 214, 136, 78, "board"), s("rect", { class: "note-paper", x: 466, y: 230, width: 80, height: 36, rx: 2 }), s("circle", { class: "pin", cx: 506, cy: 230, r: 4 }),
    text(506, 252, words.number), text(500, 312, words.note));
}

const arrow = (d) => s("path", { class: "way", d });

/** The whole picture, with its words. */
export function drawing(words) {
  return s("svg", { class: "drawing", viewBox: "0 0 590 326", role: "img", "aria-label": words.whole },
    [office, pass, teacher, vault, wall].map((part) => part(words)),
    arrow("M172 100 h38 m-9 -6 l9 6 l-9 6"), arrow("M388 100 h52 m-9 -6 l9 6 l-9 6"), arrow("M87 210 v-28 m-6 9 l6 -9 l6 9"), arrow("M506 208 v-18 m-6 9 l6 -9 l6 9"));
}
