// The guided way: a bar at the foot of the page says what there is to do at this stop, and leads on to the next.

import { button, byId, h, show } from "../dom.js";
import { isDone, whenDone } from "./challenges.js";
import { speak } from "./parts.js";
import { keep, recall } from "./progress.js";
import { words } from "../language.js";

const { BAR, STOPS } = await words("guide");

const looked = () => recall("guide-looked", []);

/** The number of the stop that the visitor is at, from 0; null outside of the tour. */
export function place() {
  const at = recall("guide", null);
  return Number.isInteger(at) && at >= 0 && at < STOPS.length ? at : null;
}

/** Whether what there is to do at a stop was done. */
export function wasDone([where, , , challenge]) {
  return challenge ? isDone(challenge) : looked().includes(where);
}

/** Leads to a stop; past the last one, the way is at its end. */
export function lead(at) {
  keep("guide", at < STOPS.length ? at : null);
  location.hash = at < STOPS.length ? STOPS[at][0] : "walkthrough";
  draw();
}

function next(at) {
  const [where, , , challenge] = STOPS[at];
  if (!challenge && !looked().includes(where)) keep("guide-looked", [...looked(), where]);
  if (at + 1 === STOPS.length) speak(BAR.whole);
  lead(at + 1);
}

function end() {
  keep("guide", null);
  draw();
}

/** The first page has the whole way on it. */
const isAtStart = () => ["", "#walkthrough"].includes(location.hash);

/** Draws the bar, or takes it away. */
export function draw() {
  const [bar, at] = [byId("guide"), isAtStart() ? null : place()];
  bar.hidden = at === null;
  document.body.classList.toggle("is-guided", at !== null);
  if (at === null) return show(bar);
  const [where, name, task, challenge] = STOPS[at];
  const isReady = !challenge || isDone(challenge);
  const last = at + 1 === STOPS.length;
  return show(bar,
    h("p", { class: "guide-task" },
      h("strong", {}, h("a", { href: `#${where}` }, name), h("span", { class: "soft num" }, ` ${BAR.place(at + 1, STOPS.length)}`)), " ",
      h("span", { id: "guide-task" }, isReady && challenge ? BAR.done(task) : task)),
    h("div", { class: "row" },
      at > 0 && button(BAR.back, () => lead(at - 1), { kind: "quiet", id: "guide-back" }),
      button(last ? BAR.finish : BAR.next, () => next(at), { kind: isReady ? "primary" : "", id: "guide-next" }),
      button(BAR.end, end, { kind: "quiet", id: "guide-end" })));
}

whenDone(draw);
addEventListener("hashchange", draw);
