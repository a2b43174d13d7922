// Keys: / searches, g and a letter goes somewhere, ? tells. They can be turned off (WCAG 2.1.4): who speaks to a computer
// must not go astray by a word.

import { byId, h, table } from "../dom.js";
import { showing } from "../parts/dialog.js";
import { go } from "./views.js";

const PLACES = { u: ["users", "Users"], l: ["locks", "Locks"], i: ["incidents", "Incidents"], k: ["keys", "Keys"], m: ["mail", "Mail"], a: ["audit", "Audit log"], c: ["config", "Configuration"] };
/** The view of mails is there while mail is on. */
if (!byId("console").hasAttribute("data-mail")) delete PLACES.m;
const KEPT = "hallpass.shortcuts";
/** How long the letter after a g may take. */
const PATIENCE = 1500;

function areOn() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

function turn(isOn) {
  try {
    if (isOn) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "off");
  } catch {
    // Without storage they stay on.
  }
}

let wentAt = 0;

function search() {
  if (byId("panel-users").hidden) go("#users");
  byId("user-search").focus();
  byId("user-search").select();
}

function act(key) {
  const isSecond = Date.now() - wentAt < PATIENCE;
  wentAt = 0;
  if (isSecond && key in PLACES) go(`#${PLACES[key][0]}`);
  else if (key === "g") wentAt = Date.now();
  else if (key === "/") search();
  else if (key === "?") go("#help");
  else return false;
  return true;
}

/** Handles the shortcuts, except while a field has the focus or a dialog is open. */
export function shortcuts() {
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping) return;
    if (document.querySelector("dialog[open]") || !areOn()) return;
    if (act(event.key)) event.preventDefault();
  });
}

const key = (...names) => names.flatMap((name, index) => [index ? " then " : "", h("kbd", {}, name)]);

/** What there is. */
export const help = () =>
  showing("Keys", async (body) => {
    const rows = [[key("/"), "search users"], ...Object.entries(PLACES).map(([letter, [, name]]) => [key("g", letter), name]), [key("?"), "this list"], [key("Esc"), "close a dialog"]];
    body.replaceChildren(
      table([{ name: "Key" }, { name: "What it does" }], rows, { caption: "Keys", cards: false }),
      h("label", { class: "row" }, h("input", { type: "checkbox", class: "box", checked: areOn(), on: { change: ({ target }) => turn(target.checked) } }), "These keys are on, in this browser"));
  });
