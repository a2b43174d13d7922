// The timeline of a refresh family: who refreshed when and from where, and after a reuse, whose branch was the thief's
// likely one, and what was revoked.

import { get } from "../api.js";
import { h, notice, s, show, table, tag } from "../dom.js";
import { showing } from "../parts/dialog.js";
import { device, place, seenFrom } from "../parts/device.js";
import { exactly, when } from "../time.js";
import { userLink } from "./people.js";
import { address } from "./views.js";

const LANE = 26;
/** More clients than this share the last lane. */
const MOST = 4;
const columns = [{ name: "When" }, { name: "Event" }, { name: "From" }];

/** A link to the timeline of a session. */
export const timelineLink = (session, text = "Timeline") => h("a", { class: "button small", href: address("sessions", {}, session) }, text);

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

const laneNames = (all) => [...new Set(all.map((row) => row.client))];
const lanesWide = (all) => 32 + Math.min(laneNames(all).length, MOST) * LANE;

/** Draws the lanes beside a list whose rows are as high as their words need. */
function draw(life, all, list) {
  const lanes = laneNames(all);
  const lane = (row) => Math.min(lanes.indexOf(row.client), MOST - 1);
  const x = (row) => 16 + lane(row) * LANE;
  const y = (index) => list.children[index].offsetTop + 12;
  const holds = ({ run }) => run && run.from_generation <= life.reuse.presented_generation && life.reuse.presented_generation <= run.to_generation;
  const path = (from, to, kind) => {
    const [x1, x2, y1, y2] = [x(all[from]), x(all[to]), y(from), y(to)];
    return s("path", { class: `lane ${kind}`, d: `M${x1} ${y1}C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2} ${x2} ${y2}` });
  };
  const parts = all.slice(1).map((row, at) => {
    // A token that came again hangs on the run that had issued it, not on the one before.
    if (row.kind === "reuse") return path(Math.max(all.findIndex(holds), 0), at + 1, "lane-bad");
    return path(at, at + 1, row.kind === "end" ? "lane-bad" : `lane-${lane(row)}`);
  });
  const nodes = all.map((row, index) => (row.kind === "run"
    ? s("circle", { class: `node lane-${lane(row)}`, cx: x(row), cy: y(index), r: 7 })
    : s("path", { class: "node node-bad", d: `M${x(row) - 7} ${y(index)}l7 -7 7 7 -7 7z` })));
  return s("svg", { width: lanesWide(all), height: list.offsetHeight, "aria-hidden": "true" }, parts, nodes);
}

/** The list with its drawing, which follows when the words need another height. */
function family(life) {
  const all = rows(life);
  const list = h("ol", {}, all.map((row) => h("li", {}, words(life, row))));
  const drawing = h("div", { class: "family-lanes" });
  const node = h("div", { class: "family", style: { "--lanes": `${lanesWide(all)}px` } }, drawing, list);
  new ResizeObserver(() => show(drawing, draw(life, all, list))).observe(list);
  return node;
}

const from = (seen) => h("p", { class: "hint", title: seen.user_agent ?? undefined }, `${seenFrom(seen)} · ${device(seen.user_agent).name}`);

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
  const [title, why] = life.reuse ? GUESS[life.reuse.suspect] : [];
  return [
    h("p", {}, userLink(life.user, life.email), " · signed in ", when(life.created_at), life.revoked_at ? "" : " · alive"),
    life.reuse && notice(life.reuse.suspect === "same_client" ? "warn" : "bad", title, why),
    life.truncated && h("p", { class: "hint" }, "The beginning is no longer kept: only the latest moves between places are."),
    family(life),
    h("p", { class: "hint" }, "Not on this line: a token that is repeated within the grace window, as after a lost answer. It gets the same successor, spends nothing and leaves no trace; whoever holds that successor shows when they refresh with it."),
    h("h3", {}, "In the audit log"),
    table(columns, life.events.map((event) => [when(event.at), event.event, place(event.ip)]), { caption: "Events of this session" }),
  ];
}

/** The life of a session, by its id. */
export const timeline = (session) =>
  showing("A session's life", async (body) => show(body, content(await get(`/admin/sessions/${encodeURIComponent(session)}/timeline`))));
