// The timeline of a refresh family: who refreshed when and from where, and after a reuse, whose branch was the thief's
// likely one, and what was revoked.

import { get } from "../api.js";
import { button, h, notice, s, show, table, tag } from "../dom.js";
import { open } from "../parts/dialog.js";
import { device, place } from "../parts/device.js";
import { orSay } from "../parts/pages.js";
import { exactly, when } from "../time.js";

const STEP = 92;
const LANE = 26;
const columns = [{ name: "When" }, { name: "Event" }, { name: "From" }];

/** A button that opens the timeline of a session. */
export const timelineButton = (session, text = "Timeline") => button(text, () => openTimeline(session), { kind: "small" });

const clientOf = ({ ip, user_agent }) => `${ip}\n${user_agent}`;
const count = (number, one, many) => (number === 1 ? one : `${number} ${many}`);
const tokens = (run) => (run.from_generation === run.to_generation ? `Token ${run.from_generation}` : `Tokens ${run.from_generation} to ${run.to_generation}`);

/** What each guess means, with its reasons and its doubts. */
const GUESS = {
  presenter: ["The later one looks like the thief",
    "Whoever brought the spent token does not look like this session did before, and whoever had spent it does. So a copy was probably replayed after the owner had moved on. Addresses change, though, and a browser's name can be imitated."],
  rotator: ["The earlier one looks like the thief",
    "Whoever brought the spent token looks like this session did before, and whoever had spent it first does not. So the thief was probably faster, and the owner's own refresh gave the theft away. Addresses change, though, and a browser's name can be imitated."],
  same_client: ["Both look alike",
    "The spent token came from the same address with the same browser's name as the one that spent it. That may be a copy on the owner's own machine, a restored backup of its cookies, or a program that refreshes twice with one token."],
  unclear: ["Nothing tells them apart",
    "Neither side looks more like the session's past than the other. Ask the owner which of the places below they know."],
};

/** The rows of the drawing, from top to bottom. */
function rows(life) {
  const all = life.runs.map((run) => ({ kind: "run", run, client: clientOf(run) }));
  if (life.reuse) all.push({ kind: "reuse", client: clientOf(life.reuse) });
  if (life.revoked_at) all.push({ kind: "end", client: all.at(-1).client });
  return all;
}

/** Whether a run is on the side that looks like the thief's. */
function isSuspect({ reuse }, row) {
  if (!reuse) return false;
  if (row.kind === "reuse") return reuse.suspect === "presenter";
  return row.kind === "run" && reuse.suspect === "rotator" && row.run.from_generation > reuse.presented_generation;
}

function draw(life, all) {
  const lanes = [...new Set(all.map((row) => row.client))];
  const x = (row) => 16 + Math.min(lanes.indexOf(row.client), 3) * LANE;
  const y = (index) => 22 + index * STEP;
  const kind = (row) => `lane-${Math.min(lanes.indexOf(row.client), 3)}`;
  const spent = life.reuse && all.findIndex(({ run }) => run && run.from_generation <= life.reuse.presented_generation && life.reuse.presented_generation <= run.to_generation);
  const parts = all.slice(1).map((row, at) => {
    const from = all[at];
    const index = at + 1;
    if (row.kind === "reuse") {
      const start = Math.max(spent, 0);
      return s("path", { class: "lane lane-bad", d: `M${x(all[start])} ${y(start)}C${x(row) + LANE} ${y(start) + STEP / 2} ${x(row) + LANE} ${y(index) - STEP / 2} ${x(row)} ${y(index)}` });
    }
    const [x1, x2, y1, y2] = [x(from), x(row), y(at), y(index)];
    return s("path", { class: `lane ${row.kind === "end" ? "lane-bad" : kind(row)}`, d: `M${x1} ${y1}C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2} ${x2} ${y2}` });
  });
  const nodes = all.map((row, index) => (row.kind === "run"
    ? s("circle", { class: `node ${kind(row)}`, cx: x(row), cy: y(index), r: 7 })
    : s("path", { class: "node node-bad", d: `M${x(row) - 7} ${y(index)}l7 -7 7 7 -7 7z` })));
  const width = 32 + Math.min(lanes.length, 4) * LANE;
  return { width, svg: s("svg", { width, height: all.length * STEP, "aria-hidden": "true" }, parts, nodes) };
}

const from = ({ ip, user_agent: agent }) => h("p", { class: "hint", title: agent ?? undefined }, `${place(ip)} · ${device(agent).name}`);

function words(life, row) {
  const mark = isSuspect(life, row) && tag("likely the thief", "bad");
  if (row.kind === "reuse") {
    const { reuse } = life;
    return [
      h("p", { class: "mark suspect" }, `Token ${reuse.presented_generation} came again `, mark),
      from(reuse),
      h("p", { class: "hint" }, exactly(new Date(reuse.at)), `; token ${reuse.current_generation} was the good one then`),
    ];
  }
  if (row.kind === "end") {
    return [
      h("p", { class: "mark" }, life.reuse ? "All of it was revoked" : "The session ended"),
      h("p", { class: "hint" }, exactly(new Date(life.revoked_at)), ` · ${life.revoked_by ?? ""}`),
      h("p", { class: "hint" }, "Every refresh token of the family is void; its access tokens are refused at once, though the last would have been good until ", exactly(new Date(life.refused_until)), "."),
    ];
  }
  const { run } = row;
  const refreshes = run.to_generation - run.from_generation + (run.from_generation === 0 ? 0 : 1);
  const what = run.from_generation === 0 ? (refreshes ? `login and ${count(refreshes, "one refresh", "refreshes")}` : "login") : count(refreshes, "one refresh", "refreshes");
  const last = run.first_at === run.last_at ? "" : ` to ${exactly(new Date(run.last_at))}`;
  return [h("p", { class: "mark" }, `${tokens(run)}: ${what} `, mark), from(run), h("p", { class: "hint" }, `${exactly(new Date(run.first_at))}${last}`)];
}

function content(life) {
  const all = rows(life);
  const { width, svg } = draw(life, all);
  const [title, why] = life.reuse ? GUESS[life.reuse.suspect] : [];
  return [
    h("p", {}, h("strong", {}, life.email), " · signed in ", when(life.created_at), life.revoked_at ? "" : " · alive"),
    life.reuse && notice(life.reuse.suspect === "same_client" ? "warn" : "bad", title, why),
    life.truncated && h("p", { class: "hint" }, "The beginning is no longer kept: only the latest moves between places are."),
    h("ol", { class: "family" }, svg, all.map((row) => h("li", { style: { "padding-left": `${width}px`, height: `${STEP}px`, "box-sizing": "content-box", "padding-block": "0" } }, words(life, row)))),
    h("h3", {}, "In the audit log"),
    table(columns, life.events.map((event) => [when(event.at), event.event, place(event.ip)]), { caption: "Events of this session" }),
  ];
}

async function openTimeline(session) {
  const body = h("div", { class: "stack" }, h("p", { class: "waiting" }, "Reading…"));
  const dialog = open("A session's life", [body], { broad: true });
  dialog.append(button("Close", () => dialog.close(), { kind: "quiet small dialog-close" }));
  await orSay(body, async () => {
    show(body, content(await get(`/admin/sessions/${session}/timeline`)));
  });
}
