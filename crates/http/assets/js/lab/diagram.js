// A sequence diagram that is drawn as things happen: lanes from left to right, time from top to bottom.

import { h, s } from "../dom.js";
import { words } from "../language.js";

const { DRAWING, LANES } = await words("patterns");

const HEAD = 34;
const ROW = 44;
const CHARACTER = 6.7;

const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

/** What can be seen of an exchange, as lines of text. */
function wire(exchange) {
  const lines = (message, first) => [first, ...message.headers.map(([name, value]) => `${name}: ${value}`), ...(message.body ? ["", pretty(message.body)] : [])].join("\n");
  const { request, response } = exchange;
  return `${lines(request, `${request.method} ${request.path}`)}\n\n— — —\n\n${lines(response, `HTTP ${response.status}`)}`;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}

/** A diagram of so many rows: its place is kept from the beginning, so that nothing below it moves. */
export class Diagram {
  constructor(lanes, rows, title) {
    this.lanes = lanes;
    this.rows = rows;
    this.steps = [];
    this.svg = s("svg", { class: "diagram", data: { rows: String(rows) }, role: "img", "aria-label": DRAWING.drawing(title) });
    this.list = h("ol", { class: "wire", "aria-label": DRAWING.steps(title), data: { empty: DRAWING.empty } });
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this.svg);
    this.svg.style.setProperty("height", `${HEAD + rows * ROW + 12}px`);
  }

  /** Adds an arrow (`to` is another lane) or a note (`to` is the same). `kind`: ask, good, bad, note. */
  add(step) {
    this.steps.push(step);
    this.draw(this.steps.length - 1);
    this.list.append(this.words(step));
    this.list.scrollTop = this.list.scrollHeight;
  }

  clear() {
    this.steps = [];
    this.list.replaceChildren();
    this.draw();
  }

  x(lane) {
    const width = this.svg.clientWidth || 320;
    const index = this.lanes.indexOf(lane);
    const margin = Math.min(52, width / (this.lanes.length * 2));
    return margin + (index * (width - 2 * margin)) / Math.max(1, this.lanes.length - 1);
  }

  draw(fresh = -1) {
    const height = HEAD + this.rows * ROW + 12;
    const lines = this.lanes.map((lane) => s("line", { class: "lane", x1: this.x(lane), x2: this.x(lane), y1: HEAD, y2: height - 6 }));
    const heads = this.lanes.map((lane) => s("text", { class: "lane-name", x: this.x(lane), y: 20, "text-anchor": "middle" }, LANES[lane]));
    const steps = this.steps.map((step, index) => this.row(step, index, index === fresh));
    this.svg.replaceChildren(...lines, ...heads, ...steps);
  }

  row(step, index, isFresh) {
    const [from, to] = [this.x(step.from), this.x(step.to)];
    const y = HEAD + index * ROW + 30;
    const width = this.svg.clientWidth || 320;
    const room = Math.floor((width - 8) / CHARACTER);
    const label = step.label.length > room ? `${step.label.slice(0, room - 1)}…` : step.label;
    const half = (label.length * CHARACTER) / 2;
    const middle = clamp((from + to) / 2, half + 4, Math.max(half + 4, width - half - 4));
    const text = s("text", { class: "step-label", x: middle, y: y - 7, "text-anchor": "middle" }, label);
    const group = s("g", { class: `step ${step.kind}${isFresh ? " fresh" : ""}` });
    if (from === to) group.append(s("circle", { class: "step-dot", cx: from, cy: y + 4, r: 4 }), text);
    else group.append(...this.arrow(from, to, y), text);
    return group;
  }

  arrow(from, to, y) {
    const tip = to > from ? -8 : 8;
    return [
      s("line", { class: "step-line", x1: from, x2: to, y1: y, y2: y, pathLength: 1 }),
      s("path", { class: "step-tip", d: `M${to} ${y} l${tip} -4.5 v9 z` }),
    ];
  }

  words(step) {
    const who = step.from === step.to ? LANES[step.from] : `${LANES[step.from]} → ${LANES[step.to]}`;
    const says = [h("span", { class: "wire-who" }, who), " ", h("span", { class: `wire-what ${step.kind}` }, step.label), step.words && h("span", { class: "wire-words" }, step.words)];
    if (!step.exchange) return h("li", {}, says);
    return h("li", {}, h("details", {}, h("summary", {}, says), h("pre", { class: "raw", tabindex: "0" }, wire(step.exchange))));
  }
}
