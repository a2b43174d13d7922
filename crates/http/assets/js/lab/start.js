// The first page: what the lab is, the guided way with its stops, and what was done of it.

import { button, h, notice, show } from "../dom.js";
import { lead, place, wasDone } from "./guide.js";
import { styles } from "./styles.js";
import { words } from "../language.js";

const { START, STOPS } = await words("guide");
const { PATTERNS } = await words("patterns");
const { WALKTHROUGH } = await words("reading");

const insight = (where) => PATTERNS.find((pattern) => where === `patterns/${pattern.id}`)?.insight;

function stop(entry) {
  const [where, name, task] = entry;
  const isDone = wasDone(entry);
  const about = WALKTHROUGH.steps[where];
  return h("li", { class: isDone ? "done" : "", data: { stop: where } },
    h("h3", {}, h("a", { href: `#${where}` }, name), isDone && h("span", { class: "soft" }, ` ${START.done}`)),
    h("p", {}, about, about && " ", h("em", {}, task)),
    insight(where) && h("p", { class: "insight" }, h("strong", {}, START.insight), " ", insight(where)));
}

export async function mount(stage) {
  await styles("reading");
  const open = STOPS.findIndex((entry) => !wasDone(entry));
  const isWhole = open < 0;
  const from = place() ?? Math.max(open, 0);
  const word = from === 0 ? START.start : START.goOn(STOPS[from][1]);
  show(stage, h("article", { class: "prose reading walkthrough" },
    h("h2", {}, WALKTHROUGH.title), h("p", { class: "lead" }, WALKTHROUGH.lead),
    h("div", { class: "row" }, button(word, () => lead(from), { kind: "primary", id: "guide-start" })),
    isWhole && notice("good", START.seen, WALKTHROUGH.end),
    h("ol", { class: "walk" }, STOPS.map(stop)),
    h("p", {}, WALKTHROUGH.after, " ", h("a", { href: "#clock" }, START.clock), ".")));
}
