// The cost slider: hashes for real on the server, and draws time against cost.

import { h, s, show, button } from "../dom.js";
import { timeHash } from "./sandbox.js";
import { achieve } from "./challenges.js";
import { span } from "./parts.js";
import { language, words } from "../language.js";

const { COST } = await words("cost");

const LOW = 4;
const HIGH = 14;
const WIDTH = 560;
const HEIGHT = 250;
const EDGE = { left: 74, right: 40, top: 16, bottom: 36 };

const measured = new Map();

/** A number with so many places, as the language writes it. */
const fixed = (value, places) => value.toLocaleString(language, { minimumFractionDigits: places, maximumFractionDigits: places });
const ms = (micros) => (micros < 10_000 ? `${fixed(micros / 1000, 1)} ms` : micros < 1e6 ? `${fixed(micros / 1000, 0)} ms` : `${fixed(micros / 1e6, 2)} s`);
const x = (cost) => EDGE.left + ((cost - LOW) / (HIGH - LOW)) * (WIDTH - EDGE.left - EDGE.right);
// The scale is logarithmic, as the cost is: on a linear one every cost below 10 would lie on the axis.
const y = (micros) => HEIGHT - EDGE.bottom - (Math.log10(Math.max(100, Math.min(micros, 1e7)) / 100) / 5) * (HEIGHT - EDGE.top - EDGE.bottom);

function axis() {
  const times = [[1e3, "1 ms"], [1e4, "10 ms"], [1e5, ""], [3e5, "300 ms"], [1e6, "1 s"], [1e7, "10 s"]];
  const rows = times.map(([micros, words]) => [
    s("line", { class: micros === 3e5 ? "aim" : "grid-line", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(micros), y2: y(micros) }),
    s("text", { class: "axis", x: EDGE.left - 8, y: y(micros) + 4, "text-anchor": "end" }, words),
  ]);
  const costs = [4, 6, 8, 10, 12, 14].map((cost) => s("text", { class: "axis", x: x(cost), y: HEIGHT - 12, "text-anchor": "middle" }, cost === LOW ? COST.axis(cost) : String(cost)));
  return [rows, costs].flat(2);
}

function chart() {
  const points = [...measured].sort(([a], [b]) => a - b);
  const line = points.length > 1 && s("path", { class: "curve", d: points.map(([cost, micros], index) => `${index ? "L" : "M"}${x(cost)} ${y(micros)}`).join(" ") });
  const dots = points.map(([cost, micros]) => s("circle", { class: "point", cx: x(cost), cy: y(micros), r: 5 }, s("title", {}, COST.point(cost, ms(micros)))));
  return s("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": COST.chart(points.map(([cost, micros]) => COST.point(cost, ms(micros))).join(" ") || COST.none) }, axis(), line, dots);
}

/** How long a million guesses take on one core that is as fast as the server's. */
const million = (micros) => span((micros / 1e6) * 1e6);

/** Figures that are passed on from page to page, beside the right ones. */
const myths = () =>
  h("section", { class: "myths" }, h("h4", {}, COST.mythsTitle),
    h("dl", {}, COST.myths.map(({ said, right }) => [h("dt", {}, said), h("dd", {}, right)])));

/** The slider with its chart. */
export function view() {
  const box = h("div", { class: "chart-box" }, chart());
  const said = h("p", { class: "cost-message num", id: "cost-message", role: "status" }, COST.start);
  const label = h("output", { class: "num", for: "cost", id: "cost-value" }, "10");
  const slider = h("input", { type: "range", class: "slider", id: "cost", min: String(LOW), max: String(HIGH), step: "1", value: "10", on: { input: () => (label.textContent = slider.value) } });
  const hash = async () => {
    go.disabled = true;
    said.textContent = COST.hashing(slider.value);
    try {
      const result = await timeHash(Number(slider.value));
      measured.set(result.cost, result.micros);
      show(box, chart());
      said.textContent = `${COST.took(result.cost, ms(result.micros), million(result.micros))} ${result.hash}`;
      if (measured.size >= 3) achieve("hash");
    } catch (error) {
      said.textContent = error.message;
    } finally {
      go.disabled = false;
    }
  };
  const go = button(COST.hash, hash, { kind: "primary", id: "hash" });
  return h("div", { class: "card cost" }, h("h3", {}, COST.title), h("p", { class: "soft" }, COST.lead),
    h("div", { class: "row" }, h("label", { class: "label", for: "cost" }, COST.label), slider, label, go), said, box, myths());
}
