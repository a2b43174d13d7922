// The key ring: each key's life on one time line, drawn to scale.

import { get, post, remove } from "../api.js";
import { button, byId, h, s, show, table, tag } from "../dom.js";
import { confirm, showing } from "../parts/dialog.js";
import { withMessage } from "../parts/pages.js";
import { toast } from "../parts/toast.js";
import { exactly, when } from "../time.js";
import { address, reload } from "./views.js";

const ROW = 46;
const TOP = 34;
const HOUR = 3_600_000;
const KINDS = { announced: "info", active: "good", retired: "warn", gone: "", revoked: "bad" };
const columns = [{ name: "Key" }, { name: "State" }, { name: "Announced" }, { name: "Signs from" }, { name: "Signs until" }, { name: "Checked until" }, { name: "Revoke", isUnseen: true, class: "end" }];

const at = (text) => (text ? Date.parse(text) : null);

/** The stretches of a life: announced, active, retired. What has not ended reaches to the right edge. */
function stretches(key, edge) {
  const end = at(key.revoked_at) ?? at(key.gone_at) ?? edge;
  const active = at(key.active_from);
  const retired = at(key.retired_at);
  const all = [["announced", at(key.announced_at), active ?? end], ["active", active, retired ?? end], ["retired", retired, end]];
  return all.filter(([, from, to]) => from !== null && to > from).map(([kind, from, to]) => [kind, from, Math.min(to, edge)]);
}

function ticks(from, to, wide) {
  const most = Math.max(2, Math.floor(wide / 150));
  const steps = [HOUR / 60, HOUR / 12, HOUR / 4, HOUR, 6 * HOUR, 24 * HOUR, 168 * HOUR, 730 * HOUR, 2190 * HOUR];
  const step = steps.find((size) => (to - from) / size <= most) ?? 8766 * HOUR;
  const text = new Intl.DateTimeFormat("en-GB", step < 24 * HOUR ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" });
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => [first + index * step, text.format(first + index * step)]);
}

function chart(keys, wide) {
  const now = Date.now();
  const begin = Math.min(...keys.map((key) => at(key.announced_at)));
  const known = keys.flatMap((key) => [at(key.gone_at), at(key.ripe_at)]).filter((time) => time !== null);
  const edge = Math.max(now + Math.max((now - begin) * 0.25, HOUR / 12), ...known.filter((time) => time > now));
  const [left, right] = [12, wide - 12];
  const x = (time) => left + ((time - begin) / (edge - begin)) * (right - left);
  const high = TOP + keys.length * ROW + 8;
  const grid = ticks(begin, edge, wide).map(([time, text]) => [
    s("line", { class: "grid", x1: x(time), x2: x(time), y1: 24, y2: high }),
    s("text", { class: "faint", x: Math.min(x(time) + 4, right - 46), y: 17 }, text),
  ]);
  const bars = keys.map((key, index) => {
    const y = TOP + index * ROW;
    const parts = stretches(key, edge).map(([kind, from, to]) =>
      s("rect", { class: `key-${kind}`, x: x(from), y: y + 18, width: Math.max(x(to) - x(from), 3), height: 16, rx: 3 }, s("title", {}, `${kind}: ${new Date(from).toLocaleString()} to ${new Date(to).toLocaleString()}`)));
    const revoked = at(key.revoked_at);
    return [
      parts,
      revoked && s("path", { class: "key-revoked", d: `M${x(revoked)} ${y + 16}l9 10 -9 10 -9 -10z` }),
    ];
  });
  const names = keys.map((key, index) => s("text", { x: left, y: TOP + index * ROW + 12 }, `${key.kid.slice(0, 10)}… ${key.algorithm}, ${key.state}`));
  const near = x(now) > wide - 60;
  return s("svg", { class: "chart", width: wide, height: high, viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": "The life of each key on a time line; the table below says the same" },
    grid, bars,
    s("rect", { class: "future", x: x(now), y: 24, width: Math.max(right - x(now), 0), height: high - 24 }),
    s("line", { class: "now", x1: x(now), x2: x(now), y1: 22, y2: high }),
    names,
    s("text", { class: "now-text", x: x(now) + (near ? -5 : 5), y: high - 4, "text-anchor": near ? "end" : "start" }, "now"));
}

const legend = () =>
  h("div", { class: "legend", "aria-hidden": "true" },
    ["announced", "active", "retired", "revoked"].map((kind) => h("span", {}, s("svg", { viewBox: "0 0 12 12" }, s("rect", { class: `key-${kind}`, width: 12, height: 12, rx: 3 })), kind)));

function rotateKeys(force = false) {
  return confirm({
    title: force ? "Rotate although the next key is not ripe?" : "Rotate the signing key?",
    words: force
      ? ["Services that keep the key set for a while do not know the next key yet: until they fetch it again, they refuse its tokens."]
      : ["The announced key begins to sign, and a new one is announced.", "The present key signs no more; its tokens stay good until they expire."],
    yes: force ? "Rotate anyway" : "Rotate",
    danger: force,
    act: async () => {
      try {
        await post("/admin/keys/rotate", { force });
        toast("Rotated.");
      } catch (error) {
        if (force || error.code !== "key_not_ripe") throw error;
        queueMicrotask(() => rotateKeys(true).then(keys));
      }
    },
  });
}

const revoke = (key) =>
  confirm({
    title: "Revoke this key?",
    words: [
      `Everything that ${key.kid.slice(0, 10)}… has signed is refused at once, here and in every service.`,
      key.state === "active" ? "It is the one that signs: the next key takes over now, and everybody has to refresh." : "Do this when its private half may be known to others.",
    ],
    yes: "Revoke the key",
    danger: true,
    act: () => remove(`/admin/keys/${encodeURIComponent(key.kid)}`),
  });

const row = (key) => [
  [h("a", { href: address("keys", {}, key.kid), title: key.kid }, h("code", {}, `${key.kid.slice(0, 14)}…`)), h("div", { class: "hint" }, key.algorithm)],
  [tag(key.state, KINDS[key.state]), key.ripe_at && key.state === "announced" && h("div", { class: "hint" }, "ripe ", when(key.ripe_at))],
  when(key.announced_at),
  key.active_from ? when(key.active_from) : "not yet",
  key.retired_at ? when(key.retired_at) : "–",
  key.revoked_at ? ["revoked ", when(key.revoked_at)] : key.gone_at ? when(key.gone_at) : "–",
  key.state === "gone" || key.state === "revoked" ? null : button("Revoke", async () => (await revoke(key)) && keys(), { kind: "small danger", "aria-label": `Revoke ${key.kid.slice(0, 10)}` }),
];

let ring = [];
let isWired = false;

function drawChart() {
  const place = byId("keys").querySelector(".place");
  if (place?.clientWidth) show(place, chart(ring, place.clientWidth));
}

/** Shows the ring. */
export async function keys() {
  if (!isWired) {
    isWired = true;
    byId("rotate").addEventListener("click", async () => (await rotateKeys()) && keys());
    addEventListener("resize", drawChart);
  }
  await withMessage(byId("keys"), async () => {
    ring = (await get("/admin/keys")).keys;
    show(byId("keys"), h("div", { class: "place", style: { "min-height": `${TOP + ring.length * ROW + 8}px` } }), legend(), h("div", { class: "section" }, table(columns, ring.map(row), { caption: "Keys" })));
    drawChart();
  });
}

const moment = (text) => (text ? [exactly(new Date(text)), " (", when(text), ")"] : "not yet");

/** One key, by its `kid`. */
export const keyDialog = (kid) =>
  showing("Signing key", async (body, dialog) => {
    const key = (await get("/admin/keys")).keys.find((one) => one.kid === kid);
    if (!key) {
      show(body, h("p", { class: "empty" }, "The ring holds no key of this id."));
      return;
    }
    const fact = (name, ...content) => [h("dt", {}, name), h("dd", {}, content)];
    const end = async () => {
      if (!(await revoke(key))) return;
      dialog.close();
      await reload();
    };
    show(body,
      h("dl", { class: "facts" },
        fact("Id (kid)", h("code", {}, key.kid)), fact("Algorithm", key.algorithm), fact("State", tag(key.state, KINDS[key.state])),
        fact("Announced", moment(key.announced_at)), key.ripe_at && fact("Ripe", moment(key.ripe_at)), fact("Signs from", moment(key.active_from)),
        fact("Signs until", moment(key.retired_at)), fact("Checked until", moment(key.gone_at)), key.revoked_at && fact("Revoked", moment(key.revoked_at))),
      key.state !== "gone" && key.state !== "revoked" && h("div", { class: "row" }, button("Revoke", end, { kind: "small danger" })));
  });
