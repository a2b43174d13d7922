// Live counters: asked for every two seconds, while somebody looks.

import { get } from "../api.js";
import { byId, h, show } from "../dom.js";
import { spark } from "../parts/spark.js";

const EVERY = 2000;
const sum = (counts) => Object.values(counts).reduce((all, one) => all + one, 0);

/** What is shown: a name, the number, and what "lately" means for it. */
const TILES = [
  { name: "Logins", kind: "good", of: (stats) => stats.logins.success ?? 0 },
  { name: "Refused logins", kind: "warn", of: (stats) => sum(stats.logins) - (stats.logins.success ?? 0) },
  { name: "Refreshes", kind: "info", of: (stats) => (stats.refreshes.rotated ?? 0) + (stats.refreshes.repeated ?? 0) },
  { name: "Reuse", kind: "bad", of: (stats) => stats.refreshes.reuse ?? 0 },
  { name: "Locked", kind: "warn", of: (stats) => stats.lockouts },
  { name: "Hash queue", kind: "info", of: (stats) => stats.hash_queue, isLevel: true, more: (stats) => `${stats.hash_shed} turned away` },
];

function tile({ name, kind, of, isLevel, more }) {
  const value = h("span", { class: "value" }, "0");
  const hint = h("span", { class: "hint" }, " ");
  const line = spark();
  let last = null;
  return {
    node: h("div", { class: `tile ${kind}` }, h("span", { class: "label" }, name), value, hint, line.node),
    update(stats) {
      const now = of(stats);
      const lately = last === null ? 0 : Math.max(0, now - last);
      last = now;
      value.textContent = now.toLocaleString("en");
      hint.textContent = more ? more(stats) : `${(lately / (EVERY / 1000)).toFixed(1)} a second`;
      line.push(isLevel ? now : lately);
    },
  };
}

/** Draws the tiles and keeps them going. */
export function live(first) {
  const tiles = TILES.map(tile);
  show(byId("live"), tiles.map(({ node }) => node));
  const update = (stats) => tiles.forEach((one) => one.update(stats));
  update(first);
  async function tick() {
    // A server that cannot be reached is asked again; the numbers stand still meanwhile.
    if (!document.hidden) await get("/admin/stats").then(update, () => {});
    setTimeout(tick, EVERY);
  }
  setTimeout(tick, EVERY);
}
