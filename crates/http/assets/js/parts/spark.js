// A small line of what happened lately.

import { s } from "../dom.js";

const WIDE = 120;
const HIGH = 34;

/** A sparkline that takes one value after the other. It starts flat, so that nothing moves when it fills. */
export function spark(kept = 60) {
  const values = new Array(kept).fill(0);
  const line = s("path", { fill: "none", stroke: "currentColor", "stroke-width": "1.8", "vector-effect": "non-scaling-stroke", "stroke-linejoin": "round" });
  const area = s("path", { fill: "currentColor", opacity: "0.14" });
  const node = s("svg", { class: "spark", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" }, area, line);
  function draw() {
    const most = Math.max(1, ...values);
    const points = values.map((value, index) =>
      `${((index * WIDE) / (kept - 1)).toFixed(1)} ${(HIGH - 2 - (value / most) * (HIGH - 6)).toFixed(1)}`);
    line.setAttribute("d", `M${points.join("L")}`);
    area.setAttribute("d", `M0 ${HIGH}L${points.join("L")}L${WIDE} ${HIGH}Z`);
  }
  draw();
  return {
    node,
    push(value) {
      values.push(value);
      values.shift();
      draw();
    },
  };
}
