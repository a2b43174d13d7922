// What there is to try: each ticks itself once it was done.

import { h, byId, show } from "../dom.js";
import { keep, recall } from "./progress.js";
import { speak } from "./parts.js";
import { words } from "../language.js";

const { CHALLENGES, TO_TRY } = await words("lab");

/** The part of the lab that each is tried in. */
const PLACES = {
  anatomy: ["look-header", "look-payload", "look-signature", "edit", "break", "paste", "attack-none", "attack-confusion", "attack-all"],
  "patterns/sign": ["play-sign", "turn-sign"],
  "patterns/verify": ["play-verify", "turn-verify"],
  "patterns/refresh": ["play-refresh", "turn-refresh"],
  "patterns/revoke": ["play-revoke", "turn-revoke"],
  "patterns/password": ["play-password", "turn-password", "hash"],
  "patterns/prove": ["play-prove", "turn-prove", "inbox"],
  clock: ["expire", "silent", "unlock", "fall-away"],
  quiz: ["quiz"],
};

const ALL = Object.entries(PLACES).flatMap(([place, ids]) => ids.map((id) => ({ id, place, name: CHALLENGES[id] })));

const listeners = [];

/** Whether a challenge has been ticked. */
export const isDone = (id) => recall("done", []).includes(id);

/** Calls back whenever one is ticked. */
export const whenDone = (listener) => listeners.push(listener);

/** Ticks a challenge. */
export function achieve(id) {
  const found = ALL.find((one) => one.id === id);
  if (!found || isDone(id)) return;
  keep("done", [...recall("done", []), id]);
  draw();
  for (const listener of listeners) listener();
  speak(TO_TRY.achieved(found.name));
}

/** Draws the list. */
export function draw() {
  const done = ALL.filter(({ id }) => isDone(id)).length;
  byId("challenges-count").textContent = TO_TRY.count(done, ALL.length);
  show(byId("challenges"), ALL.map(({ id, place, name }) =>
    h("li", { class: isDone(id) ? "done" : "", data: { challenge: id } },
      h("span", { class: "tick", "aria-hidden": "true" }, isDone(id) ? "✓" : ""),
      h("a", { href: `#${place}` }, name, isDone(id) && h("span", { class: "visually-hidden" }, ` ${TO_TRY.done}`)))));
}
