// What there is to try: each ticks itself once it was done.

import { h, byId, show } from "../dom.js";
import { keep, recall } from "./progress.js";
import { speak } from "./parts.js";

export const CHALLENGES = [
  ["look-header", "Decode the header", "anatomy"],
  ["look-payload", "Decode the payload", "anatomy"],
  ["look-signature", "Look at the signature", "anatomy"],
  ["edit", "Change a claim", "anatomy"],
  ["break", "Break the seal", "anatomy"],
  ["paste", "Paste a token of your own", "anatomy"],
  ["attack-none", "Try alg: none", "anatomy"],
  ["attack-confusion", "Try RS256 → HS256", "anatomy"],
  ["attack-all", "Try every attack", "anatomy"],
  ["play-sign", "Play “Sign” to its end", "patterns/sign"],
  ["play-verify", "Play “Verify” to its end", "patterns/verify"],
  ["play-refresh", "See a theft end the family", "patterns/refresh"],
  ["play-revoke", "See a sealed token refused", "patterns/revoke"],
  ["play-password", "Lock an account", "patterns/password"],
  ["hash", "Hash at three costs", "patterns/password"],
  ["expire", "Let an access token expire", "clock"],
  ["silent", "See a silent refresh", "clock"],
  ["unlock", "Let a lockout end", "clock"],
  ["fall-away", "Let a denylist entry fall away", "clock"],
  ["quiz", "Ten right answers in a row", "quiz"],
];

const listeners = [];

/** Whether a challenge has been ticked. */
export const isDone = (id) => recall("done", []).includes(id);

/** Calls back whenever one is ticked. */
export const whenDone = (listener) => listeners.push(listener);

/** Ticks a challenge. */
export function achieve(id) {
  const found = CHALLENGES.find(([known]) => known === id);
  if (!found || isDone(id)) return;
  keep("done", [...recall("done", []), id]);
  draw();
  for (const listener of listeners) listener();
  speak(`Done: ${found[1]}.`);
}

/** Draws the list. */
export function draw() {
  const done = CHALLENGES.filter(([id]) => isDone(id)).length;
  byId("challenges-count").textContent = `${done} of ${CHALLENGES.length}`;
  show(byId("challenges"), CHALLENGES.map(([id, words, where]) =>
    h("li", { class: isDone(id) ? "done" : "", data: { challenge: id } },
      h("span", { class: "tick", "aria-hidden": "true" }, isDone(id) ? "✓" : ""),
      h("a", { href: `#${where}` }, words, isDone(id) && h("span", { class: "visually-hidden" }, " (done)")))));
}
