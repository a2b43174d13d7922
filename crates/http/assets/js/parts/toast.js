// Short words in the corner, read out by screen readers.

import { h } from "../dom.js";

const STAYS = 6000;

/** Says something; a bad one is announced at once. */
export function toast(words, kind = "") {
  const corner = document.getElementById("toasts");
  const node = h("div", { class: `toast ${kind}`.trim(), role: kind === "bad" ? "alert" : "status" }, words);
  corner.append(node);
  setTimeout(() => node.remove(), STAYS);
}
