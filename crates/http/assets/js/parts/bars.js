// Numbers of steps of time, as bars.

import { s } from "../dom.js";

const HIGH = 34;
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** A chart of `values`, whose first step began at `from` and each of which is `step` seconds long; `words` is what it tells. */
export function bars(values, { from, step, words }) {
  const most = Math.max(1, ...values);
  const bar = (value, index) => {
    const high = value ? Math.max(3, (value / most) * (HIGH - 4)) : 0;
    return value > 0 && s("rect", { x: index + 0.1, y: HIGH - high, width: 0.8, height: high },
      s("title", {}, `${clock.format(from + index * step * 1000)}: ${value}`));
  };
  return s("svg", { class: "bars", viewBox: `0 0 ${values.length} ${HIGH}`, preserveAspectRatio: "none", role: "img", "aria-label": words, fill: "currentColor" },
    s("line", { class: "ground", x1: 0, x2: values.length, y1: HIGH - 0.5, y2: HIGH - 0.5, "vector-effect": "non-scaling-stroke" }),
    values.map(bar));
}
