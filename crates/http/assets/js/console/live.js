// Live counters: counts of the last hour and the last day, read every two seconds while the page is visible.

import { get } from "../api.js";
import { byId, h, show } from "../dom.js";
import { bars } from "../parts/bars.js";
import { spark } from "../parts/spark.js";

const EVERY = 2000;
/** The charts move on by the minute also when nothing happens. */
const REDRAWN_AFTER = 30_000;
const SPANS = { hour: ["in the last hour", "a minute"], day: ["in the last day", "a quarter of an hour"] };
const sum = (counts) => counts.reduce((all, one) => all + one, 0);
const number = (count) => count.toLocaleString("en");

const TILES = [
  { name: "Logins", kind: "good", of: "logins" },
  { name: "Refused logins", kind: "warn", of: "refused_logins" },
  { name: "Refreshes", kind: "info", of: "refreshes" },
  { name: "Reuse", kind: "bad", of: "reuse" },
  { name: "Locks", kind: "warn", of: "locks" },
];

let span = "hour";

function tile({ name, kind, of }) {
  const [value, hint, place] = [h("span", { class: "value" }, "0"), h("span", { class: "hint" }, " "), h("div", { class: "chart-place" })];
  return {
    node: h("div", { class: `tile ${kind}` }, h("span", { class: "label" }, name), value, hint, place),
    update(history) {
      const other = span === "hour" ? "day" : "hour";
      const { from, step_secs: step, [of]: counts } = history[span];
      const all = sum(counts);
      value.textContent = number(all);
      hint.textContent = `${number(sum(history[other][of]))} ${SPANS[other][0]}`;
      const words = `${name} ${SPANS[span][0]}: ${all}, at most ${Math.max(...counts)} ${SPANS[span][1]}`;
      show(place, bars(counts, { from: Date.parse(from), step, words }));
    },
  };
}

/** Passwords that wait to be checked: a level and no count. */
function queue() {
  const [value, hint, line] = [h("span", { class: "value" }, "0"), h("span", { class: "hint" }, " "), spark()];
  return {
    node: h("div", { class: "tile info" }, h("span", { class: "label" }, "Hash queue"), value, hint, line.node),
    update(stats) {
      value.textContent = number(stats.hash_queue);
      hint.textContent = `${number(stats.hash_shed)} turned away`;
      line.push(stats.hash_queue);
    },
  };
}

function choice(redraw) {
  const option = (name, text) => h("label", { class: "segment" },
    h("input", { type: "radio", name: "span", value: name, checked: name === span, on: { change: () => {
      span = name;
      redraw();
    } } }), text);
  return h("fieldset", { class: "segments" }, h("legend", { class: "visually-hidden" }, "Time span of the counts"),
    option("hour", "Last hour"), option("day", "Last day"));
}

/** Draws the tiles and keeps them going. */
export async function live(first) {
  const [tiles, waiting] = [TILES.map(tile), queue()];
  let [history, seen, drawn] = [null, "", 0];
  const redraw = () => history && tiles.forEach((one) => one.update(history));
  show(byId("live-span"), choice(redraw));
  show(byId("live"), tiles.map(({ node }) => node), waiting.node);
  async function update(stats) {
    waiting.update(stats);
    const now = JSON.stringify([stats.logins, stats.refreshes, stats.lockouts]);
    if (now === seen && Date.now() - drawn < REDRAWN_AFTER) return;
    history = await get("/admin/stats/history");
    [seen, drawn] = [now, Date.now()];
    redraw();
  }
  async function tick() {
    // A server that cannot be reached is asked again; the numbers stand still meanwhile.
    if (!document.hidden) await get("/admin/stats").then(update).catch(() => {});
    setTimeout(tick, EVERY);
  }
  setTimeout(tick, EVERY);
  await update(first);
}
